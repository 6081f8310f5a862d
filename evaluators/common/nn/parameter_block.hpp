// Where one matrix of weights or one vector of biases lies among all parameters of a network.
#pragma once

#include <cstddef>

namespace equivolve::nn {

/// rows x columns values, row-major, from `offset` on. `fan_in` and `fan_out` count the inputs and
/// outputs of one unit (of a convolution: channels times the kernel's area).
struct ParameterBlock {
  std::size_t offset;
  std::size_t rows;
  std::size_t columns;
  std::size_t fan_in;
  std::size_t fan_out;
  bool is_bias;
};

}  // namespace equivolve::nn
