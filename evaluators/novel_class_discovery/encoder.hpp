// The networks of the methods that learn a code: shapes, first weights, codes of rows. Source:
// Troisemaine et al. 2024 (doi 10.1007/s10618-024-01025-y), section on PBN.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "evaluators/common/nn/network.hpp"
#include "evaluators/novel_class_discovery/points.hpp"
#include "search/genome/graph.hpp"

namespace equivolve::novel_class_discovery {

enum class Activation { kRelu, kTanh, kSigmoid };

/// A cell in the place of the chain of hidden layers; code_network.hpp says what it means.
struct CodeCell {
  search::Graph graph;    ///< operations are positions in kCellOperations; input reaches output
  std::size_t width = 8;  ///< numbers that each vertex between input and output has
};

struct CodeSettings {
  std::size_t inputs = 1;
  std::size_t code = 8;    ///< length of a code, at least 1
  double dropout = 0.1;    ///< 0 to below 1
  std::size_t layers = 2;  ///< hidden ones, 1 to 3: from the inputs' number down in equal steps,
                           ///< (layers + 2 - i) / (layers + 2) of it, so 3/4 and 2/4 for two
  Activation activation = Activation::kRelu;
  bool batch_norm = true;
  std::optional<CodeCell> cell = {};  ///< of the encoder; then layers and activation are not its
};

/// Linear, activation, batch norm, dropout.
std::vector<nn::Layer> hidden_layers(const CodeSettings& settings, std::uint32_t units);

/// The hidden layers, then linear to the code. Without normalisation of the code.
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
/// The same of any function from rows after each other (up to kCodedAtOnce) to codes after each
/// other.
inline constexpr std::size_t kCodedAtOnce = 512;
Points codes_in_chunks(PointsView x, std::size_t columns,
                       const std::function<std::span<const float>(std::span<const float>)>& code);
/// Each row divided by its length (rows of zeros stay).
Points normalized(Points points);

extern template nn::Network<float> network_of(nn::Architecture, std::uint64_t);
extern template nn::Network<double> network_of(nn::Architecture, std::uint64_t);

}  // namespace equivolve::novel_class_discovery
