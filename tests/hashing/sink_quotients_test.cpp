// What a quotient must not see, and what it must: invariance and sensitivity of each, on random
// groups.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "hashing/stream.hpp"
#include "tests/hashing/sink_support.hpp"

namespace equivolve::hashing {
namespace {

using Values = std::vector<double>;
using Labels = std::vector<std::int64_t>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

ProbeDigest direction(const Values& g, SinkSettings settings = {}) {
  return probe([&](OutputSink& s) { s.direction(g); }, settings);
}
ProbeDigest ranking(const Values& g, SinkSettings settings = {}) {
  return probe([&](OutputSink& s) { s.ranking(g); }, settings);
}
ProbeDigest labels(const Labels& g) {
  return probe([&](OutputSink& s) { s.labels(g); });
}

Values random_group(Stream& stream, std::size_t count) {
  Values group(count);
  for (double& value : group) value = stream.gaussian();
  return group;
}

Values scaled(Values group, double factor) {
  for (double& value : group) value *= factor;
  return group;
}

TEST(Direction, IgnoresAPositiveFactor) {
  Stream stream(2, Purpose::kTest, 0);
  for (int round = 0; round < 500; ++round) {
    const Values group = random_group(stream, 1 + stream.below(20));
    const double factor = std::exp(stream.uniform(-200, 200));
    EXPECT_TRUE(meet(direction(group), direction(scaled(group, factor))));
    EXPECT_TRUE(meet(direction(group, kExact), direction(scaled(group, factor), kExact)));
  }
}

TEST(Direction, SeesANegativeFactor) {
  Stream stream(2, Purpose::kTest, 1);
  for (int round = 0; round < 100; ++round) {
    const Values group = random_group(stream, 5);
    EXPECT_FALSE(finds(direction(group), direction(scaled(group, -1))));
  }
}

TEST(Direction, SeesAChangeOfOneValue) {
  Stream stream(2, Purpose::kTest, 2);
  for (int round = 0; round < 100; ++round) {
    Values group = random_group(stream, 8);
    const ProbeDigest before = direction(group);
    group[stream.below(8)] += 1e-3;
    EXPECT_FALSE(finds(direction(group), before));
  }
}

TEST(Direction, ZeroHasNoDirection) {
  EXPECT_EQ(direction({0, 0, 0}), direction({0, -0.0, 0}));
  std::set<Digest> seen{direction({0, 0, 0}).key, direction({1, 0, 0}).key,
                        direction({0, 1, 0}).key, direction({1e-300, 1e-300, 1e-300}).key};
  EXPECT_EQ(seen.size(), 4U);
}

TEST(Direction, ASingleValueIsItsSign) {
  EXPECT_EQ(direction({3.7}), direction({0.2}));
  EXPECT_NE(direction({3.7}).key, direction({-3.7}).key);
}

TEST(Direction, OfTheFiniteValuesBesideNonFiniteOnes) {
  EXPECT_EQ(direction({1.5, kInf, 3.0}), direction({0.5, kInf, 1.0}));
  EXPECT_NE(direction({1.5, kInf, 3.0}).key, direction({1.5, -kInf, 3.0}).key);
  EXPECT_NE(direction({1.5, kInf, 3.0}).key, direction({1.5, kNan, 3.0}).key);
  EXPECT_NE(direction({0, kNan}).key, direction({0, 0}).key);
}

TEST(Direction, OfTheSmallestAndLargestNumbers) {
  constexpr double kTiny = std::numeric_limits<double>::denorm_min();
  constexpr double kHuge = std::numeric_limits<double>::max();
  EXPECT_EQ(direction({kTiny, -kTiny}), direction({kHuge, -kHuge}));
  EXPECT_EQ(direction({4 * kTiny, kTiny}), direction({1.0, 0.25}));
}

TEST(Ranking, IgnoresIncreasingFunctions) {
  Stream stream(3, Purpose::kTest, 0);
  for (int round = 0; round < 300; ++round) {
    const Values group = random_group(stream, 1 + stream.below(30));
    Values other = group;
    for (double& value : other) value = std::exp(value) * 10 - 3;
    EXPECT_EQ(ranking(group), ranking(other));
    EXPECT_EQ(ranking(group, kExact), ranking(other, kExact));
  }
}

TEST(Ranking, SeesWhichOfTwoIsLarger) {
  Stream stream(3, Purpose::kTest, 1);
  for (int round = 0; round < 200; ++round) {
    Values group = random_group(stream, 10);
    const ProbeDigest before = ranking(group);
    std::swap(group[0], group[1 + stream.below(9)]);
    EXPECT_NE(ranking(group).key, before.key);
  }
}

TEST(Ranking, AllOrdersOfFourDiffer) {
  Values group{1, 2, 3, 4};
  std::set<Digest> seen;
  do {
    seen.insert(ranking(group).key);
  } while (std::next_permutation(group.begin(), group.end()));
  EXPECT_EQ(seen.size(), 24U);
}

TEST(Ranking, TiesAreSeenAndRanksAreDense) {
  EXPECT_NE(ranking({1, 2}).key, ranking({1, 1}).key);
  EXPECT_EQ(ranking({5, 5, 7}).key, ranking({1, 1, 900}).key);
  EXPECT_NE(ranking({5, 5, 7}).key, ranking({5, 7, 7}).key);
}

TEST(Ranking, ValuesCloserThanTheEdgeDistanceTie) {
  EXPECT_EQ(ranking({1.5, 1.5 + 1e-13, 0.2}), ranking({1.5, 1.5, 0.2}));
  EXPECT_NE(ranking({1.5, 1.5 + 1e-11, 0.2}).key, ranking({1.5, 1.5, 0.2}).key);
  EXPECT_NE(ranking({1.5, 1.5 + 1e-13, 0.2}, kExact).key, ranking({1.5, 1.5, 0.2}, kExact).key);
}

TEST(Ranking, InfinitiesAreTheEndsAndNanHasNoRank) {
  EXPECT_EQ(ranking({-kInf, 0, kInf}), ranking({1, 2, 3}));
  EXPECT_EQ(ranking({kInf, kInf, 0}), ranking({2, 2, 1}));
  EXPECT_NE(ranking({kNan, 1, 2}).key, ranking({0, 1, 2}).key);
  EXPECT_NE(ranking({kNan, 1, 2}).key, ranking({3, 1, 2}).key);
  EXPECT_EQ(ranking({kNan, 1, 2}), ranking({-kNan, 5, 7}));
  EXPECT_NE(ranking({kNan, 1, 2}).key, ranking({kNan, 2, 1}).key);
}

TEST(Labels, IgnoreNames) {
  Stream stream(4, Purpose::kTest, 0);
  for (int round = 0; round < 300; ++round) {
    const std::size_t classes = 1 + stream.below(6);
    Labels group(1 + stream.below(30));
    for (auto& label : group) label = static_cast<std::int64_t>(stream.below(classes));
    std::map<std::int64_t, std::int64_t> names;
    Labels renamed;
    for (const auto label : group) {
      if (!names.contains(label)) names[label] = static_cast<std::int64_t>(stream.next());
      renamed.push_back(names[label]);
    }
    EXPECT_EQ(labels(group), labels(renamed));
  }
}

TEST(Labels, AllPartitionsOfFiveItemsDiffer) {
  // Brute force over all labelings with five names: as many digests as there are partitions (the
  // Bell number).
  std::set<Digest> seen;
  for (int code = 0; code < 3125; ++code) {
    Labels group;
    for (int rest = code, i = 0; i < 5; ++i, rest /= 5) group.push_back(rest % 5);
    seen.insert(labels(group).key);
  }
  EXPECT_EQ(seen.size(), 52U);
}

}  // namespace
}  // namespace equivolve::hashing
