#include "evaluators/sensitivity_sampling/apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "evaluators/sensitivity_sampling/chart.hpp"
#include "evaluators/sensitivity_sampling/script.hpp"
#include "evaluators/sensitivity_sampling/spaces.hpp"
#include "evaluators/sensitivity_sampling/trial.hpp"
#include "hashing/stream.hpp"

namespace equivolve::sensitivity_sampling {
namespace {

using row_sampling::Distortion;
using row_sampling::Sample;
using sdk::Refused;

constexpr double kUsualFactor = 50;
constexpr unsigned kBisections = 7, kChartSizes = 5, kChartSeeds = 5;
/// Measuring takes seconds a sample above this.
constexpr std::size_t kManyRows = 100000;

struct Measured {
  double median = 0;
  double met = 0;  ///< share of the samples with at most the error asked for
};

class Application {
 public:
  Application(const ApplyContext& context, const Prepared& matrix)
      : context_(context), matrix_(matrix) {}

  Sample draw(const Sampler& sampler, double m, unsigned k) const {
    const auto q = probabilities(sampler, input_columns(matrix_.features, m), m);
    if (!q) throw Refused("", "the log score of a row is not a number, or is infinite");
    const std::uint64_t seed =
        hashing::derive_seed(context_.common_seed, hashing::Purpose::kEvaluate, k);
    return row_sampling::draw_sample(*q, sampler.scheme, matrix_.order,
                                     row_sampling::sample_random(seed, m));
  }

  Measured measure(const Sampler& sampler, double m, unsigned seeds) const {
    std::vector<double> distortions(seeds);
    context_.parallel_for(seeds, [&](std::size_t k) {
      const Sample sample = draw(sampler, m, static_cast<unsigned>(k));
      distortions[k] = matrix_.distortion.measure(sample).distortion;
    });
    Measured out;
    for (double distortion : distortions)
      if (context_.settings.error && distortion <= *context_.settings.error) out.met += 1.0 / seeds;
    out.median = median(std::move(distortions));
    return out;
  }

  /// The fewest rows, of those tried, whose median distortion is at most `error`.
  double rows_for(const Sampler& sampler, double error) const {
    double low = static_cast<double>(matrix_.features.rank()),
           high = static_cast<double>(matrix_.features.rows());
    for (unsigned k = 0; k < kBisections; ++k) {
      const double middle = std::round(std::sqrt(low * high));
      if (measure(sampler, middle, context_.settings.seeds).median <= error)
        high = middle;
      else
        low = middle;
    }
    return high;
  }

  std::string chart(const Sampler& sampler, double m) const {
    const auto n = static_cast<double>(matrix_.features.rows()),
               rank = static_cast<double>(matrix_.features.rank());
    std::vector<double> sizes;
    for (unsigned k = 0; k < kChartSizes; ++k) {
      const double size = std::round(m * std::pow(2.0, static_cast<double>(k) - 2));
      if (size >= 2 * rank && size <= n && (sizes.empty() || size > sizes.back()))
        sizes.push_back(size);
    }
    if (sizes.size() < 2) sizes = {std::min(2 * rank, n / 2), n};
    const unsigned seeds =
        std::min(context_.settings.seeds, matrix_.features.rows() > kManyRows ? 1u : kChartSeeds);
    std::vector<ChartLine> lines;
    const auto add = [&](std::string name, const Sampler& one, bool emphasised) {
      ChartLine line{std::move(name), {}, emphasised};
      for (double size : sizes) line.y.push_back(measure(one, size, seeds).median);
      lines.push_back(std::move(line));
    };
    add("this sampler", sampler, true);
    for (row_sampling::Rule rule : row_sampling::kRules) {
      Sampler anchor;
      anchor.rule = rule;
      add(std::string(row_sampling::rule_name(rule)), anchor, false);
    }
    add(std::string(kLewisPivotal), *reference_sampler(kLewisPivotal), false);
    return line_chart(
        fmt::format("Distortion at p = {}", matrix_.features.lewis.p), "rows kept",
        matrix_.features.lewis.p == 2 ? "distortion (median)" : "distortion, at least (median)",
        sizes, lines);
  }

 private:
  const ApplyContext& context_;
  const Prepared& matrix_;
};

double budget_of(const ApplyContext& context, const Application& application,
                 const Sampler& sampler, const Prepared& matrix) {
  const auto n = static_cast<double>(matrix.features.rows()),
             rank = static_cast<double>(matrix.features.rank());
  if (context.settings.error) return application.rows_for(sampler, *context.settings.error);
  if (!context.settings.rows) return std::min(n, kUsualFactor * rank);
  const auto rows = static_cast<double>(*context.settings.rows);
  if (rows < rank)
    throw Refused("/rows", fmt::format("is {}; there are {} independent columns, and fewer rows "
                                       "keep nothing: expected at least {}",
                                       rows, rank, rank));
  if (rows >= n)
    context.warn(fmt::format("{} rows are asked for, and there are {}: all are kept", rows, n));
  return std::min(rows, n);
}

std::string csv_name(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

/// In the table's own units: features were standardised, and an intercept follows them.
std::vector<double> in_own_units(std::vector<double> beta, const TableMatrix& table) {
  if (beta.empty()) return beta;
  for (std::size_t c = 0; c < table.scales.size(); ++c) {
    beta[c] /= table.scales[c].deviation;
    beta[table.scales.size()] -= beta[c] * table.scales[c].mean;
  }
  return beta;
}

linalg::Matrix<double> columns_of(const linalg::Matrix<double>& a,
                                  const std::vector<std::size_t>& columns) {
  linalg::Matrix<double> out(a.rows, columns.size());
  for (std::size_t r = 0; r < a.rows; ++r)
    for (std::size_t k = 0; k < columns.size(); ++k) out(r, k) = a(r, columns[k]);
  return out;
}

/// Empty where the sample does not determine coefficients. Those of columns that depend on columns
/// before them are 0.
std::string coefficients_csv(const ApplyContext& context, double p, const Sample& sample,
                             const std::vector<std::size_t>& dropped) {
  const TableMatrix& table = context.table;
  const std::size_t target = table.a.columns - 1;
  std::vector<std::size_t> kept_columns;
  for (std::size_t c = 0; c <= target; ++c)
    if (c == target || !std::binary_search(dropped.begin(), dropped.end(), c))
      kept_columns.push_back(c);
  const auto independent = columns_of(table.a, kept_columns);
  const auto own = [&](const Sample* rows) {
    const auto found = row_sampling::regression_coefficients(independent.view(), p, rows);
    std::vector<double> beta(found.empty() ? 0 : target, 0.0);
    for (std::size_t k = 0; k < found.size(); ++k) beta[kept_columns[k]] = found[k];
    return in_own_units(std::move(beta), table);
  };
  const auto all = own(nullptr), kept = own(&sample);
  if (all.empty() || kept.empty()) return "";
  std::string out = "column,sample,all_rows\n";
  for (std::size_t c = 0; c < all.size(); ++c)
    out += fmt::format("{},{:.9g},{:.9g}\n", csv_name(table.names[c]), kept[c], all[c]);
  return out;
}

std::string rows_csv(const TableMatrix& table, const Sample& sample) {
  std::string out = "row,weight\n";
  for (std::size_t k = 0; k < sample.rows.size(); ++k)
    out += fmt::format("{},{}\n", table.row_numbers[sample.rows[k]], sample.weights[k]);
  return out;
}

}  // namespace

void apply_sampler(const ApplyContext& context, Sampler sampler, const std::string& text,
                   sdk::ArtefactSink& sink) {
  const double p = context.settings.p;
  auto features = row_sampling::row_features(context.table.a.view(), p, context.parallel_for,
                                             context.settings.exact_sensitivities
                                                 ? row_sampling::SensitivityKind::kExact
                                                 : row_sampling::SensitivityKind::kApproximate);
  if (!features) throw Refused("/data", features.error());
  for (std::size_t column : features->dropped)
    context.warn(fmt::format("column '{}' depends on those before it and is left out",
                             context.table.names[column]));
  if (!features->lewis.converged)
    context.warn(
        fmt::format("Lewis weights have not converged in {} rounds", features->lewis.rounds));
  const Prepared matrix(std::move(*features), context.table.has_target);
  if (context.settings.exact && sampler.scheme.scheme == row_sampling::Scheme::kBernoulli)
    sampler.scheme.exact_size = true;
  const Application application(context, matrix);
  const double m = budget_of(context, application, sampler, matrix);
  const Sample sample = application.draw(sampler, m, 0);
  const Distortion found = matrix.distortion.measure(sample);
  const Measured others = application.measure(sampler, m, context.settings.seeds);
  const char* least = found.exact ? "" : "at least ";

  std::string summary = fmt::format(
      "sampler: {}\np: {}\nrows kept: {} of {} (asked for: {})\ndistortion of this sample: "
      "{}{:.4g}\n"
      "  ||S A x|| / ||A x|| {} {:.4f} and {:.4f}\nmedian of {} samples of this size: "
      "{}{:.4g}\n",
      text, p, sample.rows.size(), context.table.a.rows, m, least, found.distortion,
      found.exact ? "lies between" : "was found as low and as high as", found.low, found.high,
      context.settings.seeds, least, others.median);
  if (context.settings.error)
    summary += fmt::format("samples with a distortion of at most {}: {:.0f} %\n",
                           *context.settings.error, 100 * others.met);
  if (found.deficient) {
    summary += "this sample has fewer independent columns than the table: take more rows\n";
    context.warn("the sample has fewer independent columns than the table: take more rows");
  }
  if (matrix.regression)
    summary +=
        fmt::format("regression on '{}': the residual is {:.3g} % larger than with all rows\n",
                    context.table.names.back(), 100 * matrix.regression->error(sample));
  const row_sampling::RowFeatures& known = matrix.features;
  summary += fmt::format(
      "sum of the sensitivities: {:.4g} ({})\n", std::exp(known.log_total_sensitivity),
      context.settings.exact_sensitivities ? fmt::format("exact to {:.1g}", known.sensitivity_gap)
                                           : "approximate");
  sink.write("rows.csv", "text/csv", rows_csv(context.table, sample));
  sink.write("summary.txt", "text/plain", summary);
  if (context.table.has_target) {
    const std::string coefficients = coefficients_csv(context, p, sample, known.dropped);
    if (coefficients.empty())
      context.warn(
          "the sample does not determine coefficients: no coefficients.csv; take more rows");
    else
      sink.write("coefficients.csv", "text/csv", coefficients);
  }
  sink.write("distortion.svg", "image/svg+xml", application.chart(sampler, m));
  // The command that goes on from here is `python3 use_rows.py TABLE`, which has to know a target.
  sink.write("use_rows.py", context.table.has_target ? "text/x-python" : "text/x-script.python",
             use_script(context.table, p));
  context.note(fmt::format("rows.csv: {} of {} rows; distortion {}{:.3g}", sample.rows.size(),
                           context.table.a.rows, least, found.distortion));
}

}  // namespace equivolve::sensitivity_sampling
