#include "evaluators/algorithm_discovery/formula_trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "evaluators/common/metrics/regression.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using interpreters::FitEnd;

constexpr std::uint64_t kCostOfDerivatives = 3;
/// Root mean squared errors below this, in standard deviations of the target, are the rounding of a
/// formula that is right: forms of one law would differ in nothing else.
constexpr double kRounding = 1e-12;

}  // namespace

interpreters::FitSettings fit_settings(const Options& options) {
  interpreters::FitSettings settings;
  settings.iterations = options.fit ? options.fit_iterations : 0;
  return settings;
}

FormulaWorkspace& formula_workspace() {
  thread_local FormulaWorkspace workspace;
  return workspace;
}

std::size_t first_not_finite(std::span<const double> values) {
  const auto found =
      std::find_if(values.begin(), values.end(), [](double v) { return !std::isfinite(v); });
  return static_cast<std::size_t>(found - values.begin());
}

/// How a task ended.
struct FormulaTrial::TaskEnd {
  eqv_status status = EQV_OK;
  const char* rows = "";           // which rows one of them is of
  std::size_t row = 0, count = 0;  // the first that is not finite, of how many
  std::uint64_t cost = 0;
};

FormulaTrial::TaskEnd FormulaTrial::run_task(search::ExpressionView formula, const Task& task,
                                             bool want_items, const std::function<bool()>& stop,
                                             std::span<double> figures,
                                             std::vector<double>& items) const {
  FormulaWorkspace& w = formula_workspace();
  TaskEnd end;
  const auto values_on = [&](const Examples& examples, const char* rows) {
    w.values.resize(examples.rows());
    w.machine.evaluate(examples.columns(), w.values);
    end.cost += formula.size() * examples.rows();
    end.rows = rows;
    end.row = first_not_finite(w.values);
    end.count = w.values.size();
    if (end.row < end.count) end.status = EQV_NON_FINITE;
    return end.status == EQV_OK;
  };
  w.machine.load(formula);
  const interpreters::FitResult fitted = interpreters::fit_constants(
      w.machine, task.train.columns(), task.train.outputs, fit_, w.fit, stop);
  end.cost += formula.size() * task.train.rows() * fitted.iterations * (1 + kCostOfDerivatives);
  if (fitted.end == FitEnd::kStopped || stop()) {
    end.status = EQV_CANCELLED;
    return end;
  }
  if (!values_on(task.train, "training") || !values_on(task.judged, "judged")) return end;
  Told& told = w.told;
  told.targets.resize(w.values.size());
  std::ranges::transform(w.values, told.targets.begin(),
                         [&](double value) { return task.standardised(value); });
  if (metrics::mean_squared_error(task.judged.targets, told.targets) < kRounding * kRounding)
    told.targets = task.judged.targets;
  figures_.of_task(task, told, figures);
  if (!std::isfinite(figures[1])) {  // the squared error overflows
    end.status = EQV_NON_FINITE;
    return end;
  }
  figures_.set_complexity(static_cast<double>(formula.size()), figures);
  if (want_items) items = figures_.items(task, told);
  return end;
}

TrialOutcome FormulaTrial::run(search::ExpressionView formula, const TaskSet& tasks,
                               bool want_items, unsigned threads, const ParallelFor& parallel_for,
                               const std::function<bool()>& stop) const {
  TrialOutcome outcome;
  const std::size_t count = figures_.table().size();
  outcome.of_tasks.resize(tasks.size() * count);
  const auto run_one = [&](std::size_t t) {
    return run_task(formula, tasks[t], want_items, stop,
                    std::span(outcome.of_tasks).subspan(t * count, count), outcome.items);
  };
  std::vector<TaskEnd> ends;  // of tasks that ran side by side
  if (threads > 1 && tasks.size() > 1) {
    ends.resize(tasks.size());
    parallel_for(tasks.size(), [&](std::size_t t) { ends[t] = run_one(t); });
  }
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const TaskEnd end = ends.empty() ? run_one(t) : ends[t];
    outcome.instructions += end.cost;
    if (end.status == EQV_OK) continue;
    outcome.status = end.status;
    if (end.status == EQV_NON_FINITE)
      outcome.message = end.row < end.count
                            ? fmt::format("the formula is not finite on {} row {} of partition {}",
                                          end.rows, end.row + 1, t + 1)
                            : fmt::format("the squared error on partition {} is not finite", t + 1);
    break;
  }
  return outcome;
}

}  // namespace equivolve::algorithm_discovery
