#include "evaluators/common/linalg/logistic.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <cmath>

#include "evaluators/common/linalg/row_space.hpp"

namespace equivolve::linalg {
namespace {

using Vector = Eigen::VectorXd;
constexpr int kMostSteps = 100;
constexpr int kMostHalvings = 40;

/// The problem with the intercept as a last column of ones.
class Problem {
 public:
  Problem(const RowsView& x, std::span<const unsigned char> positive,
          std::span<const double> weights, double c)
      : features_(static_cast<Eigen::Index>(x.rows), static_cast<Eigen::Index>(x.columns) + 1),
        positive_(features_.rows()),
        cost_(Vector::Constant(features_.rows(), c)) {
    for (Eigen::Index i = 0; i < features_.rows(); ++i) {
      const auto row = static_cast<std::size_t>(i);
      for (std::size_t j = 0; j < x.columns; ++j)
        features_(i, static_cast<Eigen::Index>(j)) = x.data[row * x.stride + j];
      features_(i, features_.cols() - 1) = 1;
      positive_[i] = positive[row] ? 1.0 : 0.0;
      if (!weights.empty()) cost_[i] *= weights[row];
    }
    penalty_ = Vector::Ones(features_.cols());
    penalty_[features_.cols() - 1] = 0;
    tolerance_ = 1e-10 * (1 + c * static_cast<double>(x.rows));
  }

  Vector solve() const {
    Vector theta = Vector::Zero(features_.cols());
    double loss = loss_at(theta);
    for (int step = 0; step < kMostSteps; ++step) {
      const Vector share = shares(theta);
      const Vector gradient = penalty_.cwiseProduct(theta) +
                              features_.transpose() * cost_.cwiseProduct(share - positive_);
      if (gradient.cwiseAbs().maxCoeff() < tolerance_) break;
      const Vector move = curvature(share).ldlt().solve(gradient);
      double size = 1;
      double next = loss_at(theta - move);
      for (int halving = 0; next > loss && halving < kMostHalvings; ++halving) {
        size /= 2;
        next = loss_at(theta - size * move);
      }
      if (next > loss) break;  // rounding: no step goes down any more
      theta -= size * move;
      loss = next;
    }
    return theta;
  }

 private:
  Vector shares(const Vector& theta) const {
    return (features_ * theta).unaryExpr([](double s) { return 1 / (1 + std::exp(-s)); });
  }
  double loss_at(const Vector& theta) const {
    const Vector scores = features_ * theta;
    double sum = penalty_.cwiseProduct(theta).dot(theta) / 2;
    for (Eigen::Index i = 0; i < scores.size(); ++i) {
      const double margin = positive_[i] > 0 ? scores[i] : -scores[i];
      sum += cost_[i] *
             (margin > 0 ? std::log1p(std::exp(-margin)) : std::log1p(std::exp(margin)) - margin);
    }
    return sum;
  }
  Eigen::MatrixXd curvature(const Vector& share) const {
    const Vector weight = cost_.array() * share.array() * (1 - share.array());
    Eigen::MatrixXd hessian = features_.transpose() * weight.asDiagonal() * features_;
    hessian.diagonal() += penalty_;
    return hessian;
  }

  Eigen::MatrixXd features_;
  Vector positive_, cost_, penalty_;
  double tolerance_ = 0;
};

}  // namespace

LinearModel fit_logistic(const RowsView& x, std::span<const unsigned char> positive,
                         std::span<const double> sample_weights, double c) {
  if (x.columns > x.rows) {
    const RowSpace space(x);
    return space.expanded(fit_logistic(space.view(), positive, sample_weights, c));
  }
  const Vector theta = Problem(x, positive, sample_weights, c).solve();
  LinearModel model;
  model.weights.assign(theta.data(), theta.data() + x.columns);
  model.intercept = theta[theta.size() - 1];
  return model;
}

}  // namespace equivolve::linalg
