#include "evaluators/common/row_sampling/regression.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "evaluators/common/row_sampling/basis.hpp"
#include "evaluators/common/row_sampling/convex_search.hpp"

namespace equivolve::row_sampling {
namespace {

using RowMajor = linalg::EigenRows<double>;
using linalg::to_index;

constexpr double kTooFlat = 1e-12;

RowMajor all_rows(const linalg::Matrix<double>& a) {
  return Eigen::Map<const RowMajor>(a.values.data(), to_index(a.rows), to_index(a.columns));
}

/// The sample's Gram matrix under Lewis weights shows whether its columns are independent.
bool is_deficient(const LewisBasis& a, const RowMajor& rows, const Sample& sample) {
  linalg::EigenMatrix<double> gram = linalg::EigenMatrix<double>::Zero(rows.cols(), rows.cols());
  for (std::size_t k = 0; k < sample.rows.size(); ++k) {
    const double w = a.weights[sample.rows[k]];
    if (!(w > 0)) continue;
    const Eigen::VectorXd row = rows.row(to_index(sample.rows[k])).transpose();
    gram += sample.weights[k] * std::pow(w, 1 - 2 / a.p) * row * row.transpose();
  }
  const Eigen::SelfAdjointEigenSolver<linalg::EigenMatrix<double>> solver(gram,
                                                                          Eigen::EigenvaluesOnly);
  return !(solver.eigenvalues()(0) >
           kTooFlat * solver.eigenvalues()(solver.eigenvalues().size() - 1));
}

Directions last_axis(Eigen::Index d) {
  Directions target = Directions::Zero(d, 1);
  target(d - 1, 0) = 1;
  return target;
}

}  // namespace

struct RegressionMeter::Parts {
  const LewisBasis& a;
  RowMajor rows;
  Directions target;
  double optimum = 0;

  explicit Parts(const LewisBasis& basis)
      : a(basis), rows(all_rows(basis.rows)), target(last_axis(rows.cols())) {
    optimum =
        minimise(WeightedRows(rows), a.p, target, {usual_iterations(a.p), 1e-10, false}).value(0);
  }
};

RegressionMeter::RegressionMeter(const LewisBasis& a) : parts_(std::make_unique<Parts>(a)) {}
RegressionMeter::~RegressionMeter() = default;
RegressionMeter::RegressionMeter(RegressionMeter&&) noexcept = default;

double RegressionMeter::error(const Sample& sample) const {
  const LewisBasis& a = parts_->a;
  if (sample.rows.empty() || is_deficient(a, parts_->rows, sample))
    return std::numeric_limits<double>::infinity();
  RowMajor rows(to_index(sample.rows.size()), parts_->rows.cols());
  Eigen::VectorXd weights(rows.rows());
  for (std::size_t k = 0; k < sample.rows.size(); ++k) {
    rows.row(to_index(k)) = parts_->rows.row(to_index(sample.rows[k]));
    weights(to_index(k)) = sample.weights[k];
  }
  const WeightedRows sampled(rows, weights), all(parts_->rows);
  const ConvexMinima found =
      minimise(sampled, a.p, parts_->target, {usual_iterations(a.p), 1e-10, false});
  Moments moments(all, a.p);
  const double reached = moments.values(found.x)(0);
  if (parts_->optimum <= 0) return reached <= 0 ? 0 : std::numeric_limits<double>::infinity();
  return std::max(0.0, std::pow(reached / parts_->optimum, 1 / a.p) - 1);
}

std::vector<double> regression_coefficients(const linalg::MatrixView<double>& a, double p,
                                            const Sample* sample) {
  // Weighted rows by themselves: |v^(1/p) r|^p = v |r|^p.
  linalg::Matrix<double> m(sample ? sample->rows.size() : a.rows, a.columns);
  for (std::size_t k = 0; k < m.rows; ++k) {
    const std::size_t row = sample ? sample->rows[k] : k;
    const double factor = sample ? std::pow(sample->weights[k], 1 / p) : 1;
    for (std::size_t c = 0; c < m.columns; ++c) m(k, c) = factor * a(row, c);
  }
  if (m.rows < m.columns) return {};
  const auto basis = orthonormal_basis(m.view());
  // A target that depends on X is fitted exactly; so it is by least squares.
  const bool exact = basis && basis->dropped.size() == 1 && basis->dropped[0] == m.columns - 1;
  if (!basis || (!basis->dropped.empty() && !exact)) return {};
  Eigen::VectorXd fitted(to_index(m.rows));
  if (exact) {
    fitted = all_rows(m).rightCols(1);
  } else {
    const LewisBasis lewis = lewis_basis(basis->q, p);
    const RowMajor rows = all_rows(lewis.rows);
    const Directions target = last_axis(rows.cols());
    const ConvexMinima found =
        minimise(WeightedRows(rows), p, target, {usual_iterations(p), 1e-10, false});
    // The residual, but for a factor: what of the last column is not fitted.
    const Eigen::VectorXd residual = rows * found.x;
    const Eigen::VectorXd b = all_rows(m).rightCols(1);
    // b = X beta + c residual; c from the part of b that is orthogonal to X's columns.
    const auto q = linalg::to_eigen(basis->q.view());
    const Eigen::VectorXd last = q.rightCols(1);
    const double c = last.dot(b) / last.dot(residual);
    fitted = b - c * residual;
  }
  // Coefficients of the fitted column in X's own.
  linalg::EigenMatrix<double> x = all_rows(m).leftCols(to_index(m.columns - 1));
  Eigen::VectorXd scale = x.colwise().norm().transpose();
  for (Eigen::Index c = 0; c < x.cols(); ++c) x.col(c) /= scale(c);
  const Eigen::VectorXd beta = x.colPivHouseholderQr().solve(fitted);
  std::vector<double> out;
  for (Eigen::Index c = 0; c < x.cols(); ++c) out.push_back(beta(c) / scale(c));
  return out;
}

}  // namespace equivolve::row_sampling
