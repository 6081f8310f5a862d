#include "evaluators/common/nn/workspace.hpp"

#include <algorithm>

#include "evaluators/common/nn/channel_sums.hpp"

namespace equivolve::nn {
namespace {

constexpr std::size_t kScratchTiles = 5;  // batch_norm_backward

/// Activations and dropout change numbers where they are, unless the layer before wants to see its
/// own again.
bool writes_over_input(const LayerPlan& step, const LayerPlan* before) {
  return before && !before->needs_output() &&
         (step.is_activation() || step.layer.kind == LayerKind::kDropout);
}

}  // namespace

template <class Scalar>
Workspace<Scalar>::Workspace(const Plan& plan, std::size_t batch)
    : batch_(batch), output_size_(plan.layers.back().out.size()) {
  std::size_t largest = 0, widest = 1;
  layers_.reserve(plan.layers.size());
  const LayerPlan* before = nullptr;
  for (const LayerPlan& step : plan.layers) {
    add_layer(step);
    if (writes_over_input(step, before)) {
      layers_.back().output = layers_[layers_.size() - 2].output;
    } else {
      layers_.back().own.resize(batch * step.out.size());
      layers_.back().output = layers_.back().own.data();
    }
    largest = std::max({largest, step.in.size(), step.out.size()});
    widest = std::max<std::size_t>({widest, step.in.channels, step.out.channels});
    before = &step;
  }
  gradient_.resize(batch * largest);
  next_gradient_.resize(batch * largest);
  // A tile is shorter than 64 and one set of channels together.
  scratch_.resize(kScratchTiles * (widest + 64));
}

template <class Scalar>
void Workspace<Scalar>::add_layer(const LayerPlan& step) {
  LayerMemory& memory = layers_.emplace_back();
  switch (step.layer.kind) {
    case LayerKind::kConvolution:
      windows_.fit(step);
      break;
    case LayerKind::kBatchNorm:
      memory.batch_norm = BatchNormMemory<Scalar>(step.in.channels);
      break;
    case LayerKind::kDropout:
      memory.kept.resize(batch_ * step.out.size());
      break;
    case LayerKind::kMaxPool:
      memory.winners.resize(batch_ * step.out.size());
      break;
    case LayerKind::kRowNormalize:
      memory.kept.resize(batch_);
      break;
    default:
      break;
  }
}

template <class Scalar>
std::span<const Scalar> Workspace<Scalar>::outputs() const {
  return {layers_.back().output, samples_ * output_size_};
}

template <class Scalar>
std::span<Scalar> Workspace<Scalar>::output_gradient() {
  return {gradient_.data(), samples_ * output_size_};
}

template class Workspace<float>;
template class Workspace<double>;

}  // namespace equivolve::nn
