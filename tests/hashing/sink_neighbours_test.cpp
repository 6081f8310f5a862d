// Values near a cell's edge and scales near a power of two: both readings are found, most ambiguous
// first.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "hashing/stream.hpp"
#include "tests/hashing/sink_support.hpp"

namespace equivolve::hashing {
namespace {

// With a largest value in (1, 2) the scale is 1: cells are 2^-24 wide, with edges at odd multiples
// of 2^-25.
constexpr double kCell = 0x1p-24;
constexpr double kMargin = 0x1p-40;

double edge_above(int cell) {
  return (cell + 0.5) * kCell;
}

TEST(Neighbours, NoneWithoutAmbiguity) {
  EXPECT_TRUE(probe_values({1.3, 0.25, -0.75, 0}).alternatives.empty());
}

TEST(Neighbours, ValuesOnBothSidesOfAnEdgeMeet) {
  Stream stream(6, Purpose::kTest, 0);
  for (int round = 0; round < 500; ++round) {
    const double edge = edge_above(static_cast<int>(stream.below(20'000'000)) - 10'000'000);
    const double noise = kMargin * stream.uniform(0.001, 0.99);
    const ProbeDigest below = probe_values({1.3, edge - noise});
    const ProbeDigest above = probe_values({1.3, edge + noise});
    EXPECT_NE(below.key, above.key);
    EXPECT_TRUE(meet(below, above));
    EXPECT_EQ(below.alternatives.size(), 1U);
  }
}

TEST(Neighbours, AValueOnTheEdgeMeetsBothSides) {
  for (int cell = -3; cell < 3; ++cell) {
    const ProbeDigest on = probe_values({1.3, edge_above(cell)});
    EXPECT_TRUE(meet(on, probe_values({1.3, edge_above(cell) - kMargin / 2})));
    EXPECT_TRUE(meet(on, probe_values({1.3, edge_above(cell) + kMargin / 2})));
  }
}

TEST(Neighbours, ValuesBeyondTheMarginDoNotMeet) {
  const ProbeDigest below = probe_values({1.3, edge_above(7) - 2 * kMargin});
  const ProbeDigest above = probe_values({1.3, edge_above(7) + 2 * kMargin});
  EXPECT_FALSE(finds(below, above));
  EXPECT_FALSE(finds(above, below));
}

TEST(Neighbours, EdgeBitsSetTheMargin) {
  for (int edge_bits = 28; edge_bits <= 48; edge_bits += 4) {
    const SinkSettings settings{24, edge_bits, false};
    const double margin = std::ldexp(1.0, -edge_bits);
    EXPECT_EQ(probe_values({1.3, edge_above(5) - 0.9 * margin}, settings).alternatives.size(), 1U);
    EXPECT_EQ(probe_values({1.3, edge_above(5) - 1.1 * margin}, settings).alternatives.size(), 0U);
  }
}

TEST(Neighbours, TheMarginIsRelativeToTheScale) {
  const double noise = 1e-13;
  EXPECT_TRUE(
      meet(probe_values({1.3, edge_above(1) - noise}), probe_values({1.3, edge_above(1) + noise})));
  for (const int power : {-1060, -1000, -30, 30, 900, 1022}) {
    const double scale = std::ldexp(1.0, power);
    const double low = scale * (edge_above(1) - noise);
    const double high = scale * (edge_above(1) + noise);
    EXPECT_TRUE(meet(probe_values({1.3 * scale, low}), probe_values({1.3 * scale, high}))) << power;
  }
}

TEST(Neighbours, MagnitudesOnBothSidesOfAPowerOfTwoMeet) {
  Stream stream(6, Purpose::kTest, 1);
  for (int round = 0; round < 500; ++round) {
    const int power = static_cast<int>(stream.below(2000)) - 1000;
    std::vector<double> below{1 - 1e-13, stream.uniform(), -stream.uniform()};
    std::vector<double> above = below;
    above[0] = 1 + 1e-13;
    for (double& value : below) value = std::ldexp(value, power);
    for (double& value : above) value = std::ldexp(value, power);
    EXPECT_NE(probe_values(below).key, probe_values(above).key);
    EXPECT_TRUE(meet(probe_values(below), probe_values(above))) << power;
  }
}

TEST(Neighbours, AtTheEndsOfTheRangeOfDoubles) {
  constexpr double kHuge = std::numeric_limits<double>::max();
  constexpr double kTiny = std::numeric_limits<double>::denorm_min();
  EXPECT_EQ(probe_values({kHuge, 1}).alternatives.size(), 1U);
  EXPECT_TRUE(meet(probe_values({kHuge, 1}), probe_values({std::nextafter(kHuge, 0), 1})));
  EXPECT_EQ(probe_values({kTiny, 0}).alternatives.size(), 1U);
  EXPECT_EQ(probe_values({3 * kTiny, 0}).alternatives.size(), 0U);
}

TEST(Neighbours, MagnitudesBeyondTheMarginHaveOneScale) {
  EXPECT_EQ(probe_values({1 - 4 * kMargin, 0.3}).alternatives.size(), 0U);
  EXPECT_EQ(probe_values({1 + 4 * kMargin, 0.3}).alternatives.size(), 0U);
}

TEST(Neighbours, EachScaleHasItsOwnAmbiguousValues) {
  // Beside 1 - noise the scale is 1/2 and edges lie at odd multiples of 2^-26; beside 1 + noise at
  // those of 2^-25. A value at an edge of the coarser grid is in the middle of a cell of the finer
  // one.
  const double noise = 1e-15;
  const double coarse_edge = edge_above(3);
  const ProbeDigest fine = probe_values({1 - noise, coarse_edge - noise});
  const ProbeDigest coarse_up = probe_values({1 + noise, coarse_edge + noise});
  const ProbeDigest coarse_down = probe_values({1 + noise, coarse_edge - noise});
  EXPECT_TRUE(meet(fine, coarse_up));
  EXPECT_TRUE(meet(fine, coarse_down));
  EXPECT_TRUE(meet(coarse_up, coarse_down));
  // Three readings: fine; coarse, below; coarse, above.
  EXPECT_EQ(fine.alternatives.size(), 2U);
  EXPECT_EQ(coarse_up.alternatives.size(), 2U);
}

TEST(Neighbours, AllCombinationsOfFourAreTried) {
  for (int mask = 0; mask < 16; ++mask) {
    std::vector<double> group{1.3};
    for (int i = 0; i < 4; ++i) {
      group.push_back(edge_above(10 * i) + ((mask >> i) & 1 ? 1e-16 : -1e-16));
    }
    std::vector<double> mirrored{1.3};
    for (int i = 0; i < 4; ++i) mirrored.push_back(2 * edge_above(10 * i) - group[1 + i]);
    const ProbeDigest digest = probe_values(group);
    EXPECT_EQ(digest.alternatives.size(), 15U);
    EXPECT_TRUE(meet(digest, probe_values(mirrored)));
  }
}

TEST(Neighbours, TheMostAmbiguousComeFirst) {
  const auto group = [](double noise_a, double noise_b) {
    return std::vector<double>{1.3, edge_above(100) + noise_a, edge_above(900) + noise_b};
  };
  const ProbeDigest digest = probe_values(group(-3e-13, -1e-13));
  const std::vector<Digest> expected{values(group(-3e-13, 2e-13)), values(group(2e-13, -1e-13)),
                                     values(group(2e-13, 2e-13))};
  EXPECT_EQ(digest.alternatives, expected);
}

TEST(Neighbours, OrderIsThatOfTheSumOfDistances) {
  // All readings of five ambiguous values, by brute force, sorted by the sum of the distances of
  // what is flipped.
  const std::vector<double> distances{5e-13, 1.1e-13, 2.3e-13, 7e-14, 4.37e-13};
  const auto group = [&](int flipped) {
    std::vector<double> g{1.3};
    for (std::size_t i = 0; i < distances.size(); ++i) {
      g.push_back(edge_above(50 * static_cast<int>(i)) +
                  (flipped >> i & 1 ? 1 : -1) * distances[i]);
    }
    return g;
  };
  std::vector<std::pair<double, Digest>> all;
  for (int flipped = 0; flipped < 32; ++flipped) {
    double sum = 0;
    for (std::size_t i = 0; i < distances.size(); ++i) sum += flipped >> i & 1 ? distances[i] : 0;
    all.emplace_back(sum, values(group(flipped)));
  }
  std::sort(all.begin(), all.end());
  const ProbeDigest digest = probe_values(group(0));
  ASSERT_EQ(digest.alternatives.size(), 15U);
  EXPECT_EQ(digest.key, all[0].second);
  for (std::size_t i = 0; i < 15; ++i) EXPECT_EQ(digest.alternatives[i], all[i + 1].second) << i;
}

TEST(Neighbours, NeverMoreThanSixteenReadings) {
  for (const std::size_t ambiguous : {4U, 5U, 20U, 300U}) {
    std::vector<double> group(ambiguous, edge_above(4));
    group.push_back(1.3);
    const ProbeDigest digest = probe_values(group);
    EXPECT_EQ(digest.alternatives.size(), 15U);
    std::set<Digest> distinct(digest.alternatives.begin(), digest.alternatives.end());
    distinct.insert(digest.key);
    EXPECT_EQ(distinct.size(), 16U);
  }
}

TEST(Neighbours, AmbiguityInSeveralGroupsIsCombined) {
  const auto two_groups = [](double a, double b) {
    return probe([=](OutputSink& s) {
      s.values(std::array{1.3, edge_above(2) + a});
      s.text("between");
      s.values(std::array{1.0 + b, 0.3});
    });
  };
  EXPECT_TRUE(meet(two_groups(-1e-16, -1e-16), two_groups(1e-16, 1e-15)));
  EXPECT_EQ(two_groups(-1e-16, -1e-16).alternatives.size(), 3U);
}

TEST(Neighbours, DirectionHasAmbiguousValuesButOneScale) {
  const auto direction = [](double first, double second) {
    return probe([=](OutputSink& s) { s.direction(std::array{first, second}); });
  };
  EXPECT_TRUE(direction(2, 0.3).alternatives.empty());
  const ProbeDigest below = direction(4, 4 * (edge_above(9) - 1e-14));
  const ProbeDigest above = direction(4, 4 * (edge_above(9) + 1e-14));
  EXPECT_NE(below.key, above.key);
  EXPECT_TRUE(meet(below, above));
}

// Random groups, each value moved by less than the margin: with at most four ambiguous places they
// always meet.
TEST(Neighbours, NoiseBelowTheMarginNeverSeparates) {
  Stream stream(6, Purpose::kTest, 2);
  int noisy_keys = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<double> group(1 + stream.below(6));
    // Multiples of an eighth of a cell, so that every fourth value lies on an edge.
    for (double& value : group) value = static_cast<double>(stream.below(1 << 18)) * kCell / 4;
    if (stream.chance(0.3)) group[0] = 0x1p-6;
    std::vector<double> moved = group;
    const double scale = *std::max_element(group.begin(), group.end());
    if (scale == 0) continue;
    for (double& value : moved) value += scale * 0x1p-46 * stream.uniform(-1, 1);
    const ProbeDigest a = probe_values(group);
    const ProbeDigest b = probe_values(moved);
    if (a.alternatives.size() == 15 || b.alternatives.size() == 15) continue;
    noisy_keys += a.key != b.key ? 1 : 0;
    ASSERT_TRUE(meet(a, b));
  }
  EXPECT_GT(noisy_keys, 100);
}

}  // namespace
}  // namespace equivolve::hashing
