#include "evaluators/common/row_sampling/basis.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "evaluators/common/linalg/eigen_matrix.hpp"

namespace equivolve::row_sampling {
namespace {

using Columns = linalg::EigenMatrix<double>;
using linalg::to_index;

constexpr double kDependent = 1e-11;
/// Cholesky-QR squares the condition number: up to this one twice is enough.
constexpr double kWellConditioned = 1e-6;

tl::expected<void, std::string> check(const linalg::MatrixView<double>& a) {
  if (a.rows == 0 || a.columns == 0) return tl::unexpected(std::string("the matrix is empty"));
  bool all_zero = true;
  for (std::size_t r = 0; r < a.rows; ++r)
    for (std::size_t c = 0; c < a.columns; ++c) {
      if (!std::isfinite(a(r, c)))
        return tl::unexpected(
            fmt::format("row {}, column {} is not a finite number", r + 1, c + 1));
      all_zero = all_zero && a(r, c) == 0;
    }
  if (all_zero) return tl::unexpected(std::string("all numbers are 0"));
  if (a.rows < a.columns)
    return tl::unexpected(
        fmt::format("there are {} rows and {} columns; at least as many rows as columns are needed",
                    a.rows, a.columns));
  return {};
}

/// Columns scaled to length 1 by their largest entries first, so that no square overflows.
Columns scaled(const linalg::MatrixView<double>& a) {
  Columns out = linalg::to_eigen(a);
  for (Eigen::Index c = 0; c < out.cols(); ++c) {
    const double largest = out.col(c).cwiseAbs().maxCoeff();
    if (largest > 0) out.col(c) /= largest;
    const double length = out.col(c).norm();
    if (length > 0) out.col(c) /= length;
  }
  return out;
}

/// Smallest over largest singular value of a triangle.
double reciprocal_condition(const Columns& r) {
  const Eigen::SelfAdjointEigenSolver<Columns> solver(r.transpose() * r, Eigen::EigenvaluesOnly);
  const auto& values = solver.eigenvalues();
  return std::sqrt(std::max(0.0, values(0)) / values(values.size() - 1));
}

bool cholesky_step(Columns& a) {
  Columns gram = Columns::Zero(a.cols(), a.cols());
  gram.selfadjointView<Eigen::Lower>().rankUpdate(a.transpose());
  const Eigen::LLT<Columns> factor(gram);
  if (factor.info() != Eigen::Success) return false;
  const Columns r = factor.matrixU();
  if (!(reciprocal_condition(r) > kWellConditioned)) return false;
  const Columns inverse =
      r.triangularView<Eigen::Upper>().solve(Columns::Identity(a.cols(), a.cols()));
  a = a * inverse;
  return true;
}

Columns householder_basis(const Columns& a) {
  const Eigen::HouseholderQR<Columns> qr(a);
  return qr.householderQ() * Columns::Identity(a.rows(), a.cols());
}

/// Columns that do not depend on those before them: modified Gram-Schmidt, each column twice.
std::vector<std::size_t> independent_columns(const Columns& a) {
  std::vector<std::size_t> kept;
  Columns basis(a.rows(), a.cols());
  for (Eigen::Index c = 0; c < a.cols(); ++c) {
    Eigen::VectorXd rest = a.col(c);
    const auto k = to_index(kept.size());
    for (int round = 0; round < 2; ++round)
      for (Eigen::Index b = 0; b < k; ++b) rest -= basis.col(b).dot(rest) * basis.col(b);
    const double length = rest.norm();
    if (length <= kDependent) continue;
    basis.col(k) = rest / length;
    kept.push_back(static_cast<std::size_t>(c));
  }
  return kept;
}

}  // namespace

tl::expected<Basis, std::string> orthonormal_basis(const linalg::MatrixView<double>& a) {
  if (auto checked = check(a); !checked) return tl::unexpected(checked.error());
  const Columns columns = scaled(a);
  Basis out;
  Columns q = columns;
  if (cholesky_step(q) && cholesky_step(q)) {
    for (std::size_t c = 0; c < a.columns; ++c) out.columns.push_back(c);
    out.q = linalg::from_eigen(q);
    return out;
  }
  out.columns = independent_columns(columns);
  for (std::size_t c = 0; c < a.columns; ++c)
    if (!std::binary_search(out.columns.begin(), out.columns.end(), c)) out.dropped.push_back(c);
  Columns kept(columns.rows(), to_index(out.columns.size()));
  for (std::size_t k = 0; k < out.columns.size(); ++k)
    kept.col(to_index(k)) = columns.col(to_index(out.columns[k]));
  out.q = linalg::from_eigen(householder_basis(kept));
  return out;
}

std::vector<double> leverage_scores(const Basis& basis) {
  std::vector<double> scores(basis.q.rows, 0.0);
  for (std::size_t r = 0; r < basis.q.rows; ++r) {
    for (std::size_t c = 0; c < basis.q.columns; ++c) scores[r] += basis.q(r, c) * basis.q(r, c);
    scores[r] = std::min(scores[r], 1.0);
  }
  return scores;
}

}  // namespace equivolve::row_sampling
