#include "evaluators/common/nn/optimizers/weight_moments.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace equivolve::nn {

WeightMoments::WeightMoments(std::size_t parameters)
    : mean_(parameters, 0.0), mean_square_(parameters, 0.0) {}

template <class Scalar>
void WeightMoments::add(std::span<const Scalar> parameters) {
  assert(parameters.size() == mean_.size());
  ++snapshots_;
  const double share = 1 / static_cast<double>(snapshots_);
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    const double w = parameters[i];
    mean_[i] += share * (w - mean_[i]);
    mean_square_[i] += share * (w * w - mean_square_[i]);
  }
}

double WeightMoments::variance(std::size_t i) const {
  return std::max(0.0, mean_square_[i] - mean_[i] * mean_[i]);
}

template <class Scalar>
void WeightMoments::sample(hashing::Stream& stream, double scale, std::span<Scalar> out) const {
  assert(snapshots_ > 0 && scale >= 0 && out.size() == mean_.size());
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    const double z = stream.gaussian();
    out[i] = static_cast<Scalar>(mean_[i] + std::sqrt(scale * variance(i)) * z);
  }
}

template void WeightMoments::add(std::span<const float>);
template void WeightMoments::add(std::span<const double>);
template void WeightMoments::sample(hashing::Stream&, double, std::span<float>) const;
template void WeightMoments::sample(hashing::Stream&, double, std::span<double>) const;

}  // namespace equivolve::nn
