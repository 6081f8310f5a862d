// One side of SOAP's preconditioner: a sum of squared gradients and its eigenvectors. Only soap.cpp
// includes it.
#pragma once

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <vector>

#include "evaluators/common/nn/products.hpp"

namespace equivolve::nn {

/// All space is taken when it is made. Householder reflections are applied one by one, since
/// Eigen's blocked ones allocate.
template <class Scalar>
class SoapBasis {
 public:
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

  explicit SoapBasis(Eigen::Index size);

  Matrix& statistic() { return statistic_; }        ///< L or R; symmetric, starts at 0
  const Matrix& vectors() const { return basis_; }  ///< Q; starts as the identity

  /// Q = the statistic's eigenvectors, the largest eigenvalue first.
  void start();

  /// One step of orthogonal iteration. order()[j]: which column of the old basis became column j.
  /// False, and nothing changed, where the statistic is not finite.
  bool refresh(Packing<Scalar>& packing);
  const std::vector<Eigen::Index>& order() const { return order_; }

 private:
  Matrix statistic_, basis_, product_;
  Vector estimates_, coefficients_, row_;
  std::vector<Eigen::Index> order_;
  Eigen::Tridiagonalization<Matrix> tridiagonal_;
  Eigen::SelfAdjointEigenSolver<Matrix> solver_;
  Vector diagonal_, below_diagonal_;
};

extern template class SoapBasis<float>;
extern template class SoapBasis<double>;

}  // namespace equivolve::nn
