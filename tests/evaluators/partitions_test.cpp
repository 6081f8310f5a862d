// Agreement of partitions: known answers and what must not change them.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "evaluators/common/metrics/partitions.hpp"
#include "hashing/stream.hpp"

namespace equivolve::metrics {
namespace {

using Labels = std::vector<std::uint32_t>;

Labels random_labels(std::size_t rows, std::uint32_t parts, std::uint64_t seed) {
  hashing::Stream stream(seed, hashing::Purpose::kTest, 0);
  Labels labels(rows);
  for (std::uint32_t& label : labels) label = static_cast<std::uint32_t>(stream.below(parts));
  return labels;
}

TEST(Partitions, OfEqualPartsUnderOtherNamesAgreeWholly) {
  const Labels truth{0, 0, 1, 1, 2, 2, 2}, told{2, 2, 0, 0, 1, 1, 1};
  const Agreement a = agreement(truth, told);
  EXPECT_DOUBLE_EQ(a.accuracy, 1);
  EXPECT_DOUBLE_EQ(a.balanced_accuracy, 1);
  EXPECT_DOUBLE_EQ(a.nmi, 1);
  EXPECT_DOUBLE_EQ(a.ari, 1);
}

TEST(Partitions, OneClusterOfTwoBalancedClassesSaysNothing) {
  const Agreement a = agreement(Labels{0, 1, 0, 1}, Labels{0, 0, 0, 0});
  EXPECT_DOUBLE_EQ(a.accuracy, 0.5);
  EXPECT_DOUBLE_EQ(a.nmi, 0);
  EXPECT_DOUBLE_EQ(a.ari, 0);
  EXPECT_DOUBLE_EQ(agreement(Labels{0, 0}, Labels{3, 3}).nmi, 1);
}

// scikit-learn 1.2.1: normalized_mutual_info_score, adjusted_rand_score.
TEST(Partitions, HaveKnownAnswersWithMoreClustersThanClasses) {
  const Agreement a = agreement(Labels{0, 0, 1, 1}, Labels{0, 0, 1, 2});
  EXPECT_DOUBLE_EQ(a.accuracy, 0.75);
  EXPECT_DOUBLE_EQ(a.balanced_accuracy, 0.75);
  EXPECT_NEAR(a.nmi, 0.8, 1e-12);
  EXPECT_NEAR(a.ari, 0.5714285714285714, 1e-12);
  const Agreement fewer = agreement(Labels{0, 0, 1, 2}, Labels{0, 0, 1, 1});
  EXPECT_DOUBLE_EQ(fewer.accuracy, 0.75);
  EXPECT_NEAR(fewer.balanced_accuracy, 2.0 / 3, 1e-12);
}

// Against all one-to-one maps.
TEST(Partitions, MatchClustersAsTheBestMapDoes) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Labels truth = random_labels(40, 4, seed), told = random_labels(40, 4, seed + 1000);
    std::vector<std::uint32_t> map{0, 1, 2, 3};
    std::size_t best = 0;
    do {
      std::size_t right = 0;
      for (std::size_t i = 0; i < truth.size(); ++i) right += map[told[i]] == truth[i];
      best = std::max(best, right);
    } while (std::next_permutation(map.begin(), map.end()));
    const double expected = static_cast<double>(best) / 40;
    EXPECT_NEAR(agreement(truth, told).accuracy, expected, 1e-12);
    const auto items = matched_items(truth, told);
    EXPECT_NEAR(std::accumulate(items.begin(), items.end(), 0.0) / 40, expected, 1e-12);
  }
}

TEST(Partitions, OfChanceHaveAnAdjustedRandNearZero) {
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    sum += agreement(random_labels(500, 5, seed), random_labels(500, 5, seed + 99)).ari;
  EXPECT_NEAR(sum / 50, 0, 0.002);  // standard error about 0.0004
}

TEST(Partitions, FixedNamesMatchThemselvesOnly) {
  // Class 0 is known: a row of it in cluster 1 is wrong, whatever map is best.
  const Labels truth{0, 0, 1, 1, 2, 2}, told{1, 0, 2, 2, 1, 1};
  EXPECT_NEAR(agreement(truth, told, 1).accuracy, 5.0 / 6, 1e-12);
  const Labels swapped{0, 0, 0, 1, 1, 1}, told_swapped{1, 1, 1, 0, 0, 0};
  EXPECT_DOUBLE_EQ(agreement(swapped, told_swapped, 2).accuracy, 0);
  EXPECT_DOUBLE_EQ(agreement(swapped, told_swapped).accuracy, 1);
}

}  // namespace
}  // namespace equivolve::metrics
