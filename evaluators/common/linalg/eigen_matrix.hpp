// From our matrices to Eigen's and back. Only this folder's .cpp files include it.
//
// Everything is worked out on Eigen's own aligned space: sums over unaligned space begin at its
// first aligned address, so that their last digits would depend on where a caller's matrix lies.
#pragma once

#include <Eigen/Core>

#include "evaluators/common/linalg/matrix.hpp"

namespace equivolve::linalg {

template <class Scalar>
using EigenMatrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
template <class Scalar>
using EigenRows = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class Scalar>
using EigenVector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

inline Eigen::Index to_index(std::size_t n) {
  return static_cast<Eigen::Index>(n);
}

template <class Scalar>
EigenMatrix<Scalar> to_eigen(const MatrixView<Scalar>& a) {
  return Eigen::Map<const EigenRows<Scalar>, 0, Eigen::OuterStride<>>(
      a.data, to_index(a.rows), to_index(a.columns), Eigen::OuterStride<>(to_index(a.stride)));
}

template <class Derived>
Matrix<typename Derived::Scalar> from_eigen(const Eigen::MatrixBase<Derived>& a) {
  using Scalar = typename Derived::Scalar;
  Matrix<Scalar> out(static_cast<std::size_t>(a.rows()), static_cast<std::size_t>(a.cols()));
  Eigen::Map<EigenRows<Scalar>>(out.values.data(), a.rows(), a.cols()) = a;
  return out;
}

}  // namespace equivolve::linalg
