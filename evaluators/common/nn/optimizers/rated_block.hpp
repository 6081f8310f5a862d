// A block of parameters and how fast it learns.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluators/common/nn/parameter_block.hpp"

namespace equivolve::nn {

struct RatedBlock {
  ParameterBlock block;
  double rate;  ///< times the learning rate of the step; above 0 (muP: mup.hpp)

  std::size_t size() const { return block.rows * block.columns; }
};

/// `rates`: one for each block, or empty: all 1.
std::vector<RatedBlock> rated_blocks(std::span<const ParameterBlock> blocks,
                                     std::span<const double> rates);

/// How many parameters there are: the end of the block that ends last.
std::size_t parameter_count(std::span<const ParameterBlock> blocks);

/// Whether a setting lies in its range: "" or a sentence such as "momentum is 1.5: give a number
/// from 0 to below 1". Numbers that are not finite lie in none.
std::string refused_outside(std::string_view name, double value, double low, bool low_included,
                            double high, bool high_included);

}  // namespace equivolve::nn
