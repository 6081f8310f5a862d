#include "evaluators/common/nn/optimizers/sgd.hpp"

#include <cassert>
#include <limits>

namespace equivolve::nn {

std::string refused(const SgdSettings& s) {
  std::string why = refused_outside("momentum", s.momentum, 0, true, 1, false);
  if (why.empty())
    why = refused_outside("weight_decay", s.weight_decay, 0, true,
                          std::numeric_limits<double>::infinity(), false);
  if (why.empty() && s.nesterov && s.momentum == 0)
    why = "nesterov is on without momentum: give a momentum above 0";
  return why;
}

template <class Scalar>
Sgd<Scalar>::Sgd(std::span<const ParameterBlock> blocks, SgdSettings settings,
                 std::span<const double> rates)
    : settings_(settings), blocks_(rated_blocks(blocks, rates)) {
  assert(refused(settings).empty());
  if (settings.momentum > 0) velocity_.assign(parameter_count(blocks), Scalar(0));
}

template <class Scalar>
void Sgd<Scalar>::step(std::span<Scalar> parameters, std::span<const Scalar> gradients,
                       double learning_rate) {
  const auto momentum = static_cast<Scalar>(settings_.momentum);
  for (const RatedBlock& b : blocks_) {
    const auto rate = static_cast<Scalar>(learning_rate * b.rate);
    const bool decays = settings_.decay_biases || !b.block.is_bias;
    const auto decay = static_cast<Scalar>(decays ? settings_.weight_decay : 0);
    Scalar* w = parameters.data() + b.block.offset;
    const Scalar* gradient = gradients.data() + b.block.offset;
    if (velocity_.empty()) {
      for (std::size_t i = 0; i < b.size(); ++i) w[i] -= rate * (gradient[i] + decay * w[i]);
      continue;
    }
    Scalar* v = velocity_.data() + b.block.offset;
    const Scalar of_gradient = settings_.nesterov ? Scalar(1) : Scalar(0);
    const Scalar of_velocity = settings_.nesterov ? momentum : Scalar(1);
    for (std::size_t i = 0; i < b.size(); ++i) {
      const Scalar g = gradient[i] + decay * w[i];
      v[i] = momentum * v[i] + g;
      w[i] -= rate * (of_gradient * g + of_velocity * v[i]);
    }
  }
}

template class Sgd<float>;
template class Sgd<double>;

}  // namespace equivolve::nn
