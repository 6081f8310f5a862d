// One trial of a program: every task, every class against the rest, figures.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "evaluators/algorithm_discovery/figures.hpp"
#include "evaluators/algorithm_discovery/program_run.hpp"

namespace equivolve::algorithm_discovery {

/// Seed of the random draws of task t against class c: common to all candidates of a repeat, so
/// that a fitness depends on behaviour and seed alone.
std::uint64_t draw_seed(std::uint64_t common_seed, std::uint64_t task,
                        std::uint32_t positive_class);

/// Programs a task runs: one for regression and two classes, else one a class.
inline std::uint32_t runs_of(std::uint32_t classes) {
  return classes > 2 ? classes : 1;
}
/// The class that run `run` calls 1.
inline std::uint32_t positive_class(std::uint32_t classes, std::uint32_t run) {
  return classes > 2 ? run : 1;
}

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
  Trial(const Figures& figures, const Rules& rules, std::uint64_t max_instructions)
      : figures_(figures), rules_(rules), max_instructions_(max_instructions) {}

  /// [any-thread] `threads` 1: everything here, ending with the first run that fails; else all runs
  /// through parallel_for, with the same result. `want_items`: items of the (only) task.
  TrialOutcome run(const search::PreparedProgram& program, const search::MemoryShape& shape,
                   const std::vector<Task>& tasks, std::uint64_t common_seed, bool want_items,
                   unsigned threads, const ParallelFor& parallel_for,
                   const std::function<bool()>& stop) const;

  /// Live instructions a trial of these tasks takes.
  std::uint64_t length(const interpreters::Machine& machine, const std::vector<Task>& tasks) const;

 private:
  const Figures& figures_;
  Rules rules_;
  std::uint64_t max_instructions_;
};

/// This thread's machine; reused from trial to trial so that nothing is allocated.
interpreters::Machine& thread_machine();

}  // namespace equivolve::algorithm_discovery
