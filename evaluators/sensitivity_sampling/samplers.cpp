#include "evaluators/sensitivity_sampling/samplers.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <tuple>

#include "evaluators/common/interpreters/expression_machine.hpp"
#include "evaluators/common/row_sampling/families.hpp"

namespace equivolve::sensitivity_sampling {
namespace {

using row_sampling::Rule;

constexpr std::size_t kProbeRows = 600;
constexpr double kProbePowers[] = {1, 1.5, 3, 4};
constexpr double kProbeBudget = 200;
constexpr double kLogStep = 0x1p-30;
/// Beyond rounding, below every real change.
constexpr double kUnchanged = 1e-9;

enum Input : std::size_t { kLeverage, kSensitivity, kLewis, kNorm };

std::vector<ProbeTable> make_probe_tables() {
  using row_sampling::Family;
  std::vector<ProbeTable> tables;
  for (double p : kProbePowers)
    for (const auto& [family, d, n] : {std::tuple{Family::kGauss, std::size_t{4}, 1e3},
                                       std::tuple{Family::kStudent, std::size_t{4}, 1e4},
                                       std::tuple{Family::kChebyshev, std::size_t{8}, 1e5}}) {
      const auto a = row_sampling::make_matrix(family, kProbeRows, d, 1);
      const auto features = *row_sampling::row_features(a.view(), p);
      const auto columns = static_cast<double>(d);
      const std::vector<double> rows[] = {features.log_leverage, features.log_sensitivity,
                                          features.log_lewis, features.log_norm};
      tables.push_back(
          {input_columns(rows, {p, std::log(n), std::log(columns), features.log_total_sensitivity,
                                std::log(40 * columns)}),
           kProbeBudget});
    }
  return tables;
}

std::vector<double> rule_scores(Rule rule, const InputColumns& columns) {
  const std::size_t n = columns.rows;
  const auto column = [&](std::size_t input) { return columns.values.data() + input * n; };
  std::vector<double> out(n, 0.0);
  const double half_power = column(kRowInputs)[0] / 2;
  for (std::size_t r = 0; r < n; ++r) {
    const double tau = column(kLeverage)[r], sigma = column(kSensitivity)[r];
    switch (rule) {
      case Rule::kUniform:
        break;
      case Rule::kRowNorm:
        out[r] = column(kNorm)[r];
        break;
      case Rule::kLeverage:
        out[r] = tau;
        break;
      case Rule::kRootLeverage:
        out[r] = half_power * tau;
        break;
      case Rule::kSensitivity:
        out[r] = sigma;
        break;
      case Rule::kLewis:
        out[r] = column(kLewis)[r];
        break;
      case Rule::kCombined:
        out[r] = std::max(tau, sigma) +
                 std::log1p(std::exp(std::min(tau, sigma) - std::max(tau, sigma)));
        break;
    }
  }
  return out;
}

bool same(std::span<const double> a, std::span<const double> b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i])) continue;
    if (a[i] == b[i]) continue;  // infinities too
    if (!(std::abs(a[i] - b[i]) <= kUnchanged * (1 + std::abs(a[i])))) return false;
  }
  return true;
}

bool depends_on(const Sampler& sampler, std::size_t input) {
  for (const ProbeTable& table : probe_tables()) {
    InputColumns changed = table.columns;
    const auto column = changed.values.begin() + static_cast<std::ptrdiff_t>(input * changed.rows);
    std::reverse(column, column + static_cast<std::ptrdiff_t>(changed.rows));
    std::vector<double> before = log_scores(sampler, table.columns),
                        after = log_scores(sampler, changed);
    normalise(before);
    normalise(after);
    if (!same(before, after)) return true;
  }
  return false;
}

}  // namespace

const std::vector<std::string>& input_names() {
  static const std::vector<std::string> names{"log_tau", "log_sigma", "log_lewis", "log_norm", "p",
                                              "log_n",   "log_d",     "log_S",     "log_m"};
  return names;
}

InputColumns input_columns(std::span<const std::vector<double>> row_inputs,
                           const Globals& globals) {
  InputColumns out;
  out.rows = row_inputs[0].size();
  for (const auto& column : row_inputs)
    out.values.insert(out.values.end(), column.begin(), column.end());
  for (double value : {globals.p, globals.log_n, globals.log_d, globals.log_total, globals.log_m})
    out.values.insert(out.values.end(), out.rows, value);
  return out;
}

InputColumns input_columns(const row_sampling::RowFeatures& f, double m) {
  const std::vector<double> rows[] = {f.log_leverage, f.log_sensitivity, f.log_lewis, f.log_norm};
  return input_columns(
      rows, {f.lewis.p, std::log(static_cast<double>(f.rows())),
             std::log(static_cast<double>(f.rank())), f.log_total_sensitivity, std::log(m)});
}

std::vector<double> log_scores(const Sampler& sampler, const InputColumns& columns) {
  if (sampler.formula.empty()) return rule_scores(sampler.rule, columns);
  thread_local interpreters::ExpressionMachine machine;
  machine.load(sampler.formula);
  std::vector<double> out(columns.rows);
  machine.evaluate({columns.values.data(), columns.rows, columns.rows}, out);
  return out;
}

std::string_view rule_formula(Rule rule) {
  switch (rule) {
    case Rule::kUniform:
      return "0";
    case Rule::kRowNorm:
      return "log_norm";
    case Rule::kLeverage:
      return "log_tau";
    case Rule::kRootLeverage:
      return "p * 0.5 * log_tau";
    case Rule::kSensitivity:
      return "log_sigma";
    case Rule::kLewis:
      return "log_lewis";
    case Rule::kCombined:
      return "lse(log_tau, log_sigma)";
  }
  return "";
}

std::optional<std::vector<double>> probabilities(const Sampler& sampler,
                                                 const InputColumns& columns, double m) {
  std::vector<double> logs = log_scores(sampler, columns);
  normalise(logs);
  // What differs by rounding alone draws with the same bits, so that it has the same figures.
  for (double& value : logs) value = std::round(value / kLogStep) * kLogStep;
  const auto scores = row_sampling::scores_of_logs(logs);
  if (!scores) return std::nullopt;
  std::vector<double> q = row_sampling::inclusion_probabilities(*scores, m);
  if (sampler.uniform_share > 0) row_sampling::mix_with_uniform(q, m, sampler.uniform_share);
  return q;
}

unsigned feature_tier(const Sampler& sampler) {
  if (depends_on(sampler, kSensitivity)) return 3;
  if (depends_on(sampler, kLewis)) return 2;
  return depends_on(sampler, kLeverage) ? 1 : 0;
}

std::optional<Sampler> configured_sampler(std::string_view text) {
  Sampler sampler;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view name = line.substr(0, colon), value = line.substr(colon + 2);
    if (name == "rule") {
      const auto rule = row_sampling::rule_named(value);
      if (!rule) return std::nullopt;
      sampler.rule = *rule;
    } else if (name == "scheme") {
      const auto scheme = row_sampling::scheme_named(value);
      if (!scheme) return std::nullopt;
      sampler.scheme.scheme = *scheme;
    } else if (name == "exact_size") {
      sampler.scheme.exact_size = value == "true";
    } else if (name == "uniform_share") {
      const auto [rest, code] =
          std::from_chars(value.data(), value.data() + value.size(), sampler.uniform_share);
      if (code != std::errc() || !(sampler.uniform_share >= 0 && sampler.uniform_share <= 1))
        return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  if (sampler.scheme.scheme != row_sampling::Scheme::kBernoulli) sampler.scheme.exact_size = false;
  return sampler;
}

const std::vector<ProbeTable>& probe_tables() {
  static const std::vector<ProbeTable> tables = make_probe_tables();
  return tables;
}

void normalise(std::span<double> log_scores) {
  double high = -std::numeric_limits<double>::infinity(), sum = 0;
  for (double value : log_scores) {
    if (!(value < std::numeric_limits<double>::infinity())) return;  // NaN, or infinite
    high = std::max(high, value);
  }
  if (!std::isfinite(high)) return;
  for (double value : log_scores) sum += std::exp(value - high);
  const double total = high + std::log(sum);
  for (double& value : log_scores) value -= total;
}

}  // namespace equivolve::sensitivity_sampling
