#include "evaluators/common/nn/onnx/onnx_graph.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <climits>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace equivolve::nn {
namespace {

constexpr std::size_t kMostTensorNumbers = std::size_t{1} << 28;

/// Within this file alone: parse_onnx gives its text.
struct NotRead : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Numbers of a tensor that lie as bytes, little-endian.
template <class Stored>
std::vector<double> numbers_of_bytes(const std::string& bytes) {
  std::vector<double> out(bytes.size() / sizeof(Stored));
  for (std::size_t i = 0; i < out.size(); ++i) {
    Stored number;
    std::memcpy(&number, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    out[i] = static_cast<double>(number);
  }
  return out;
}

template <class Stored, class Listed>
std::vector<double> numbers_of(const onnx::TensorProto& tensor, const Listed& listed) {
  if (tensor.has_raw_data()) return numbers_of_bytes<Stored>(tensor.raw_data());
  return {listed.begin(), listed.end()};
}

OnnxTensor read_tensor(const onnx::TensorProto& tensor, const std::string& name) {
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL)
    throw NotRead(fmt::format("keeps the numbers of '{}' in another file; save it as one", name));
  OnnxTensor out;
  std::size_t count = 1;
  for (const std::int64_t size : tensor.dims()) {
    if (size < 0 || (size > 0 && count > kMostTensorNumbers / static_cast<std::size_t>(size)))
      throw NotRead(fmt::format("gives '{}' sizes that cannot be", name));
    count *= static_cast<std::size_t>(size);
    out.sizes.push_back(size);
  }
  switch (tensor.data_type()) {
    case onnx::TensorProto::FLOAT:
      out.numbers = numbers_of<float>(tensor, tensor.float_data());
      break;
    case onnx::TensorProto::DOUBLE:
      out.numbers = numbers_of<double>(tensor, tensor.double_data());
      break;
    case onnx::TensorProto::INT64:
      out.numbers = numbers_of<std::int64_t>(tensor, tensor.int64_data());
      break;
    case onnx::TensorProto::INT32:
      out.numbers = numbers_of<std::int32_t>(tensor, tensor.int32_data());
      break;
    case onnx::TensorProto::BOOL:
      out.numbers = numbers_of<std::uint8_t>(tensor, tensor.int32_data());
      break;
    default:
      throw NotRead(fmt::format("holds '{}' as numbers of type {}; read are float and double", name,
                                onnx::TensorProto::DataType_IsValid(tensor.data_type())
                                    ? onnx::TensorProto::DataType_Name(tensor.data_type())
                                    : std::to_string(tensor.data_type())));
  }
  if (out.numbers.size() != count)
    throw NotRead(
        fmt::format("is damaged: '{}' has {} numbers, not {}", name, out.numbers.size(), count));
  return out;
}

void read_attribute(const onnx::AttributeProto& attribute, OnnxNode& out) {
  std::vector<double>& numbers = out.numbers[attribute.name()];
  switch (attribute.type()) {
    case onnx::AttributeProto::FLOAT:
      numbers = {attribute.f()};
      return;
    case onnx::AttributeProto::INT:
      numbers = {static_cast<double>(attribute.i())};
      return;
    case onnx::AttributeProto::FLOATS:
      numbers.assign(attribute.floats().begin(), attribute.floats().end());
      return;
    case onnx::AttributeProto::INTS:
      numbers.assign(attribute.ints().begin(), attribute.ints().end());
      return;
    default:
      break;
  }
  out.numbers.erase(attribute.name());
  if (attribute.type() == onnx::AttributeProto::STRING) out.texts[attribute.name()] = attribute.s();
}

OnnxNode read_node(const onnx::NodeProto& node) {
  OnnxNode out;
  out.name = node.name();
  const bool own = node.domain().empty() || node.domain() == "ai.onnx";
  out.operation = own ? node.op_type() : node.domain() + "." + node.op_type();
  out.inputs.assign(node.input().begin(), node.input().end());
  out.outputs.assign(node.output().begin(), node.output().end());
  for (const onnx::AttributeProto& attribute : node.attribute()) read_attribute(attribute, out);
  return out;
}

/// A node that only gives a constant (a name) becomes one; false: it does more.
bool takes_as_constant(const onnx::NodeProto& node, OnnxGraph& graph) {
  if (node.output_size() != 1) return false;
  if (node.op_type() == "Identity" && node.input_size() == 1) {
    const auto constant = graph.tensors.find(node.input(0));
    if (constant == graph.tensors.end()) return false;
    OnnxTensor copy = constant->second;
    graph.tensors.insert_or_assign(node.output(0), std::move(copy));
    return true;
  }
  if (node.op_type() != "Constant") return false;
  for (const onnx::AttributeProto& attribute : node.attribute())
    if (attribute.name() == "value" && attribute.type() == onnx::AttributeProto::TENSOR) {
      graph.tensors.insert_or_assign(node.output(0), read_tensor(attribute.t(), node.output(0)));
      return true;
    }
  return false;
}

void read_input(const onnx::GraphProto& proto, OnnxGraph& graph) {
  std::size_t inputs = 0;
  for (const onnx::ValueInfoProto& value : proto.input()) {
    if (graph.tensors.contains(value.name())) continue;  // an initialiser may be named again
    ++inputs;
    graph.input = value.name();
    for (const auto& size : value.type().tensor_type().shape().dim())
      graph.input_sizes.push_back(size.has_dim_value() ? size.dim_value() : 0);
  }
  if (inputs != 1) throw NotRead(fmt::format("takes {} inputs; expected one", inputs));
}

OnnxGraph read_graph(const onnx::GraphProto& proto) {
  OnnxGraph graph;
  for (const onnx::TensorProto& tensor : proto.initializer())
    graph.tensors.insert_or_assign(tensor.name(), read_tensor(tensor, tensor.name()));
  read_input(proto, graph);
  for (const onnx::ValueInfoProto& value : proto.output()) graph.outputs.push_back(value.name());
  for (const onnx::NodeProto& node : proto.node())
    if (!takes_as_constant(node, graph)) graph.nodes.push_back(read_node(node));
  return graph;
}

}  // namespace

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ') c = '?';
  return text;
}

tl::expected<OnnxGraph, std::string> parse_onnx(std::string_view bytes) {
  if (bytes.size() > INT_MAX) return tl::unexpected<std::string>("is larger than 2 GiB");
  onnx::ModelProto model;
  if (!model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return tl::unexpected<std::string>("is no ONNX model, or is cut off");
  if (!model.has_ir_version() || !model.has_graph() || model.graph().node_size() == 0)
    return tl::unexpected<std::string>("is no ONNX model: it has no graph");
  try {
    return read_graph(model.graph());
  } catch (const NotRead& what) {
    return tl::unexpected<std::string>(one_line(what.what()));
  }
}

}  // namespace equivolve::nn
