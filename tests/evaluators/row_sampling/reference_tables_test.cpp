// A part of the reference tables; benchmarks/sampling_tables measures the whole.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>

#include "tests/evaluators/row_sampling/reference_cells.hpp"
#include "tests/evaluators/row_sampling/small_matrices.hpp"

namespace equivolve::test {
namespace {

using namespace row_sampling;

const std::string kData = ROW_SAMPLING_DATA;

class ReferenceTables : public testing::TestWithParam<FamilyAndPower> {};

TEST_P(ReferenceTables, AreReproduced) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "too long under a sanitizer";
#endif
  const auto [family, p] = GetParam();
  const auto features = *row_features(make_matrix(family, kReferenceRows, 10, 1).view(), p);
  const DistortionMeter distortion(features.lewis);
  const RegressionMeter regression(features.lewis);
  const auto errors = read_cells(kData + "/regression_errors.csv");
  int compared = 0;
  for (const ReferenceCell& cell : read_cells(kData + "/distortions.csv")) {
    if (cell.family != family || cell.p != p || cell.columns != 10 || cell.m != 500) continue;
    if (cell.deficient > 0) continue;
    ++compared;
    const MeasuredCell found =
        measure_cell(features, distortion, &regression, cell.rule, cell.m, 10);
    const bool approximate = cell.rule == Rule::kSensitivity || cell.rule == Rule::kCombined;
    EXPECT_NEAR(found.distortion, cell.figure, (approximate ? 0.2 : 0.1) * cell.figure + 0.0005)
        << rule_name(cell.rule);
    for (const ReferenceCell& error : errors)
      if (error.family == family && error.p == p && error.columns == 10 && error.m == 500 &&
          error.rule == cell.rule) {
        EXPECT_NEAR(found.regression_error, error.figure, 0.2 * error.figure)
            << rule_name(cell.rule);
      }
  }
  EXPECT_EQ(compared, 7);
}
INSTANTIATE_TEST_SUITE_P(Cells, ReferenceTables,
                         testing::Values(FamilyAndPower{Family::kGauss, 4},
                                         FamilyAndPower{Family::kChebyshev, 3}));

// Sums and largest scores of table 6.1.
TEST(ReferenceScores, AreReproduced) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "too long under a sanitizer";
#endif
  std::ifstream in(kData + "/scores.csv");
  std::string line;
  std::getline(in, line);
  int compared = 0;
  while (std::getline(in, line)) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    const double p = std::stod(cells[3]);
    if (cells[1] != "10000" || cells[2] != "10" || p != 4) continue;
    ++compared;
    const auto features =
        *row_features(make_matrix(*family_named(cells[0]), kReferenceRows, 10, 1).view(), p);
    const auto largest = [](const std::vector<double>& logs) {
      return std::exp(*std::max_element(logs.begin(), logs.end()));
    };
    const auto near = [&](double found, std::size_t cell, double tolerance) {
      const double expected = std::stod(cells[cell]);
      EXPECT_NEAR(found, expected, tolerance * expected) << line << " column " << cell;
    };
    EXPECT_LE(features.lewis.rounds, std::stoul(cells[4])) << "without acceleration: " << line;
    near(std::exp(features.log_total_sensitivity), 7, 0.01);
    near(largest(features.log_sensitivity), 8, 0.3);
    near(largest(features.log_leverage), 9, 0.01);
    near(largest(features.log_lewis), 10, 0.01);
  }
  EXPECT_EQ(compared, 6);
}

}  // namespace
}  // namespace equivolve::test
