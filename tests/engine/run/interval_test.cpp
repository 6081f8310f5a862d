#include "engine/run/interval.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "engine/run/summary.hpp"
#include "hashing/stream.hpp"

namespace equivolve::engine {
namespace {

TEST(Interval, StudentQuantilesAreTheTables) {
  const std::vector<std::pair<std::size_t, double>> table = {
      {1, 12.7062047}, {2, 4.3026527},  {3, 3.1824463},  {4, 2.7764451},  {5, 2.5705818},
      {9, 2.2621572},  {10, 2.2281389}, {19, 2.0930241}, {30, 2.0422725}, {100, 1.9839715}};
  for (const auto& [degrees, value] : table)
    EXPECT_NEAR(student_t_975(degrees), value, 2e-4 * value) << degrees;
}

TEST(Interval, OfKnownValues) {
  // Mean 2, standard deviation 1, n = 3: half width 4.3026527 / sqrt(3).
  const std::vector<double> values = {1, 2, 3};
  const Interval i = t_interval(values);
  EXPECT_DOUBLE_EQ(i.mean, 2);
  EXPECT_NEAR(i.high - i.mean, 4.3026527 / std::sqrt(3.0), 1e-3);
  EXPECT_TRUE(i.has_spread);
  EXPECT_FALSE(t_interval(std::vector<double>{5}).has_spread);
  EXPECT_FALSE(t_interval(std::vector<double>{5, 5}).has_spread);
  const Interval rounded = t_interval(std::vector<double>(10, 0.1));  // their sum is not 1
  EXPECT_FALSE(rounded.has_spread);
  EXPECT_EQ(rounded.low, 0.1);
  EXPECT_EQ(t_interval(std::vector<double>{}).count, 0u);
}

TEST(Interval, BootstrapAgreesWithTheNormalTheory) {
  std::vector<double> values;
  hashing::Stream stream(1, hashing::Purpose::kTest, 0);
  for (int i = 0; i < 400; ++i) values.push_back(stream.gaussian());
  const Interval b = bootstrap_interval(values, 3), t = t_interval(values);
  EXPECT_DOUBLE_EQ(b.mean, t.mean);
  EXPECT_NEAR(b.low, t.low, 0.015);
  EXPECT_NEAR(b.high, t.high, 0.015);
  EXPECT_EQ(b.low, bootstrap_interval(values, 3).low);
}

TEST(Interval, WilsonOfNoneInAHundred) {
  // Published: 0 of 100 has the 95 % interval 0 to 3.70 %.
  const Interval i = wilson_interval(0, 100);
  EXPECT_NEAR(i.low, 0, 1e-12);
  EXPECT_NEAR(i.high, 0.0370, 1e-4);
}

}  // namespace
}  // namespace equivolve::engine
