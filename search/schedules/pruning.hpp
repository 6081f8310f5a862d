// Stopping a trial early by what it reports on its way: when it does worse, at a step, than a share
// of the finished trials did there. Median: the better half goes on; percentile: a chosen share.
// Source: Golovin et al. 2017, "Google Vizier: a service for black-box optimization" (KDD), section
// 3.2.2 (median stopping rule); on the best value so far against the others' values at the same
// step, as in Optuna's MedianPruner (Akiba et al. 2019, KDD).
//
// Several objectives: by non-dominated rank among the others' values at this step, then by crowding
// distance (nondominated_sorting.hpp); of the trial itself the values at this step count.
//
// What stops a trial is a table that was settled when the trial was asked for: how other trials
// fare meanwhile makes no difference, so a seed gives one result on any number of workers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "search/algorithms/request.hpp"

namespace equivolve::search {

/// What finished trials of one level reported. Immutable. [any-thread]
class PruningTable {
 public:
  static constexpr std::size_t kHeld = 256;    ///< trials kept at a step; the newest
  static constexpr std::size_t kSteps = 1000;  ///< steps kept; at later ones nobody is stopped

  /// Whether a trial with these objectives, to be maximised and finite, is to stop at the step.
  bool stops(std::uint64_t step, std::span<const double> objectives) const;

 private:
  friend class Pruner;
  struct Step {
    std::size_t width = 0;       // objectives
    std::vector<double> values;  // one trial's after the other's, oldest first
  };
  double share_ = 1;
  std::uint64_t warmup_ = 0;
  std::map<std::uint64_t, std::shared_ptr<const Step>> steps_;
};

struct PrunerSettings {
  double share = 1;                ///< of the trials that go on at a step; in (0, 1], 1: all
  std::uint64_t startup = 5;       ///< trials of a level finished before any is stopped
  std::uint64_t warmup_steps = 0;  ///< steps below this one stop nobody
};

/// Makes the tables. A value, used one call at a time.
class Pruner {
 public:
  explicit Pruner(PrunerSettings settings = {}) : settings_(settings) {}

  /// Null while nobody is to be stopped at this level.
  std::shared_ptr<const PruningTable> table(std::uint32_t level) const;
  void take(std::uint32_t level, const Outcome& outcome);
  /// Whether any trial that ended well reported something on its way.
  bool has_steps() const { return !levels_.empty(); }

 private:
  struct Level {
    std::uint64_t finished = 0;
    std::shared_ptr<const PruningTable> table;
  };
  PrunerSettings settings_;
  std::map<std::uint32_t, Level> levels_;
};

/// One trial under a table's eyes: each step in turn, while the trial runs. [one thread at a time]
class PruningWatch {
 public:
  explicit PruningWatch(const PruningTable& table) : table_(table) {}
  bool stops(std::uint64_t step, std::span<const double> objectives);

 private:
  const PruningTable& table_;
  std::vector<double> best_;  // of one objective
};

}  // namespace equivolve::search
