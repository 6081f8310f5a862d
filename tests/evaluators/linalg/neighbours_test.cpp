#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "evaluators/common/linalg/nearest_neighbours.hpp"
#include "tests/evaluators/linalg/random_matrix.hpp"

namespace equivolve::linalg {
namespace {

template <class Scalar>
class Neighbouring : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(Neighbouring, Scalars);

/// All distances in double, sorted with their numbers.
template <class Scalar>
std::vector<std::pair<double, std::uint32_t>> sorted_rows(const Matrix<Scalar>& queries,
                                                          std::size_t q,
                                                          const Matrix<Scalar>& rows) {
  std::vector<std::pair<double, std::uint32_t>> all;
  for (std::uint32_t r = 0; r < rows.rows; ++r) {
    double sum = 0;
    for (std::size_t c = 0; c < rows.columns; ++c) {
      const double d = static_cast<double>(queries(q, c)) - static_cast<double>(rows(r, c));
      sum += d * d;
    }
    all.emplace_back(sum, r);
  }
  std::sort(all.begin(), all.end());
  return all;
}

// Whole numbers: distances are exact, so ties must be those of brute force, by number.
TYPED_TEST(Neighbouring, IsBruteForce) {
  for (const std::size_t columns : {1, 3, 8, 19}) {
    const auto rows = test::random_grid<TypeParam>(150, columns, 4, columns);
    const auto queries = test::random_grid<TypeParam>(70, columns, 4, 50 + columns);
    for (const std::size_t k : {1, 7, 150}) {
      const auto found = nearest_neighbours(queries.view(), rows.view(), k);
      ASSERT_EQ(found.indices.size(), 70 * k);
      for (std::size_t q = 0; q < 70; ++q) {
        const auto all = sorted_rows(queries, q, rows);
        for (std::size_t i = 0; i < k; ++i) {
          EXPECT_EQ(found.indices[q * k + i], all[i].second);
          EXPECT_EQ(found.squared_distances[q * k + i], all[i].first);
        }
      }
    }
  }
}

TYPED_TEST(Neighbouring, LeavesOutTheRowItself) {
  auto rows = test::random_matrix<TypeParam>(40, 6, 2);
  for (std::size_t c = 0; c < 6; ++c) rows(31, c) = rows(5, c);  // a twin
  const auto found = nearest_other_rows(rows.view(), 39);
  for (std::uint32_t q = 0; q < 40; ++q) {
    auto all = sorted_rows(rows, q, rows);
    std::erase_if(all, [&](const auto& pair) { return pair.second == q; });
    for (std::size_t i = 0; i < 39; ++i) {
      EXPECT_EQ(found.indices[q * 39 + i], all[i].second);
      EXPECT_NEAR(found.squared_distances[q * 39 + i], all[i].first, 1e-5 * (1 + all[i].first));
    }
  }
  EXPECT_EQ(found.indices[31 * 39], 5u);
  EXPECT_EQ(found.squared_distances[31 * 39], 0);
}

// Far from the origin |a|^2 - 2 a.b + |b|^2 has no right digit left; the answers keep theirs.
TYPED_TEST(Neighbouring, KeepsItsDigitsFarFromTheOrigin) {
  auto rows = test::random_grid<TypeParam>(60, 4, 16, 9);
  for (TypeParam& x : rows.values) x = x / 16 + 20000;
  const auto found = nearest_other_rows(rows.view(), 5);
  for (std::uint32_t q = 0; q < 60; ++q) {
    auto all = sorted_rows(rows, q, rows);
    std::erase_if(all, [&](const auto& pair) { return pair.second == q; });
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(found.indices[q * 5 + i], all[i].second) << q;
  }
}

// Squared lengths overflow, distances between near rows do not.
TYPED_TEST(Neighbouring, TakesNumbersWhoseSquaresOverflow) {
  const TypeParam large = std::sqrt(std::numeric_limits<TypeParam>::max()) * 4;
  Matrix<TypeParam> rows(4, 2);
  for (const std::size_t r : {0, 1, 2, 3}) {
    rows(r, 0) = large * (1 + static_cast<TypeParam>(r * r) / 64);
    rows(r, 1) = -large;
  }
  const auto found = nearest_other_rows(rows.view(), 3);
  EXPECT_EQ(found.indices, (std::vector<std::uint32_t>{1, 2, 3, 0, 2, 3, 1, 0, 3, 2, 1, 0}));
}

}  // namespace
}  // namespace equivolve::linalg
