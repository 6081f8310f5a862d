// Networks from ONNX: what PyTorch exported, by its logits; what is not supported, by name; bytes
// that are no network.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "evaluators/common/nn/onnx/onnx_network.hpp"

namespace equivolve::nn {
namespace {

std::string bytes_of(const std::string& name) {
  std::ifstream in(std::string(NN_TEST_DATA) + "/onnx/" + name, std::ios::binary);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

nlohmann::json expected() {
  return nlohmann::json::parse(bytes_of("expected.json"));
}

TEST(Onnx, GivesTheLogitsOfPyTorch) {
  const auto all = expected();
  for (const char* name : {"convolutions", "averages", "pooled", "perceptron", "rows"}) {
    auto network = network_from_onnx(bytes_of(std::string(name) + ".onnx"));
    ASSERT_TRUE(network) << name << ": " << network.error();
    const auto shape = all[name]["shape"].get<std::vector<std::size_t>>();
    const auto logits = all[name]["logits"].get<std::vector<double>>();
    auto x = all[name]["x"].get<std::vector<double>>();
    if (shape.size() == 3) x = channels_last(x, shape[0], shape[1] * shape[2]);
    ASSERT_EQ(network->inputs() * 4, x.size()) << name;
    Workspace<double> work(network->plan(), 4);
    const auto found = network->forward(x, Pass::prediction(), work);
    ASSERT_EQ(found.size(), logits.size()) << name;
    for (std::size_t i = 0; i < logits.size(); ++i)
      EXPECT_NEAR(found[i], logits[i], 1e-5) << name << ' ' << i;
    EXPECT_FALSE(network->statistics().empty()) << name << ": its batch norms";
  }
}

TEST(Onnx, NamesWhatItDoesNotRead) {
  const auto residual = network_from_onnx(bytes_of("residual.onnx"));
  ASSERT_FALSE(residual);
  EXPECT_NE(residual.error().find("Add"), std::string::npos) << residual.error();
  EXPECT_EQ(residual.error().find('\n'), std::string::npos);
}

/// x (batch x 4) through one dense layer of 3 units, then `nodes`.
OnnxGraph dense_then(std::vector<OnnxNode> nodes) {
  OnnxGraph graph;
  graph.input = "x";
  graph.input_sizes = {0, 4};
  graph.tensors["w"] = {{3, 4}, std::vector<double>(12, 0.5)};
  graph.tensors["b"] = {{3}, {1, 2, 3}};
  graph.nodes.push_back({"", "Gemm", {"x", "w", "b"}, {"h"}, {{"transB", {1}}}, {}});
  for (OnnxNode& node : nodes) graph.nodes.push_back(std::move(node));
  graph.outputs = {graph.nodes.back().outputs.front()};
  return graph;
}

/// An image of 2 x 6 x 6, then `nodes`.
OnnxGraph image_then(std::vector<OnnxNode> nodes) {
  OnnxGraph graph;
  graph.input = "x";
  graph.input_sizes = {0, 2, 6, 6};
  graph.tensors["k"] = {{3, 2, 3, 3}, std::vector<double>(54, 0.1)};
  graph.tensors["n"] = {{2}, {1, 1}};
  graph.tensors["axes"] = {{2}, {2, 3}};
  graph.nodes = std::move(nodes);
  graph.outputs = {graph.nodes.back().outputs.front()};
  return graph;
}

void expect_refused(const OnnxGraph& graph, const std::string& word) {
  const auto network = network_of(graph);
  ASSERT_FALSE(network) << "accepted; expected a refusal with " << word;
  EXPECT_NE(network.error().find(word), std::string::npos) << network.error();
  EXPECT_EQ(network.error().find('\n'), std::string::npos);
}

TEST(Onnx, ProductsInEveryWritingAreTheSameLayer) {
  const auto told = [](const OnnxGraph& graph) {
    const auto network = network_of(graph);
    EXPECT_TRUE(network) << network.error();
    if (!network) return std::vector<double>{};
    const std::vector<double> x{1, 2, 3, 4};
    Workspace<double> work(network->plan(), 1);
    const auto logits = network->forward(x, Pass::prediction(), work);
    return std::vector<double>(logits.begin(), logits.end());
  };
  OnnxGraph graph = dense_then({});
  graph.outputs = {"h"};
  const std::vector<double> w{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  graph.tensors["w"] = {{3, 4}, w};
  const std::vector<double> expected{31, 72, 113};
  EXPECT_EQ(told(graph), expected);
  std::vector<double> turned(12);
  for (std::size_t i = 0; i < 12; ++i) turned[i % 4 * 3 + i / 4] = w[i];
  graph.tensors["w"] = {{4, 3}, turned};
  graph.nodes[0].numbers.clear();
  EXPECT_EQ(told(graph), expected);
  graph.nodes[0] = {"", "MatMul", {"x", "w"}, {"p"}, {}, {}};
  graph.nodes.push_back({"", "Add", {"b", "p"}, {"h"}, {}, {}});
  EXPECT_EQ(told(graph), expected);
  graph.nodes.push_back({"", "LogSoftmax", {"h"}, {"logs"}, {{"axis", {-1}}}, {}});
  graph.outputs = {"logs"};
  EXPECT_EQ(told(graph), expected) << "logits, not logarithms of probabilities";
  graph.nodes[0] = {"", "Gemm", {"x", "w", "b"}, {"h"}, {{"alpha", {2}}, {"beta", {3}}}, {}};
  graph.nodes.resize(1);
  graph.outputs = {"h"};
  EXPECT_EQ(told(graph), (std::vector<double>{63, 146, 229}));
}

TEST(Onnx, RefusesEachPartItDoesNotHave) {
  expect_refused(dense_then({{"gelu_1", "Gelu", {"h"}, {"y"}, {}, {}}}), "Gelu ('gelu_1')");
  expect_refused(dense_then({{"", "Add", {"h", "b"}, {"y"}, {}, {}}}), "bias");
  expect_refused(dense_then({{"", "Relu", {"other"}, {"y"}, {}, {}}}), "one after the other");
  expect_refused(dense_then({{"", "Gemm", {"h", "w"}, {"y"}, {{"transB", {1}}}, {}}}), "reads 4");
  expect_refused(dense_then({{"", "Gemm", {"h", "x"}, {"y"}, {}, {}}}), "no constant");
  expect_refused(
      dense_then({{"", "Softmax", {"h"}, {"s"}, {}, {}}, {"", "Relu", {"s"}, {"y"}, {}, {}}}),
      "behind a Softmax");
  expect_refused(dense_then({{"", "com.maker.Norm", {"h"}, {"y"}, {}, {}}}), "com.maker.Norm");
  const auto convolution = [](std::map<std::string, std::vector<double>> numbers,
                              std::map<std::string, std::string> texts = {}) {
    return image_then({{"", "Conv", {"x", "k"}, {"y"}, std::move(numbers), std::move(texts)}});
  };
  expect_refused(convolution({{"group", {2}}}), "groups");
  expect_refused(convolution({{"dilations", {2, 2}}}), "dilations");
  expect_refused(convolution({{"strides", {1, 2}}}), "strides");
  expect_refused(convolution({{"pads", {0, 0, 1, 1}}}), "pads");
  expect_refused(convolution({}, {{"auto_pad", "SAME_UPPER"}}), "SAME_UPPER");
  expect_refused(convolution({}), "ends with an image");
  const auto pool = [](std::map<std::string, std::vector<double>> numbers) {
    return image_then({{"", "MaxPool", {"x"}, {"y"}, std::move(numbers), {}}});
  };
  expect_refused(pool({{"kernel_shape", {3, 3}}, {"strides", {2, 2}}}), "overlap");
  expect_refused(pool({{"kernel_shape", {0, 0}}, {"strides", {0, 0}}, {"ceil_mode", {1}}}),
                 "overlap");
  expect_refused(pool({{"kernel_shape", {4, 4}}, {"strides", {4, 4}}, {"ceil_mode", {1}}}),
                 "ceil_mode");
  expect_refused(image_then({{"", "Transpose", {"x"}, {"y"}, {}, {}}}), "Transpose");
  expect_refused(image_then({{"", "ReduceMean", {"x"}, {"y"}, {{"axes", {1}}}, {}}}),
                 "rows and columns");
  expect_refused(image_then({{"", "Flatten", {"x"}, {"f"}, {}, {}},
                             {"", "BatchNormalization", {"f", "n", "n", "n", "n"}, {"y"}, {}, {}}}),
                 "flattened");
  OnnxGraph graph = dense_then({});
  graph.outputs = {"h"};
  graph.tensors["w"].numbers[3] = std::nan("");
  expect_refused(graph, "finite");
  graph = dense_then({});
  graph.outputs = {"h"};
  graph.tensors["w"] = {{0x10000000, 4}, {}};
  graph.tensors["b"] = {{0x10000000}, {}};
  expect_refused(graph, "numbers");
  graph = dense_then({});
  graph.outputs = {"h", "x"};
  expect_refused(graph, "2 outputs");
  graph.input_sizes = {0, 0};
  expect_refused(graph, "not fixed");
  graph.input_sizes = {4};
  expect_refused(graph, "1 dimensions");
}

TEST(Onnx, EveryCutAndAnyOtherFileIsOneLine) {
  const std::string whole = bytes_of("convolutions.onnx");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto network = network_from_onnx(std::string_view(whole).substr(0, length));
    // What comes after the graph, such as the version of its operations, may be missing.
    if (network) {
      EXPECT_GT(length + 100, whole.size()) << length;
      continue;
    }
    EXPECT_FALSE(network.error().empty());
    EXPECT_EQ(network.error().find('\n'), std::string::npos) << network.error();
  }
  for (const std::string& other : {std::string("no network"), std::string("\x89PNG\r\n\x1a\n"),
                                   std::string(1000, '\0'), std::string("\x08\x07")}) {
    const auto network = network_from_onnx(other);
    ASSERT_FALSE(network);
    EXPECT_NE(network.error().find("no ONNX model"), std::string::npos) << network.error();
  }
}

TEST(Onnx, ChangedBytesDoNoHarm) {
  const std::string whole = bytes_of("perceptron.onnx");
  std::mt19937 random(5);
  for (int trial = 0; trial < 3000; ++trial) {
    std::string changed = whole;
    for (int k = 0; k < 1 + trial % 4; ++k)
      changed[random() % changed.size()] = static_cast<char>(random());
    const auto network = network_from_onnx(changed);
    if (network) continue;
    EXPECT_EQ(network.error().find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace equivolve::nn
