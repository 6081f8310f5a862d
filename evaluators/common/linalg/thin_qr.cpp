#include "evaluators/common/linalg/thin_qr.hpp"

#include <Eigen/QR>
#include <cassert>

#include "evaluators/common/linalg/eigen_matrix.hpp"

namespace equivolve::linalg {

template <class Scalar>
ThinQr<Scalar> thin_qr(const MatrixView<Scalar>& a) {
  assert(a.rows >= a.columns && a.columns >= 1);
  const Eigen::HouseholderQR<EigenMatrix<Scalar>> qr(to_eigen(a));
  const Eigen::Index n = to_index(a.columns);
  EigenMatrix<Scalar> q = qr.householderQ() * EigenMatrix<Scalar>::Identity(to_index(a.rows), n);
  EigenMatrix<Scalar> r = qr.matrixQR().topRows(n).template triangularView<Eigen::Upper>();
  for (Eigen::Index i = 0; i < n; ++i) {
    if (r(i, i) >= 0) continue;
    r.row(i).tail(n - i) *= Scalar(-1);
    q.col(i) *= Scalar(-1);
  }
  return {from_eigen(q), from_eigen(r)};
}

template ThinQr<float> thin_qr(const MatrixView<float>&);
template ThinQr<double> thin_qr(const MatrixView<double>&);

}  // namespace equivolve::linalg
