#include "evaluators/common/linalg/assignment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "tests/evaluators/linalg/random_matrix.hpp"

namespace equivolve::linalg {
namespace {

/// Every way to give each row of the shorter side a column.
double least_cost(const Matrix<double>& a) {
  if (a.rows > a.columns) return least_cost(test::transposed(a));
  std::vector<std::size_t> order(a.columns);
  std::iota(order.begin(), order.end(), 0u);
  double least = std::numeric_limits<double>::infinity();
  do {
    double sum = 0;
    for (std::size_t r = 0; r < a.rows; ++r) sum += a(r, order[r]);
    least = std::min(least, sum);
  } while (std::next_permutation(order.begin(), order.end()));
  return least;
}

void expect_matching(const Matrix<double>& a, const Assignment& found) {
  std::set<std::size_t> columns;
  double sum = 0;
  for (std::size_t r = 0; r < a.rows; ++r) {
    if (found.column_of_row[r] == kUnassigned) continue;
    EXPECT_LT(found.column_of_row[r], a.columns);
    columns.insert(found.column_of_row[r]);
    sum += a(r, found.column_of_row[r]);
  }
  EXPECT_EQ(columns.size(), std::min(a.rows, a.columns));
  EXPECT_DOUBLE_EQ(found.cost, sum);
}

// The example of scipy.optimize.linear_sum_assignment: 1 + 2 + 2.
TEST(Assign, KnownAnswer) {
  Matrix<double> a(3, 3);
  a.values = {4, 1, 3, 2, 0, 5, 3, 2, 2};
  const Assignment found = assign(a.view());
  EXPECT_EQ(found.column_of_row, (std::vector<std::size_t>{1, 0, 2}));
  EXPECT_EQ(found.cost, 5);
}

TEST(Assign, CostsTheLeastOfAllWays) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::size_t rows = 1 + seed % 6, columns = 1 + seed / 6 % 6;
    const auto a = test::random_matrix<double>(rows, columns, seed);
    const Assignment found = assign(a.view());
    expect_matching(a, found);
    EXPECT_NEAR(found.cost, least_cost(a), 1e-12) << rows << " x " << columns;
    // Few whole numbers: many ties.
    const auto ties = test::random_grid<double>(rows, columns, 3, seed);
    const Assignment of_ties = assign(ties.view());
    expect_matching(ties, of_ties);
    EXPECT_EQ(of_ties.cost, least_cost(ties));
  }
}

// A hidden permutation of 0s among 1s to 9s in 300 rows, moved by row and column prices.
TEST(Assign, FindsAHiddenPermutation) {
  constexpr std::size_t kSize = 300;
  auto a = test::random_grid<double>(kSize, kSize, 9, 4);
  double prices = 0;
  for (std::size_t r = 0; r < kSize; ++r)
    for (std::size_t c = 0; c < kSize; ++c) {
      const double price = static_cast<double>(r * r % 17) - static_cast<double>(c * c % 23);
      a(r, c) += 1 + price;
      if (c == r * 7 % kSize) {
        a(r, c) = price;
        prices += price;
      }
    }
  const Assignment found = assign(a.view());
  EXPECT_EQ(found.cost, prices);
  for (std::size_t r = 0; r < kSize; ++r) EXPECT_EQ(found.column_of_row[r], r * 7 % kSize);
}

TEST(Assign, TakesNothing) {
  EXPECT_TRUE(assign(Matrix<double>(0, 3).view()).column_of_row.empty());
  EXPECT_EQ(assign(Matrix<double>(2, 0).view()).column_of_row,
            (std::vector<std::size_t>{kUnassigned, kUnassigned}));
}

}  // namespace
}  // namespace equivolve::linalg
