#include "evaluators/algorithm_discovery/formulas.hpp"

#include <fmt/format.h>

#include "evaluators/algorithm_discovery/formula_space.hpp"
#include "evaluators/algorithm_discovery/python_model.hpp"

namespace equivolve::algorithm_discovery {

Formulas::Formulas(const Problem& problem, const Figures& figures, const Options& options)
    : problem_(problem), options_(options), probe_(problem, options), trial_(figures, options) {
  bind_space(default_space());
}

std::string Formulas::default_space() const {
  return default_formula_space(problem_.info());
}

void Formulas::bind_space(std::string_view space_json) {
  space_ = read_formula_space(space_json, problem_.info());
}

std::optional<search::ExpressionView> Formulas::checked(const sdk::Candidate& candidate) const {
  if (candidate.representation() != EQV_EXPRESSION ||
      !search::check_expression(candidate.genome(), space_.inputs.size()))
    return std::nullopt;
  return *search::view_expression(candidate.genome());
}

void Formulas::probe(search::ExpressionView formula, sdk::OutputSink& sink) const {
  thread_local std::vector<std::byte> canonical;
  search::structural_bytes(formula, canonical);
  if (sink.known(canonical)) return;
  probe_.run(*search::view_expression(canonical), sink);
}

void Formulas::apply(const ApplyContext& context, search::ExpressionView formula,
                     sdk::ArtefactSink& sink) const {
  const Task task = problem_.pool_task(context.common_seed);
  const RowsToPredict rows = rows_wanted(context, task);
  FormulaWorkspace& w = formula_workspace();
  w.machine.load(formula);
  const interpreters::FitResult fitted = interpreters::fit_constants(
      w.machine, task.train.columns(), task.train.outputs, fit_settings(options_), w.fit);
  const std::string text = search::to_text(w.machine.expression(), space_.inputs);
  std::string note;
  if (options_.fit && fitted.end == interpreters::FitEnd::kNonFinite)
    context.warn(
        "the formula is not finite on a row it was to be fitted to: its numbers are as they were "
        "bred");
  else if (options_.fit && fitted.end != interpreters::FitEnd::kNothing)
    note = fmt::format("# its numbers fitted to {} rows; as it was bred: {}\n", task.train.rows(),
                       search::to_text(formula, space_.inputs));
  sink.write("formula.txt", "text/plain",
             fmt::format("# {} =\n{}\n{}", problem_.info().target, text, note));
  sink.write("model.py", "text/x-python",
             python_formula({problem_.info(), options_, task, context.common_seed},
                            w.machine.expression(), text));
  w.values.resize(rows.examples.rows());
  w.machine.evaluate(rows.examples.columns(), w.values);
  if (first_not_finite(w.values) < w.values.size()) {
    context.warn("a prediction is not finite: no predictions.csv");
    return;
  }
  for (double& value : w.values) value = task.in_own_units(value);
  sink.write("predictions.csv", "text/csv", predictions_csv(rows, w.values));
}

double complexity_of_rival(std::string_view name, const ProblemInfo& info) {
  // A number; or number * input + ... + number.
  return name == "constant" ? 1 : 4.0 * info.dimension() + 1;
}

}  // namespace equivolve::algorithm_discovery
