#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "evaluators/common/metrics/classification.hpp"
#include "evaluators/common/metrics/ranks.hpp"
#include "evaluators/common/metrics/regression.hpp"
#include "tests/evaluators/support/cases.hpp"

namespace equivolve::metrics {
namespace {

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

TEST(Classification, KnownAnswers) {
  const std::vector<std::uint32_t> truth = {0, 0, 0, 0, 1, 1, 2}, told = {0, 0, 0, 1, 1, 0, 0};
  EXPECT_DOUBLE_EQ(accuracy(truth, told), 4.0 / 7);
  EXPECT_DOUBLE_EQ(balanced_accuracy(truth, told, 3), (3.0 / 4 + 1.0 / 2 + 0) / 3);
  EXPECT_DOUBLE_EQ(balanced_accuracy(truth, told, 5),
                   (3.0 / 4 + 1.0 / 2 + 0) / 3);  // classes that do not occur
}

TEST(Classification, ItemsHaveTheFigureAsTheirMean) {
  for (std::uint32_t classes : {2u, 7u, 40u}) {
    auto stream = test::test_stream(4, classes);
    std::vector<std::uint32_t> truth(500), told(500);
    for (std::size_t i = 0; i < truth.size(); ++i) {
      truth[i] = static_cast<std::uint32_t>(stream.below(classes));
      told[i] = stream.chance(0.6) ? truth[i] : static_cast<std::uint32_t>(stream.below(classes));
    }
    std::vector<double> items(truth.size());
    accuracy_items(truth, told, items);
    EXPECT_NEAR(mean_of(items), accuracy(truth, told), 1e-12);
    balanced_accuracy_items(truth, told, classes, items);
    EXPECT_NEAR(mean_of(items), balanced_accuracy(truth, told, classes), 1e-12);
  }
}

TEST(Regression, KnownAnswers) {
  const std::vector<double> truth = {1, 2, 3, 6}, told = {1, 2, 4, 4};
  EXPECT_DOUBLE_EQ(mean_squared_error(truth, told), 5.0 / 4);
  EXPECT_DOUBLE_EQ(r_squared(truth, told), 1 - 5.0 / 14);
  EXPECT_EQ(r_squared(std::vector<double>{2, 2}, std::vector<double>{1, 3}), 0);
  EXPECT_DOUBLE_EQ(squashed_fitness(1), 0.5);
  EXPECT_DOUBLE_EQ(squashed_fitness(0), 1);
  EXPECT_NEAR(squashed_fitness(1.0 / 3), 1 - (2 / std::numbers::pi) * (std::numbers::pi / 6),
              1e-15);
  EXPECT_NEAR(squashed_fitness(INFINITY), 0, 1e-15);
}

TEST(Regression, ItemsHaveTheFitnessAsTheirMeanAndItsSlope) {
  auto stream = test::test_stream(5, 0);
  std::vector<double> truth(300), told(300), items(300);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    truth[i] = stream.gaussian();
    told[i] = truth[i] + 0.5 * stream.gaussian();
  }
  squashed_fitness_items(truth, told, items);
  EXPECT_NEAR(mean_of(items), squashed_fitness(mean_squared_error(truth, told)), 1e-12);

  // Leaving one item out moves the fitness as its item says, to first order (jackknife).
  const std::size_t left_out = 17;
  std::vector<double> fewer_truth = truth, fewer_told = told;
  fewer_truth.erase(fewer_truth.begin() + left_out);
  fewer_told.erase(fewer_told.begin() + left_out);
  const double all = squashed_fitness(mean_squared_error(truth, told));
  const double fewer = squashed_fitness(mean_squared_error(fewer_truth, fewer_told));
  EXPECT_NEAR((all - fewer) * 299, items[left_out] - all, 2e-3);
}

TEST(Regression, PerfectPredictionsHaveItemsOfOne) {
  const std::vector<double> truth = {1, 2, 3};
  std::vector<double> items(3);
  squashed_fitness_items(truth, truth, items);
  for (double item : items) EXPECT_EQ(item, 1);
}

TEST(Ranks, KnownAnswers) {
  EXPECT_EQ(ranks(std::vector<double>{5, -1, 3, 5}), (std::vector<double>{2.5, 0, 1, 2.5}));
  EXPECT_TRUE(ranks({}).empty());
  const std::vector<double> up = {1, 2, 3}, mixed = {10, 20, 15}, tied = {1, 1, 2},
                            flat = {7, 7, 7};
  EXPECT_DOUBLE_EQ(rank_correlation(up, mixed), 0.5);
  EXPECT_DOUBLE_EQ(rank_correlation(tied, tied), 1);
  EXPECT_EQ(rank_correlation(flat, up), 0);
  EXPECT_EQ(rank_correlation(std::vector<double>{1}, std::vector<double>{2}), 0);
  // By hand: the ranks 0, 1.5, 1.5, 3 beside 0, 1, 2, 3.
  EXPECT_DOUBLE_EQ(
      rank_correlation(std::vector<double>{1, 2, 2, 3}, std::vector<double>{1, 2, 3, 4}),
      4.5 / std::sqrt(4.5 * 5));
}

TEST(Ranks, CorrelationIsThatOfTheSquaredDifferences) {
  // Without ties it is 1 - 6 sum d^2 / (n (n^2 - 1)); and what keeps the order changes nothing.
  auto stream = test::test_stream(6, 0);
  for (int n : {2, 3, 10, 101}) {
    std::vector<double> a(static_cast<std::size_t>(n)), b(a.size()), bent;
    for (double& one : a) one = stream.gaussian();
    for (double& one : b) one = stream.gaussian();
    for (double one : a) bent.push_back(std::exp(3 * one));
    const std::vector<double> x = ranks(a), y = ranks(b);
    double squares = 0;
    for (std::size_t i = 0; i < a.size(); ++i) squares += (x[i] - y[i]) * (x[i] - y[i]);
    const double told = rank_correlation(a, b);
    EXPECT_NEAR(told, 1 - 6 * squares / (n * (static_cast<double>(n) * n - 1)), 1e-12);
    EXPECT_EQ(rank_correlation(bent, b), told);
    EXPECT_EQ(rank_correlation(b, a), told);
    for (double& one : bent) one = -one;
    EXPECT_NEAR(rank_correlation(bent, b), -told, 1e-12);
  }
}

}  // namespace
}  // namespace equivolve::metrics
