// What a candidate is: a rule that gives rows scores, and a scheme that draws by them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluators/common/row_sampling/sampling.hpp"
#include "evaluators/common/row_sampling/scores.hpp"
#include "search/genome/expression.hpp"

namespace equivolve::sensitivity_sampling {

/// What formulas read, in this order. The first four differ from row to row.
inline constexpr std::size_t kRowInputs = 4;
const std::vector<std::string>& input_names();

/// Inputs of n rows, column after column.
struct InputColumns {
  std::size_t rows = 0;
  std::vector<double> values;
};
/// What is the same for all rows.
struct Globals {
  double p = 2, log_n = 0, log_d = 0, log_total = 0, log_m = 0;
};
InputColumns input_columns(const row_sampling::RowFeatures& features, double m);
/// `row_inputs`: log_tau, log_sigma, log_lewis, log_norm, a column each.
InputColumns input_columns(std::span<const std::vector<double>> row_inputs, const Globals& globals);

struct Sampler {
  std::vector<eqv_expression_token> formula;  ///< a log score; empty: `rule`
  row_sampling::Rule rule = row_sampling::Rule::kLewis;
  row_sampling::SchemeSettings scheme;
  double uniform_share = 0;
};

/// The log scores of the rows; what they are made of is in both forms.
std::vector<double> log_scores(const Sampler& sampler, const InputColumns& columns);
/// The text of a rule as a formula: an anchor.
std::string_view rule_formula(row_sampling::Rule rule);

/// Inclusion probabilities for a budget of m rows; empty where a score is NaN or too large.
std::optional<std::vector<double>> probabilities(const Sampler& sampler,
                                                 const InputColumns& columns, double m);

/// The costliest feature that the scores depend on: 0 none but the norms, 1 leverage, 2 Lewis
/// weights, 3 sensitivities. Found by what happens when a feature changes, so that samplers that
/// behave alike have one tier.
unsigned feature_tier(const Sampler& sampler);

/// Reads the readable form of a configuration: lines "name: value" (rule, scheme, exact_size,
/// uniform_share). Empty for what is none.
std::optional<Sampler> configured_sampler(std::string_view text);

/// The tables that candidates are probed on: matrices of three families, p in {1, 1.5, 3, 4}, and
/// for each family other sizes told. Whole matrices, since few rows do not show where a minimum or
/// maximum changes hands. The same for every run.
struct ProbeTable {
  InputColumns columns;
  double m = 0;
};
const std::vector<ProbeTable>& probe_tables();

/// log scores minus their log-sum-exp; values that are no numbers stay what they are.
void normalise(std::span<double> log_scores);

}  // namespace equivolve::sensitivity_sampling
