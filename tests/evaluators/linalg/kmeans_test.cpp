#include "evaluators/common/linalg/kmeans.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "tests/evaluators/linalg/random_matrix.hpp"

namespace equivolve::linalg {
namespace {

template <class Scalar>
class KMeans : public testing::Test {
 protected:
  static constexpr double kSmall = sizeof(Scalar) == 4 ? 1e-4 : 1e-11;
};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(KMeans, Scalars);

template <class Scalar>
double squared_distance(const Matrix<Scalar>& a, std::size_t r, const Matrix<Scalar>& b,
                        std::size_t s) {
  double sum = 0;
  for (std::size_t c = 0; c < a.columns; ++c) {
    const double d = static_cast<double>(a(r, c)) - static_cast<double>(b(s, c));
    sum += d * d;
  }
  return sum;
}

/// Rows about `groups` far centres; row r belongs to group r mod groups.
template <class Scalar>
Matrix<Scalar> blobs(std::size_t rows, std::size_t columns, std::size_t groups, double apart) {
  auto x = test::random_matrix<Scalar>(rows, columns, 77);
  const auto centres = test::random_matrix<double>(groups, columns, 78);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c)
      x(r, c) += static_cast<Scalar>(apart * centres(r % groups, c));
  return x;
}

/// The least inertia over all ways to label the rows.
template <class Scalar>
double least_inertia(const Matrix<Scalar>& x, std::size_t clusters) {
  double least = std::numeric_limits<double>::infinity();
  std::vector<std::size_t> labels(x.rows, 0);
  for (;;) {
    double inertia = 0;
    for (std::size_t k = 0; k < clusters; ++k)
      for (std::size_t c = 0; c < x.columns; ++c) {
        double sum = 0, squares = 0, count = 0;
        for (std::size_t r = 0; r < x.rows; ++r) {
          if (labels[r] != k) continue;
          sum += x(r, c);
          squares += static_cast<double>(x(r, c)) * x(r, c);
          ++count;
        }
        if (count > 0) inertia += squares - sum * sum / count;
      }
    least = std::min(least, inertia);
    std::size_t r = 0;
    while (r < x.rows && ++labels[r] == clusters) labels[r++] = 0;
    if (r == x.rows) return least;
  }
}

/// Labels are the nearest centroids, centroids the means of their rows, the inertia theirs.
template <class Scalar>
void expect_fixed_point(const Matrix<Scalar>& x, const Clustering<Scalar>& found, double small) {
  Matrix<double> means(found.centroids.rows, x.columns);
  std::vector<double> counts(means.rows, 0.0);
  double inertia = 0;
  for (std::size_t r = 0; r < x.rows; ++r) {
    const double own = squared_distance(x, r, found.centroids, found.labels[r]);
    inertia += own;
    for (std::size_t k = 0; k < found.centroids.rows; ++k)
      EXPECT_LE(own, squared_distance(x, r, found.centroids, k) + small);
    ++counts[found.labels[r]];
    for (std::size_t c = 0; c < x.columns; ++c) means(found.labels[r], c) += x(r, c);
  }
  EXPECT_NEAR(found.inertia, inertia, small * (1 + inertia));
  for (std::size_t k = 0; k < means.rows; ++k)
    for (std::size_t c = 0; c < x.columns; ++c)
      EXPECT_NEAR(found.centroids(k, c), means(k, c) / counts[k], small) << k;
}

TYPED_TEST(KMeans, FindsTheBestOfAllLabellings) {
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const auto x = test::random_matrix<TypeParam>(9, 2, seed);
    KMeansSettings settings;
    settings.clusters = 3;
    settings.restarts = 30;
    settings.tolerance = 0;
    settings.seed = seed;
    const auto found = kmeans(x.view(), settings);
    EXPECT_NEAR(found.inertia, least_inertia(x, 3), 10 * this->kSmall);
    expect_fixed_point(x, found, this->kSmall);
    EXPECT_TRUE(found.converged);
  }
}

TYPED_TEST(KMeans, FindsFarGroups) {
  for (const KMeansStart start : {KMeansStart::kPlusPlus, KMeansStart::kRandomRows}) {
    const auto x = blobs<TypeParam>(700, 5, 6, 20);
    KMeansSettings settings;
    settings.clusters = 6;
    settings.start = start;
    settings.tolerance = 0;
    settings.restarts = start == KMeansStart::kPlusPlus ? 2 : 60;
    const auto found = kmeans(x.view(), settings);
    for (std::size_t r = 6; r < 700; ++r) ASSERT_EQ(found.labels[r], found.labels[r % 6]);
    EXPECT_EQ(std::set<std::uint32_t>(found.labels.begin(), found.labels.end()).size(), 6u);
    expect_fixed_point(x, found, 10 * this->kSmall);
    EXPECT_EQ(nearest_centroids(x.view(), found.centroids.view()), found.labels);
  }
}

// A plain Lloyd in double from the same centroids, step by step.
TYPED_TEST(KMeans, StepsAreLloyds) {
  const auto x = test::random_matrix<TypeParam>(600, 3, 12);
  Matrix<TypeParam> centroids(7, 3);
  std::copy_n(x.values.begin(), centroids.values.size(), centroids.values.begin());
  KMeansSettings settings;
  settings.clusters = 7;
  settings.tolerance = 0;
  Matrix<TypeParam> plain = centroids;
  for (std::size_t steps = 1; steps <= 5; ++steps) {
    Matrix<double> sums(7, 3);
    std::vector<double> counts(7, 0.0);
    for (std::size_t r = 0; r < x.rows; ++r) {
      std::size_t nearest = 0;
      for (std::size_t k = 1; k < 7; ++k)
        if (squared_distance(x, r, plain, k) < squared_distance(x, r, plain, nearest)) nearest = k;
      ++counts[nearest];
      for (std::size_t c = 0; c < 3; ++c) sums(nearest, c) += x(r, c);
    }
    for (std::size_t k = 0; k < 7; ++k)
      for (std::size_t c = 0; c < 3; ++c)
        plain(k, c) = static_cast<TypeParam>(sums(k, c) / counts[k]);
    settings.max_iterations = steps;
    const auto found = kmeans_from(x.view(), centroids.view(), settings);
    EXPECT_EQ(found.iterations, steps);
    EXPECT_FALSE(found.converged);
    EXPECT_LT(test::largest_difference(found.centroids, plain), 10 * this->kSmall) << steps;
  }
}

TYPED_TEST(KMeans, IsAFunctionOfItsSeed) {
  const auto x = test::random_matrix<TypeParam>(300, 4, 5);
  std::vector<TypeParam> elsewhere(x.values.size() + 1);
  std::copy(x.values.begin(), x.values.end(), elsewhere.begin() + 1);
  KMeansSettings settings;
  settings.restarts = 1;
  settings.seed = 9;
  const auto one = kmeans(x.view(), settings);
  const auto two = kmeans(MatrixView<TypeParam>{&elsewhere[1], 300, 4, 4}, settings);
  EXPECT_EQ(one.labels, two.labels);
  EXPECT_EQ(one.centroids.values, two.centroids.values);
  EXPECT_EQ(one.inertia, two.inertia);
  settings.seed = 10;
  EXPECT_NE(one.labels, kmeans(x.view(), settings).labels);
}

// Two of three centroids far away from everything.
TYPED_TEST(KMeans, MendsEmptyClustersOrKeepsThem) {
  Matrix<TypeParam> x(6, 1), centroids(3, 1);
  x.values = {0, 1, 2, 3, 10, 30};
  centroids.values = {2, 1000, 2000};
  KMeansSettings settings;
  settings.clusters = 3;
  settings.tolerance = 0;
  const auto mended = kmeans_from(x.view(), centroids.view(), settings);
  EXPECT_EQ(mended.labels, (std::vector<std::uint32_t>{0, 0, 0, 0, 2, 1}));
  EXPECT_NEAR(mended.inertia, 5, this->kSmall);
  settings.empty = EmptyCluster::kKeep;
  const auto kept = kmeans_from(x.view(), centroids.view(), settings);
  EXPECT_EQ(kept.labels, std::vector<std::uint32_t>(6, 0));
  EXPECT_NEAR(kept.centroids(0, 0), 46.0 / 6, this->kSmall);
  EXPECT_NEAR(kept.centroids(1, 0), 1000, 1000 * this->kSmall);
}

TYPED_TEST(KMeans, TakesEqualRowsAndAsManyClustersAsRows) {
  const Matrix<TypeParam> equal(5, 3);
  KMeansSettings settings;
  settings.clusters = 4;
  const auto found = kmeans(equal.view(), settings);
  EXPECT_EQ(found.inertia, 0);
  EXPECT_LE(found.iterations, 2u);
  const auto x = test::random_matrix<TypeParam>(8, 2, 1);
  settings.clusters = 8;
  EXPECT_NEAR(kmeans(x.view(), settings).inertia, 0, this->kSmall);
  settings.clusters = 1;
  expect_fixed_point(x, kmeans(x.view(), settings), this->kSmall);
}

// One trial: rows 1 and 2 with squared distances 1 and 9 from the fixed row 0. The bound is five
// standard errors.
TYPED_TEST(KMeans, SeedsAreDrawnInProportionToSquaredDistances) {
  Matrix<TypeParam> x(3, 1), fixed(1, 1);
  x.values = {5, 6, 8};
  fixed.values = {5};
  hashing::Stream stream(3, hashing::Purpose::kTest, 0);
  constexpr int kDraws = 4000;
  std::map<double, int> drawn;
  for (int i = 0; i < kDraws; ++i)
    ++drawn[plus_plus_seeds(x.view(), fixed.view(), 1, 1, stream)(0, 0)];
  EXPECT_EQ(drawn.count(5), 0u);
  EXPECT_NEAR(drawn[8] / double(kDraws), 0.9, 5 * std::sqrt(0.09 / kDraws));
}

// With many trials the draw that leaves the least sum is taken.
TYPED_TEST(KMeans, GreedySeedsLeaveTheLeastSum) {
  Matrix<TypeParam> x(4, 1), fixed(1, 1);
  x.values = {0, 4, 6, 10};
  fixed.values = {10};
  // After seeding 0: 16 + 16 = 32; 4: 16 + 4 = 20; 6: 36 + 4 = 40.
  hashing::Stream stream(3, hashing::Purpose::kTest, 0);
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(plus_plus_seeds(x.view(), fixed.view(), 1, 60, stream)(0, 0), 4);
}

}  // namespace
}  // namespace equivolve::linalg
