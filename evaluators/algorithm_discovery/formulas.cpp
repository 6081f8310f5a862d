#include "evaluators/algorithm_discovery/formulas.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include <fmt/format.h>

#include "evaluators/algorithm_discovery/formula_space.hpp"
#include "evaluators/algorithm_discovery/python_model.hpp"

namespace equivolve::algorithm_discovery {
namespace {

/// Of the coefficient of determination, that written numbers may cost a formula.
constexpr double kRoundingLoss = 1e-6;

double squared_error(std::span<const double> values, std::span<const double> outputs) {
  double sum = 0;
  for (std::size_t r = 0; r < outputs.size(); ++r)
    sum += (values[r] - outputs[r]) * (values[r] - outputs[r]);
  return sum;
}

/// Squared differences from the mean, summed.
double variation(std::span<const double> outputs) {
  const double mean =
      std::accumulate(outputs.begin(), outputs.end(), 0.0) / static_cast<double>(outputs.size());
  double sum = 0;
  for (double output : outputs) sum += (output - mean) * (output - mean);
  return sum;
}

/// Seven significant digits. What differs in later ones is where a fit happened to end: written so,
/// formulas that were fitted to the same numbers are the same formula, and a person can read them.
double to_seven_digits(double value) {
  char text[32];
  const char* const end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, 6).ptr;
  double rounded = value;
  std::from_chars(text, end, rounded);
  return rounded;
}

}  // namespace

Formulas::Formulas(const Problem& problem, const Figures& figures, const Options& options)
    : problem_(problem), options_(options), probe_(problem, options), trial_(figures, options) {
  if (options.inherit) refine_on_ = problem.pool_task(0);
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

void Formulas::refine(search::ExpressionView formula, sdk::GenomeSink& sink) const {
  using interpreters::FitEnd;
  const Examples& pool = refine_on_->train;
  const std::size_t count = std::min(pool.rows(), kMostRefineRows);  // the pool is shuffled
  const interpreters::ColumnsView rows{pool.columns().data, count, pool.columns().stride};
  const auto outputs = std::span(pool.outputs).first(count);
  FormulaWorkspace& w = formula_workspace();
  w.machine.load(formula);
  const interpreters::FitResult fitted =
      interpreters::fit_constants(w.machine, rows, outputs, fit_settings(options_), w.fit);
  if (fitted.end != FitEnd::kConverged && fitted.end != FitEnd::kIterations) return;
  search::Genome genome = search::to_genome(w.machine.expression());
  std::vector<eqv_expression_token> tokens(w.machine.expression().begin(),
                                           w.machine.expression().end());
  for (eqv_expression_token& token : tokens)
    if (search::op_of(token) == search::ExpressionOp::kConstant)
      token.value = to_seven_digits(token.value);
  w.machine.load(tokens);
  w.values.resize(pool.rows());
  w.machine.evaluate(pool.columns(), w.values);
  // Formulas in which small differences of large numbers matter keep every digit.
  if (!(squared_error(w.values, outputs) <= fitted.error + kRoundingLoss * variation(outputs))) {
    w.machine.load(*search::view_expression(genome.flat));
    w.machine.evaluate(pool.columns(), w.values);
  } else {
    genome = search::to_genome(tokens);
  }
  // Rows that were not fitted may lie where the fitted formula is not finite.
  if (first_not_finite(w.values) == w.values.size()) sink.replace(genome.flat);
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
