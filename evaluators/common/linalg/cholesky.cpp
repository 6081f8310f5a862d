#include "evaluators/common/linalg/cholesky.hpp"

#include <Eigen/Cholesky>
#include <cassert>

#include "evaluators/common/linalg/eigen_matrix.hpp"

namespace equivolve::linalg {

template <class Scalar>
std::optional<Matrix<Scalar>> cholesky(const MatrixView<Scalar>& a) {
  assert(a.rows == a.columns);
  const Eigen::LLT<EigenMatrix<Scalar>> llt(to_eigen(a));
  if (llt.info() != Eigen::Success) return std::nullopt;
  const EigenMatrix<Scalar> l = llt.matrixL();
  // Eigen takes a pivot that is not a number for a good one.
  if (!l.allFinite()) return std::nullopt;
  return from_eigen(l);
}

template <class Scalar>
void solve_cholesky(const Matrix<Scalar>& l, std::span<Scalar> b) {
  assert(l.rows == b.size());
  const std::size_t n = b.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) b[i] -= l(i, j) * b[j];
    b[i] /= l(i, i);
  }
  for (std::size_t i = n; i-- > 0;) {
    b[i] /= l(i, i);
    for (std::size_t j = 0; j < i; ++j) b[j] -= l(i, j) * b[i];
  }
}

template std::optional<Matrix<float>> cholesky(const MatrixView<float>&);
template std::optional<Matrix<double>> cholesky(const MatrixView<double>&);
template void solve_cholesky(const Matrix<float>&, std::span<float>);
template void solve_cholesky(const Matrix<double>&, std::span<double>);

}  // namespace equivolve::linalg
