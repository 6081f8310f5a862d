#include "search/algorithms/mu_plus_lambda.hpp"

#include <algorithm>
#include <iterator>

namespace equivolve::search {
namespace {

bool stands_before(const Member& a, const Member& b) {
  return better(a.score, b.score);
}

}  // namespace

/// Parents are in order: the best of those drawn has the smallest position.
const Member& MuPlusLambda::tournament(hashing::Stream& stream) const {
  std::uint64_t winner = stream.below(parents_.size());
  for (std::uint32_t i = 1; i < settings_.tournament_size; ++i)
    winner = std::min(winner, stream.below(parents_.size()));
  return parents_[winner];
}

std::optional<Request> MuPlusLambda::ask(Ticket ticket, hashing::Stream stream) {
  const bool filling = random_asked_ < settings_.population_size;
  if (!filling && parents_.empty()) return std::nullopt;
  Request request;
  request.ticket = ticket;
  request.birth = births_++;
  request.epoch = epoch_;
  if (filling)
    ++random_asked_;
  else
    request.recipe =
        draw_recipe({settings_.mutation_probability, settings_.crossover_probability, false},
                    stream, [&](hashing::Stream& s) -> const Member& { return tournament(s); });
  return request;
}

void MuPlusLambda::tell(const Request& request, const Candidate& candidate,
                        const Outcome& outcome) {
  if (request.epoch != epoch_) return;
  Member member = member_of(candidate, outcome);
  const bool over = patience_.ends_with(member.score);
  if (parents_.size() < settings_.population_size) {
    enter(std::move(member));
  } else {
    children_.push_back(std::move(member));
    if (children_.size() >= settings_.children) select();
  }
  if (over) restart();
}

/// A stable merge, the children first: of equals the younger stands first.
void MuPlusLambda::select() {
  std::reverse(children_.begin(), children_.end());
  std::stable_sort(children_.begin(), children_.end(), stands_before);
  scratch_.clear();
  std::merge(std::make_move_iterator(children_.begin()), std::make_move_iterator(children_.end()),
             std::make_move_iterator(parents_.begin()), std::make_move_iterator(parents_.end()),
             std::back_inserter(scratch_), stands_before);
  scratch_.resize(settings_.population_size);
  parents_.swap(scratch_);
  children_.clear();
}

void MuPlusLambda::restart() {
  parents_.clear();
  children_.clear();
  random_asked_ = 0;
  patience_.begin_anew();
  ++epoch_;
}

const Member* MuPlusLambda::best() const {
  return parents_.empty() ? nullptr : &parents_.front();
}

void MuPlusLambda::receive(Member member) {
  if (!has_birth(parents_, member.birth)) enter(std::move(member));
}

void MuPlusLambda::enter(Member member) {
  const auto place = std::lower_bound(parents_.begin(), parents_.end(), member, stands_before);
  parents_.insert(place, std::move(member));
  if (parents_.size() > settings_.population_size) parents_.pop_back();
}

}  // namespace equivolve::search
