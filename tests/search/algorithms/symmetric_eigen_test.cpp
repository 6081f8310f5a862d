#include "search/algorithms/symmetric_eigen.hpp"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "hashing/stream.hpp"

namespace equivolve::search {
namespace {

using Matrix = std::vector<double>;

Matrix random_symmetric(std::size_t n, hashing::Stream& stream) {
  Matrix a(n * n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i; j < n; ++j) a[i * n + j] = a[j * n + i] = stream.gaussian();
  return a;
}

/// The largest element of A V - V diag(values), and of V'V - I.
std::pair<double, double> residuals(const Matrix& a, const SymmetricEigen& eigen, std::size_t n) {
  double equation = 0, orthogonal = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < n; ++k) {
      double sum = 0, product = 0;
      for (std::size_t j = 0; j < n; ++j) {
        sum += a[i * n + j] * eigen.vectors[j * n + k];
        product += eigen.vectors[j * n + i] * eigen.vectors[j * n + k];
      }
      equation = std::max(equation, std::abs(sum - eigen.values[k] * eigen.vectors[i * n + k]));
      orthogonal = std::max(orthogonal, std::abs(product - (i == k ? 1 : 0)));
    }
  return {equation, orthogonal};
}

TEST(SymmetricEigen, KnownPairs) {
  const SymmetricEigen e = symmetric_eigen({2, 1, 1, 2}, 2);
  EXPECT_NEAR(e.values[0], 1, 1e-15);
  EXPECT_NEAR(e.values[1], 3, 1e-15);
  EXPECT_NEAR(std::abs(e.vectors[0]), std::numbers::sqrt2 / 2, 1e-15);
  EXPECT_NEAR(e.vectors[0], -e.vectors[2], 1e-15);
  EXPECT_NEAR(e.vectors[1], e.vectors[3], 1e-15);
}

// The second difference's eigenvalues are 2 - 2 cos(k pi / (n + 1)).
TEST(SymmetricEigen, SecondDifferences) {
  for (std::size_t n : {1, 2, 5, 40}) {
    Matrix a(n * n);
    for (std::size_t i = 0; i < n; ++i) {
      a[i * n + i] = 2;
      if (i + 1 < n) a[i * n + i + 1] = a[(i + 1) * n + i] = -1;
    }
    const SymmetricEigen e = symmetric_eigen(a, n);
    for (std::size_t k = 0; k < n; ++k)
      EXPECT_NEAR(e.values[k],
                  2 - 2 * std::cos(static_cast<double>(k + 1) * std::numbers::pi /
                                   static_cast<double>(n + 1)),
                  1e-13);
  }
}

TEST(SymmetricEigen, RandomMatricesAreTakenApart) {
  for (std::size_t n = 0; n <= 30; ++n) {
    hashing::Stream stream(42, hashing::Purpose::kTest, n);
    const Matrix a = random_symmetric(n, stream);
    const SymmetricEigen e = symmetric_eigen(a, n);
    const auto [equation, orthogonal] = residuals(a, e, n);
    EXPECT_LT(equation, 1e-12) << n;
    EXPECT_LT(orthogonal, 1e-12) << n;
    for (std::size_t k = 1; k < n; ++k) EXPECT_LE(e.values[k - 1], e.values[k]);
  }
}

// A graded matrix D B D, B well conditioned: its small eigenvalues are as accurate as its large
// ones. Those of [[1, e], [e, 2 e^2]] are about e^2 and 1 + e^2.
TEST(SymmetricEigen, SmallEigenvaluesAreAccurate) {
  const double e = 1e-6;
  const SymmetricEigen eigen = symmetric_eigen({1, e, e, 2 * e * e}, 2);
  EXPECT_NEAR(eigen.values[0] / (e * e), 1, 1e-9);
  EXPECT_NEAR(eigen.values[1], 1 + e * e, 1e-15);
}

TEST(SymmetricEigen, DiagonalAndZeroMatricesAreDoneAtOnce) {
  const SymmetricEigen diagonal = symmetric_eigen({3, 0, 0, 0, 1, 0, 0, 0, 2}, 3);
  EXPECT_EQ(diagonal.values, (Matrix{1, 2, 3}));
  EXPECT_EQ(diagonal.vectors, (Matrix{0, 0, 1, 1, 0, 0, 0, 1, 0}));
  EXPECT_EQ(symmetric_eigen(Matrix(4), 2).values, Matrix(2));
}

}  // namespace
}  // namespace equivolve::search
