#include "evaluators/common/nn/optimizers/rated_block.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <sstream>

namespace equivolve::nn {

std::vector<RatedBlock> rated_blocks(std::span<const ParameterBlock> blocks,
                                     std::span<const double> rates) {
  assert(rates.empty() || rates.size() == blocks.size());
  std::vector<RatedBlock> rated;
  for (std::size_t i = 0; i < blocks.size(); ++i)
    rated.push_back({blocks[i], rates.empty() ? 1.0 : rates[i]});
  return rated;
}

std::size_t parameter_count(std::span<const ParameterBlock> blocks) {
  std::size_t end = 0;
  for (const ParameterBlock& b : blocks) end = std::max(end, b.offset + b.rows * b.columns);
  return end;
}

std::string refused_outside(std::string_view name, double value, double low, bool low_included,
                            double high, bool high_included) {
  const bool above = low_included ? value >= low : value > low;
  const bool below = high_included ? value <= high : value < high;
  if (std::isfinite(value) && above && below) return "";
  std::ostringstream text;
  text << name << " is " << value << ": give a number " << (low_included ? "from " : "above ")
       << low;
  if (std::isfinite(high)) text << (high_included ? " to " : " to below ") << high;
  return text.str();
}

}  // namespace equivolve::nn
