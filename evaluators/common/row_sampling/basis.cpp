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
/// Cholesky-QR squares the condition number: up to the first one once is enough, up to the second
/// twice.
constexpr double kBest = 1e-2, kWellConditioned = 1e-6;

using Rows = linalg::EigenRows<double>;
using RowVector = Eigen::RowVectorXd;

/// Rows that stay in a processor's cache with what is worked out of them.
constexpr Eigen::Index kBasisChunk = 256;

/// body(first, rows) of all rows, some at a time, in space of their own.
template <class Body>
void for_row_chunks(const linalg::MatrixView<double>& a, Body&& body) {
  using Map = Eigen::Map<const Rows, 0, Eigen::OuterStride<>>;
  const Map all(a.data, to_index(a.rows), to_index(a.columns),
                Eigen::OuterStride<>(to_index(a.stride)));
  Rows chunk;
  for (Eigen::Index at = 0; at < all.rows(); at += kBasisChunk) {
    chunk = all.middleRows(at, std::min(kBasisChunk, all.rows() - at));
    body(at, chunk);
  }
}

std::string place_of_bad_number(const linalg::MatrixView<double>& a) {
  for (std::size_t r = 0; r < a.rows; ++r)
    for (std::size_t c = 0; c < a.columns; ++c)
      if (!std::isfinite(a(r, c)))
        return fmt::format("row {}, column {} is not a finite number", r + 1, c + 1);
  return "";
}

/// The largest |entry| of each column, of columns of zeros 1. Refused as orthonormal_basis says.
tl::expected<RowVector, std::string> column_sizes(const linalg::MatrixView<double>& a) {
  if (a.rows == 0 || a.columns == 0) return tl::unexpected(std::string("the matrix is empty"));
  RowVector sizes = RowVector::Zero(to_index(a.columns));
  bool finite = true;
  for_row_chunks(a, [&](Eigen::Index, const Rows& rows) {
    // 0 times an infinity is not a number either.
    finite = finite && (0 * rows.array()).sum() == 0;
    for (Eigen::Index r = 0; r < rows.rows(); ++r) sizes = sizes.cwiseMax(rows.row(r).cwiseAbs());
  });
  if (!finite) return tl::unexpected(place_of_bad_number(a));
  if (sizes.maxCoeff() == 0) return tl::unexpected(std::string("all numbers are 0"));
  if (a.rows < a.columns)
    return tl::unexpected(
        fmt::format("there are {} rows and {} columns; at least as many rows as columns are needed",
                    a.rows, a.columns));
  return (sizes.array() == 0).select(1.0, sizes);
}

/// Columns of length 1, by way of their sizes, so that no square overflows.
Columns scaled(const linalg::MatrixView<double>& a, const RowVector& sizes) {
  Columns out = linalg::to_eigen(a);
  for (Eigen::Index c = 0; c < out.cols(); ++c) {
    out.col(c) /= sizes(c);
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

struct CholeskyStep {
  double condition = 0;  ///< reciprocal; 0: there is no factor
  Columns change;        ///< an upper triangle: A / sizes times this is (nearly) orthonormal
};

CholeskyStep cholesky_step(const linalg::MatrixView<double>& a, const RowVector& sizes) {
  const auto d = to_index(a.columns);
  Columns gram = Columns::Zero(d, d);
  Rows scaled_rows;
  for_row_chunks(a, [&](Eigen::Index, const Rows& rows) {
    scaled_rows = rows.array().rowwise() / sizes.array();
    gram.selfadjointView<Eigen::Lower>().rankUpdate(scaled_rows.transpose());
  });
  const Eigen::VectorXd lengths = gram.diagonal().cwiseSqrt();
  if (!(lengths.minCoeff() > 0)) return {};
  const Eigen::VectorXd one_over = lengths.cwiseInverse();
  gram = one_over.asDiagonal() * gram * one_over.asDiagonal();
  const Eigen::LLT<Columns> factor(gram);
  if (factor.info() != Eigen::Success) return {};
  const Columns r = factor.matrixU();
  CholeskyStep step;
  step.condition = reciprocal_condition(r);
  step.change =
      one_over.asDiagonal() * r.triangularView<Eigen::Upper>().solve(Columns::Identity(d, d));
  return step;
}

linalg::Matrix<double> changed(const linalg::MatrixView<double>& a, const RowVector& sizes,
                               const Columns& change) {
  linalg::Matrix<double> out(a.rows, a.columns);
  Eigen::Map<Rows> to(out.values.data(), to_index(a.rows), to_index(a.columns));
  Columns scaled_rows, product;
  for_row_chunks(a, [&](Eigen::Index at, const Rows& rows) {
    scaled_rows = rows.array().rowwise() / sizes.array();
    product.noalias() = scaled_rows * change.triangularView<Eigen::Upper>();
    to.middleRows(at, rows.rows()) = product;
  });
  return out;
}

/// Empty where the columns are not well conditioned.
linalg::Matrix<double> cholesky_basis(const linalg::MatrixView<double>& a, const RowVector& sizes) {
  const CholeskyStep first = cholesky_step(a, sizes);
  if (!(first.condition > kWellConditioned)) return {};
  linalg::Matrix<double> q = changed(a, sizes, first.change);
  if (first.condition > kBest) return q;
  const RowVector ones = RowVector::Ones(sizes.size());
  const CholeskyStep second = cholesky_step(q.view(), ones);
  if (!(second.condition > kWellConditioned)) return {};
  return changed(q.view(), ones, second.change);
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
  const auto sizes = column_sizes(a);
  if (!sizes) return tl::unexpected(sizes.error());
  Basis out;
  out.q = cholesky_basis(a, *sizes);
  if (out.q.rows > 0) {
    for (std::size_t c = 0; c < a.columns; ++c) out.columns.push_back(c);
    return out;
  }
  const Columns columns = scaled(a, *sizes);
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
