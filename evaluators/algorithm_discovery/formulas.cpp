#include "evaluators/algorithm_discovery/formulas.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "evaluators/algorithm_discovery/formula_space.hpp"
#include "evaluators/algorithm_discovery/python_model.hpp"
#include "evaluators/common/metrics/regression.hpp"

namespace equivolve::algorithm_discovery {
namespace {

/// Of the coefficient of determination, that written numbers may cost a formula.
constexpr double kRoundingLoss = 1e-6;

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
    : Formulas(problem, figures, options, problem.pool_task(0)) {}

Formulas::Formulas(const Problem& problem, const Figures& figures, const Options& options,
                   Task pool)
    : problem_(problem), options_(options), probe_(pool, options), trial_(figures, options) {
  if (options.inherit) {
    refined_on_ = std::move(pool.train);
    const std::size_t count = std::min(refined_on_.rows(), kMostRefineRows);
    refined_outputs_ = std::span(refined_on_.outputs).first(count);  // the pool is shuffled
    rounding_loss_ = kRoundingLoss * metrics::squared_distance_from_mean(refined_outputs_);
  }
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
  const interpreters::ColumnsView rows = refined_on_.columns();
  const std::size_t count = refined_outputs_.size();
  FormulaWorkspace& w = formula_workspace();
  w.machine.load(formula);
  const interpreters::FitResult fit =
      interpreters::fit_constants(w.machine, {rows.data, count, rows.stride, rows.spare},
                                  refined_outputs_, fit_settings(options_), w.fit);
  if (fit.end != FitEnd::kConverged && fit.end != FitEnd::kIterations) return;
  using Tokens = std::vector<eqv_expression_token>;
  const Tokens fitted(w.machine.expression().begin(), w.machine.expression().end());
  Tokens rounded = fitted;
  for (eqv_expression_token& token : rounded)
    if (search::op_of(token) == search::ExpressionOp::kConstant)
      token.value = to_seven_digits(token.value);
  w.values.resize(rows.rows);
  const auto compute = [&](const Tokens& tokens) {
    w.machine.load(tokens);
    w.machine.evaluate(rows, w.values);
  };
  compute(rounded);
  // Formulas in which small differences of large numbers matter keep every digit.
  const double error =
      static_cast<double>(count) *
      metrics::mean_squared_error(refined_outputs_, std::span(w.values).first(count));
  const bool rounds = error <= fit.error + rounding_loss_;
  if (!rounds) compute(fitted);
  // Rows that were not fitted may lie where the fitted formula is not finite.
  if (first_not_finite(w.values) == w.values.size())
    sink.replace(search::to_genome(rounds ? rounded : fitted).flat);
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
