// Everything that passes through a network write to, made once, so that training allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "evaluators/common/nn/batch_norm.hpp"
#include "evaluators/common/nn/convolution.hpp"
#include "evaluators/common/nn/plan.hpp"
#include "evaluators/common/nn/products.hpp"

namespace equivolve::nn {

template <class Scalar>
class Network;

/// For batches of 1 to `batch` samples, and every network of this architecture: a copy may use its
/// original's. One pass at a time; not to be shared between threads.
template <class Scalar>
class Workspace {
 public:
  Workspace(const Plan& plan, std::size_t batch);
  Workspace(Workspace&&) noexcept = default;  // buffers keep their places
  Workspace& operator=(Workspace&&) noexcept = default;

  std::size_t batch() const { return batch_; }
  /// Of the last forward pass: samples x outputs.
  std::span<const Scalar> outputs() const;
  /// As many numbers, for a loss to write; Network::backward reads and overwrites them.
  std::span<Scalar> output_gradient();

 private:
  friend class Network<Scalar>;

  struct LayerMemory {
    memory::AlignedVector<Scalar> own;   // output, unless it is written over the input's
    Scalar* output = nullptr;            // samples x numbers of a sample
    memory::AlignedVector<Scalar> kept;  // dropout: factors; row normalisation: inverse lengths
    std::vector<std::uint32_t> winners;  // max pool
    BatchNormMemory<Scalar> batch_norm;
  };
  void add_layer(const LayerPlan& layer);

  std::size_t batch_, output_size_;
  std::vector<LayerMemory> layers_;
  memory::AlignedVector<Scalar> gradient_,
      next_gradient_;  // at the output and the input of a layer
  Windows<Scalar> windows_;
  Packing<Scalar> packing_;
  memory::AlignedVector<Scalar> scratch_;  // tiles

  // Of the last forward pass.
  const Scalar* input_ = nullptr;
  std::size_t samples_ = 0;
  bool dropout_ = false;
};

}  // namespace equivolve::nn
