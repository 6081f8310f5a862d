#include "search/algorithms/nondominated_sorting.hpp"

#include <algorithm>
#include <limits>

#include "search/algorithms/outcome_order.hpp"

namespace equivolve::search {
namespace {

/// Larger values of the first objective where they differ come first, then those of the next: who
/// dominates stands before whom it dominates.
bool stands_ahead(const Outcome& a, const Outcome& b) {
  for (std::size_t i = 0; i < a.objectives.size(); ++i)
    if (a.objectives[i] != b.objectives[i]) return a.objectives[i] > b.objectives[i];
  return false;
}

/// Members came in the order of stands_ahead. With two objectives the second rises along a front,
/// so that its last member dominates what any member does.
bool front_dominates(Outcomes outcomes, const Front& front, const Outcome& outcome) {
  if (outcome.objectives.size() <= 2) return dominates(*outcomes[front.back()], outcome);
  return std::any_of(front.rbegin(), front.rend(),
                     [&](std::uint32_t member) { return dominates(*outcomes[member], outcome); });
}

/// What one front does not dominate, no later one does: so the first such is found by halving.
std::vector<Front> fronts_of_rung(Outcomes outcomes, Front feasible) {
  std::vector<Front> fronts;
  std::stable_sort(feasible.begin(), feasible.end(), [&](std::uint32_t a, std::uint32_t b) {
    return stands_ahead(*outcomes[a], *outcomes[b]);
  });
  for (const std::uint32_t at : feasible) {
    const auto front = std::partition_point(fronts.begin(), fronts.end(), [&](const Front& f) {
      return front_dominates(outcomes, f, *outcomes[at]);
    });
    if (front == fronts.end())
      fronts.push_back({at});
    else
      front->push_back(at);
  }
  for (Front& front : fronts) std::sort(front.begin(), front.end());
  return fronts;
}

/// Rung by rung, the highest first.
void add_feasible(Outcomes outcomes, Front feasible, std::vector<Front>& fronts) {
  const auto rung = [&](std::uint32_t i) { return outcomes[i]->rung; };
  std::stable_sort(feasible.begin(), feasible.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return rung(a) > rung(b); });
  for (auto begin = feasible.begin(); begin != feasible.end();) {
    const auto end = std::find_if(begin, feasible.end(),
                                  [&](std::uint32_t i) { return rung(i) != rung(*begin); });
    for (Front& front : fronts_of_rung(outcomes, Front(begin, end)))
      fronts.push_back(std::move(front));
    begin = end;
  }
}

void add_infeasible(Outcomes outcomes, Front infeasible, std::vector<Front>& fronts) {
  std::stable_sort(infeasible.begin(), infeasible.end(), [&](std::uint32_t a, std::uint32_t b) {
    return outcomes[a]->violation < outcomes[b]->violation;
  });
  for (std::size_t i = 0; i < infeasible.size(); ++i) {
    const bool as_before =
        i > 0 && outcomes[infeasible[i - 1]]->violation == outcomes[infeasible[i]]->violation;
    if (!as_before) fronts.emplace_back();
    fronts.back().push_back(infeasible[i]);
  }
}

}  // namespace

std::vector<Front> nondominated_fronts(Outcomes outcomes) {
  Front feasible, infeasible, unranked;
  for (std::uint32_t i = 0; i < outcomes.size(); ++i)
    (!outcomes[i]->ranked         ? unranked
     : outcomes[i]->violation > 0 ? infeasible
                                  : feasible)
        .push_back(i);
  std::vector<Front> fronts;
  add_feasible(outcomes, std::move(feasible), fronts);
  add_infeasible(outcomes, std::move(infeasible), fronts);
  if (!unranked.empty()) fronts.push_back(std::move(unranked));
  return fronts;
}

std::vector<double> crowding_distances(Outcomes outcomes, const Front& front) {
  std::vector<double> distances(front.size(), 0.0);
  if (front.empty() || !outcomes[front.front()]->ranked) return distances;
  std::vector<std::uint32_t> order(front.size());
  for (std::size_t k = 0; k < outcomes[front.front()]->objectives.size(); ++k) {
    const auto value = [&](std::uint32_t i) { return outcomes[front[i]]->objectives[k]; };
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return value(a) < value(b); });
    distances[order.front()] = distances[order.back()] = std::numeric_limits<double>::infinity();
    const double range = value(order.back()) - value(order.front());
    if (!(range > 0)) continue;
    for (std::size_t i = 1; i + 1 < order.size(); ++i)
      distances[order[i]] += (value(order[i + 1]) - value(order[i - 1])) / range;
  }
  return distances;
}

std::size_t count_ahead(Outcomes outcomes, std::size_t of) {
  std::size_t ahead = 0;
  for (const Front& front : nondominated_fronts(outcomes)) {
    const auto own = std::find(front.begin(), front.end(), static_cast<std::uint32_t>(of));
    if (own == front.end()) {
      ahead += front.size();
      continue;
    }
    const std::vector<double> crowding = crowding_distances(outcomes, front);
    const double distance = crowding[static_cast<std::size_t>(own - front.begin())];
    return ahead + static_cast<std::size_t>(std::count_if(crowding.begin(), crowding.end(),
                                                          [&](double d) { return d > distance; }));
  }
  return ahead;
}

}  // namespace equivolve::search
