// First values of a network's parameters.
#pragma once

#include <cstdint>
#include <span>

#include "evaluators/common/nn/plan.hpp"

namespace equivolve::nn {

/// Weights of layers that a ReLU follows (batch norm, dropout, pools and normalisation may lie
/// between): Gaussian of variance 2 / fan_in (He et al. 2015, arXiv 1502.01852, section 2.2),
/// others 1 / fan_in (LeCun et al. 1998). Biases and shifts 0, scales 1. A number depends on the
/// seed, its block and its place there, and is drawn in double: a network of floats gets the
/// rounded numbers of one of doubles.
template <class Scalar>
void initialize(const Plan& plan, std::uint64_t seed, std::span<Scalar> parameters);

}  // namespace equivolve::nn
