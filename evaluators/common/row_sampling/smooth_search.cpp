#include "evaluators/common/row_sampling/smooth_search.hpp"

#include <algorithm>
#include <cmath>

namespace equivolve::row_sampling {
namespace {

using linalg::to_index;
using Vector = Eigen::VectorXd;

constexpr Eigen::Index kSmoothChunk = 256;
constexpr unsigned kEvaluations = 40, kShortenings = 6;
/// What the next step would gain, relative to the sensitivity.
constexpr double kGainLeft = 1e-10;
/// Values from single precision are known no better.
constexpr double kNoise = 2e-6;

/// y <- |y|^(p-1) sgn(y); common powers without exp and log.
template <class Block>
void take_slopes(double p, Block& block) {
  using Scalar = typename Block::Scalar;
  constexpr auto kTiny = static_cast<Scalar>(1e-30);
  auto y = block.array();
  if (p == 1.5)
    y /= y.abs().max(kTiny).sqrt();
  else if (p == 3)
    y *= y.abs();
  else if (p == 4)
    y *= y.square();
  else
    y *= (static_cast<Scalar>(p - 2) * y.abs().max(kTiny).log()).exp();
}

/// Sums over the rows of |y|^q for each column.
Figures power_sums(double q, const Directions& block) {
  const auto y = block.array().abs();
  if (q == 1.5) return (y * y.sqrt()).colwise().sum().transpose();
  if (q == 3) return y.cube().colwise().sum().transpose();
  return (q * y.max(1e-300).log()).exp().colwise().sum().transpose();
}

}  // namespace

/// The search for one target a. Points are kept with f = a . x up to a factor that stays the same,
/// where the gradient of f / p - a . x is -rest.
class SmoothSearch::Target {
 public:
  Target(double p, Vector a) : p_(p), a_(std::move(a)), x_(a_ / a_.squaredNorm()) {
    inverse_.setIdentity(a_.size(), a_.size());
    inverse_ *= x_.squaredNorm();
    step_.setZero(a_.size());
  }

  /// Where f is wanted: of length 1, with a . z > 0.
  Vector point() {
    for (unsigned k = 0; k < kShortenings; ++k) {
      const Vector x = x_ + share_ * step_;
      if (a_.dot(x) > 0.1 * a_.dot(x_)) return x.normalized();
      share_ /= 4;
    }
    return x_.normalized();
  }

  /// With C^T (|Cz|^(p-1) sgn Cz). Whether to go on.
  bool take(const Vector& z, const Vector& slope) {
    const double f = z.dot(slope), az = a_.dot(z);
    const double log_value = std::log(f) - p_ * std::log(az);
    if (started_ && !(log_value <= log_value_ + kNoise)) {
      share_ /= 4;
      return ++failed_ <= kShortenings;
    }
    if (!started_) first_log_value_ = log_value;
    const Vector x = z / az * std::exp((first_log_value_ - log_value) / (p_ - 1));
    const Vector rest = a_ - az / f * slope;
    if (started_) update(x - x_, rest_ - rest);
    started_ = true;
    x_ = x;
    rest_ = rest;
    log_value_ = log_value;
    step_ = inverse_ * rest_;
    share_ = 1;
    failed_ = 0;
    return p_ / 2 * rest_.dot(step_) > kGainLeft * a_.dot(x_);
  }

  const Vector& best() const { return x_; }

 private:
  /// The inverse Hessian from a step and by how much the gradient moved along it.
  void update(const Vector& moved, const Vector& turned) {
    const double curvature = moved.dot(turned);
    if (!(curvature > 1e-12 * moved.norm() * turned.norm())) return;
    Vector image = inverse_ * turned;
    if (!scaled_) {
      const double scale = curvature / turned.dot(image);
      inverse_ *= scale;
      image *= scale;
      scaled_ = true;
    }
    const double along = (1 + turned.dot(image) / curvature) / curvature;
    inverse_ += along * moved * moved.transpose() -
                (moved * image.transpose() + image * moved.transpose()) / curvature;
  }

  double p_;
  Vector a_, x_, rest_, step_;
  Directions inverse_;
  double share_ = 0, log_value_ = 0, first_log_value_ = 0;
  unsigned failed_ = 0;
  bool started_ = false, scaled_ = false;
};

SmoothSearch::SmoothSearch(const LewisBasis& a, const linalg::EigenRows<double>& rows)
    : p_(a.p),
      rows_(rows),
      single_rows_(rows.cast<float>()),
      correction_(Eigen::Map<const Vector>(a.weights.data(), rows.rows())) {
  correction_ =
      (correction_.array() > 0).select(correction_.array().max(1e-300).pow(1 - 2 / p_), 0.0);
}

Directions SmoothSearch::slopes(const Directions& points) const {
  const Single x = points.cast<float>();
  Directions out = Directions::Zero(x.rows(), x.cols());
  linalg::EigenRows<float> chunk;
  Single y, sums;
  for (Eigen::Index at = 0; at < single_rows_.rows(); at += kSmoothChunk) {
    chunk = single_rows_.middleRows(at, std::min(kSmoothChunk, single_rows_.rows() - at));
    y.noalias() = chunk * x;
    take_slopes(p_, y);
    sums.noalias() = chunk.transpose() * y;
    out += sums.cast<double>();
  }
  return out;
}

std::vector<Sensitivity> SmoothSearch::search(const Directions& targets) const {
  std::vector<Target> all;
  std::vector<Target*> going;
  for (Eigen::Index c = 0; c < targets.cols(); ++c) all.emplace_back(p_, targets.col(c));
  for (Target& target : all) going.push_back(&target);
  Directions points;
  for (unsigned k = 0; k < kEvaluations && !going.empty(); ++k) {
    points.resize(targets.rows(), to_index(going.size()));
    for (std::size_t g = 0; g < going.size(); ++g) points.col(to_index(g)) = going[g]->point();
    const Directions found = slopes(points);
    std::vector<Target*> left;
    for (std::size_t g = 0; g < going.size(); ++g)
      if (going[g]->take(points.col(to_index(g)), found.col(to_index(g)))) left.push_back(going[g]);
    going = std::move(left);
  }
  points.resize(targets.rows(), targets.cols());
  for (std::size_t c = 0; c < all.size(); ++c) points.col(to_index(c)) = all[c].best().normalized();
  return certify(targets, points);
}

std::vector<Sensitivity> SmoothSearch::certify(const Directions& targets,
                                               const Directions& points) const {
  const double q = p_ / (p_ - 1);
  const Figures reached = targets.cwiseProduct(points).colwise().sum().transpose();
  Figures f = Figures::Zero(points.cols());
  Directions slope = Directions::Zero(points.rows(), points.cols()), y, dual;
  linalg::EigenRows<double> chunk;
  const auto for_chunks = [&](auto&& body) {
    for (Eigen::Index at = 0; at < rows_.rows(); at += kSmoothChunk) {
      const Eigen::Index count = std::min(kSmoothChunk, rows_.rows() - at);
      chunk = rows_.middleRows(at, count);
      y.noalias() = chunk * points;
      body(at, count);
    }
  };
  for_chunks([&](Eigen::Index, Eigen::Index) {
    f += power_sums(p_, y);
    take_slopes(p_, y);
    slope.noalias() += chunk.transpose() * y;
  });
  const Figures scale = reached.cwiseQuotient(f);
  const Directions rest = targets - slope * scale.asDiagonal();
  Figures sums = Figures::Zero(points.cols());
  for_chunks([&](Eigen::Index at, Eigen::Index count) {
    take_slopes(p_, y);
    dual.noalias() = chunk * rest;
    dual.array().colwise() *= correction_.segment(at, count).array();
    dual.noalias() += y * scale.asDiagonal();
    sums += power_sums(q, dual);
  });
  std::vector<Sensitivity> out;
  for (Eigen::Index c = 0; c < points.cols(); ++c) {
    const double low = std::min(1.0, std::pow(reached(c), p_) / f(c)),
                 high = std::pow(sums(c), p_ - 1);
    out.push_back({low, high < 1 ? std::max(high, low) : 1.0});
  }
  return out;
}

}  // namespace equivolve::row_sampling
