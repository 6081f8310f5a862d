#include "search/algorithms/regularized_evolution.hpp"

#include <algorithm>
#include <array>

namespace equivolve::search {
namespace {

/// Starts fetching a parent: it is bred from some requests later.
void prefetch(const Genome& genome) {
  constexpr std::size_t kLine = 64;
  for (std::size_t at = 0; at < genome.flat.size(); at += kLine)
    __builtin_prefetch(genome.flat.data() + at);
}

}  // namespace

const Member& RegularizedEvolution::tournament(hashing::Stream& stream) const {
  // A few are drawn before they are looked at, so that their scores are fetched side by side.
  std::array<const Member*, 16> drawn;
  const Member* winner = nullptr;
  for (std::uint32_t left = std::max(settings_.tournament_size, 1u); left > 0;) {
    const auto count = std::min(left, static_cast<std::uint32_t>(drawn.size()));
    for (std::uint32_t i = 0; i < count; ++i) {
      drawn[i] = &population_[stream.below(population_.size())];
      __builtin_prefetch(&drawn[i]->score.ranked);
      __builtin_prefetch(&drawn[i]->score.fitness);
    }
    for (std::uint32_t i = 0; i < count; ++i)
      if (!winner || better(drawn[i]->score, winner->score)) winner = drawn[i];
    left -= count;
  }
  return *winner;
}

std::optional<Request> RegularizedEvolution::ask(Ticket ticket, hashing::Stream stream) {
  const bool filling = random_asked_ < settings_.population_size;
  if (!filling && population_.empty()) return std::nullopt;
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
  if (request.recipe.first) prefetch(*request.recipe.first);
  return request;
}

void RegularizedEvolution::restart() {
  population_.clear();
  random_asked_ = 0;
  patience_.begin_anew();
  ++epoch_;
}

void RegularizedEvolution::tell(const Request& request, const Candidate& candidate,
                                const Outcome& outcome) {
  if (request.epoch != epoch_) return;
  Member member = member_of(candidate, outcome);
  const bool over = patience_.ends_with(member.score);
  enter(std::move(member));
  if (over) restart();
}

const Member* RegularizedEvolution::best() const {
  const auto at =
      std::min_element(population_.begin(), population_.end(),
                       [](const Member& a, const Member& b) { return better(a.score, b.score); });
  return at == population_.end() ? nullptr : &*at;
}

void RegularizedEvolution::receive(Member member) {
  if (!has_birth(population_, member.birth)) enter(std::move(member));
}

void RegularizedEvolution::enter(Member member) {
  population_.push_back(std::move(member));
  if (population_.size() > settings_.population_size) population_.pop_front();
}

}  // namespace equivolve::search
