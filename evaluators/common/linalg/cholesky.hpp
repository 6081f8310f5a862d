// A = L L^T of a symmetric positive definite matrix. Source: Golub, Van Loan 2013, "Matrix
// computations", 4th edition, section 4.2; Eigen's LLT.
#pragma once

#include <optional>
#include <span>

#include "evaluators/common/linalg/matrix.hpp"

namespace equivolve::linalg {

/// L, a lower triangle with a positive diagonal; nullopt where a pivot is not a positive number: A
/// is not positive definite to working precision, or not finite. Only the lower triangle of the
/// square `a` is read. Scalar: float or double. [any-thread]
template <class Scalar>
std::optional<Matrix<Scalar>> cholesky(const MatrixView<Scalar>& a);

/// x with L L^T x = b, in the place of b. [any-thread]
template <class Scalar>
void solve_cholesky(const Matrix<Scalar>& l, std::span<Scalar> b);

extern template std::optional<Matrix<float>> cholesky(const MatrixView<float>&);
extern template std::optional<Matrix<double>> cholesky(const MatrixView<double>&);
extern template void solve_cholesky(const Matrix<float>&, std::span<float>);
extern template void solve_cholesky(const Matrix<double>&, std::span<double>);

}  // namespace equivolve::linalg
