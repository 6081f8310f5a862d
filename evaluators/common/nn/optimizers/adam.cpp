#include "evaluators/common/nn/optimizers/adam.hpp"

#include <cassert>
#include <limits>

#include "evaluators/common/nn/optimizers/adam_kernel.hpp"

namespace equivolve::nn {

std::string refused(const AdamSettings& s) {
  constexpr double kNoEnd = std::numeric_limits<double>::infinity();
  std::string why = refused_outside("beta1", s.beta1, 0, true, 1, false);
  if (why.empty()) why = refused_outside("beta2", s.beta2, 0, true, 1, false);
  if (why.empty()) why = refused_outside("epsilon", s.epsilon, 0, false, kNoEnd, false);
  if (why.empty()) why = refused_outside("weight_decay", s.weight_decay, 0, true, kNoEnd, false);
  return why;
}

template <class Scalar>
Adam<Scalar>::Adam(std::span<const ParameterBlock> blocks, AdamSettings settings,
                   std::span<const double> rates)
    : settings_(settings),
      blocks_(rated_blocks(blocks, rates)),
      mean_(parameter_count(blocks), Scalar(0)),
      square_(mean_.size(), Scalar(0)) {
  assert(refused(settings).empty());
}

template <class Scalar>
void Adam<Scalar>::step(std::span<Scalar> parameters, std::span<const Scalar> gradients,
                        double learning_rate) {
  power1_ *= settings_.beta1;
  power2_ *= settings_.beta2;
  for (const RatedBlock& b : blocks_) {
    const bool decays = settings_.decay_biases || !b.block.is_bias;
    const double decay = decays ? settings_.weight_decay : 0;
    const bool coupled = settings_.decay == WeightDecay::kCoupled;
    AdamKernel<Scalar> kernel(settings_.beta1, settings_.beta2, settings_.epsilon, power1_, power2_,
                              learning_rate * b.rate);
    kernel.penalty = static_cast<Scalar>(coupled ? decay : 0);
    kernel.kept = static_cast<Scalar>(coupled ? 1 : 1 - learning_rate * decay);
    const std::size_t at = b.block.offset;
    kernel.run(b.size(), parameters.data() + at, gradients.data() + at, mean_.data() + at,
               square_.data() + at);
  }
}

template class Adam<float>;
template class Adam<double>;

}  // namespace equivolve::nn
