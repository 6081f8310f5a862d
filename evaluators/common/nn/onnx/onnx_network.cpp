#include "evaluators/common/nn/onnx/onnx_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

namespace equivolve::nn {
namespace {

/// Within this file alone: network_of gives its text.
struct NotSupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[noreturn]] void refuse(const OnnxNode& node, const std::string& why) {
  throw NotSupported(node.name.empty()
                         ? fmt::format("{}: {}", node.operation, why)
                         : fmt::format("{} ('{}'): {}", node.operation, node.name, why));
}

double number(const OnnxNode& node, const char* name, double usual) {
  const auto found = node.numbers.find(name);
  return found == node.numbers.end() || found->second.empty() ? usual : found->second.front();
}

/// A list whose numbers are all the same, such as strides; refuses others.
std::uint32_t same(const OnnxNode& node, const char* name, double usual) {
  const auto found = node.numbers.find(name);
  if (found == node.numbers.end() || found->second.empty())
    return static_cast<std::uint32_t>(usual);
  const std::vector<double>& list = found->second;
  for (const double value : list)
    if (value != list.front() || !(value >= 0 && value < 65536))
      refuse(node, fmt::format("{} that differ by side are not supported", name));
  return static_cast<std::uint32_t>(list.front());
}

/// Follows the one value that runs through the graph, layer by layer.
class Chain {
 public:
  explicit Chain(const OnnxGraph& graph) : graph_(graph), at_(graph.input) { set_input(); }

  tl::expected<Network<double>, std::string> network() {
    for (const OnnxNode& node : graph_.nodes) add(node);
    if (graph_.outputs.size() != 1)
      throw NotSupported(fmt::format("gives {} outputs; expected one", graph_.outputs.size()));
    if (at_ != graph_.outputs.front())
      throw NotSupported(
          fmt::format("its output '{}' does not come from its last layer", graph_.outputs.front()));
    if (shape_.pixels() != 1) throw NotSupported("ends with an image; expected one row a sample");
    // Before anything as large as it says is made.
    const auto plan = make_plan(architecture_);
    if (!plan) throw NotSupported(plan.error());
    if (plan->parameters != parameters_.size() || plan->statistics != statistics_.size())
      throw NotSupported("its weights do not fit its layers");
    auto made = Network<double>::make(architecture_, 0);
    if (!made) return made;
    std::copy(parameters_.begin(), parameters_.end(), made->parameters().begin());
    std::copy(statistics_.begin(), statistics_.end(), made->statistics().begin());
    check_numbers(*made);
    return made;
  }

 private:
  void set_input() {
    const auto& sizes = graph_.input_sizes;
    if (sizes.size() != 2 && sizes.size() != 4)
      throw NotSupported(
          fmt::format("its input has {} dimensions; expected 2 (batch, numbers) or "
                      "4 (batch, channels, rows, columns)",
                      sizes.size()));
    for (std::size_t i = 1; i < sizes.size(); ++i)
      if (sizes[i] < 1 || sizes[i] > 1 << 20)
        throw NotSupported("the sizes of its input are not fixed, but for the batch's");
    const auto side = [&](std::size_t i) { return static_cast<std::uint32_t>(sizes[i]); };
    if (sizes.size() == 2)
      architecture_.input = {side(1), 1, 1};
    else
      architecture_.input = {side(1), side(2), side(3)};
    shape_ = architecture_.input;
  }

  void add(const OnnxNode& node) {
    if (is_about_shapes(node)) return;
    if (node.inputs.empty() || node.inputs.front() != at_) return other_order(node);
    if (ended_) refuse(node, "layers behind a Softmax are not supported");
    translate(node);
    at_ = node.outputs.empty() ? "" : node.outputs.front();
  }

  /// x.view(x.size(0), -1) works its shape out in the graph. Those nodes' values are remembered.
  bool is_about_shapes(const OnnxNode& node) {
    const bool starts = node.operation == "Shape";
    const bool goes_on = !node.inputs.empty() && shapes_.contains(node.inputs.front());
    if (!starts && !goes_on) return false;
    shapes_.insert(node.outputs.begin(), node.outputs.end());
    return true;
  }

  /// A constant may stand first where order does not matter; everything else is no chain.
  void other_order(const OnnxNode& node) {
    if (node.operation == "Add" && node.inputs.size() == 2 && node.inputs[1] == at_) {
      OnnxNode turned = node;
      std::swap(turned.inputs[0], turned.inputs[1]);
      return add(turned);
    }
    if (std::find(known().begin(), known().end(), node.operation) == known().end())
      refuse(node, "is not supported");
    refuse(node,
           "does not read the layer before it; supported are layers one after the other, without "
           "branches");
  }

  static const std::vector<std::string>& known() {
    static const std::vector<std::string> names{
        "Conv",      "BatchNormalization", "Relu",       "Tanh",    "Sigmoid",  "MaxPool",
        "Gemm",      "AveragePool",        "ReduceMean", "Dropout", "Identity", "Flatten",
        "Reshape",   "GlobalAveragePool",  "Squeeze",    "MatMul",  "Add",      "Softmax",
        "LogSoftmax"};
    return names;
  }

  void translate(const OnnxNode& node) {
    const std::string& is = node.operation;
    if (is != "Add") product_ = nullptr;
    if (is == "Conv") return convolve(node);
    if (is == "BatchNormalization") return normalize(node);
    if (is == "Relu") return push(relu());
    if (is == "Tanh") return push(tanh());
    if (is == "Sigmoid") return push(sigmoid());
    if (is == "MaxPool" || is == "AveragePool") return pool(node);
    if (is == "GlobalAveragePool") return average_all(node);
    if (is == "ReduceMean") return reduce(node);
    if (is == "Flatten" || is == "Reshape" || is == "Squeeze") return flatten(node);
    if (is == "Gemm") return gemm(node);
    if (is == "MatMul") return multiply(node);
    if (is == "Add") return add_bias(node);
    if (is == "Softmax" || is == "LogSoftmax") return end(node);
    if (is == "Pad") return pad(node);
    if (is != "Dropout" && is != "Identity") refuse(node, "is not supported");
  }

  void push(const Layer& layer) { architecture_.layers.push_back(layer); }

  const OnnxTensor& constant(const OnnxNode& node, std::size_t input) const {
    const auto found =
        input < node.inputs.size() ? graph_.tensors.find(node.inputs[input]) : graph_.tensors.end();
    if (found == graph_.tensors.end())
      refuse(node, fmt::format("its input {} is no constant", input + 1));
    const OnnxTensor& tensor = found->second;
    double count = 1;
    for (const std::int64_t size : tensor.sizes) count *= static_cast<double>(size);
    if (count != static_cast<double>(tensor.numbers.size()))
      refuse(node, fmt::format("its input {} has {} numbers, not {}", input + 1,
                               tensor.numbers.size(), count));
    return tensor;
  }
  bool has_input(const OnnxNode& node, std::size_t input) const {
    return input < node.inputs.size() && !node.inputs[input].empty();
  }
  /// As many numbers as there are units.
  std::vector<double> per_unit(const OnnxNode& node, std::size_t input, std::size_t count) const {
    const OnnxTensor& tensor = constant(node, input);
    if (tensor.numbers.size() != count)
      refuse(node, fmt::format("its input {} has {} numbers, not {}", input + 1,
                               tensor.numbers.size(), count));
    return tensor.numbers;
  }
  void append(const std::vector<double>& numbers) {
    parameters_.insert(parameters_.end(), numbers.begin(), numbers.end());
  }
  void wants_image(const OnnxNode& node) const {
    if (flat_) refuse(node, "behind a flattened image is not supported");
  }

  void convolve(const OnnxNode& node) {
    wants_image(node);
    const OnnxTensor& weights = constant(node, 1);
    if (weights.sizes.size() != 4) refuse(node, "is not supported but over rows and columns");
    if (number(node, "group", 1) != 1) refuse(node, "groups are not supported");
    if (same(node, "dilations", 1) != 1) refuse(node, "dilations are not supported");
    const auto side = [&](std::size_t i) { return static_cast<std::uint32_t>(weights.sizes[i]); };
    if (side(2) != side(3)) refuse(node, "windows that are not square are not supported");
    if (side(1) != shape_.channels)
      refuse(node, fmt::format("reads {} channels, and there are {}", side(1), shape_.channels));
    refuse_automatic_padding(node);
    const bool biased = has_input(node, 2);
    const Layer layer =
        convolution(side(0), side(2), same(node, "strides", 1), same(node, "pads", 0), biased);
    append(channels_last(weights.numbers, shape_.channels, std::size_t{side(2)} * side(3)));
    if (biased) append(per_unit(node, 2, side(0)));
    step(node, layer);
  }

  void refuse_automatic_padding(const OnnxNode& node) const {
    const auto found = node.texts.find("auto_pad");
    if (found != node.texts.end() && found->second != "NOTSET" && found->second != "VALID")
      refuse(node, fmt::format("auto_pad '{}' is not supported", found->second));
  }

  /// The shape behind it, by the rules of Network.
  void step(const OnnxNode& node, const Layer& layer) {
    push(layer);
    const auto plan = make_plan({shape_, {layer}});
    if (!plan) refuse(node, plan.error());
    shape_ = plan->layers.back().out;
  }

  void normalize(const OnnxNode& node) {
    wants_image(node);
    const std::size_t n = shape_.channels;
    append(per_unit(node, 1, n));
    append(per_unit(node, 2, n));
    for (const std::size_t moment : {3, 4}) {
      const auto numbers = per_unit(node, moment, n);
      statistics_.insert(statistics_.end(), numbers.begin(), numbers.end());
    }
    step(node, batch_norm(number(node, "epsilon", 1e-5)));
  }

  void pool(const OnnxNode& node) {
    wants_image(node);
    refuse_automatic_padding(node);
    const std::uint32_t window = same(node, "kernel_shape", 0);
    if (window == 0 || same(node, "strides", 1) != window)
      refuse(node, "windows that overlap or leave gaps are not supported");
    if (same(node, "pads", 0) != 0 || same(node, "dilations", 1) != 1)
      refuse(node, "pads and dilations are not supported");
    if (number(node, "ceil_mode", 0) != 0 &&
        (shape_.height % window != 0 || shape_.width % window != 0))
      refuse(node, "ceil_mode is not supported where windows do not fit");
    step(node, node.operation == "MaxPool" ? max_pool(window) : mean_pool(window));
  }

  void average_all(const OnnxNode& node) {
    wants_image(node);
    step(node, mean_pool());
  }

  /// PyTorch writes one, of nothing, before each AveragePool.
  void pad(const OnnxNode& node) const {
    const auto found = node.numbers.find("pads");
    const auto& pads = found == node.numbers.end() ? constant(node, 1).numbers : found->second;
    if (std::any_of(pads.begin(), pads.end(), [](double side) { return side != 0; }))
      refuse(node, "is not supported; convolutions may have pads of their own");
  }

  /// x.mean((2, 3)).
  void reduce(const OnnxNode& node) {
    std::vector<double> axes;
    if (const auto found = node.numbers.find("axes"); found != node.numbers.end())
      axes = found->second;
    else if (has_input(node, 1))
      axes = constant(node, 1).numbers;
    for (double& axis : axes) axis += axis < 0 ? 4 : 0;
    std::sort(axes.begin(), axes.end());
    if (axes != std::vector<double>{2, 3})
      refuse(node, "is not supported but over rows and columns");
    average_all(node);
  }

  /// What is one pixel is flat already; an image must be read by a dense layer next.
  void flatten(const OnnxNode& node) {
    if (node.operation == "Flatten" && number(node, "axis", 1) != 1)
      refuse(node, "axes other than 1 are not supported");
    if (node.operation == "Squeeze" && shape_.pixels() != 1)
      refuse(node, "is not supported but behind a mean over all pixels");
    if (node.operation == "Reshape" && !(has_input(node, 1) && shapes_.contains(node.inputs[1])))
      check_reshape(node);
    flat_ = shape_.pixels() != 1;
  }

  void check_reshape(const OnnxNode& node) const {
    const std::vector<double>& to = constant(node, 1).numbers;
    if (to.size() != 2 || (to[1] != -1 && to[1] != static_cast<double>(shape_.size())))
      refuse(node, "is not supported but to one row a sample");
  }

  void gemm(const OnnxNode& node) {
    if (number(node, "transA", 0) != 0) refuse(node, "transA is not supported");
    const double alpha = number(node, "alpha", 1), beta = number(node, "beta", 1);
    const std::size_t units =
        add_product(node, number(node, "transB", 0) != 0, alpha, has_input(node, 2));
    if (!has_input(node, 2)) return;
    std::vector<double> bias = per_unit(node, 2, units);
    for (double& value : bias) value *= beta;
    append(bias);
  }

  void multiply(const OnnxNode& node) {
    add_product(node, false, 1, false);
    product_ = &node;
  }

  /// Units x numbers of a sample, whichever way round they are stored.
  std::size_t add_product(const OnnxNode& node, bool units_first, double scale, bool biased) {
    const OnnxTensor& weights = constant(node, 1);
    if (weights.sizes.size() != 2) refuse(node, "its weights are no matrix");
    const auto rows = static_cast<std::size_t>(weights.sizes[0]);
    const auto columns = static_cast<std::size_t>(weights.sizes[1]);
    const std::size_t units = units_first ? rows : columns, read = units_first ? columns : rows;
    if (read != shape_.size() || (shape_.pixels() != 1 && !flat_))
      refuse(node, fmt::format("reads {} numbers a sample, and there are {}{}", read, shape_.size(),
                               shape_.pixels() != 1 && !flat_ ? ", not flattened" : ""));
    std::vector<double> turned(weights.numbers.size());
    for (std::size_t u = 0; u < units; ++u)
      for (std::size_t i = 0; i < read; ++i)
        turned[u * read + i] = scale * weights.numbers[units_first ? u * read + i : i * units + u];
    append(channels_last(turned, shape_.channels, shape_.pixels()));
    flat_ = false;
    step(node, dense(static_cast<std::uint32_t>(units), biased));
    return units;
  }

  void add_bias(const OnnxNode& node) {
    if (product_ == nullptr) refuse(node, "is not supported but for the bias of a matrix product");
    append(per_unit(node, 1, shape_.channels));
    architecture_.layers.back().bias = 1;
    product_ = nullptr;
  }

  void end(const OnnxNode& node) {
    const double axis = number(node, "axis", -1);
    if (shape_.pixels() != 1 || (axis != -1 && axis != 1))
      refuse(node, "is not supported but over the classes");
    ended_ = true;
  }

  static void check_numbers(const Network<double>& network) {
    const auto finite = [](double value) { return std::isfinite(value); };
    if (!std::all_of(network.parameters().begin(), network.parameters().end(), finite) ||
        !std::all_of(network.statistics().begin(), network.statistics().end(), finite))
      throw NotSupported("holds a weight that is not finite");
    for (const LayerPlan& layer : network.plan().layers)
      if (layer.layer.kind == LayerKind::kBatchNorm)
        for (const double variance :
             network.statistics().subspan(layer.statistics + layer.in.channels, layer.in.channels))
          if (variance < 0) throw NotSupported("holds a running variance below 0");
  }

  const OnnxGraph& graph_;
  std::string at_;  // the value that the last layer gives
  Architecture architecture_;
  Shape shape_;
  std::vector<double> parameters_, statistics_;
  std::set<std::string> shapes_;       // values that are shapes of others
  const OnnxNode* product_ = nullptr;  // the last layer, if it may still get a bias
  bool flat_ = false;                  // an image was flattened, and nothing has read it yet
  bool ended_ = false;                 // by a Softmax
};

}  // namespace

std::vector<double> channels_last(const std::vector<double>& weights, std::size_t channels,
                                  std::size_t pixels) {
  std::vector<double> out(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t unit = i / (channels * pixels), within = i % (channels * pixels);
    out[unit * channels * pixels + within % pixels * channels + within / pixels] = weights[i];
  }
  return out;
}

tl::expected<Network<double>, std::string> network_of(const OnnxGraph& graph) {
  try {
    return Chain(graph).network();
  } catch (const NotSupported& what) {
    return tl::unexpected<std::string>(one_line(what.what()));
  }
}

tl::expected<Network<double>, std::string> network_from_onnx(std::string_view bytes) {
  const auto graph = parse_onnx(bytes);
  if (!graph) return tl::unexpected<std::string>(graph.error());
  return network_of(*graph);
}

}  // namespace equivolve::nn
