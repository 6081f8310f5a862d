#include "evaluators/common/row_sampling/scores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace equivolve::row_sampling {
namespace {

std::vector<double> logs(std::vector<double> values) {
  for (double& value : values)
    value = value > 0 ? std::max(std::log(value), kLowestLog) : kLowestLog;
  return values;
}

std::vector<double> log_norms(const linalg::MatrixView<double>& a, double p) {
  std::vector<double> out(a.rows);
  for (std::size_t r = 0; r < a.rows; ++r) {
    double largest = 0, sum = 0;
    for (std::size_t c = 0; c < a.columns; ++c) largest = std::max(largest, std::abs(a(r, c)));
    for (std::size_t c = 0; c < a.columns && largest > 0; ++c)
      sum += a(r, c) / largest * (a(r, c) / largest);
    out[r] = largest > 0 ? std::max(p * (std::log(largest) + std::log(sum) / 2), kLowestLog)
                         : kLowestLog;
  }
  return out;
}

std::vector<double> all_exact(const LewisBasis& lewis, const ParallelFor& parallel_for,
                              double& gap) {
  std::vector<std::uint32_t> rows(lewis.weights.size());
  std::iota(rows.begin(), rows.end(), 0u);
  std::vector<double> out;
  for (const Sensitivity& one : exact_sensitivities(lewis, rows, parallel_for)) {
    out.push_back(one.low);
    if (one.low > 0) gap = std::max(gap, one.high / one.low - 1);
  }
  return out;
}

double log_sum(double a, double b) {
  const double high = std::max(a, b), low = std::min(a, b);
  return high + std::log1p(std::exp(low - high));
}

}  // namespace

std::string_view rule_name(Rule rule) {
  static constexpr std::string_view kNames[] = {
      "uniform", "row_norm", "leverage", "root_leverage", "sensitivity", "lewis", "combined"};
  return kNames[static_cast<std::size_t>(rule)];
}

std::optional<Rule> rule_named(std::string_view name) {
  for (Rule rule : kRules)
    if (rule_name(rule) == name) return rule;
  return std::nullopt;
}

tl::expected<RowFeatures, std::string> row_features(const linalg::MatrixView<double>& a, double p,
                                                    const ParallelFor& parallel_for,
                                                    SensitivityKind kind) {
  if (!(p >= 1 && p <= kLargestPower))
    return tl::unexpected(fmt::format("p is {}; expected 1 to {}", p, kLargestPower));
  auto basis = orthonormal_basis(a);
  if (!basis) return tl::unexpected(basis.error());
  RowFeatures out;
  out.log_norm = log_norms(a, p);
  for (std::size_t r = 0; r < a.rows; ++r)
    out.zero.push_back(std::all_of(a.data + r * a.stride, a.data + r * a.stride + a.columns,
                                   [](double value) { return value == 0; }));
  out.log_leverage = logs(leverage_scores(*basis));
  out.dropped = std::move(basis->dropped);
  out.last_column_kept = out.dropped.empty() || out.dropped.back() != a.columns - 1;
  out.lewis = lewis_basis(basis->q, p);
  std::vector<double> sigma = kind == SensitivityKind::kExact
                                  ? all_exact(out.lewis, parallel_for, out.sensitivity_gap)
                                  : approximate_sensitivities(out.lewis, {}, parallel_for);
  out.log_total_sensitivity = std::log(std::accumulate(sigma.begin(), sigma.end(), 0.0));
  out.log_sensitivity = logs(std::move(sigma));
  out.log_lewis = logs(out.lewis.weights);
  return out;
}

std::vector<double> log_scores(Rule rule, const RowFeatures& f) {
  switch (rule) {
    case Rule::kUniform:
      return std::vector<double>(f.rows(), 0.0);
    case Rule::kRowNorm:
      return f.log_norm;
    case Rule::kLeverage:
      return f.log_leverage;
    case Rule::kSensitivity:
      return f.log_sensitivity;
    case Rule::kLewis:
      return f.log_lewis;
    case Rule::kRootLeverage: {
      std::vector<double> out = f.log_leverage;
      for (double& value : out) value *= f.lewis.p / 2;
      return out;
    }
    case Rule::kCombined: {
      std::vector<double> out = f.log_leverage;
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = log_sum(out[i], f.log_sensitivity[i]);
      return out;
    }
  }
  return {};
}

std::optional<std::vector<double>> scores_of_logs(std::span<const double> log_scores) {
  double high = -std::numeric_limits<double>::infinity();
  for (double value : log_scores) {
    if (std::isnan(value)) return std::nullopt;
    high = std::max(high, value);
  }
  if (!std::isfinite(high)) return std::nullopt;
  std::vector<double> out;
  for (double value : log_scores) out.push_back(std::exp(value - high));
  return out;
}

bool is_biased(std::span<const double> q, const RowFeatures& features) {
  for (std::size_t i = 0; i < q.size(); ++i)
    if (q[i] == 0 && !features.zero[i]) return true;
  return false;
}

}  // namespace equivolve::row_sampling
