#include "search/algorithms/nsga2.hpp"

#include <algorithm>
#include <iterator>

#include "search/algorithms/nondominated_sorting.hpp"
#include "search/algorithms/population.hpp"

namespace equivolve::search {
namespace {

bool less_crowded(const Nsga2::Individual& a, const Nsga2::Individual& b) {
  return a.front != b.front ? a.front < b.front : a.crowding > b.crowding;
}

}  // namespace

const Nsga2::Individual& Nsga2::tournament(hashing::Stream& stream) const {
  const Individual* winner = &parents_[stream.below(parents_.size())];
  for (std::uint32_t i = 1; i < settings_.tournament_size; ++i) {
    const Individual& drawn = parents_[stream.below(parents_.size())];
    if (less_crowded(drawn, *winner)) winner = &drawn;
  }
  return *winner;
}

std::optional<Request> Nsga2::ask(Ticket ticket, hashing::Stream stream) {
  const bool filling = births_ < settings_.population_size;
  if (!filling && parents_.empty()) return std::nullopt;
  Request request;
  request.ticket = ticket;
  request.birth = births_++;
  if (!filling)
    request.recipe =
        draw_recipe({settings_.mutation_probability, settings_.crossover_probability, true}, stream,
                    [&](hashing::Stream& s) -> const Individual& { return tournament(s); });
  return request;
}

void Nsga2::tell(const Request& /*request*/, const Candidate& candidate, const Outcome& outcome) {
  children_.push_back({candidate.birth, candidate.genome, outcome, 0, 0});
  if (children_.size() >= settings_.population_size) select();
}

void Nsga2::select() {
  std::vector<Individual> all = std::move(parents_);
  std::move(children_.begin(), children_.end(), std::back_inserter(all));
  children_.clear();
  parents_.clear();
  std::vector<const Outcome*> outcomes;
  outcomes.reserve(all.size());
  for (const Individual& one : all) outcomes.push_back(&one.outcome);
  std::uint32_t number = 0;
  for (const Front& front : nondominated_fronts(outcomes)) {
    const std::size_t room = settings_.population_size - parents_.size();
    if (room == 0) break;
    const std::vector<double> crowding = crowding_distances(outcomes, front);
    const auto begin = static_cast<std::ptrdiff_t>(parents_.size());
    for (std::size_t i = 0; i < front.size(); ++i) {
      Individual& one = all[front[i]];
      one.front = number;
      one.crowding = crowding[i];
      parents_.push_back(std::move(one));
    }
    // Of equals the older stays.
    if (front.size() > room) {
      std::stable_sort(parents_.begin() + begin, parents_.end(), less_crowded);
      parents_.resize(settings_.population_size);
    }
    ++number;
  }
}

}  // namespace equivolve::search
