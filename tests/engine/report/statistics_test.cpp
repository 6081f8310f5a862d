// Known answers: NumPy 1.24.2 and SciPy 1.10.1 gave them,
//   numpy.quantile(a, q); scipy.stats.ttest_ind(a, b, equal_var=False) with its interval from
//   stats.t.ppf(0.975, df); scipy.stats.mannwhitneyu(a, b).statistic / (len(a) * len(b));
// The intervals of probabilities solve the equation of Newcombe's method 5, by bisection in Python.
#include "engine/report/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "hashing/stream.hpp"

namespace equivolve::engine {
namespace {

const std::vector<double> kA = {0.91, 0.93, 0.88, 0.95, 0.90, 0.92, 0.89};
const std::vector<double> kB = {0.90, 0.91, 0.89, 0.93, 0.88};
const std::vector<double> kC = {1, 2, 3, 4};
const std::vector<double> kD = {2, 2.5, 5};

TEST(Quartiles, AreNumpysDefault) {
  const Quartiles a = quartiles(kA);
  EXPECT_DOUBLE_EQ(a.low, 0.895);
  EXPECT_DOUBLE_EQ(a.median, 0.91);
  EXPECT_DOUBLE_EQ(a.high, 0.925);
  const std::vector<double> two = {3, 1}, one = {7};
  EXPECT_EQ(quartiles(two).low, 1.5);
  EXPECT_EQ(quartiles(two).median, 2);
  EXPECT_EQ(quartiles(two).high, 2.5);
  EXPECT_EQ(quartiles(one).low, 7);
  EXPECT_EQ(quartiles(one).high, 7);
}

TEST(StudentT, TakesBrokenDegrees) {
  EXPECT_NEAR(student_t_975(4.7), 2.6207260753531694, 1e-6);
  EXPECT_NEAR(student_t_975(7.31), 2.3444471135914684, 1e-6);
  EXPECT_NEAR(student_t_975(30.25), 2.0415649227678254, 1e-9);
}

Interval welch(const std::vector<double>& x, const std::vector<double>& y) {
  const Stratum one{x, y};
  return welch_interval(std::span(&one, 1));
}

TEST(Welch, IsScipys) {
  const Interval i = welch(kA, kB);
  EXPECT_NEAR(i.mean, 0.00942857142857123, 1e-12);
  EXPECT_NEAR(i.low, -0.018569820343332908, 1e-8);
  EXPECT_NEAR(i.high, 0.037426963200475366, 1e-8);
  EXPECT_EQ(i.count, 5u);
  EXPECT_TRUE(i.has_spread);
}

TEST(Welch, WithoutSpreadIsTheDifference) {
  const std::vector<double> one = {0.5}, flat = {0.25, 0.25};
  for (const Interval& i : {welch(one, flat), welch(flat, flat)}) {
    EXPECT_FALSE(i.has_spread);
    EXPECT_EQ(i.low, i.mean);
    EXPECT_EQ(i.high, i.mean);
  }
  EXPECT_EQ(welch(one, flat).mean, 0.25);
}

// Data sets of different difficulty: the difference of pooled means would be 100 / 2 off.
TEST(Welch, OverDataSetsIsTheMeanOfTheirDifferences) {
  const std::vector<Stratum> two = {{kA, kB}, {kC, kD}};
  const Interval i = welch_interval(two);
  EXPECT_NEAR(i.mean, -0.3286190476190476, 1e-12);
  EXPECT_NEAR(i.low, -1.929276900882697, 1e-4);
  EXPECT_NEAR(i.high, 1.272038805644602, 1e-4);
  EXPECT_EQ(i.count, 8u);
  const std::vector<Stratum> shifted = {{{1, 2, 3, 4}, {1, 2}}, {{101, 102}, {101, 102, 103, 104}}};
  EXPECT_EQ(welch_interval(shifted).mean, 0);
  const std::vector<Stratum> thin = {{kA, kB}, {{1}, {2, 3}}};
  EXPECT_FALSE(welch_interval(thin).has_spread);
}

double brute_force(const Stratum& s) {
  double sum = 0;
  for (const double x : s.x)
    for (const double y : s.y) sum += x > y ? 1 : x == y ? 0.5 : 0;
  return sum / static_cast<double>(s.x.size() * s.y.size());
}

TEST(Improvement, IsMannAndWhitneysShare) {
  const std::vector<Stratum> one = {{kA, kB}};
  const Improvement p = probability_of_improvement(one, false);
  EXPECT_NEAR(p.probability, 0.6142857142857143, 1e-12);
  EXPECT_NEAR(p.low, 0.3020011985701057, 1e-9);
  EXPECT_NEAR(p.high, 0.8496371372502927, 1e-9);
}

TEST(Improvement, IsTheMeanOverDataSets) {
  const std::vector<Stratum> two = {{kA, kB}, {kC, kD}};
  const Improvement p = probability_of_improvement(two, false);
  EXPECT_NEAR(p.probability, 0.49464285714285716, 1e-12);
  EXPECT_NEAR(p.low, 0.28827306894255056, 1e-9);
  EXPECT_NEAR(p.high, 0.7207591646573994, 1e-9);
}

TEST(Improvement, IsBruteForceOnAnySamplesWithTies) {
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    SCOPED_TRACE(trial);
    hashing::Stream stream(7, hashing::Purpose::kTest, trial);
    std::vector<Stratum> strata(1 + stream.below(3));
    double expected = 0;
    for (Stratum& s : strata) {
      s.x.resize(1 + stream.below(12));
      s.y.resize(1 + stream.below(12));
      for (double& v : s.x) v = static_cast<double>(stream.below(6));
      for (double& v : s.y) v = static_cast<double>(stream.below(6));
      expected += brute_force(s) / static_cast<double>(strata.size());
    }
    const Improvement more = probability_of_improvement(strata, false);
    EXPECT_NEAR(more.probability, expected, 1e-12);
    EXPECT_LE(more.low, more.probability);
    EXPECT_GE(more.high, more.probability);
    EXPECT_GE(more.low, 0);
    EXPECT_LE(more.high, 1);
    // Less is better is the mirror image.
    const Improvement less = probability_of_improvement(strata, true);
    EXPECT_NEAR(less.probability, 1 - expected, 1e-12);
    EXPECT_NEAR(less.low, 1 - more.high, 1e-9);
    EXPECT_NEAR(less.high, 1 - more.low, 1e-9);
    EXPECT_EQ(less.has_interval, more.has_interval);
  }
}

TEST(Improvement, OfOneSideAlwaysBetterIsNotCertain) {
  const std::vector<Stratum> apart = {{{2, 3, 4}, {0, 1}}};
  const Improvement p = probability_of_improvement(apart, false);
  EXPECT_EQ(p.probability, 1);
  EXPECT_NEAR(p.low, 0.4389123890958571, 1e-9);
  EXPECT_EQ(p.high, 1);
  EXPECT_TRUE(p.has_interval);
  EXPECT_EQ(probability_of_improvement(apart, true).probability, 0);
  EXPECT_NEAR(probability_of_improvement(apart, true).high, 1 - 0.4389123890958571, 1e-9);
}

TEST(Improvement, OfOneValueOnASideHasNoInterval) {
  for (const Stratum& thin :
       {Stratum{{2}, {1}}, Stratum{{2}, {0, 1, 3}}, Stratum{{2, 4, 5}, {1}}}) {
    const std::vector<Stratum> strata = {{kA, kB}, thin};
    const Improvement p = probability_of_improvement(strata, false);
    EXPECT_FALSE(p.has_interval);
    EXPECT_EQ(p.low, 0);
    EXPECT_EQ(p.high, 1);
  }
}

// Over samples whose probability is known. The formula is for large samples: with five values a
// side 95 % intervals may contain it a little less often, but not much.
TEST(Improvement, IntervalsHoldWhatTheyPromiseOnSmallSamples) {
  for (const double shift : {0.0, 1.0, 2.0}) {
    const double truth = 0.5 * std::erfc(-shift / 2);  // P(X > Y), both of variance 1
    int inside = 0;
    for (std::uint64_t trial = 0; trial < 1000; ++trial) {
      hashing::Stream stream(11, hashing::Purpose::kTest, trial);
      Stratum s;
      for (int i = 0; i < 5; ++i) s.x.push_back(shift + stream.gaussian());
      for (int i = 0; i < 5; ++i) s.y.push_back(stream.gaussian());
      const Improvement p = probability_of_improvement(std::span(&s, 1), false);
      inside += p.low <= truth && truth <= p.high ? 1 : 0;
    }
    EXPECT_GE(inside, 910) << shift;
  }
}

}  // namespace
}  // namespace equivolve::engine
