// Adam and AdamW. Sources: Kingma, Ba 2015, "Adam: a method for stochastic optimization" (ICLR),
// algorithm 1; Loshchilov, Hutter 2019, "Decoupled weight decay regularization" (ICLR), algorithm
// 2:
//   m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
//   w -= rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "evaluators/common/nn/optimizers/rated_block.hpp"

namespace equivolve::nn {

enum class WeightDecay {
  kCoupled,    ///< Adam with an L2 penalty: weight_decay w is added to the gradient
  kDecoupled,  ///< AdamW: w -= learning_rate weight_decay w, a block's own rate left out
};

struct AdamSettings {
  double beta1 = 0.9;       ///< 0 to below 1
  double beta2 = 0.999;     ///< 0 to below 1
  double epsilon = 1e-8;    ///< above 0
  double weight_decay = 0;  ///< at least 0
  WeightDecay decay = WeightDecay::kDecoupled;
  bool decay_biases = true;  ///< whether blocks of biases decay too
};

/// "" or why these settings cannot be used.
std::string refused(const AdamSettings& settings);

/// A value: a copy goes on by itself. Made once for a network; step allocates nothing.
/// Scalar: float or double. [one user at a time]
template <class Scalar>
class Adam {
 public:
  /// The blocks do not overlap; refused(settings) is empty; `rates` as rated_blocks takes them.
  Adam(std::span<const ParameterBlock> blocks, AdamSettings settings,
       std::span<const double> rates = {});

  /// Both spans have parameter_count(blocks) elements. learning_rate: at least 0.
  void step(std::span<Scalar> parameters, std::span<const Scalar> gradients, double learning_rate);

 private:
  AdamSettings settings_;
  std::vector<RatedBlock> blocks_;
  std::vector<Scalar> mean_, square_;  // m and v
  double power1_ = 1, power2_ = 1;     // beta1^t and beta2^t
};

extern template class Adam<float>;
extern template class Adam<double>;

}  // namespace equivolve::nn
