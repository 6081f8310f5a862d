#include "evaluators/common/nn/network.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "evaluators/common/nn/affine.hpp"
#include "evaluators/common/nn/dropout.hpp"
#include "evaluators/common/nn/elementwise.hpp"
#include "evaluators/common/nn/initialization.hpp"
#include "evaluators/common/nn/pooling.hpp"
#include "evaluators/common/nn/row_normalize.hpp"

namespace equivolve::nn {

template <class Scalar>
Network<Scalar>::Network(Architecture architecture, Plan plan)
    : architecture_(std::move(architecture)),
      plan_(std::move(plan)),
      parameters_(plan_.parameters),
      gradients_(plan_.parameters),
      statistics_(plan_.statistics) {
  for (const LayerPlan& step : plan_.layers)
    if (step.layer.kind == LayerKind::kBatchNorm)
      std::fill_n(statistics_.data() + step.statistics + step.in.channels, step.in.channels,
                  Scalar{1});
}

template <class Scalar>
tl::expected<Network<Scalar>, std::string> Network<Scalar>::make(Architecture architecture,
                                                                 std::uint64_t seed) {
  auto plan = make_plan(architecture);
  if (!plan) return tl::unexpected(plan.error());
  Network network(std::move(architecture), *std::move(plan));
  initialize<Scalar>(network.plan_, seed, network.parameters_);
  return network;
}

template <class Scalar>
std::span<const Scalar> Network<Scalar>::forward(std::span<const Scalar> x, const Pass& pass,
                                                 Workspace<Scalar>& w) const {
  assert(!x.empty() && x.size() % inputs() == 0 && x.size() / inputs() <= w.batch());
  assert(w.layers_.size() == plan_.layers.size());
  w.input_ = x.data();
  w.samples_ = x.size() / inputs();
  w.dropout_ = pass.dropout;
  const Scalar* values = x.data();
  for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
    forward_layer(i, values, pass, w);
    values = w.layers_[i].output;
  }
  return w.outputs();
}

template <class Scalar>
void Network<Scalar>::forward_layer(std::size_t i, const Scalar* x, const Pass& pass,
                                    Workspace<Scalar>& w) const {
  const LayerPlan& step = plan_.layers[i];
  Memory& memory = w.layers_[i];
  Scalar* y = memory.output;
  const std::size_t samples = w.samples_, count = samples * step.out.size();
  const auto value = static_cast<Scalar>(step.layer.value);
  const Scalar* parameters = parameters_.data();

  const auto in_place = [&](void (*function)(Scalar*, std::size_t)) {
    if (x != y) std::copy_n(x, count, y);
    function(y, count);
  };
  switch (step.layer.kind) {
    case LayerKind::kDense:
      return affine_forward<Scalar>(affine_of(step, parameters), samples, x, y, w.packing_);
    case LayerKind::kConvolution:
      return convolution_forward(step, parameters, samples, x, y, w.windows_, w.packing_);
    case LayerKind::kBatchNorm:
      return batch_norm_forward(step, parameters, statistics_.data(),
                                static_cast<Scalar>(pass.batch_statistics), samples, x, y,
                                memory.batch_norm, w.scratch_.data());
    case LayerKind::kDropout:
      if (!pass.dropout) {
        if (x != y) std::copy_n(x, count, y);
        return;
      }
      draw_dropout(step.layer.value, pass.seed, pass.step, static_cast<std::uint32_t>(i), count,
                   memory.kept.data());
      return apply_dropout(memory.kept.data(), count, x, y);
    case LayerKind::kRelu:
      if (step.joined) return;
      return in_place(relu_in_place<Scalar>);
    case LayerKind::kTanh:
      return in_place(tanh_in_place<Scalar>);
    case LayerKind::kSigmoid:
      return in_place(sigmoid_in_place<Scalar>);
    case LayerKind::kMaxPool:
      return max_pool_forward(step, samples, x, y, memory.winners.data());
    case LayerKind::kMeanPool:
      return mean_pool_forward(step, samples, x, y);
    case LayerKind::kRowNormalize:
      return row_normalize_forward(step.out.size(), samples, value, x, y, memory.kept.data());
  }
}

template <class Scalar>
std::size_t Network<Scalar>::first_wanted(const Wanted& wanted) const {
  if (wanted.input) return 0;
  const auto first =
      std::find_if(plan_.layers.begin(), plan_.layers.end(), [&](const LayerPlan& step) {
        return wanted.all_weights ? step.has_parameters()
                                  : step.layer.kind == LayerKind::kBatchNorm;
      });
  return static_cast<std::size_t>(first - plan_.layers.begin());
}

template <class Scalar>
std::span<const Scalar> Network<Scalar>::backward(Workspace<Scalar>& w, const Wanted& wanted) {
  assert(w.samples_ > 0 && w.layers_.size() == plan_.layers.size());
  std::fill(gradients_.begin(), gradients_.end(), Scalar{0});
  const std::size_t first = first_wanted(wanted);
  for (std::size_t i = plan_.layers.size(); i-- > first;)
    backward_layer(i, wanted, wanted.input || i > first, w);
  if (!wanted.input) return {};
  return {w.gradient_.data(), w.samples_ * inputs()};
}

template <class Scalar>
void Network<Scalar>::backward_layer(std::size_t i, const Wanted& wanted, bool input_wanted,
                                     Workspace<Scalar>& w) {
  const LayerPlan& step = plan_.layers[i];
  const Memory& memory = w.layers_[i];
  const Scalar* x = i == 0 ? w.input_ : w.layers_[i - 1].output;
  const Scalar* y = memory.output;
  Scalar* dy = w.gradient_.data();
  Scalar* dx = w.next_gradient_.data();
  const std::size_t samples = w.samples_, count = samples * step.out.size();
  const Scalar* parameters = parameters_.data();

  switch (step.layer.kind) {
    case LayerKind::kDense:
      if (wanted.all_weights)
        add_affine_gradient<Scalar>(affine_of(step, gradients_.data()), samples, x, dy, w.packing_,
                                    w.scratch_.data());
      if (!input_wanted) return;
      affine_backward<Scalar>(affine_of(step, parameters), samples, dy, dx, w.packing_);
      break;
    case LayerKind::kConvolution:
      if (wanted.all_weights)
        add_convolution_gradient(step, gradients_.data(), samples, x, dy, w.windows_, w.packing_,
                                 w.scratch_.data());
      if (!input_wanted) return;
      convolution_backward(step, parameters, samples, dy, dx, w.windows_, w.packing_);
      break;
    case LayerKind::kMaxPool:
      max_pool_backward(step, samples, memory.winners.data(), dy, dx);
      break;
    case LayerKind::kMeanPool:
      mean_pool_backward(step, samples, dy, dx);
      break;
    // The others work in place.
    case LayerKind::kBatchNorm:
      return batch_norm_backward(step, parameters, gradients_.data(), input_wanted, x, y, dy,
                                 memory.batch_norm, w.scratch_.data());
    case LayerKind::kDropout:
      if (w.dropout_) apply_dropout(memory.kept.data(), count, dy, dy);
      return;
    case LayerKind::kRelu:
      if (step.joined) return;
      return relu_backward(y, dy, count);
    case LayerKind::kTanh:
      return tanh_backward(y, dy, count);
    case LayerKind::kSigmoid:
      return sigmoid_backward(y, dy, count);
    case LayerKind::kRowNormalize:
      return row_normalize_backward(step.out.size(), samples, y, memory.kept.data(), dy);
  }
  std::swap(w.gradient_, w.next_gradient_);
}

template <class Scalar>
void Network<Scalar>::update_statistics(const Workspace<Scalar>& w, double rate) {
  for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
    if (plan_.layers[i].layer.kind != LayerKind::kBatchNorm) continue;
    assert(w.layers_[i].batch_norm.share != 0);
    update_running_statistics(plan_.layers[i], w.layers_[i].batch_norm, static_cast<Scalar>(rate),
                              statistics_.data());
  }
}

template <class Scalar>
template <class Other>
Network<Other> Network<Scalar>::as() const {
  Network<Other> other(architecture_, plan_);
  const auto convert = [](Scalar value) { return static_cast<Other>(value); };
  std::transform(parameters_.begin(), parameters_.end(), other.parameters_.begin(), convert);
  std::transform(statistics_.begin(), statistics_.end(), other.statistics_.begin(), convert);
  return other;
}

template class Network<float>;
template class Network<double>;
template Network<float> Network<double>::as() const;
template Network<double> Network<float>::as() const;

}  // namespace equivolve::nn
