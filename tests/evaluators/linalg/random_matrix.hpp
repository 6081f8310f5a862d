// Matrices that tests draw.
#pragma once

#include <cstdint>

#include "evaluators/common/linalg/matrix.hpp"
#include "hashing/stream.hpp"

namespace equivolve::test {

/// Standard normal numbers.
template <class Scalar>
linalg::Matrix<Scalar> random_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  linalg::Matrix<Scalar> a(rows, columns);
  hashing::Stream stream(seed, hashing::Purpose::kTest, 0);
  for (Scalar& x : a.values) x = static_cast<Scalar>(stream.gaussian());
  return a;
}

/// Whole numbers from 0 to below `bound`: sums of their squares are exact, and ties are many.
template <class Scalar>
linalg::Matrix<Scalar> random_grid(std::size_t rows, std::size_t columns, std::uint64_t bound,
                                   std::uint64_t seed) {
  linalg::Matrix<Scalar> a(rows, columns);
  hashing::Stream stream(seed, hashing::Purpose::kTest, 1);
  for (Scalar& x : a.values) x = static_cast<Scalar>(stream.below(bound));
  return a;
}

template <class Scalar>
linalg::Matrix<Scalar> product(const linalg::Matrix<Scalar>& a, const linalg::Matrix<Scalar>& b) {
  linalg::Matrix<Scalar> out(a.rows, b.columns);
  for (std::size_t r = 0; r < a.rows; ++r)
    for (std::size_t k = 0; k < a.columns; ++k)
      for (std::size_t c = 0; c < b.columns; ++c) out(r, c) += a(r, k) * b(k, c);
  return out;
}

template <class Scalar>
linalg::Matrix<Scalar> transposed(const linalg::Matrix<Scalar>& a) {
  linalg::Matrix<Scalar> out(a.columns, a.rows);
  for (std::size_t r = 0; r < a.rows; ++r)
    for (std::size_t c = 0; c < a.columns; ++c) out(c, r) = a(r, c);
  return out;
}

template <class Scalar>
linalg::Matrix<Scalar> symmetric_matrix(std::size_t n, std::uint64_t seed) {
  linalg::Matrix<Scalar> a = random_matrix<Scalar>(n, n, seed);
  for (std::size_t r = 0; r < n; ++r)
    for (std::size_t c = 0; c < r; ++c) a(c, r) = a(r, c);
  return a;
}

template <class Scalar>
double largest_difference(const linalg::Matrix<Scalar>& a, const linalg::Matrix<Scalar>& b) {
  double most = a.rows == b.rows && a.columns == b.columns ? 0 : 1e300;
  for (std::size_t i = 0; i < a.values.size() && most < 1e300; ++i) {
    const double d = static_cast<double>(a.values[i]) - static_cast<double>(b.values[i]);
    most = d < 0 ? (-d > most ? -d : most) : (d > most ? d : most);
  }
  return most;
}

template <class Scalar>
linalg::Matrix<Scalar> identity(std::size_t n) {
  linalg::Matrix<Scalar> a(n, n);
  for (std::size_t i = 0; i < n; ++i) a(i, i) = 1;
  return a;
}

}  // namespace equivolve::test
