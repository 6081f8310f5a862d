// Convolutions. Of stride 1 with whole registers of channels, of which there are not too many: sums
// straight from the image (direct_convolution.hpp). Of all others: products, for which every window
// becomes a column (im2col; Chellapilla, Puri and Simard 2006, "High performance convolutional
// neural networks for document processing").
#pragma once

#include <cstddef>

#include "evaluators/common/memory/aligned.hpp"
#include "evaluators/common/nn/plan.hpp"
#include "evaluators/common/nn/products.hpp"

namespace equivolve::nn {

/// Room for one image in its frame of zeros; and for the windows of a few samples, which stay in
/// the cache while they are multiplied, or for the weights in another order or their gradients.
template <class Scalar>
class Windows {
 public:
  Windows() = default;
  void fit(const LayerPlan& layer);  ///< grows to what this layer needs; several may share it

  Scalar* padded() { return padded_.data(); }
  Scalar* columns() { return columns_.data(); }

 private:
  memory::AlignedVector<Scalar> padded_, columns_;
};

/// Samples whose windows are multiplied at once.
std::size_t samples_at_once(const LayerPlan& layer);

template <class Scalar>
void convolution_forward(const LayerPlan& layer, const Scalar* parameters, std::size_t samples,
                         const Scalar* x, Scalar* y, Windows<Scalar>& windows,
                         Packing<Scalar>& packing);

/// Adds to `gradients` (of all parameters). `scratch`: three tiles of the layer's units.
template <class Scalar>
void add_convolution_gradient(const LayerPlan& layer, Scalar* gradients, std::size_t samples,
                              const Scalar* x, const Scalar* dy, Windows<Scalar>& windows,
                              Packing<Scalar>& packing, Scalar* scratch);

template <class Scalar>
void convolution_backward(const LayerPlan& layer, const Scalar* parameters, std::size_t samples,
                          const Scalar* dy, Scalar* dx, Windows<Scalar>& windows,
                          Packing<Scalar>& packing);

}  // namespace equivolve::nn
