// Two trained classifiers whose logits, losses and gradients PyTorch worked out in double precision
// (data/README.md).
#include <fstream>
#include <nlohmann/json.hpp>

#include "evaluators/common/nn/losses.hpp"
#include "tests/evaluators/nn/support.hpp"

namespace equivolve::nn {
namespace {

using nlohmann::json;
using Numbers = std::vector<double>;

json read_golden(const std::string& name) {
  std::ifstream file(std::string(NN_TEST_DATA) + "/" + name);
  return json::parse(file);
}

/// From images x channels x pixels to channels varying fastest.
Numbers channels_last(const Numbers& values, std::size_t channels, std::size_t pixels) {
  Numbers result(values.size());
  const std::size_t images = values.size() / (channels * pixels);
  for (std::size_t i = 0; i < images; ++i)
    for (std::size_t c = 0; c < channels; ++c)
      for (std::size_t p = 0; p < pixels; ++p)
        result[(i * pixels + p) * channels + c] = values[(i * channels + c) * pixels + p];
  return result;
}

struct Golden {
  std::string file;
  Architecture architecture;
};

struct Loaded {
  json golden;
  Network<double> network;
  Numbers x;
};

Loaded load_golden(const Golden& golden) {
  const json file = read_golden(golden.file);
  auto network = Network<double>::make(golden.architecture, 1);
  auto place = network->parameters().begin();
  for (const json& layer : file["layers"]) {
    auto values = layer["mean"].get<Numbers>();
    const auto shape = layer["shape"].get<std::vector<std::size_t>>();
    if (shape.size() == 4) values = channels_last(values, shape[1], shape[2] * shape[3]);
    place = std::copy(values.begin(), values.end(), place);
  }
  EXPECT_EQ(place, network->parameters().end());
  auto statistic = network->statistics().begin();
  for (const char* name : {"b1", "b2", "b3"}) {
    if (!file["running"].contains(name)) continue;
    for (const char* moment : {"mean", "var"}) {
      const auto values = file["running"][name][moment].get<Numbers>();
      statistic = std::copy(values.begin(), values.end(), statistic);
    }
  }
  EXPECT_EQ(statistic, network->statistics().end());
  auto x = file["golden"]["input_u8"].get<Numbers>();
  for (double& pixel : x) pixel /= 255;
  return {file["golden"], *std::move(network), std::move(x)};
}

/// Relative to the greatest, as the files have ten digits.
template <class Scalar>
void expect_near(std::span<const Scalar> found, const json& expected, double relative) {
  const auto values = expected.get<Numbers>();
  ASSERT_EQ(found.size(), values.size());
  double greatest = 0;
  for (const double value : values) greatest = std::max(greatest, std::abs(value));
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_NEAR(static_cast<double>(found[i]), values[i],
                relative * std::max(std::abs(values[i]), 0.01 * greatest))
        << i;
}

/// The golden gradients are those of batch norms alone, in order of the layers.
template <class Scalar>
void expect_tent(Network<Scalar>& network, std::span<const Scalar> x, const json& tent,
                 double relative) {
  Workspace<Scalar> work(network.plan(), x.size() / network.inputs());
  const auto logits = network.forward(x, {.batch_statistics = 1}, work);
  const double loss = entropy<Scalar>(logits, network.outputs(), work.output_gradient());
  EXPECT_NEAR(loss, tent["loss"].get<double>(), relative * loss);
  network.backward(work, {.all_weights = false});
  int norms = 0;
  for (const LayerPlan& step : network.plan().layers) {
    if (step.layer.kind != LayerKind::kBatchNorm) continue;
    const std::string name = "b" + std::to_string(++norms);
    const std::span<const Scalar> gradients = network.gradients();
    expect_near<Scalar>(gradients.subspan(step.weights, step.in.channels),
                        tent["grad"][name + ".weight"], relative);
    expect_near<Scalar>(gradients.subspan(step.bias, step.in.channels),
                        tent["grad"][name + ".bias"], relative);
  }
}

template <class Scalar>
void expect_golden(const Loaded& loaded, double relative) {
  auto network = [&] {
    if constexpr (std::is_same_v<Scalar, double>)
      return loaded.network;
    else
      return loaded.network.as<Scalar>();
  }();
  const std::vector<Scalar> x(loaded.x.begin(), loaded.x.end());
  const std::size_t samples = x.size() / network.inputs(), classes = network.outputs();
  Workspace<Scalar> work(network.plan(), samples);
  expect_near(network.forward(x, Pass::prediction(), work), loaded.golden["logits_source"],
              relative);
  const auto logits = network.forward(x, {.batch_statistics = 1}, work);
  expect_near(logits, loaded.golden["logits_batch_statistics"], relative);

  const auto labels = loaded.golden["labels"].get<std::vector<std::uint32_t>>();
  const double nll = cross_entropy<Scalar>(logits, classes, std::span<const std::uint32_t>(labels),
                                           work.output_gradient());
  EXPECT_NEAR(nll, loaded.golden["metrics_batch_statistics"]["nll"].get<double>(), relative * nll);
  expect_tent<Scalar>(network, x, loaded.golden["tent"], relative);
}

Golden mlp() {
  return {"golden-digits-mlp.json",
          {{64, 1, 1},
           {dense(64, false), batch_norm(), relu(), dense(64, false), batch_norm(), relu(),
            dense(10)}}};
}

Golden conv() {
  return {"golden-fashion-conv.json",
          {{1, 28, 28},
           {convolution(8), batch_norm(), relu(), max_pool(2), convolution(16), batch_norm(),
            relu(), max_pool(2), convolution(32), batch_norm(), relu(), mean_pool(), dense(10)}}};
}

TEST(Golden, DigitsPerceptronInDouble) {
  expect_golden<double>(load_golden(mlp()), 1e-7);
}
TEST(Golden, DigitsPerceptronInFloat) {
  expect_golden<float>(load_golden(mlp()), 1e-4);
}
TEST(Golden, FashionConvolutionsInDouble) {
  expect_golden<double>(load_golden(conv()), 1e-7);
}
TEST(Golden, FashionConvolutionsInFloat) {
  expect_golden<float>(load_golden(conv()), 1e-4);
}

}  // namespace
}  // namespace equivolve::nn
