// Which runs of a trial go side by side, and their rows as lanes want them: laid out once for all
// trials on the same tasks.
#pragma once

#include <cstdint>
#include <vector>

#include "evaluators/algorithm_discovery/lane_run.hpp"
#include "evaluators/common/memory/aligned.hpp"

namespace equivolve::algorithm_discovery {

/// Programs a task runs: one for regression and two classes, else one a class.
inline std::uint32_t runs_of(std::uint32_t classes) {
  return classes > 2 ? classes : 1;
}
/// The class that run `run` calls 1.
inline std::uint32_t positive_class(std::uint32_t classes, std::uint32_t run) {
  return classes > 2 ? run : 1;
}

/// One run of a trial.
struct LaneOf {
  std::uint32_t task = 0;
  std::uint32_t positive = 0;
};

/// Consecutive runs (task after task, class after class) of equal length: one lane each.
struct LaneGroup {
  std::vector<LaneOf> lanes;
  std::size_t first_run = 0;     ///< number of its first run in the trial
  std::size_t scores_start = 0;  ///< where its scores lie in the trial's
  LaneRows train, judged;
  /// Where the rows point to.
  memory::AlignedVector<double> features, labels;
  std::vector<const double*> sources;
  /// Regression, one a lane: squared distance of the judged targets from their mean.
  std::vector<double> squared_distances;
};

struct LaneLimits {
  std::uint32_t lanes = 32;                        ///< of a group, 1..kMostLanes
  std::size_t interleaved = std::size_t{1} << 23;  ///< doubles of copied features: 64 MiB
};

/// Groups hold at most `limits.lanes` runs: of as many whole tasks as fit, or of the classes of one
/// task, which share its rows.
///
/// Memory: groups of several tasks keep a copy of the tasks' features, interleaved, if all copies
/// together stay within `limits.interleaved`; larger tables are read where they are, at some cost
/// in speed. The classes of one task never need a copy.
class LanePlan {
 public:
  /// Points into `tasks`, which must outlive it and stay where they are.
  explicit LanePlan(const std::vector<Task>& tasks, LaneLimits limits = {});

  const std::vector<LaneGroup>& groups() const { return groups_; }
  std::size_t runs() const { return runs_; }
  /// Doubles that the scores of a trial take.
  std::size_t scores() const { return scores_; }
  /// Doubles held.
  std::size_t doubles() const;

 private:
  void make_groups(const std::vector<Task>& tasks, std::uint32_t most_lanes);
  void lay_out(LaneGroup& group, const std::vector<Task>& tasks, bool interleave);

  std::vector<LaneGroup> groups_;
  std::size_t runs_ = 0, scores_ = 0;
};

}  // namespace equivolve::algorithm_discovery
