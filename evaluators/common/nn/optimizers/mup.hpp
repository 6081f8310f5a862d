// muP, the maximal update parametrisation: learning rates and initial scales that make a setting
// found on a narrow network a good one on a wide network. Sources: Yang, Hu 2021, "Tensor programs
// IV: Feature learning in infinite-width neural networks" (ICML); Yang, Hu et al. 2022, "Tensor
// programs V: Tuning large neural networks via zero-shot hyperparameter transfer" (arXiv
// 2203.03466), table 3:
//
//                  | input weights, biases | output weights | hidden weights
//   initial var.   | 1 / fan_in            | 1 / fan_in^2   | 1 / fan_in
//   rate of SGD    | fan_out               | 1 / fan_in     | 1
//   rate of Adam   | 1                     | 1 / fan_in     | 1 / fan_in
//
// A bias, and any block of one column, counts as the weights of one input that is always 1: fan_in
// 1, fan_out its size (the scales of a batch norm too). Here they are taken relative to a base
// network of the same shape but another width, so that the base network itself is the standard one:
// a fan enters as its ratio to the base's. Which blocks are input, hidden and output follows from
// which fans differ from the base's.
#pragma once

#include <span>
#include <vector>

#include "evaluators/common/nn/parameter_block.hpp"

namespace equivolve::nn {

enum class MupRule {
  kSgd,
  kAdam,  ///< AdamW too; and SOAP, whose moves have the size of Adam's (not in the tables)
};

struct MupScale {
  double rate = 1;           ///< times the learning rate of the base network
  double initial_scale = 1;  ///< times the standard deviation ~ 1 / sqrt(fan_in) of this network
};

/// One scale for each block. Both lists have the same blocks in the same order, all fans at least
/// 1. [any-thread]
std::vector<MupScale> mup_scales(std::span<const ParameterBlock> blocks,
                                 std::span<const ParameterBlock> base, MupRule rule);

/// The rates alone, as the optimisers take them.
std::vector<double> mup_rates(std::span<const ParameterBlock> blocks,
                              std::span<const ParameterBlock> base, MupRule rule);

/// Multiplies the weights of a network just made by each block's initial_scale. [any-thread]
template <class Scalar>
void scale_initial(std::span<Scalar> parameters, std::span<const ParameterBlock> blocks,
                   std::span<const MupScale> scales);

}  // namespace equivolve::nn
