// A small neural network as a value: layers one after the other, all weights in one vector and all
// gradients in another, so that optimisers, moving averages and moments of weights see flat spans.
//
//   auto net = Network<float>::make({{.channels = 64}, {dense(32), relu(), dense(10)}}, seed);
//   Workspace<float> work(net->plan(), 50);
//   const auto logits = net->forward(x, Pass::training(seed, step), work);
//   const double loss = cross_entropy<float>(logits, 10, labels, work.output_gradient());
//   net->backward(work);   // then move net->parameters() along net->gradients()
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "evaluators/common/nn/plan.hpp"
#include "evaluators/common/nn/workspace.hpp"

namespace equivolve::nn {

/// How numbers go through a network.
struct Pass {
  /// Batch norm: share of the batch's own mean and variance in those used, 0 (only the stored ones,
  /// "source statistics") to 1 (only the batch's).
  double batch_statistics = 0;
  bool dropout = false;    ///< false: dropout layers pass everything on
  std::uint64_t seed = 0;  ///< of dropout; with the step it names what is dropped
  std::uint32_t step = 0;

  static Pass prediction() { return {}; }
  static Pass training(std::uint64_t seed, std::uint32_t step) {
    return {.batch_statistics = 1, .dropout = true, .seed = seed, .step = step};
  }
};

/// What a backward pass works out. What is not wanted costs nothing.
struct Wanted {
  bool all_weights = true;  ///< false: of batch norms only; the others' gradients become 0
  bool input = false;       ///< the gradient at the input
};

/// Copies are independent. Const members may run in several threads at once, each with its own
/// workspace; no member runs threads of its own, and results depend on arguments alone.
template <class Scalar>
class Network {
 public:
  /// Weights as initialize() draws them, running means 0 and variances 1. An error is one line.
  static tl::expected<Network, std::string> make(Architecture architecture, std::uint64_t seed);

  const Architecture& architecture() const { return architecture_; }
  const Plan& plan() const { return plan_; }
  std::size_t inputs() const { return architecture_.input.size(); }
  std::size_t outputs() const { return plan_.layers.back().out.size(); }

  std::span<Scalar> parameters() { return parameters_; }
  std::span<const Scalar> parameters() const { return parameters_; }
  /// Those of the last backward pass; as long as the parameters, which they belong to by place.
  std::span<Scalar> gradients() { return gradients_; }
  std::span<const Scalar> gradients() const { return gradients_; }
  /// In order of the layers; together they are all parameters.
  std::span<const ParameterBlock> blocks() const { return plan_.blocks; }
  /// Of each batch norm, in order: running means, then running variances.
  std::span<Scalar> statistics() { return statistics_; }
  std::span<const Scalar> statistics() const { return statistics_; }

  /// `x`: 1 to workspace.batch() samples of inputs() numbers each, one after the other; it must
  /// stay as it is until the backward pass. Returns samples x outputs(), in the workspace.
  std::span<const Scalar> forward(std::span<const Scalar> x, const Pass& pass,
                                  Workspace<Scalar>& workspace) const;

  /// After a forward pass of this network, with the derivative of the loss by each output in
  /// workspace.output_gradient(). Replaces gradients(). Returns the gradient at the input (samples
  /// x inputs()), in the workspace; empty if it is not wanted.
  std::span<const Scalar> backward(Workspace<Scalar>& workspace, const Wanted& wanted = {});

  /// Moves the running statistics towards those of the last forward pass, which must have used a
  /// batch's: r += rate * (new - r). With the rate 1 / k at the k-th batch they become plain means.
  void update_statistics(const Workspace<Scalar>& workspace, double rate = 0.1);

  /// The same network with other numbers, rounded where they are shorter. Gradients are 0.
  template <class Other>
  Network<Other> as() const;

 private:
  template <class>
  friend class Network;
  using Memory = typename Workspace<Scalar>::LayerMemory;

  Network(Architecture architecture, Plan plan);
  void forward_layer(std::size_t layer, const Scalar* x, const Pass& pass,
                     Workspace<Scalar>& workspace) const;
  /// Takes the gradient of `layer` in workspace.gradient_ to that of the one before.
  void backward_layer(std::size_t layer, const Wanted& wanted, bool input_wanted,
                      Workspace<Scalar>& workspace);
  /// The first layer that a backward pass has to reach.
  std::size_t first_wanted(const Wanted& wanted) const;

  Architecture architecture_;
  Plan plan_;
  std::vector<Scalar> parameters_, gradients_, statistics_;
};

extern template class Network<float>;
extern template class Network<double>;

}  // namespace equivolve::nn
