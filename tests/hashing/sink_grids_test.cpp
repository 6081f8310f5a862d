// The grids that `scaled` is compared with.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "hashing/canonical.hpp"
#include "hashing/sink.hpp"

namespace equivolve::hashing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

ProbeDigest digest(GridKind grid, const std::vector<double>& group, int bits = 12) {
  SinkSettings settings;
  settings.mantissa_bits = bits;
  settings.edge_bits = 20;
  settings.grid = grid;
  OutputSink sink(settings);
  sink.values(group);
  return sink.finish();
}

// Equal on one of the two grids.
bool equal_shifted(const std::vector<double>& a, const std::vector<double>& b, int bits = 12) {
  const ProbeDigest x = digest(GridKind::kShifted, a, bits),
                    y = digest(GridKind::kShifted, b, bits);
  return x.key == y.key || x.alternatives == y.alternatives;
}

TEST(OwnScaleWord, CutsOffBelowTheMantissaBits) {
  EXPECT_EQ(own_scale_word(1.0, 12, false), own_scale_word(1.0 + std::ldexp(1.0, -13), 12, false));
  EXPECT_NE(own_scale_word(1.0, 12, false), own_scale_word(1.0 + std::ldexp(1.0, -12), 12, false));
  EXPECT_EQ(own_scale_word(3e-200, 20, false), own_scale_word(3e-200 * (1 + 1e-9), 20, false));
}

TEST(OwnScaleWord, CarriesIntoTheNextExponentOnTheShiftedGrid) {
  const double below = std::nextafter(2.0, 0.0);
  EXPECT_NE(own_scale_word(below, 12, false), own_scale_word(2.0, 12, false));
  EXPECT_EQ(own_scale_word(below, 12, true), own_scale_word(2.0, 12, true));
}

TEST(OwnScaleWord, TellsApartWhatHasNoCell) {
  for (const int bits : {1, 12, 51, 52})
    for (const bool shifted : {false, true}) {
      const std::uint64_t words[] = {
          own_scale_word(kNan, bits, shifted),
          own_scale_word(kInf, bits, shifted),
          own_scale_word(-kInf, bits, shifted),
          own_scale_word(2.0, bits, shifted),
          own_scale_word(-2.0, bits, shifted),
          own_scale_word(0.0, bits, shifted),
          own_scale_word(std::numeric_limits<double>::max(), bits, shifted)};
      for (std::size_t i = 0; i < std::size(words); ++i)
        for (std::size_t j = 0; j < i; ++j) EXPECT_NE(words[i], words[j]) << bits << i << j;
      EXPECT_EQ(own_scale_word(-0.0, bits, shifted), own_scale_word(0.0, bits, shifted));
      EXPECT_EQ(own_scale_word(-kNan, bits, shifted), own_scale_word(kNan, bits, shifted));
    }
}

TEST(PublishedGrid, IsRelativeToEachValue) {
  // 1e-17 beside 1 is nothing on the group's scale, and something on its own.
  EXPECT_EQ(digest(GridKind::kScaled, {1.3, 0}).key, digest(GridKind::kScaled, {1.3, 1e-17}).key);
  EXPECT_NE(digest(GridKind::kPublished, {1.3, 0}).key,
            digest(GridKind::kPublished, {1.3, 1e-17}).key);
  EXPECT_TRUE(digest(GridKind::kPublished, {1.3, 2}).alternatives.empty());
}

TEST(PublishedGrid, SeparatesNeighboursAcrossAnEdge) {
  const double below = std::nextafter(1.5, 0.0);
  EXPECT_NE(digest(GridKind::kPublished, {1.5}).key, digest(GridKind::kPublished, {below}).key);
  EXPECT_TRUE(equal_shifted({1.5}, {below}));
}

TEST(ShiftedGrid, IsOneOrTheOther) {
  const double cell = std::ldexp(1.0, -12);
  // An edge of the first grid at 1.5, one of the second at 1.5 + cell / 2.
  EXPECT_TRUE(equal_shifted({1.5 + 0.1 * cell}, {1.5 + 0.9 * cell}));
  EXPECT_TRUE(equal_shifted({1.5 - 0.1 * cell}, {1.5 + 0.1 * cell}));
  EXPECT_FALSE(
      equal_shifted({1.5 - 0.1 * cell, 1.5 + 0.4 * cell}, {1.5 + 0.1 * cell, 1.5 + 0.6 * cell}))
      << "one value is parted by each grid";
  EXPECT_EQ(digest(GridKind::kShifted, {1.3}).alternatives.size(), 1u);
}

TEST(Grids, DigestsOfDifferentGridsDiffer) {
  const std::vector<double> group{1.25, -3.5, 0.75};
  EXPECT_NE(digest(GridKind::kScaled, group).key, digest(GridKind::kPublished, group).key);
  EXPECT_EQ(digest(GridKind::kPublished, group).key, digest(GridKind::kShifted, group).key)
      << "the first of the two";
}

TEST(Grids, ExactHasNone) {
  for (const GridKind grid : {GridKind::kScaled, GridKind::kPublished, GridKind::kShifted}) {
    SinkSettings settings;
    settings.exact = true;
    settings.grid = grid;
    OutputSink sink(settings);
    sink.values(std::vector{1.5, 2.5});
    SinkSettings plain;
    plain.exact = true;
    OutputSink other(plain);
    other.values(std::vector{1.5, 2.5});
    EXPECT_EQ(sink.finish(), other.finish());
  }
}

TEST(Grids, DirectionsStayFreeOfTheirLength) {
  for (const GridKind grid : {GridKind::kPublished, GridKind::kShifted}) {
    SinkSettings settings;
    settings.grid = grid;
    OutputSink a(settings), b(settings);
    a.direction(std::vector{0.5, -1.0, 0.25});
    b.direction(std::vector{1.0, -2.0, 0.5});
    EXPECT_EQ(a.finish(), b.finish());
  }
}

}  // namespace
}  // namespace equivolve::hashing
