#include "evaluators/common/nn/architecture.hpp"

namespace equivolve::nn {

Layer dense(std::uint32_t units, bool bias) {
  return {.kind = LayerKind::kDense, .units = units, .bias = bias ? 1U : 0U};
}
Layer convolution(std::uint32_t channels, std::uint32_t window, std::uint32_t stride,
                  std::uint32_t padding, bool bias) {
  return {.kind = LayerKind::kConvolution,
          .units = channels,
          .window = window,
          .stride = stride,
          .padding = padding,
          .bias = bias ? 1U : 0U};
}
Layer batch_norm(double epsilon) {
  return {.kind = LayerKind::kBatchNorm, .value = epsilon};
}
Layer dropout(double share) {
  return {.kind = LayerKind::kDropout, .value = share};
}
Layer relu() {
  return {.kind = LayerKind::kRelu};
}
Layer tanh() {
  return {.kind = LayerKind::kTanh};
}
Layer sigmoid() {
  return {.kind = LayerKind::kSigmoid};
}
Layer max_pool(std::uint32_t window) {
  return {.kind = LayerKind::kMaxPool, .window = window};
}
Layer mean_pool(std::uint32_t window) {
  return {.kind = LayerKind::kMeanPool, .window = window};
}
Layer row_normalize(double epsilon) {
  return {.kind = LayerKind::kRowNormalize, .value = epsilon};
}

}  // namespace equivolve::nn
