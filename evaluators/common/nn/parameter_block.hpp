// Where one matrix of weights lies in the flat vector of all parameters.
#pragma once

#include <cstddef>

namespace equivolve::nn {

/// `rows` x `columns` numbers, row-major, from `offset` on. A bias, and the scale and the shift of
/// a batch norm, are blocks of one column.
struct ParameterBlock {
  std::size_t offset;
  std::size_t rows;     ///< outputs
  std::size_t columns;  ///< inputs of one output (of a convolution: kernel x kernel x channels)
  std::size_t fan_in;   ///< inputs that one output is a sum of
  std::size_t fan_out;  ///< outputs that one input goes into
  bool is_bias;         ///< added to an output, rather than multiplied with an input
};

}  // namespace equivolve::nn
