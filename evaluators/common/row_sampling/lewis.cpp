#include "evaluators/common/row_sampling/lewis.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "evaluators/common/linalg/eigen_matrix.hpp"

namespace equivolve::row_sampling {
namespace {

using Columns = linalg::EigenMatrix<double>;
using RowMajor = linalg::EigenRows<double>;
using Numbers = Eigen::ArrayXd;
using linalg::to_index;

/// Rows that stay in a processor's cache with what is worked out of them.
constexpr Eigen::Index kRowsInCache = 256;
constexpr double kFloor = 1e-300;

/// The fixed point, one pass over the rows a round: with the last round's factor a chunk's scores,
/// from them its weights, and with these its part of the next Gram matrix.
class FixedPoint {
 public:
  FixedPoint(const linalg::Matrix<double>& a, double p)
      : n_(to_index(a.rows)),
        d_(to_index(a.columns)),
        p_(p),
        theta_(p <= 2 ? p / 2 : 1),
        rows_(Eigen::Map<const RowMajor>(a.values.data(), n_, d_)),
        log_w_(n_),
        zero_(rows_.rowwise().squaredNorm().array() == 0) {}

  /// Leverage scores of the rows themselves.
  void start() {
    Columns gram = Columns::Zero(d_, d_);
    gram.selfadjointView<Eigen::Lower>().rankUpdate(rows_.transpose());
    gram_ = gram;
    factorise();
    pass(true);
  }
  /// Returns max |log t - log w| of the weights so far, and moves them.
  double round() {
    factorise();
    return pass(false);
  }
  std::vector<double> weights() const {
    std::vector<double> w(static_cast<std::size_t>(n_), 0.0);
    for (Eigen::Index i = 0; i < n_; ++i)
      if (!zero_(i)) w[static_cast<std::size_t>(i)] = std::min(std::exp(log_w_(i)), 1.0);
    return w;
  }

 private:
  void factorise() {
    const Eigen::LLT<Columns> factor(gram_);
    inverse_ = factor.matrixL().solve(Columns::Identity(d_, d_)).transpose();
  }

  /// `first`: the weights become the scores themselves.
  double pass(bool first) {
    double largest = 0;
    Columns gram = Columns::Zero(d_, d_);
    const double power = 1 - 2 / p_;
    for (Eigen::Index at = 0; at < n_; at += kRowsInCache) {
      const Eigen::Index count = std::min(kRowsInCache, n_ - at);
      chunk_ = rows_.middleRows(at, count);
      product_.noalias() = chunk_ * inverse_;
      Numbers log_t = product_.rowwise().squaredNorm().array().max(kFloor).log();
      auto w = log_w_.segment(at, count);
      if (first) {
        w = log_t;
      } else {
        log_t += power * w;
        const auto rests = (log_t - w).abs();
        for (Eigen::Index i = 0; i < count; ++i)
          if (!zero_(at + i)) largest = std::max(largest, rests(i));
        w += theta_ * (log_t - w);
      }
      const Numbers factor = zero_.segment(at, count).select(0.0, (power / 2 * w).exp());
      chunk_.array().colwise() *= factor;
      gram.selfadjointView<Eigen::Lower>().rankUpdate(chunk_.transpose());
    }
    gram_ = gram;
    return largest;
  }

  Eigen::Index n_, d_;
  double p_, theta_;
  RowMajor rows_;
  Numbers log_w_;
  Eigen::Array<bool, Eigen::Dynamic, 1> zero_;
  Columns gram_, inverse_;  // the lower triangle of the next Gram matrix; L^-T of the last one
  Columns chunk_, product_;
};

}  // namespace

LewisWeights lewis_weights(const linalg::Matrix<double>& a, double p,
                           const LewisSettings& settings) {
  FixedPoint point(a, p);
  point.start();
  LewisWeights out;
  if (p != 2) {
    out.converged = false;
    while (!out.converged && out.rounds < settings.rounds) {
      out.converged = point.round() < settings.tolerance;
      ++out.rounds;
    }
  }
  out.weights = point.weights();
  return out;
}

LewisBasis lewis_basis(const linalg::Matrix<double>& a, double p, const LewisSettings& settings) {
  LewisWeights lewis = lewis_weights(a, p, settings);
  const RowMajor rows =
      Eigen::Map<const RowMajor>(a.values.data(), to_index(a.rows), to_index(a.columns));
  RowMajor scaled = rows;
  for (std::size_t i = 0; i < a.rows; ++i)
    scaled.row(to_index(i)) *= lewis.weights[i] > 0 ? std::pow(lewis.weights[i], 0.5 - 1 / p) : 0.0;
  Columns gram = Columns::Zero(rows.cols(), rows.cols());
  gram.selfadjointView<Eigen::Lower>().rankUpdate(scaled.transpose());
  const Eigen::LLT<Columns> factor(gram);
  const Columns inverse =
      factor.matrixL().solve(Columns::Identity(rows.cols(), rows.cols())).transpose();
  LewisBasis out;
  out.rows = linalg::from_eigen(Columns(rows * inverse));
  out.weights = std::move(lewis.weights);
  out.p = p;
  out.rounds = lewis.rounds;
  out.converged = lewis.converged;
  return out;
}

}  // namespace equivolve::row_sampling
