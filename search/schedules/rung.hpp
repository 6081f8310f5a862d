// What was told at one level of a schedule, and which of it is good enough to go on: the best share
// of the distinct outcomes seen there lately.
//   one objective    by outcome_order.hpp
//   several          by non-dominated rank, then by crowding distance (nondominated_sorting.hpp)
// An outcome equal to one that is held counts once: a rung that many equivalent candidates reach
// says how good behaviours are, not how often they are bred. Source: "unique fitnesses" of the
// hurdle in Real, Liang, So, Le 2020, "AutoML-Zero: evolving machine learning algorithms from
// scratch" (ICML), section 3; the asynchronous decision, on what is known when the outcome arrives,
// from Li et al. 2020, "A system for massively parallel hyperparameter tuning" (MLSys),
// algorithm 2.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "search/algorithms/outcome_order.hpp"
#include "search/algorithms/request.hpp"

namespace equivolve::search {

class Rung {
 public:
  /// Distinct outcomes held at most; the oldest go first. What came long ago says little about a
  /// search that moves, and a decision must not cost more the longer a run is.
  static constexpr std::size_t kHeld = 1000;
  static constexpr std::size_t kHeldOfSeveral = 200;  ///< where there are several objectives

  explicit Rung(double share) : share_(share) {}  ///< in (0, 1]

  /// Takes in a ranked outcome. Whether it is among the best max(1, floor(share * n)) of the n
  /// distinct ones that are held, itself included.
  bool admits(const Outcome& outcome);

 private:
  std::size_t better_ones(const Score& score);     // after taking it in
  std::size_t ones_ahead(const Outcome& outcome);  // the same, of several objectives
  std::size_t admitted(std::size_t held) const;

  double share_;
  std::vector<Score> sorted_;  // of one objective: best first
  std::deque<Score> order_;    // the same, oldest first
  std::deque<Outcome> held_;   // of several: oldest first
};

}  // namespace equivolve::search
