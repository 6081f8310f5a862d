// Pools: every window of an image becomes one pixel, channel by channel. Windows do not overlap;
// pixels beyond the last whole window are left out.
#pragma once

#include <cstddef>
#include <cstdint>

#include "evaluators/common/nn/plan.hpp"

namespace equivolve::nn {

/// `winners` (as many as outputs) gets, within its sample, the number of the input that was taken:
/// the first of equal ones, by rows.
template <class Scalar>
void max_pool_forward(const LayerPlan& layer, std::size_t samples, const Scalar* x, Scalar* y,
                      std::uint32_t* winners);
template <class Scalar>
void max_pool_backward(const LayerPlan& layer, std::size_t samples, const std::uint32_t* winners,
                       const Scalar* dy, Scalar* dx);

template <class Scalar>
void mean_pool_forward(const LayerPlan& layer, std::size_t samples, const Scalar* x, Scalar* y);
template <class Scalar>
void mean_pool_backward(const LayerPlan& layer, std::size_t samples, const Scalar* dy, Scalar* dx);

}  // namespace equivolve::nn
