#include "evaluators/common/nn/optimizers/mup.hpp"

#include <cassert>
#include <cmath>

namespace equivolve::nn {
namespace {

double ratio(std::size_t fan, std::size_t base) {
  assert(fan >= 1 && base >= 1);
  return static_cast<double>(fan) / static_cast<double>(base);
}

MupScale mup_scale(const ParameterBlock& block, const ParameterBlock& base, MupRule rule) {
  assert(block.is_bias == base.is_bias);
  const bool is_vector = block.is_bias || block.columns == 1;
  const double in = is_vector ? 1 : ratio(block.fan_in, base.fan_in);
  const double out = is_vector ? ratio(block.rows * block.columns, base.rows * base.columns)
                               : ratio(block.fan_out, base.fan_out);
  MupScale scale;
  scale.rate = rule == MupRule::kSgd ? out / in : 1 / in;
  const bool is_output = in != 1 && out == 1;
  if (is_output) scale.initial_scale = 1 / std::sqrt(in);
  return scale;
}

}  // namespace

std::vector<MupScale> mup_scales(std::span<const ParameterBlock> blocks,
                                 std::span<const ParameterBlock> base, MupRule rule) {
  assert(blocks.size() == base.size());
  std::vector<MupScale> scales;
  for (std::size_t i = 0; i < blocks.size(); ++i)
    scales.push_back(mup_scale(blocks[i], base[i], rule));
  return scales;
}

std::vector<double> mup_rates(std::span<const ParameterBlock> blocks,
                              std::span<const ParameterBlock> base, MupRule rule) {
  std::vector<double> rates;
  for (const MupScale& s : mup_scales(blocks, base, rule)) rates.push_back(s.rate);
  return rates;
}

template <class Scalar>
void scale_initial(std::span<Scalar> parameters, std::span<const ParameterBlock> blocks,
                   std::span<const MupScale> scales) {
  assert(blocks.size() == scales.size());
  for (std::size_t i = 0; i < blocks.size(); ++i)
    for (Scalar& weight : parameters.subspan(blocks[i].offset, blocks[i].rows * blocks[i].columns))
      weight *= static_cast<Scalar>(scales[i].initial_scale);
}

template void scale_initial(std::span<float>, std::span<const ParameterBlock>,
                            std::span<const MupScale>);
template void scale_initial(std::span<double>, std::span<const ParameterBlock>,
                            std::span<const MupScale>);

}  // namespace equivolve::nn
