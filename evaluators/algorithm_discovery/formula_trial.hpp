// One trial of a formula: fitted to the training rows of every partition, judged on the others.
#pragma once

#include <functional>

#include "evaluators/algorithm_discovery/figures.hpp"
#include "evaluators/algorithm_discovery/trial.hpp"
#include "evaluators/common/interpreters/expression_fit.hpp"
#include "search/genome/expression.hpp"

namespace equivolve::algorithm_discovery {

/// What a fit of formulas with these options may do; 0 iterations: numbers stay as they are.
interpreters::FitSettings fit_settings(const Options& options);

/// This thread's; reused from trial to trial so that nothing is allocated.
struct FormulaWorkspace {
  interpreters::ExpressionMachine machine;
  interpreters::FitWorkspace fit;
  std::vector<double> values;
  Told told;
};
FormulaWorkspace& formula_workspace();

class FormulaTrial {
 public:
  FormulaTrial(const Figures& figures, const Options& options)
      : figures_(figures), fit_(fit_settings(options)) {}

  /// [any-thread] Every task by itself, through parallel_for when `threads` is more than 1. Not
  /// finite when the formula, its numbers fitted, is not on some training or judged row: of the
  /// first such task. `want_items`: items of the (only) task. Cost: tokens computed, derivatives
  /// counted as three.
  TrialOutcome run(search::ExpressionView formula, const TaskSet& tasks, bool want_items,
                   unsigned threads, const ParallelFor& parallel_for,
                   const std::function<bool()>& stop) const;

 private:
  struct TaskEnd;
  TaskEnd run_task(search::ExpressionView formula, const Task& task, bool want_items,
                   const std::function<bool()>& stop, std::span<double> figures,
                   std::vector<double>& items) const;

  const Figures& figures_;
  interpreters::FitSettings fit_;
};

/// The first row whose value is not finite; the number of rows when all are.
std::size_t first_not_finite(std::span<const double> values);

}  // namespace equivolve::algorithm_discovery
