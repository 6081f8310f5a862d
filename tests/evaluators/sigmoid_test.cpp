#include "evaluators/common/interpreters/sigmoid.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace equivolve::interpreters {
namespace {

/// Distance in units in the last place of what it should be.
double ulps(double got, long double should) {
  const auto rounded = static_cast<double>(should);
  const double unit = std::nextafter(rounded, std::numeric_limits<double>::infinity()) - rounded;
  return static_cast<double>(std::abs(static_cast<long double>(got) - should)) / unit;
}

TEST(Sigmoid, IsTheFunctionToTheLastBits) {
  double worst = 0;
  for (int i = -700'000; i <= 700'000; ++i) {
    const double x = i / 1000.0 + 1e-5;
    worst = std::max(worst, ulps(sigmoid(x), 1 / (1 + std::exp(-static_cast<long double>(x)))));
  }
  EXPECT_LE(worst, 2.5);
}

TEST(Sigmoid, HasExactValuesAndLimits) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(sigmoid(0), 0.5);
  EXPECT_EQ(sigmoid(-0.0), 0.5);
  EXPECT_EQ(sigmoid(800), 1);
  EXPECT_EQ(sigmoid(infinity), 1);
  EXPECT_EQ(sigmoid(-infinity), sigmoid(-708));
  EXPECT_GT(sigmoid(-infinity), 0);
  EXPECT_LT(sigmoid(-infinity), 1e-307);
  EXPECT_TRUE(std::isnan(sigmoid(std::numeric_limits<double>::quiet_NaN())));
}

TEST(Sigmoid, NeverFalls) {
  double before = 0;
  for (int i = -40'000; i <= 40'000; ++i) {
    const double now = sigmoid(i / 1000.0);
    EXPECT_GE(now, before) << i;
    before = now;
  }
}

}  // namespace
}  // namespace equivolve::interpreters
