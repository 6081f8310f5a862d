// The reference tables of sensitivity sampling, measured again
// (docs/evaluators/sensitivity_sampling.md):
//   sampling_tables [--family NAME] [--details] [--json]
// Run from the root of the tree. Compares every cell of tests/evaluators/row_sampling/data with its
// own measurement, and counts those within the tolerance: 10 % of uniform, row_norm, leverage,
// root_leverage and lewis, 20 % of sensitivity and combined. Distortions below 0.02 and cells with
// deficient samples are compared in order of magnitude (a factor of 3; deficient samples by 3).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "benchmarks/measuring.hpp"
#include "tests/evaluators/row_sampling/reference_cells.hpp"

namespace {

using namespace equivolve;
using namespace equivolve::row_sampling;
using test::ReferenceCell;

const std::string kData = "tests/evaluators/row_sampling/data/";

struct Count {
  int cells = 0, within = 0, delicate = 0, delicate_within = 0;
};

double tolerance(Rule rule) {
  return rule == Rule::kSensitivity || rule == Rule::kCombined ? 0.2 : 0.1;
}

class Tables {
 public:
  explicit Tables(bool details) : details_(details) {}

  void run(std::optional<Family> only) {
    const auto distortions = test::read_cells(kData + "distortions.csv"),
               errors = test::read_cells(kData + "regression_errors.csv");
    std::string last;
    for (const ReferenceCell& cell : distortions) {
      if (only && cell.family != *only) continue;
      const std::string key =
          fmt::format("{} {} {}", family_name(cell.family), cell.columns, cell.p);
      if (key != last) prepare(cell);
      last = key;
      const auto same = [&](const ReferenceCell& other) {
        return other.family == cell.family && other.columns == cell.columns && other.p == cell.p &&
               other.m == cell.m && other.rule == cell.rule;
      };
      const auto error = std::find_if(errors.begin(), errors.end(), same);
      const auto measured = test::measure_cell(*features_, *distortion_,
                                               error != errors.end() ? &*regression_ : nullptr,
                                               cell.rule, cell.m, 10);
      compare(cell, measured);
      if (error == errors.end()) continue;
      fits_.push_back(
          {key, std::string(rule_name(cell.rule)), error->figure, measured.regression_error});
      if (details_)
        fmt::print("  error {:10} {:13} reference {:9.3g} measured {:9.3g}\n", key,
                   rule_name(cell.rule), error->figure, measured.regression_error);
    }
  }

  nlohmann::json summary() const {
    int close = 0, compared = 0;
    for (const Fit& fit : fits_) {
      if (!(std::isfinite(fit.reference) && fit.reference > 1e-4)) continue;
      ++compared;
      close += std::abs(std::log(fit.measured / fit.reference)) < std::log(1.3);
    }
    return {{"cells", count_.cells},
            {"within", count_.within},
            {"share_within", static_cast<double>(count_.within) / std::max(1, count_.cells)},
            {"delicate", count_.delicate},
            {"delicate_within", count_.delicate_within},
            {"median_ratio", ratios_.empty() ? 1.0 : benchmarks::median(ratios_)},
            {"regression_cells", compared},
            {"regression_within_30_percent", close},
            {"cpu_seconds", benchmarks::cpu_seconds()}};
  }

 private:
  struct Fit {
    std::string key, rule;
    double reference, measured;
  };

  void prepare(const ReferenceCell& cell) {
    const auto a = make_matrix(cell.family, test::kReferenceRows, cell.columns, 1);
    features_ = *row_features(a.view(), cell.p);
    distortion_.emplace(features_->lewis);
    regression_.emplace(features_->lewis);
    if (details_)
      fmt::print("{} d {} p {}: rounds {} total {:.2f} after {:.1f} s\n", family_name(cell.family),
                 cell.columns, cell.p, features_->lewis.rounds,
                 std::exp(features_->log_total_sensitivity), benchmarks::cpu_seconds());
  }

  void compare(const ReferenceCell& cell, const test::MeasuredCell& measured) {
    const double ratio = measured.distortion / cell.figure;
    const bool delicate = cell.figure < 0.02 || cell.deficient > 0 || measured.deficient > 0;
    bool good;
    if (delicate) {
      good = std::abs(std::log(ratio)) < std::log(3.0) &&
             std::abs(static_cast<int>(cell.deficient) - static_cast<int>(measured.deficient)) <= 3;
      ++count_.delicate;
      count_.delicate_within += good;
    } else {
      // What is printed with three digits is known no better.
      good = std::abs(ratio - 1) <= tolerance(cell.rule) + 0.0005 / cell.figure;
      ++count_.cells;
      count_.within += good;
      ratios_.push_back(ratio);
    }
    if (details_)
      fmt::print("  {} m {:5} {:13} reference {:.4f}:{} measured {:.4f}:{} ratio {:.3f}{}\n",
                 family_name(cell.family), cell.m, rule_name(cell.rule), cell.figure,
                 cell.deficient, measured.distortion, measured.deficient, ratio,
                 good ? "" : "  <--");
  }

  bool details_;
  Count count_;
  std::vector<double> ratios_;
  std::vector<Fit> fits_;
  std::optional<RowFeatures> features_;
  std::optional<DistortionMeter> distortion_;
  std::optional<RegressionMeter> regression_;
};

}  // namespace

int main(int argc, char** argv) {
  std::optional<Family> only;
  bool details = false;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--details") details = true;
    if (word == "--family" && i + 1 < argc) only = family_named(argv[++i]);
  }
  Tables tables(details);
  tables.run(only);
  fmt::print("{}\n", tables.summary().dump());
}
