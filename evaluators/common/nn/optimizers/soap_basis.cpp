#include "evaluators/common/nn/optimizers/soap_basis.hpp"

#include <Eigen/Householder>
#include <algorithm>
#include <numeric>

namespace equivolve::nn {

template <class Scalar>
SoapBasis<Scalar>::SoapBasis(Eigen::Index size)
    : statistic_(Matrix::Zero(size, size)),
      basis_(Matrix::Identity(size, size)),
      product_(size, size),
      estimates_(size),
      coefficients_(size),
      row_(size),
      order_(static_cast<std::size_t>(size)),
      tridiagonal_(size),
      solver_(size),
      diagonal_(Vector::Zero(size)),
      below_diagonal_(Vector::Zero(size - 1)) {
  // A solver that has solved nothing may not be copied: Eigen leaves its state unset.
  solver_.computeFromTridiagonal(diagonal_, below_diagonal_);
}

// statistic = H T H^T with H a product of reflections, T = U diag U^T: the vectors are H U.
template <class Scalar>
void SoapBasis<Scalar>::start() {
  const Eigen::Index n = basis_.rows();
  tridiagonal_.compute(statistic_);
  product_ = tridiagonal_.packedMatrix();
  diagonal_ = product_.diagonal();
  below_diagonal_ = product_.diagonal(-1);
  solver_.computeFromTridiagonal(diagonal_, below_diagonal_);
  if (solver_.info() != Eigen::Success || !solver_.eigenvectors().allFinite()) return;
  basis_ = solver_.eigenvectors().rowwise().reverse();
  for (Eigen::Index i = n - 2; i >= 0; --i) {
    const auto reflected = product_.col(i).tail(n - i - 2);
    const Scalar length = reflected.squaredNorm();
    // Of v = (1, reflected); where there is nothing to reflect, the reflection was left out.
    const Scalar coefficient = length > 0 ? 2 / (1 + length) : 0;
    basis_.bottomRows(n - i - 1).applyHouseholderOnTheLeft(reflected, coefficient, row_.data());
  }
}

template <class Scalar>
bool SoapBasis<Scalar>::refresh(Packing<Scalar>& packing) {
  const Eigen::Index n = basis_.rows();
  const auto side = static_cast<std::size_t>(n);
  product_.setZero();
  add_product<Scalar>(side, side, side, {statistic_.data(), Order::kColumnMajor},
                      {basis_.data(), Order::kColumnMajor}, product_.data(), packing);
  estimates_ = basis_.cwiseProduct(product_).colwise().sum();
  if (!product_.allFinite()) return false;
  std::iota(order_.begin(), order_.end(), Eigen::Index{0});
  std::sort(order_.begin(), order_.end(), [&](Eigen::Index a, Eigen::Index b) {
    return estimates_[a] != estimates_[b] ? estimates_[a] > estimates_[b] : a < b;
  });
  for (Eigen::Index j = 0; j < n; ++j)
    basis_.col(j) = product_.col(order_[static_cast<std::size_t>(j)]);

  product_.swap(basis_);
  for (Eigen::Index i = 0; i < n; ++i) {
    Scalar beta = 0;
    product_.col(i).tail(n - i).makeHouseholderInPlace(coefficients_[i], beta);
    product_.bottomRightCorner(n - i, n - i - 1)
        .applyHouseholderOnTheLeft(product_.col(i).tail(n - i - 1), coefficients_[i], row_.data());
  }
  basis_.setIdentity();
  for (Eigen::Index i = n - 1; i >= 0; --i)
    basis_.bottomRightCorner(n - i, n - i)
        .applyHouseholderOnTheLeft(product_.col(i).tail(n - i - 1), coefficients_[i], row_.data());
  return true;
}

template class SoapBasis<float>;
template class SoapBasis<double>;

}  // namespace equivolve::nn
