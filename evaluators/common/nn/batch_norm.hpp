// Batch normalisation (Ioffe and Szegedy 2015, arXiv 1502.03167), per channel over samples and
// pixels.
#pragma once

#include <cstddef>

#include "evaluators/common/memory/aligned.hpp"
#include "evaluators/common/nn/plan.hpp"

namespace equivolve::nn {

/// What a forward pass leaves behind: numbers per channel.
template <class Scalar>
struct BatchNormMemory {
  explicit BatchNormMemory(std::size_t channels = 0);

  memory::AlignedVector<Scalar> batch_mean, batch_variance;  ///< of the batch, divided by m
  memory::AlignedVector<Scalar> mean, inverse_deviation;     ///< those that were used
  std::size_t positions = 0;                                 ///< m: samples times pixels
  Scalar share{};                                            ///< of batch statistics in those used
};

/// y = scale (x - mu) / sqrt(v + epsilon) + shift, with mu = share * (the batch's) + (1 - share) *
/// (the stored one), v alike. With a share of 0 the batch's are not worked out.
/// Of a layer that is joined with a ReLU, y is rectified. `scratch`: five tiles of channels.
template <class Scalar>
void batch_norm_forward(const LayerPlan& layer, const Scalar* parameters, const Scalar* statistics,
                        Scalar share, std::size_t samples, const Scalar* x, Scalar* y,
                        BatchNormMemory<Scalar>& memory, Scalar* scratch);

/// Writes the gradients of scale and shift and, where wanted, changes `dy` from the gradient at the
/// output to that at the input. `x` is the input of the forward pass, `y` its output. Of a layer
/// that is joined with a ReLU, dy is the gradient at that one's output. `scratch`: five tiles.
template <class Scalar>
void batch_norm_backward(const LayerPlan& layer, const Scalar* parameters, Scalar* gradients,
                         bool input_wanted, const Scalar* x, const Scalar* y, Scalar* dy,
                         const BatchNormMemory<Scalar>& memory, Scalar* scratch);

/// r += rate * (new - r) for mean and variance; the variance taken is the unbiased one, v m/(m-1).
template <class Scalar>
void update_running_statistics(const LayerPlan& layer, const BatchNormMemory<Scalar>& memory,
                               Scalar rate, Scalar* statistics);

}  // namespace equivolve::nn
