// Stochastic gradient descent with momentum. Source: Sutskever, Martens, Dahl, Hinton 2013, "On the
// importance of initialization and momentum in deep learning" (ICML), in the form that deep
// learning libraries give it, where the velocity is a sum of gradients and the learning rate stands
// outside:
//   g = gradient + weight_decay w;  v = momentum v + g;
//   w -= rate v, with Nesterov's momentum w -= rate (g + momentum v).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "evaluators/common/nn/optimizers/rated_block.hpp"

namespace equivolve::nn {

struct SgdSettings {
  double momentum = 0;       ///< 0 (none) to below 1
  bool nesterov = false;     ///< needs momentum above 0
  double weight_decay = 0;   ///< an L2 penalty of weight_decay |w|^2 / 2; at least 0
  bool decay_biases = true;  ///< whether the penalty holds for blocks of biases too
};

/// "" or why these settings cannot be used.
std::string refused(const SgdSettings& settings);

/// A value: a copy goes on by itself. Made once for a network; step allocates nothing.
/// Scalar: float or double. [one user at a time]
template <class Scalar>
class Sgd {
 public:
  /// The blocks do not overlap; refused(settings) is empty; `rates` as rated_blocks takes them.
  Sgd(std::span<const ParameterBlock> blocks, SgdSettings settings,
      std::span<const double> rates = {});

  /// Both spans have parameter_count(blocks) elements. learning_rate: at least 0.
  void step(std::span<Scalar> parameters, std::span<const Scalar> gradients, double learning_rate);

 private:
  SgdSettings settings_;
  std::vector<RatedBlock> blocks_;
  std::vector<Scalar> velocity_;  // empty without momentum
};

extern template class Sgd<float>;
extern template class Sgd<double>;

}  // namespace equivolve::nn
