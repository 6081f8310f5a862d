#include "evaluators/common/nn/optimizers/weight_average.hpp"

#include <algorithm>
#include <cassert>

#include "evaluators/common/nn/optimizers/rated_block.hpp"

namespace equivolve::nn {

std::string refused(const WeightAverageSettings& s) {
  return refused_outside("decay", s.decay, 0, true, 1, false);
}

template <class Scalar>
WeightAverage<Scalar>::WeightAverage(std::size_t parameters, WeightAverageSettings settings)
    : settings_(settings), sum_(parameters, 0) {
  assert(refused(settings).empty());
}

template <class Scalar>
void WeightAverage<Scalar>::update(std::span<const Scalar> parameters) {
  assert(parameters.size() == sum_.size());
  const bool first = power_ == 1;
  power_ *= settings_.decay;
  if (first && !settings_.corrected) {
    std::copy(parameters.begin(), parameters.end(), sum_.begin());
    return;
  }
  const double keep = settings_.decay, add = 1 - settings_.decay;
  for (std::size_t i = 0; i < sum_.size(); ++i)
    sum_[i] = keep * sum_[i] + add * static_cast<double>(parameters[i]);
}

template <class Scalar>
void WeightAverage<Scalar>::read(std::span<Scalar> out) const {
  assert(out.size() == sum_.size() && power_ < 1);
  const double scale = settings_.corrected ? 1 / (1 - power_) : 1;
  for (std::size_t i = 0; i < sum_.size(); ++i) out[i] = static_cast<Scalar>(scale * sum_[i]);
}

template class WeightAverage<float>;
template class WeightAverage<double>;

}  // namespace equivolve::nn
