// The hand-made rules for choosing rows, and what they are made of.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "evaluators/common/row_sampling/basis.hpp"
#include "evaluators/common/row_sampling/lewis.hpp"
#include "evaluators/common/row_sampling/sensitivities.hpp"

namespace equivolve::row_sampling {

enum class Rule : std::uint8_t {
  kUniform,
  kRowNorm,       ///< ||a_i||_2^p: the only one that depends on the basis
  kLeverage,      ///< tau
  kRootLeverage,  ///< tau^(p/2); Woodruff, Yasuda 2023 (arXiv 2306.00732)
  kSensitivity,   ///< sigma, approximate
  kLewis,         ///< w; Cohen, Peng 2015
  kCombined,      ///< tau + sigma; Munteanu, Omlor 2024
};
inline constexpr std::array<Rule, 7> kRules{
    Rule::kUniform,     Rule::kRowNorm, Rule::kLeverage, Rule::kRootLeverage,
    Rule::kSensitivity, Rule::kLewis,   Rule::kCombined};
/// uniform, row_norm, leverage, root_leverage, sensitivity, lewis, combined.
std::string_view rule_name(Rule rule);
std::optional<Rule> rule_named(std::string_view name);

/// What is worked out once of a matrix and a power. Logarithms are at least kLowestLog.
inline constexpr double kLowestLog = -690;
enum class SensitivityKind : std::uint8_t { kApproximate, kExact };
struct RowFeatures {
  std::vector<double> log_leverage, log_sensitivity, log_lewis, log_norm;  ///< of each row
  double log_total_sensitivity = 0;
  double sensitivity_gap = 0;        ///< of exact ones: the largest (high - low) / low
  LewisBasis lewis;                  ///< where distortions are searched
  std::vector<std::size_t> dropped;  ///< columns that depend on others
  bool last_column_kept = true;      ///< whether regression on it makes sense
  std::vector<unsigned char> zero;   ///< 1: the row is all 0
  std::size_t rows() const { return log_norm.size(); }
  std::size_t rank() const { return lewis.rows.columns; }
};

/// Refused: what orthonormal_basis refuses; a p outside [1, kLargestPower]. [any-thread]
tl::expected<RowFeatures, std::string> row_features(
    const linalg::MatrixView<double>& a, double p, const ParallelFor& parallel_for = serially,
    SensitivityKind kind = SensitivityKind::kApproximate);

/// log s_i of a rule. [any-thread]
std::vector<double> log_scores(Rule rule, const RowFeatures& features);

/// exp(log s - max log s); empty when one is not a number, or all are -infinity, or one +infinity.
std::optional<std::vector<double>> scores_of_logs(std::span<const double> log_scores);

/// Whether a row that is not 0 can never be drawn, so that estimates are biased.
bool is_biased(std::span<const double> q, const RowFeatures& features);

}  // namespace equivolve::row_sampling
