// The networks of the methods that learn a code: shapes, first weights, codes of rows. Source:
// Troisemaine et al. 2024 (doi 10.1007/s10618-024-01025-y), section on PBN.
#pragma once

#include <cstdint>

#include "evaluators/common/nn/network.hpp"
#include "evaluators/novel_class_discovery/points.hpp"

namespace equivolve::novel_class_discovery {

enum class Activation { kRelu, kTanh, kSigmoid };

struct CodeSettings {
  std::size_t inputs = 1;
  std::size_t code = 8;    ///< length of a code, at least 1
  double dropout = 0.1;    ///< 0 to below 1
  std::size_t layers = 2;  ///< hidden ones, 1 to 3: from the inputs' number down in equal steps,
                           ///< (layers + 2 - i) / (layers + 2) of it, so 3/4 and 2/4 for two
  Activation activation = Activation::kRelu;
  bool batch_norm = true;
};

/// Each hidden layer: linear, activation, batch norm, dropout; then linear to the code. Without
/// normalisation of the code.
nn::Architecture encoder_of(const CodeSettings& settings);
/// The same widths in reverse, from the code to the inputs.
nn::Architecture decoder_of(const CodeSettings& settings);
/// One linear layer on the code.
nn::Architecture head_of(const CodeSettings& settings, std::size_t outputs);

/// A network whose linear layers begin with weights and biases uniform within 1 / sqrt(fan in) of 0
/// (LeCun et al. 1998, as PyTorch has it).
template <class Scalar>
nn::Network<Scalar> network_of(nn::Architecture architecture, std::uint64_t seed);

/// What the encoder makes of rows, as it stands: stored statistics, no dropout. [any-thread]
Points codes_of(const nn::Network<float>& encoder, PointsView x);
/// Each row divided by its length (rows of zeros stay).
Points normalized(Points points);

extern template nn::Network<float> network_of(nn::Architecture, std::uint64_t);
extern template nn::Network<double> network_of(nn::Architecture, std::uint64_t);

}  // namespace equivolve::novel_class_discovery
