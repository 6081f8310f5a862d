#include "evaluators/common/tables/splits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "evaluators/common/tables/standardizer.hpp"
#include "tests/evaluators/support/cases.hpp"

namespace equivolve::tables {
namespace {

Rows rows_to(std::uint32_t n) {
  Rows rows(n);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

TEST(Splits, PartsAreDisjointSortedAndComplete) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    auto stream = test::test_stream(1, seed);
    const Cut cut = cut_rows(rows_to(101), {}, 0.2, 1, stream);
    EXPECT_EQ(cut.part.size(), 20u);
    EXPECT_TRUE(std::is_sorted(cut.part.begin(), cut.part.end()));
    EXPECT_TRUE(std::is_sorted(cut.rest.begin(), cut.rest.end()));
    Rows all;
    std::merge(cut.part.begin(), cut.part.end(), cut.rest.begin(), cut.rest.end(),
               std::back_inserter(all));
    EXPECT_EQ(all, rows_to(101));
  }
}

TEST(Splits, TakesTheShareOfEveryClass) {
  std::vector<std::uint32_t> classes;
  for (std::uint32_t r = 0; r < 200; ++r) classes.push_back(r % 20 == 0 ? 2 : r % 3 == 0 ? 1 : 0);
  auto stream = test::test_stream(2, 0);
  const Cut cut = cut_rows(rows_to(200), classes, 0.25, 1, stream);
  for (std::uint32_t c = 0; c < 3; ++c) {
    auto is_c = [&](std::uint32_t row) { return classes[row] == c; };
    const auto part = std::count_if(cut.part.begin(), cut.part.end(), is_c);
    const auto all = std::count(classes.begin(), classes.end(), c);
    EXPECT_EQ(part, std::lround(std::floor(static_cast<double>(all) * 0.25 + 0.5))) << c;
  }
}

TEST(Splits, EveryRowComesUpAlikeOften) {
  std::vector<int> seen(20);
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    auto stream = test::test_stream(3, seed);
    for (std::uint32_t row : cut_rows(rows_to(20), {}, 0.25, 1, stream).part) ++seen[row];
  }
  // Each count is binomial(4000, 1/4): standard deviation 27.4; six of them.
  for (int count : seen) EXPECT_NEAR(count, 1000, 165);
}

TEST(Splits, LeavesAndTakesAtLeastWhatIsAsked) {
  EXPECT_EQ(share_of(3, 0.01, 2), 1u);
  EXPECT_EQ(share_of(3, 0.9, 2), 1u);
  EXPECT_EQ(share_of(10, 0.9, 2), 8u);
  EXPECT_EQ(share_of(10, 0.25, 1), 3u);  // 2.5 is rounded up
}

TEST(Standardizer, UsesTheGivenRowsOnly) {
  // Two columns, the second constant in the fitted rows but not elsewhere.
  const std::vector<double> table = {1, 0.1, 3, 0.1, 8, 0.1, 1000, 7};
  const Rows fitted = {0, 1, 2};
  const auto scales = fit_scales(table, 2, fitted);
  EXPECT_DOUBLE_EQ(scales[0].mean, 4);
  EXPECT_DOUBLE_EQ(scales[0].deviation, std::sqrt(26.0 / 3));
  EXPECT_EQ(scales[1].apply(0.1), 0);
  EXPECT_EQ(scales[1].apply(7), 0);
  EXPECT_DOUBLE_EQ(scales[0].undo(scales[0].apply(1000)), 1000);
}

// The scale of a column is a matter of its unit, also where squares or sums leave a double's range.
TEST(Standardizer, TakesNumbersOfAnySize) {
  const Rows all = {0, 1, 2};
  for (const double unit : {1e-310, 1e-200, 1e-161, 1e160, 1e307}) {
    const std::vector<double> column = {1 * unit, 3 * unit, 8 * unit};
    const Scale scale = fit_scale(column, 1, all);
    EXPECT_NEAR(scale.mean / unit, 4, 1e-9) << unit;
    EXPECT_NEAR(scale.deviation / unit, std::sqrt(26.0 / 3), 1e-9) << unit;
    EXPECT_NEAR(scale.apply(column[2]), 4 / std::sqrt(26.0 / 3), 1e-9) << unit;
  }
}

// Between such numbers even a distance is beyond a double's range.
TEST(Standardizer, TakesNumbersNearTheGreatestOfBothSigns) {
  const std::vector<double> column = {-1.7e308, -1.7e308, 1.7e308, -1.7e308};
  const Scale scale = fit_scale(column, 1, Rows{0, 1, 2, 3});
  EXPECT_DOUBLE_EQ(scale.mean, -0.85e308);
  EXPECT_DOUBLE_EQ(scale.deviation, 1.7e308 * std::sqrt(0.75));
  EXPECT_DOUBLE_EQ(scale.apply(column[0]), -0.5 / std::sqrt(0.75));
  EXPECT_DOUBLE_EQ(scale.apply(column[2]), 1.5 / std::sqrt(0.75));
  for (double value : column) EXPECT_NEAR(scale.undo(scale.apply(value)) / value, 1, 1e-12);
}

}  // namespace
}  // namespace equivolve::tables
