#include "engine/study/polynomial_study.hpp"

#include <gtest/gtest.h>

namespace equivolve::study {
namespace {

const PolynomialFindings& findings() {
  static const PolynomialFindings made = compare_polynomials(200, StudySettings{});
  return made;
}

const PolynomialCounts& counts_of(const Comparison& wanted) {
  for (std::size_t i = 0; i < findings().comparisons.size(); ++i) {
    const Comparison& c = findings().comparisons[i];
    if (c.grid == wanted.grid && c.in_float == wanted.in_float && c.outputs == wanted.outputs &&
        c.mantissa_bits == wanted.mantissa_bits && c.roots == wanted.roots)
      return findings().counts[i];
  }
  ADD_FAILURE() << "not tried";
  return findings().counts[0];
}

TEST(PolynomialStudy, TheDefaultGridMissesNothing) {
  for (const std::size_t outputs : {10u, 100u, 1000u}) {
    const PolynomialCounts& n = counts_of({hashing::GridKind::kScaled, false, outputs, 24});
    EXPECT_EQ(n.missed, 0u) << outputs;
    EXPECT_EQ(n.wrong, 0u) << outputs;
    EXPECT_EQ(n.equal, 100u);
    EXPECT_EQ(n.different, 50u);
  }
}

TEST(PolynomialStudy, RootsAreHardForCellsRelativeToTheValue) {
  const PolynomialCounts& with = counts_of({hashing::GridKind::kPublished, false, 100, 24, true});
  const PolynomialCounts& without =
      counts_of({hashing::GridKind::kPublished, false, 100, 24, false});
  EXPECT_GT(with.missed, without.missed);
  EXPECT_EQ(counts_of({hashing::GridKind::kScaled, false, 100, 24, false}).missed, 0u);
}

// The pairs are no easy ones, and the counts can be other than 0.
TEST(PolynomialStudy, OthersMissSome) {
  EXPECT_GT(findings().other_bits, 30u);
  EXPECT_GT(counts_of({hashing::GridKind::kPublished, false, 1000, 24}).missed, 0u);
  EXPECT_GT(counts_of({hashing::GridKind::kScaled, false, 1000, 48}).missed, 30u);
  EXPECT_GT(counts_of({hashing::GridKind::kScaled, true, 1000, 40}).missed, 30u);
}

TEST(PolynomialStudy, SmallChangesAreMergedBelowTheResolution) {
  const PolynomialCounts& coarse = counts_of({hashing::GridKind::kScaled, false, 100, 12});
  const PolynomialCounts& fine = counts_of({hashing::GridKind::kScaled, false, 100, 40});
  EXPECT_EQ(coarse.small_merged[0], coarse.small[0]) << "changes of 1e-12 to 1e-10 at 12 bits";
  EXPECT_EQ(fine.small_merged[kSmallRanges - 1], 0u) << "changes of 1e-4 to 1e-2 at 40 bits";
  std::uint64_t small = 0;
  for (const std::uint64_t n : coarse.small) small += n;
  EXPECT_EQ(small, 50u);
}

TEST(PolynomialStudy, RepeatsItself) {
  StudySettings other;
  other.seed = 2;
  const auto once = compare_polynomials(40, StudySettings{});
  const auto again = compare_polynomials(40, StudySettings{});
  const auto elsewhere = compare_polynomials(40, other);
  bool differs = once.other_bits != elsewhere.other_bits;
  for (std::size_t i = 0; i < once.counts.size(); ++i) {
    EXPECT_EQ(once.counts[i].missed, again.counts[i].missed);
    EXPECT_EQ(once.counts[i].small_merged, again.counts[i].small_merged);
    differs = differs || once.counts[i].missed != elsewhere.counts[i].missed;
  }
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace equivolve::study
