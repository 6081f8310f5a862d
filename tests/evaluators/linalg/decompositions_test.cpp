// QR, Cholesky and eigenvectors: known answers, and what defines them.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "evaluators/common/linalg/cholesky.hpp"
#include "evaluators/common/linalg/symmetric_eigen.hpp"
#include "evaluators/common/linalg/thin_qr.hpp"
#include "tests/evaluators/linalg/random_matrix.hpp"

namespace equivolve::linalg {
namespace {

using test::identity;
using test::largest_difference;
using test::product;
using test::transposed;

template <class Scalar>
Matrix<Scalar> matrix(std::size_t rows, std::size_t columns, std::vector<Scalar> values) {
  Matrix<Scalar> a(rows, columns);
  a.values = std::move(values);
  return a;
}

template <class Scalar>
class Decompositions : public testing::Test {
 protected:
  static constexpr double kSmall = sizeof(Scalar) == 4 ? 2e-5 : 1e-13;
};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(Decompositions, Scalars);

// Golub, Van Loan: columns (3, 4) and (1, 2) by hand.
TYPED_TEST(Decompositions, QrKnownAnswer) {
  const auto qr = thin_qr(matrix<TypeParam>(2, 2, {3, 1, 4, 2}).view());
  const TypeParam fifth = TypeParam(1) / 5;
  EXPECT_LT(largest_difference(
                qr.q, matrix<TypeParam>(2, 2, {3 * fifth, -4 * fifth, 4 * fifth, 3 * fifth})),
            this->kSmall);
  EXPECT_LT(largest_difference(qr.r, matrix<TypeParam>(2, 2, {5, 11 * fifth, 0, 2 * fifth})),
            this->kSmall);
}

TYPED_TEST(Decompositions, QrIsOrthonormalTimesATriangle) {
  for (const std::size_t columns : {1, 3, 17, 40}) {
    const auto a = test::random_matrix<TypeParam>(40, columns, columns);
    const auto qr = thin_qr(a.view());
    EXPECT_LT(largest_difference(product(qr.q, qr.r), a), 10 * this->kSmall);
    EXPECT_LT(largest_difference(product(transposed(qr.q), qr.q), identity<TypeParam>(columns)),
              this->kSmall);
    for (std::size_t r = 0; r < columns; ++r) {
      EXPECT_GE(qr.r(r, r), 0);
      for (std::size_t c = 0; c < r; ++c) EXPECT_EQ(qr.r(r, c), 0);
    }
  }
}

TYPED_TEST(Decompositions, QrOfDependentColumnsIsStillOrthonormal) {
  auto a = test::random_matrix<TypeParam>(9, 4, 3);
  for (std::size_t r = 0; r < 9; ++r) a(r, 2) = a(r, 0) + a(r, 1);
  const auto qr = thin_qr(a.view());
  EXPECT_LT(largest_difference(product(transposed(qr.q), qr.q), identity<TypeParam>(4)),
            this->kSmall);
  EXPECT_LT(largest_difference(product(qr.q, qr.r), a), 10 * this->kSmall);
}

// A view with a stride, at an address that is not aligned, gives the same bits.
TYPED_TEST(Decompositions, DoNotDependOnWhereAMatrixLies) {
  const auto a = test::random_matrix<TypeParam>(30, 13, 8);
  std::vector<TypeParam> spread(1 + 30 * 17);
  for (std::size_t r = 0; r < 30; ++r)
    for (std::size_t c = 0; c < 13; ++c) spread[1 + r * 17 + c] = a(r, c);
  const auto here = thin_qr(a.view()),
             there = thin_qr(MatrixView<TypeParam>{&spread[1], 30, 13, 17});
  EXPECT_EQ(here.q.values, there.q.values);
  EXPECT_EQ(here.r.values, there.r.values);

  const auto b = test::symmetric_matrix<TypeParam>(67, 4);
  for (const std::size_t shift : {1, 2, 3}) {
    std::vector<TypeParam> moved(shift + 67 * 71);
    for (std::size_t r = 0; r < 67; ++r)
      for (std::size_t c = 0; c < 67; ++c) moved[shift + r * 71 + c] = b(r, c);
    PartialEigenSettings settings;
    settings.count = 3;
    const auto one = partial_symmetric_eigen(b.view(), settings);
    const auto other =
        partial_symmetric_eigen(MatrixView<TypeParam>{&moved[shift], 67, 67, 71}, settings);
    ASSERT_TRUE(one && other);
    EXPECT_EQ(one->vectors.values, other->vectors.values);
  }
}

TYPED_TEST(Decompositions, CholeskyKnownAnswer) {
  const auto l = cholesky(matrix<TypeParam>(3, 3, {4, 12, -16, 12, 37, -43, -16, -43, 98}).view());
  ASSERT_TRUE(l);
  EXPECT_LT(largest_difference(*l, matrix<TypeParam>(3, 3, {2, 0, 0, 6, 1, 0, -8, 5, 3})),
            100 * this->kSmall);
}

TYPED_TEST(Decompositions, CholeskyIsASquareRootThatSolves) {
  const auto b = test::random_matrix<TypeParam>(25, 25, 1);
  auto a = product(b, transposed(b));
  for (std::size_t i = 0; i < 25; ++i) a(i, i) += 5;
  const auto l = cholesky(a.view());
  ASSERT_TRUE(l);
  EXPECT_LT(largest_difference(product(*l, transposed(*l)), a), 100 * this->kSmall);
  const auto x = test::random_matrix<TypeParam>(25, 1, 2);
  Matrix<TypeParam> y = product(a, x);
  solve_cholesky<TypeParam>(*l, y.values);
  EXPECT_LT(largest_difference(x, y), 100 * this->kSmall);
}

TYPED_TEST(Decompositions, CholeskySaysWhatIsNotPositiveDefinite) {
  const TypeParam nan = std::numeric_limits<TypeParam>::quiet_NaN();
  EXPECT_FALSE(cholesky(matrix<TypeParam>(2, 2, {1, 2, 2, 1}).view()));  // indefinite
  EXPECT_FALSE(cholesky(matrix<TypeParam>(2, 2, {1, 1, 1, 1}).view()));  // singular
  EXPECT_FALSE(cholesky(matrix<TypeParam>(1, 1, {-1}).view()));
  EXPECT_FALSE(cholesky(matrix<TypeParam>(2, 2, {nan, 0, 0, 1}).view()));
  EXPECT_FALSE(cholesky(matrix<TypeParam>(2, 2, {1, 0, nan, 1}).view()));
  EXPECT_TRUE(cholesky(matrix<TypeParam>(2, 2, {1, nan, 0, 1}).view()));  // the upper is not read
}

template <class Scalar>
void expect_pairs(const Matrix<Scalar>& a, const SymmetricEigen<Scalar>& e, double tolerance) {
  const auto moved = product(a, e.vectors);
  for (std::size_t i = 0; i < e.values.size(); ++i) {
    double residual = 0, largest = 0;
    Scalar lead = 0;
    for (std::size_t r = 0; r < a.rows; ++r) {
      residual = std::max<double>(residual, std::abs(moved(r, i) - e.values[i] * e.vectors(r, i)));
      if (std::abs(e.vectors(r, i)) > largest) {
        largest = std::abs(e.vectors(r, i));
        lead = e.vectors(r, i);
      }
    }
    EXPECT_LT(residual, tolerance) << i;
    EXPECT_GT(lead, 0) << i;
  }
  EXPECT_LT(largest_difference(product(transposed(e.vectors), e.vectors),
                               identity<Scalar>(e.values.size())),
            tolerance);
}

TYPED_TEST(Decompositions, EigenKnownAnswer) {
  const auto e = symmetric_eigen(matrix<TypeParam>(2, 2, {2, 1, 1, 2}).view());
  ASSERT_TRUE(e);
  EXPECT_NEAR(e->values[0], 1, this->kSmall);
  EXPECT_NEAR(e->values[1], 3, this->kSmall);
  const auto half = static_cast<TypeParam>(std::sqrt(0.5));
  EXPECT_NEAR(e->vectors(0, 1), half, this->kSmall);
  EXPECT_NEAR(e->vectors(1, 1), half, this->kSmall);
}

TYPED_TEST(Decompositions, EigenPairsSolveTheirEquation) {
  for (const std::size_t n : {1, 2, 7, 50}) {
    const auto a = test::symmetric_matrix<TypeParam>(n, n);
    const auto e = symmetric_eigen(a.view());
    ASSERT_TRUE(e);
    expect_pairs(a, *e, 100 * this->kSmall);
    EXPECT_TRUE(std::is_sorted(e->values.begin(), e->values.end()));
  }
  const TypeParam nan = std::numeric_limits<TypeParam>::quiet_NaN();
  EXPECT_FALSE(symmetric_eigen(matrix<TypeParam>(2, 2, {1, 0, nan, 1}).view()));
}

// The second difference matrix: 2 - 2 cos(pi i / (n + 1)), i = 1 ... n.
template <class Scalar>
Matrix<Scalar> second_differences(std::size_t n) {
  Matrix<Scalar> a(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    a(i, i) = 2;
    if (i > 0) a(i, i - 1) = a(i - 1, i) = -1;
  }
  return a;
}
double known_value(std::size_t n, std::size_t i) {
  return 2 -
         2 * std::cos(std::numbers::pi * static_cast<double>(i + 1) / static_cast<double>(n + 1));
}

TYPED_TEST(Decompositions, PartialEigenKnownAnswer) {
  constexpr std::size_t kSize = 100;
  const auto a = second_differences<TypeParam>(kSize);
  for (const SpectrumEnd end : {SpectrumEnd::kLargest, SpectrumEnd::kSmallest}) {
    PartialEigenSettings settings;
    settings.count = 5;
    settings.end = end;
    const auto e = partial_symmetric_eigen(a.view(), settings);
    ASSERT_TRUE(e);
    ASSERT_EQ(e->values.size(), 5u);
    for (std::size_t i = 0; i < 5; ++i) {
      const std::size_t which = end == SpectrumEnd::kLargest ? kSize - 1 - i : i;
      EXPECT_NEAR(e->values[i], known_value(kSize, which), 20 * this->kSmall);
    }
    expect_pairs(a, *e, 1000 * this->kSmall);
  }
}

// Values far below and above 1 are as right as others.
TYPED_TEST(Decompositions, PartialEigenOfSmallAndLargeNumbers) {
  constexpr std::size_t kSize = 100;
  for (const double size : {1e-20, 1e-7, 1e15}) {
    auto a = second_differences<TypeParam>(kSize);
    for (TypeParam& x : a.values) x *= static_cast<TypeParam>(size);
    PartialEigenSettings settings;
    settings.count = 3;
    const auto e = partial_symmetric_eigen(a.view(), settings);
    ASSERT_TRUE(e);
    for (std::size_t i = 0; i < 3; ++i)
      EXPECT_NEAR(e->values[i] / size, known_value(kSize, kSize - 1 - i), 20 * this->kSmall);
  }
}

TYPED_TEST(Decompositions, PartialEigenAgreesWithAll) {
  for (const std::size_t n : {3, 21, 80}) {
    const auto a = test::symmetric_matrix<TypeParam>(n, 100 + n);
    const auto all = symmetric_eigen(a.view());
    PartialEigenSettings settings;
    settings.count = 3;
    const auto some = partial_symmetric_eigen(a.view(), settings);
    const SymmetricProduct<TypeParam> multiply = [&](auto x, auto y) {
      for (std::size_t r = 0; r < n; ++r) {
        y[r] = 0;
        for (std::size_t c = 0; c < n; ++c) y[r] += a(r, c) * x[c];
      }
    };
    const auto by_products = partial_symmetric_eigen(n, multiply, settings);
    ASSERT_TRUE(all && some && by_products);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(some->values[i], all->values[n - 1 - i], 100 * this->kSmall);
      EXPECT_NEAR(by_products->values[i], all->values[n - 1 - i], 100 * this->kSmall);
      for (std::size_t r = 0; r < n; ++r)
        EXPECT_NEAR(some->vectors(r, i), all->vectors(r, n - 1 - i), 1e4 * this->kSmall);
    }
    const auto again = partial_symmetric_eigen(a.view(), settings);
    EXPECT_EQ(some->vectors.values, again->vectors.values);
    settings.count = n;
    ASSERT_EQ(partial_symmetric_eigen(a.view(), settings)->values.size(), n);
  }
}

// Three equal blocks: the greatest values come in threes, and all three are found.
TYPED_TEST(Decompositions, PartialEigenFindsValuesThatComeThreeTimes) {
  constexpr std::size_t kBlock = 30;
  const auto block = test::symmetric_matrix<TypeParam>(kBlock, 5);
  Matrix<TypeParam> a(3 * kBlock, 3 * kBlock);
  for (std::size_t b = 0; b < 3; ++b)
    for (std::size_t r = 0; r < kBlock; ++r)
      for (std::size_t c = 0; c < kBlock; ++c) a(b * kBlock + r, b * kBlock + c) = block(r, c);
  PartialEigenSettings settings;
  settings.count = 6;
  settings.tolerance = 1e-12;
  const auto some = partial_symmetric_eigen(a.view(), settings);
  const auto all = symmetric_eigen(a.view());
  ASSERT_TRUE(some && all);
  for (std::size_t i = 0; i < 6; ++i)
    EXPECT_NEAR(some->values[i], all->values[3 * kBlock - 1 - i], 1000 * this->kSmall);
}

// Rank 2 of 60, in a basis of 20 vectors: the third and fourth value are 0.
TYPED_TEST(Decompositions, PartialEigenOfALowRank) {
  const auto b = test::random_matrix<TypeParam>(60, 2, 6);
  const auto a = product(b, transposed(b));
  PartialEigenSettings settings;
  settings.count = 4;
  const auto e = partial_symmetric_eigen(a.view(), settings);
  const auto all = symmetric_eigen(a.view());
  ASSERT_TRUE(e && all);
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_NEAR(e->values[i], all->values[59 - i], 1000 * this->kSmall);
}

TYPED_TEST(Decompositions, PartialEigenSaysWhatItCannotDo) {
  PartialEigenSettings settings;
  settings.count = 4;
  settings.end = SpectrumEnd::kSmallest;
  settings.max_restarts = 1;
  EXPECT_FALSE(partial_symmetric_eigen(second_differences<TypeParam>(400).view(), settings));
  auto a = second_differences<TypeParam>(100);
  a(70, 3) = std::numeric_limits<TypeParam>::quiet_NaN();
  EXPECT_FALSE(partial_symmetric_eigen(a.view(), settings));
  const Matrix<TypeParam> zero(60, 60);
  const auto e = partial_symmetric_eigen(zero.view(), PartialEigenSettings{});
  ASSERT_TRUE(e);
  EXPECT_EQ(e->values[0], 0);
}

}  // namespace
}  // namespace equivolve::linalg
