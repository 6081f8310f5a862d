#include "evaluators/common/linalg/cholesky.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cassert>

#include "evaluators/common/linalg/eigen_matrix.hpp"

namespace equivolve::linalg {

template <class Scalar>
std::optional<Matrix<Scalar>> cholesky(const MatrixView<Scalar>& a) {
  assert(a.rows == a.columns);
  // Our rows are Eigen's columns: its upper triangle is our lower one, and nothing is transposed.
  using Columns = Eigen::Map<const EigenMatrix<Scalar>, 0, Eigen::OuterStride<>>;
  const Eigen::Index n = to_index(a.rows);
  EigenMatrix<Scalar> work = Columns(a.data, n, n, Eigen::OuterStride<>(to_index(a.stride)));
  const Eigen::LLT<Eigen::Ref<EigenMatrix<Scalar>>, Eigen::Upper> llt(work);
  if (llt.info() != Eigen::Success) return std::nullopt;
  Matrix<Scalar> l(a.rows, a.columns);
  for (std::size_t i = 0; i < a.rows; ++i) {
    const auto row = work.col(to_index(i)).head(to_index(i + 1));
    // Eigen takes a pivot that is not a number for a good one.
    if (!row.allFinite()) return std::nullopt;
    std::copy(row.data(), row.data() + i + 1,
              l.values.begin() + static_cast<std::ptrdiff_t>(i * a.columns));
  }
  return l;
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
