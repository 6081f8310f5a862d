// Networks from ONNX, as far as they are one layer after the other and of the kinds that Network
// has. docs/networks.md lists the operations.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "evaluators/common/nn/network.hpp"
#include "evaluators/common/nn/onnx/onnx_graph.hpp"

namespace equivolve::nn {

/// Weights of a convolution or of a dense layer behind an image, from ONNX's order (channels, then
/// rows and columns) to that of Network (channels vary fastest): `count` rows of channels x pixels.
std::vector<double> channels_last(const std::vector<double>& weights, std::size_t channels,
                                  std::size_t pixels);

/// A Softmax or LogSoftmax at the end is left out, so that outputs are logits; dropout and
/// operations that only name or flatten are passed over. An error is one line, and names the
/// operation, and the node where it has a name, that is not supported. [any-thread]
tl::expected<Network<double>, std::string> network_of(const OnnxGraph& graph);

/// Of a file's bytes. [any-thread]
tl::expected<Network<double>, std::string> network_from_onnx(std::string_view bytes);

}  // namespace equivolve::nn
