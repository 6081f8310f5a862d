// A = Q R with orthonormal columns in Q, by Householder's reflections. Source: Golub, Van Loan
// 2013, "Matrix computations", 4th edition, section 5.2; Eigen's HouseholderQR.
#pragma once

#include "evaluators/common/linalg/matrix.hpp"

namespace equivolve::linalg {

template <class Scalar>
struct ThinQr {
  Matrix<Scalar> q;  ///< rows x columns, Q^T Q = I
  Matrix<Scalar> r;  ///< columns x columns, upper triangle; its diagonal is not below 0
};

/// a.rows >= a.columns >= 1. The sign of the diagonal makes Q and R unique where the columns are
/// independent; where they are not, Q is still orthonormal. Scalar: float or double. [any-thread]
template <class Scalar>
ThinQr<Scalar> thin_qr(const MatrixView<Scalar>& a);

extern template ThinQr<float> thin_qr(const MatrixView<float>&);
extern template ThinQr<double> thin_qr(const MatrixView<double>&);

}  // namespace equivolve::linalg
