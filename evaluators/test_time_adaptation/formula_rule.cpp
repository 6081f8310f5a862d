#include "evaluators/test_time_adaptation/formula_rule.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace equivolve::test_time_adaptation {
namespace {

constexpr std::size_t kWeightFacts = 6;

/// The rank of each number, ties in order of place, divided by how many there are.
void write_ranks(std::span<const double> values, std::span<double> ranks) {
  std::vector<std::uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
  for (std::size_t r = 0; r < order.size(); ++r)
    ranks[order[r]] = static_cast<double>(r) / static_cast<double>(order.size());
}

}  // namespace

const std::vector<std::string>& rule_inputs(RulePart part) {
  static const std::vector<std::string> kOfWeights{
      "fisher",     "fisher_rank", "distance",     "deviation", "magnitude", "uniform",
      "confidence", "entropy",     "disagreement", "drift",     "age"};
  static const std::vector<std::string> kOfBatch(kOfWeights.begin() + kWeightFacts,
                                                 kOfWeights.end());
  return part == RulePart::kRestoration ? kOfWeights : kOfBatch;
}

FormulaRule::FormulaRule(RulePart part, search::ExpressionView formula) : part_(part) {
  machine_.load(formula);
}

bool FormulaRule::reads(std::size_t input) const {
  const auto tokens = machine_.expression();
  return std::any_of(tokens.begin(), tokens.end(), [&](const eqv_expression_token& token) {
    return search::op_of(token) == search::ExpressionOp::kInput && token.input == input;
  });
}

void FormulaRule::score(const WeightFacts& weights, const BatchFacts& batch,
                        std::span<double> scores) {
  const std::size_t n = scores.size(), inputs = rule_inputs(part_).size();
  columns_.resize(inputs * n);
  const auto column = [&](std::size_t input) { return std::span(columns_).subspan(input * n, n); };
  const std::span<const double> given[kWeightFacts] = {
      weights.fisher, {}, weights.distance, weights.deviation, weights.magnitude, weights.uniform};
  const double facts[] = {batch.confidence, batch.entropy, batch.disagreement, batch.drift,
                          batch.age};
  for (std::size_t input = 0; input < inputs; ++input) {
    if (!reads(input)) continue;
    if (input == 1)
      write_ranks(weights.fisher, column(input));
    else if (input < kWeightFacts)
      std::copy(given[input].begin(), given[input].end(), column(input).begin());
    else
      std::fill_n(column(input).begin(), n, facts[input - kWeightFacts]);
  }
  machine_.evaluate({columns_.data(), n, n}, scores);
}

double FormulaRule::momentum(const BatchFacts& batch) {
  const double facts[] = {batch.confidence, batch.entropy, batch.disagreement, batch.drift,
                          batch.age};
  double value = 0;
  machine_.evaluate({facts, 1, 1}, std::span(&value, 1));
  return std::isnan(value) ? value : std::clamp(value, 0.0, 1.0);
}

}  // namespace equivolve::test_time_adaptation
