// A trial: one candidate along every stream of its cells.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "evaluators/sdk/equivolve_evaluator.h"
#include "evaluators/test_time_adaptation/problem.hpp"
#include "evaluators/test_time_adaptation/stream_run.hpp"

namespace equivolve::test_time_adaptation {

/// What a candidate means.
struct Adaptation {
  Recipe recipe;
  std::optional<FormulaRule> rule;
};

struct TrialRequest {
  std::uint64_t common_seed = 0;
  bool test = false, screening = false;
};

/// One run a cell, in order of the cells; empty when the source model was cancelled.
/// `spread(n, body)` calls body(0 .. n - 1), perhaps in threads.
std::vector<StreamRun> run_cells(
    const Problem& problem, const Adaptation& adaptation, const TrialRequest& request,
    const std::function<void(std::size_t, const std::function<void(std::size_t)>&)>& spread,
    const Cancelled& cancelled);

/// The named figures: means over cells, then each cell's loss and error as far as a results file
/// has room for them (both for 4 cells, losses for 8).
class TrialFigures {
 public:
  TrialFigures(const Problem& problem, bool cost_is_objective);
  const std::vector<eqv_figure>& table() const { return table_; }
  void write(const std::vector<StreamRun>& cells, std::span<double> out) const;

 private:
  std::vector<std::string> names_;
  std::vector<eqv_figure> table_;
  bool cell_losses_ = false, cell_errors_ = false;
};

/// Parts of the objective: the mean loss of each sample, over cells, rounds and corruptions.
std::vector<double> items_of(const std::vector<StreamRun>& cells);

}  // namespace equivolve::test_time_adaptation
