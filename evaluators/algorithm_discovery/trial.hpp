// One trial of a program: every task, every class against the rest, figures.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "evaluators/algorithm_discovery/figures.hpp"
#include "evaluators/algorithm_discovery/lane_plan.hpp"
#include "evaluators/algorithm_discovery/program_run.hpp"

namespace equivolve::algorithm_discovery {

/// Seed of the random draws of task t against class c: common to all candidates of a repeat, so
/// that a fitness depends on behaviour and seed alone.
std::uint64_t draw_seed(std::uint64_t common_seed, std::uint64_t task,
                        std::uint32_t positive_class);

struct TrialOutcome {
  eqv_status status = EQV_OK;
  std::vector<double> of_tasks;  ///< figures of each task, when the status is EQV_OK
  std::vector<double> items;     ///< when asked for
  std::uint64_t instructions =
      0;  ///< live instructions that the trial takes when nothing ends it early
  std::string message;
};

/// How jobs are spread: calls body(i) for 0 <= i < n in any order.
using ParallelFor =
    std::function<void(std::size_t n, const std::function<void(std::size_t)>& body)>;

class Trial {
 public:
  /// Runs go side by side in the lanes of `kind` where they can: where there are several, and the
  /// memories of all lanes stay in a processor's cache; else one after the other on the scalar
  /// interpreter. The outcome is the same, bit for bit.
  Trial(const Figures& figures, const Rules& rules, std::uint64_t max_instructions,
        interpreters::LaneKind kind = interpreters::preferred_lane_kind())
      : figures_(figures), rules_(rules), max_instructions_(max_instructions), kind_(kind) {}

  /// `program` is pruned. [any-thread] `threads` 1: everything here, ending with the first group of
  /// runs (lane_plan.hpp) in which one fails; else all groups through parallel_for, with the same
  /// result. `want_items`: items of the (only) task.
  TrialOutcome run(const search::PreparedProgram& program, const search::MemoryShape& shape,
                   const TaskSet& tasks, std::uint64_t common_seed, bool want_items,
                   unsigned threads, const ParallelFor& parallel_for,
                   const std::function<bool()>& stop) const;

  /// Live instructions a trial of these tasks takes.
  std::uint64_t length(const search::PreparedProgram& program, const TaskSet& tasks) const;

 private:
  void figures_of_told(const TaskSet& tasks, const double* scores, bool want_items,
                       TrialOutcome& outcome) const;
  /// Regression: squared errors of all lanes at a time, in the order of the rows.
  void figures_of_errors(const TaskSet& tasks, const double* scores, TrialOutcome& outcome) const;
  bool in_lanes(const search::MemoryShape& shape, const LaneGroup& group) const;

  const Figures& figures_;
  Rules rules_;
  std::uint64_t max_instructions_;
  interpreters::LaneKind kind_;
};

/// This thread's machine; reused from trial to trial so that nothing is allocated.
interpreters::Machine& thread_machine();

}  // namespace equivolve::algorithm_discovery
