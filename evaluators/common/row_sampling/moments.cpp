#include "evaluators/common/row_sampling/moments.hpp"

#include <algorithm>
#include <cmath>

namespace equivolve::row_sampling {
namespace {

constexpr Eigen::Index kChunk = 256;
constexpr double kTiny = 1e-150;

}  // namespace

Powers::Powers(double p) : p_(p) {}

void Powers::weights(const Directions& y, const Figures& floors, Directions& out) const {
  if (p_ == 2) {
    out.setOnes(y.rows(), y.cols());
    return;
  }
  out.resize(y.rows(), y.cols());
  for (Eigen::Index c = 0; c < y.cols(); ++c) {
    const auto size = y.col(c).array().abs().max(std::max(floors(c), kTiny));
    auto to = out.col(c).array();
    if (p_ == 1)
      to = size.inverse();
    else if (p_ == 1.5)
      to = size.sqrt().inverse();
    else if (p_ == 3)
      to = size;
    else if (p_ == 4)
      to = size.square();
    else
      to = ((p_ - 2) * size.log()).exp();
  }
}

void Powers::values(const Directions& y, Directions& out) const {
  const auto size = y.array().abs();
  if (p_ == 1)
    out = size;
  else if (p_ == 1.5)
    out = size * size.sqrt();
  else if (p_ == 2)
    out = y.array().square();
  else if (p_ == 3)
    out = size.cube();
  else if (p_ == 4)
    out = y.array().square().square();
  else
    out = (p_ * size.max(kTiny).log()).exp();
}

Moments::Moments(const WeightedRows& rows, double p)
    : rows_(rows), powers_(p), packed_(rows.dimension() * (rows.dimension() + 1) / 2) {}

template <class Body>
void Moments::for_chunks(Body&& body) {
  for (Eigen::Index at = 0; at < rows_.count(); at += kChunk) {
    const Eigen::Index count = std::min(kChunk, rows_.count() - at);
    chunk_ = rows_.rows->middleRows(at, count);
    body(at, count);
  }
}

Figures Moments::values(const Directions& x) {
  Figures f = Figures::Zero(x.cols());
  for_chunks([&](Eigen::Index at, Eigen::Index count) {
    y_.noalias() = chunk_ * x;
    powers_.values(y_, t_);
    if (weighted())
      f.noalias() += t_.transpose() * weights_of(at, count);
    else
      f += t_.colwise().sum().transpose();
  });
  return f;
}

void Moments::pass(const Directions& x, const Figures& floors, Directions* gradients) {
  const Eigen::Index d = rows_.dimension();
  f_ = Figures::Zero(x.cols());
  packed_grams_ = Directions::Zero(packed_, x.cols());
  if (gradients) *gradients = Directions::Zero(d, x.cols());
  for_chunks([&](Eigen::Index at, Eigen::Index count) {
    y_.noalias() = chunk_ * x;
    powers_.weights(y_, floors, w_);
    powers_.values(y_, t_);
    if (weighted()) {
      const auto v = weights_of(at, count).array();
      w_.array().colwise() *= v;
      t_.array().colwise() *= v;
    }
    f_ += t_.colwise().sum().transpose();
    if (gradients) {
      // sgn(y) |y|^(p-1) = |y|^p / y.
      t_ = (y_.array().abs() > kTiny).select(t_.array() / y_.array(), 0.0);
      gradients->noalias() += chunk_.transpose() * t_;
    }
    products_.resize(count, packed_);
    for (Eigen::Index c = 0, at_pair = 0; c < d; ++c)
      for (Eigen::Index r = c; r < d; ++r, ++at_pair)
        products_.col(at_pair) = chunk_.col(r).cwiseProduct(chunk_.col(c));
    packed_grams_.noalias() += products_.transpose() * w_;
  });
}

void Moments::gram(Eigen::Index r, linalg::EigenMatrix<double>& out) const {
  const Eigen::Index d = rows_.dimension();
  out.resize(d, d);
  Eigen::Index at = 0;
  for (Eigen::Index c = 0; c < d; ++c) {
    for (Eigen::Index k = c; k < d; ++k, ++at) out(k, c) = out(c, k) = packed_grams_(at, r);
  }
}

Directions Moments::values_along(const Directions& x, const Directions& directions,
                                 const std::vector<double>& steps) {
  Directions f = Directions::Zero(static_cast<Eigen::Index>(steps.size()), x.cols());
  for_chunks([&](Eigen::Index at, Eigen::Index count) {
    y_.noalias() = chunk_ * x;
    z_.noalias() = chunk_ * directions;
    for (Eigen::Index s = 0; s < f.rows(); ++s) {
      w_ = y_ + steps[static_cast<std::size_t>(s)] * z_;
      powers_.values(w_, t_);
      if (weighted())
        f.row(s).noalias() += weights_of(at, count).transpose() * t_;
      else
        f.row(s) += t_.colwise().sum();
    }
  });
  return f;
}

Figures Moments::dual_norms(const Directions& x, const Figures& floors, const Directions& z) {
  const double p = powers_.p(), q = p == 1 ? 0 : p / (p - 1);
  Figures out = Figures::Zero(x.cols());
  for_chunks([&](Eigen::Index at, Eigen::Index count) {
    y_.noalias() = chunk_ * x;
    z_.noalias() = chunk_ * z;
    powers_.weights(y_, floors, w_);
    w_ = (w_.array() * z_.array()).abs();
    if (weighted()) {
      const auto v = weights_of(at, count).array();
      w_.array().colwise() *= v.pow(1 - 1 / p);
    }
    if (p == 1)
      out = out.cwiseMax(w_.colwise().maxCoeff().transpose());
    else
      out += (q * w_.array().max(kTiny).log()).exp().matrix().colwise().sum().transpose();
  });
  // The q-norm to the power p: (sum)^(p/q) = (sum)^(p-1).
  if (p != 1) out = out.array().pow(p - 1);
  return out;
}

}  // namespace equivolve::row_sampling
