#include "search/algorithms/outcome_order.hpp"

namespace equivolve::search {

Score score_of(const Outcome& outcome) {
  if (!outcome.ranked) return {};
  return {true, outcome.violation, outcome.objectives.front(), outcome.rung};
}

bool dominates(const Outcome& a, const Outcome& b) {
  if (a.ranked != b.ranked) return a.ranked;
  if (!a.ranked) return false;
  if (a.violation != b.violation) return a.violation < b.violation;
  // Of two infeasible ones that miss the constraints equally, neither.
  if (a.violation > 0) return false;
  if (a.rung != b.rung) return a.rung > b.rung;
  bool anywhere = false;
  for (std::size_t i = 0; i < a.objectives.size(); ++i) {
    if (a.objectives[i] < b.objectives[i]) return false;
    anywhere = anywhere || a.objectives[i] > b.objectives[i];
  }
  return anywhere;
}

}  // namespace equivolve::search
