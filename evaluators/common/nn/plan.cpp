#include "evaluators/common/nn/plan.hpp"

#include <cmath>
#include <string_view>

namespace equivolve::nn {
namespace {

/// Saturates just above what is allowed, so that products of hostile sizes do not wrap round.
std::size_t product_within_limit(std::size_t a, std::size_t b) {
  if (a != 0 && b > kMostNumbers / a) return kMostNumbers + 1;
  return a * b;
}

std::size_t size_within_limit(const Shape& shape) {
  return product_within_limit(product_within_limit(shape.height, shape.width), shape.channels);
}

std::string_view wrong_value(const Layer& layer) {
  const bool positive = std::isfinite(layer.value) && layer.value > 0;
  switch (layer.kind) {
    case LayerKind::kDense:
    case LayerKind::kConvolution:
      if (layer.units == 0) return "it has no units";
      if (layer.bias > 1) return "bias must be 0 or 1";
      if (layer.kind == LayerKind::kConvolution && (layer.window == 0 || layer.stride == 0))
        return "window and stride must be at least 1";
      return "";
    case LayerKind::kBatchNorm:
    case LayerKind::kRowNormalize:
      return positive ? "" : "epsilon must be above 0";
    case LayerKind::kDropout:
      return layer.value >= 0 && layer.value < 1 ? "" : "the share must be within [0, 1)";
    case LayerKind::kRelu:
    case LayerKind::kTanh:
    case LayerKind::kSigmoid:
    case LayerKind::kMaxPool:
    case LayerKind::kMeanPool:
      return "";
  }
  return "its kind is unknown";
}

/// Along one side; 0: the window does not fit.
std::uint32_t convolved(std::uint32_t side, const Layer& layer) {
  const std::uint64_t padded = std::uint64_t{side} + 2 * std::uint64_t{layer.padding};
  if (padded < layer.window || padded > kMostNumbers) return 0;
  return static_cast<std::uint32_t>((padded - layer.window) / layer.stride + 1);
}

Shape shape_after(const Layer& layer, const Shape& in) {
  switch (layer.kind) {
    case LayerKind::kDense:
      return {layer.units, 1, 1};
    case LayerKind::kConvolution:
      return {layer.units, convolved(in.height, layer), convolved(in.width, layer)};
    case LayerKind::kMaxPool:
    case LayerKind::kMeanPool:
      if (layer.window == 0) return {in.channels, 1, 1};
      return {in.channels, in.height / layer.window, in.width / layer.window};
    default:
      return in;
  }
}

void add_block(Plan& plan, std::size_t rows, std::size_t columns, std::size_t fan_in,
               std::size_t fan_out, bool is_bias) {
  plan.blocks.push_back({plan.parameters, rows, columns, fan_in, fan_out, is_bias});
  plan.parameters += rows * columns;
}

void add_parameters(Plan& plan, LayerPlan& step) {
  const Layer& layer = step.layer;
  if (!step.has_parameters()) return;
  step.weights = plan.parameters;
  if (layer.kind == LayerKind::kBatchNorm) {
    step.statistics = plan.statistics;
    plan.statistics += 2 * std::size_t{step.in.channels};
    add_block(plan, step.in.channels, 1, 1, 1, false);
    step.bias = plan.parameters;
    add_block(plan, step.in.channels, 1, 1, 1, true);
    return;
  }
  const bool dense = layer.kind == LayerKind::kDense;
  const std::size_t taps = dense ? 1 : std::size_t{layer.window} * layer.window;
  step.columns = dense ? step.in.size() : taps * step.in.channels;
  add_block(plan, layer.units, step.columns, step.columns, taps * layer.units, false);
  step.bias = plan.parameters;
  if (layer.bias) add_block(plan, layer.units, 1, step.columns, 1, true);
}

/// What the layer would hold more than is allowed of, or nothing.
std::string_view too_large(const LayerPlan& step) {
  const Layer& layer = step.layer;
  if (size_within_limit(step.out) > kMostNumbers) return "its output is too large";
  if (layer.kind == LayerKind::kDense &&
      product_within_limit(step.in.size(), layer.units) >= kMostNumbers)
    return "it has too many weights";
  if (layer.kind != LayerKind::kConvolution) return "";
  const std::size_t taps = product_within_limit(layer.window, layer.window);
  const std::size_t columns = product_within_limit(taps, step.in.channels);
  if (product_within_limit(columns, layer.units) >= kMostNumbers) return "it has too many weights";
  const Shape padded{step.in.channels, step.in.height + 2 * layer.padding,
                     step.in.width + 2 * layer.padding};
  if (size_within_limit(padded) > kMostNumbers ||
      product_within_limit(columns, step.out.pixels()) > kMostNumbers)
    return "its windows are too many";
  return "";
}

}  // namespace

tl::expected<Plan, std::string> make_plan(const Architecture& architecture) {
  Plan plan;
  if (architecture.layers.empty()) return tl::unexpected<std::string>("a network without layers");
  if (architecture.layers.size() > kMostLayers)
    return tl::unexpected<std::string>("more than " + std::to_string(kMostLayers) + " layers");
  if (const std::size_t size = size_within_limit(architecture.input);
      size == 0 || size > kMostNumbers)
    return tl::unexpected<std::string>("the shape of the input has no or too many numbers");

  Shape shape = architecture.input;
  for (const Layer& layer : architecture.layers) {
    const auto fault = [&](std::string_view text) {
      return tl::unexpected("layer " + std::to_string(plan.layers.size() + 1) + ": " +
                            std::string(text));
    };
    if (const auto text = wrong_value(layer); !text.empty()) return fault(text);
    LayerPlan step{.layer = layer, .in = shape, .out = shape_after(layer, shape)};
    if (step.out.size() == 0) return fault("the window is larger than the image");
    if (const auto text = too_large(step); !text.empty()) return fault(text);
    add_parameters(plan, step);
    if (plan.parameters > kMostNumbers) return fault("too many weights up to here");
    if (layer.kind == LayerKind::kRelu && !plan.layers.empty() &&
        plan.layers.back().layer.kind == LayerKind::kBatchNorm)
      step.joined = plan.layers.back().joined = true;
    shape = step.out;
    plan.layers.push_back(step);
  }
  return plan;
}

}  // namespace equivolve::nn
