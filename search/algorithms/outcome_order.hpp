// Which outcome is better: every algorithm compares through here.
//   one objective  ranked before unranked, then the smaller violation of the constraints, then the
//                  higher rung (how far it was tried), then the larger fitness
//   several        constrained domination, which is the same for what is unranked or infeasible.
//                  Source: Deb, Pratap, Agarwal, Meyarivan 2002, "A fast and elitist multiobjective
//                  genetic algorithm: NSGA-II" (IEEE Transactions on Evolutionary Computation 6),
//                  section VI.
#pragma once

#include "search/algorithms/request.hpp"

namespace equivolve::search {

/// What counts of an outcome where there is one objective (of several: the first).
struct Score {
  bool ranked = false;
  double violation = 0;
  double fitness = 0;  ///< to be maximised
  std::uint32_t rung = 1;
};

Score score_of(const Outcome& outcome);

/// A strict weak order; all unranked scores are equal. [any-thread, as all of these]
inline bool better(const Score& a, const Score& b) {
  if (a.ranked != b.ranked) return a.ranked;
  if (!a.ranked) return false;
  if (a.violation != b.violation) return a.violation < b.violation;
  if (a.rung != b.rung) return a.rung > b.rung;
  return a.fitness > b.fitness;
}

/// A strict partial order. Both have equally many objectives where both are ranked.
bool dominates(const Outcome& a, const Outcome& b);

}  // namespace equivolve::search
