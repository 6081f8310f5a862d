// Shapes and places of everything in a network, worked out once from its architecture.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "evaluators/common/nn/architecture.hpp"
#include "evaluators/common/nn/parameter_block.hpp"

namespace equivolve::nn {

struct LayerPlan {
  Layer layer;
  Shape in, out;
  std::size_t weights = 0;     ///< offset among the parameters; of a batch norm: the scales
  std::size_t bias = 0;        ///< offset of the bias; of a batch norm: the shifts
  std::size_t columns = 0;     ///< of the weights: inputs of one output
  std::size_t statistics = 0;  ///< batch norm: offset of the running means; variances follow
  /// Of a batch norm that a ReLU follows and of that ReLU: the first does the work of both, so that
  /// the numbers pass through memory once.
  bool joined = false;

  bool has_parameters() const {
    return layer.kind == LayerKind::kDense || layer.kind == LayerKind::kConvolution ||
           layer.kind == LayerKind::kBatchNorm;
  }
  bool is_activation() const {
    return layer.kind == LayerKind::kRelu || layer.kind == LayerKind::kTanh ||
           layer.kind == LayerKind::kSigmoid;
  }
  /// True: its gradient is worked out from its own output, which must be kept.
  bool needs_output() const { return is_activation() || layer.kind == LayerKind::kRowNormalize; }
};

struct Plan {
  std::vector<LayerPlan> layers;
  std::vector<ParameterBlock> blocks;
  std::size_t parameters = 0, statistics = 0;  ///< how many numbers
};

/// At most kMostNumbers parameters, and numbers of one sample in one layer.
inline constexpr std::size_t kMostNumbers = std::size_t{1} << 28;
inline constexpr std::size_t kMostLayers = 1000;

/// An error is one line that names the layer (counted from 1) and what is wrong. [any-thread]
tl::expected<Plan, std::string> make_plan(const Architecture& architecture);

}  // namespace equivolve::nn
