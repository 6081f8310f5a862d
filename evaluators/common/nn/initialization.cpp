#include "evaluators/common/nn/initialization.hpp"

#include <algorithm>
#include <cmath>

#include "hashing/stream.hpp"

namespace equivolve::nn {
namespace {

bool leads_to_relu(const Plan& plan, std::size_t layer) {
  for (std::size_t i = layer + 1; i < plan.layers.size(); ++i) {
    const LayerKind kind = plan.layers[i].layer.kind;
    if (kind == LayerKind::kRelu) return true;
    if (plan.layers[i].is_activation() || kind == LayerKind::kDense ||
        kind == LayerKind::kConvolution)
      return false;
  }
  return false;
}

template <class Scalar>
void draw_weights(const LayerPlan& step, double variance_times_fan_in, std::uint64_t seed,
                  std::size_t layer, std::span<Scalar> parameters) {
  const std::size_t count = step.layer.units * step.columns;
  const double deviation = std::sqrt(variance_times_fan_in / static_cast<double>(step.columns));
  hashing::Stream stream(seed, hashing::Purpose::kWeights, layer);
  for (Scalar& weight : parameters.subspan(step.weights, count))
    weight = static_cast<Scalar>(deviation * stream.gaussian());
}

}  // namespace

template <class Scalar>
void initialize(const Plan& plan, std::uint64_t seed, std::span<Scalar> parameters) {
  std::fill(parameters.begin(), parameters.end(), Scalar{0});
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    const LayerPlan& step = plan.layers[i];
    if (step.layer.kind == LayerKind::kBatchNorm)
      std::fill_n(parameters.begin() + static_cast<std::ptrdiff_t>(step.weights), step.in.channels,
                  Scalar{1});
    else if (step.has_parameters())
      draw_weights(step, leads_to_relu(plan, i) ? 2 : 1, seed, i, parameters);
  }
}

template void initialize(const Plan&, std::uint64_t, std::span<float>);
template void initialize(const Plan&, std::uint64_t, std::span<double>);

}  // namespace equivolve::nn
