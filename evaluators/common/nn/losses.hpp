// Losses of a batch and their gradients at a network's outputs.
//
// Outputs are n samples of k numbers each, sample after sample. Every function returns the loss,
// averaged as it says, and writes its derivative by each output to `gradient` (as many numbers as
// outputs; usually Workspace::output_gradient()). `gradient` may not overlap what is read. The loss
// is added up in double whatever the scalar. Nothing is allocated. [any-thread]
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace equivolve::nn {

/// `result` may be `logits` itself. Each sample's numbers become exp(o_k) / sum_j exp(o_j).
template <class Scalar>
void softmax(std::span<const Scalar> logits, std::size_t classes, std::span<Scalar> result);

/// Mean over samples of -log softmax(o)_label; labels are 0 .. classes - 1, one a sample.
/// Gradient: (softmax(o) - [k = label]) / n.
template <class Scalar>
double cross_entropy(std::span<const Scalar> logits, std::size_t classes,
                     std::span<const std::uint32_t> labels, std::span<Scalar> gradient);

/// Mean over samples of -sum_k q_k log softmax(o)_k; each sample's targets q are not negative and
/// add up to 1. Targets get no gradient. Gradient: (softmax(o) - q) / n.
template <class Scalar>
double cross_entropy(std::span<const Scalar> logits, std::size_t classes,
                     std::span<const Scalar> targets, std::span<Scalar> gradient);

/// Mean over samples of H = -sum_k p_k log p_k, p = softmax(o) (Wang et al. 2021, arXiv
/// 2006.10726). Gradient: -p_k (log p_k + H) / n.
template <class Scalar>
double entropy(std::span<const Scalar> logits, std::size_t classes, std::span<Scalar> gradient);

/// Mean over all numbers of (o - t)^2. Gradient: 2 (o - t) / (n k).
template <class Scalar>
double mean_squared_error(std::span<const Scalar> outputs, std::span<const Scalar> targets,
                          std::span<Scalar> gradient);

/// Mean over all numbers of -t log s - (1 - t) log(1 - s), s = 1 / (1 + exp(-o)); 0 <= t <= 1.
/// Takes the outputs before any sigmoid, where it is exact also for large ones.
/// Gradient: (s - t) / (n k).
template <class Scalar>
double binary_cross_entropy(std::span<const Scalar> logits, std::span<const Scalar> targets,
                            std::span<Scalar> gradient);

}  // namespace equivolve::nn
