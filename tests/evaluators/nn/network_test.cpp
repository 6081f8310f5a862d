// A network as a value: its parts, copies, seeds, wrong architectures, and that it learns.
#include "evaluators/common/nn/network.hpp"

#include <thread>

#include "evaluators/common/nn/losses.hpp"
#include "tests/evaluators/nn/support.hpp"

namespace equivolve::nn {
namespace {

const Architecture kImages{{2, 8, 8},
                           {convolution(4, 3, 1, 1, true), batch_norm(), relu(), max_pool(2),
                            dense(6), dropout(0.25), tanh(), dense(3)}};

std::vector<std::uint32_t> some_labels(std::size_t count, std::uint32_t classes) {
  std::vector<std::uint32_t> labels(count);
  for (std::size_t i = 0; i < count; ++i) labels[i] = static_cast<std::uint32_t>(i * i) % classes;
  return labels;
}

/// Plain gradient descent; all that it leaves behind.
template <class Scalar>
Network<Scalar> trained(Network<Scalar> network, std::span<const Scalar> x, int steps,
                        Scalar rate = Scalar(0.1)) {
  const std::size_t samples = x.size() / network.inputs();
  const auto labels = some_labels(samples, static_cast<std::uint32_t>(network.outputs()));
  Workspace<Scalar> work(network.plan(), samples);
  for (int step = 0; step < steps; ++step) {
    const auto logits =
        network.forward(x, Pass::training(7, static_cast<std::uint32_t>(step)), work);
    cross_entropy<Scalar>(logits, network.outputs(), std::span<const std::uint32_t>(labels),
                          work.output_gradient());
    network.backward(work);
    network.update_statistics(work);
    for (std::size_t i = 0; i < network.parameters().size(); ++i)
      network.parameters()[i] -= rate * network.gradients()[i];
  }
  return network;
}

template <class Scalar>
std::vector<Scalar> all_of(const Network<Scalar>& network) {
  std::vector<Scalar> numbers(network.parameters().begin(), network.parameters().end());
  numbers.insert(numbers.end(), network.statistics().begin(), network.statistics().end());
  return numbers;
}

TEST(Network, BlocksCoverTheParameters) {
  const auto network = *Network<float>::make(kImages, 1);
  // Convolution 4 x (3 x 3 x 2) and bias, scale and shift, dense 6 x 64 and bias, 3 x 6 and bias.
  struct Expected {
    std::size_t rows, columns, fan_in, fan_out;
    bool is_bias;
  };
  const Expected expected[] = {{4, 18, 18, 36, false}, {4, 1, 18, 1, true},   {4, 1, 1, 1, false},
                               {4, 1, 1, 1, true},     {6, 64, 64, 6, false}, {6, 1, 64, 1, true},
                               {3, 6, 6, 3, false},    {3, 1, 6, 1, true}};
  ASSERT_EQ(network.blocks().size(), std::size(expected));
  std::size_t offset = 0;
  for (std::size_t b = 0; b < std::size(expected); ++b) {
    const ParameterBlock& block = network.blocks()[b];
    EXPECT_EQ(block.offset, offset);
    EXPECT_EQ(block.rows, expected[b].rows);
    EXPECT_EQ(block.columns, expected[b].columns);
    EXPECT_EQ(block.fan_in, expected[b].fan_in);
    EXPECT_EQ(block.fan_out, expected[b].fan_out);
    EXPECT_EQ(block.is_bias, expected[b].is_bias);
    offset += block.rows * block.columns;
  }
  EXPECT_EQ(offset, network.parameters().size());
  EXPECT_EQ(network.gradients().size(), offset);
  EXPECT_EQ(network.statistics().size(), 8U);
}

TEST(Network, FirstWeightsHaveTheVarianceOfTheirFan) {
  const auto network = *Network<double>::make(
      {{400, 1, 1}, {dense(300), batch_norm(), relu(), dense(200), tanh()}}, 5);
  const auto variance_of = [&](const ParameterBlock& block) {
    double sum = 0;
    for (const double w : network.parameters().subspan(block.offset, block.rows * block.columns))
      sum += w * w;
    return sum / static_cast<double>(block.rows * block.columns);
  };
  // The sample variance of n normals deviates by sqrt(2 / n); five of those.
  EXPECT_NEAR(variance_of(network.blocks()[0]) * 400 / 2, 1, 5 * std::sqrt(2.0 / 120000));
  EXPECT_NEAR(variance_of(network.blocks()[4]) * 300, 1, 5 * std::sqrt(2.0 / 60000));
  EXPECT_EQ(variance_of(network.blocks()[1]), 0);  // bias
  EXPECT_EQ(variance_of(network.blocks()[2]), 1);  // scale
}

TEST(Network, TheSeedMakesTheWeights) {
  const auto first = all_of(*Network<double>::make(kImages, 1));
  EXPECT_EQ(first, all_of(*Network<double>::make(kImages, 1)));
  EXPECT_NE(first, all_of(*Network<double>::make(kImages, 2)));
  // Floats are the rounded doubles.
  EXPECT_EQ(all_of(*Network<float>::make(kImages, 1)),
            all_of(Network<double>::make(kImages, 1)->as<float>()));
}

template <class Scalar>
class BothScalars : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(BothScalars, Scalars);

TYPED_TEST(BothScalars, TrainingRepeatsBitForBitInAnyThreadAndPlace) {
  using S = TypeParam;
  // Whole registers of channels one way and back, and channels that fill none.
  const Architecture images{
      {2, 8, 8},
      {convolution(8), batch_norm(), relu(), convolution(16), convolution(3, 3, 1, 1, true),
       max_pool(2), dense(6), dropout(0.25), tanh(), dense(3)}};
  const auto network = *Network<S>::make(images, 4);
  const auto x = test::random_numbers<S>(12 * network.inputs(), 2);
  const auto once = all_of(trained<S>(network, x, 20));

  std::vector<S> elsewhere(x.size() + 3);  // another alignment
  std::copy(x.begin(), x.end(), elsewhere.begin() + 3);
  std::vector<std::vector<S>> results(4);
  {
    std::vector<std::jthread> threads;
    for (auto& result : results)
      threads.emplace_back([&network, &result, &elsewhere] {
        result = all_of(trained<S>(network, std::span(elsewhere).subspan(3), 20));
      });
  }
  for (const auto& result : results) EXPECT_EQ(result, once);
}

TYPED_TEST(BothScalars, LearnsWhatItIsShown) {
  using S = TypeParam;
  auto network = *Network<S>::make({{4, 1, 1}, {dense(32), batch_norm(), relu(), dense(3)}}, 6);
  const auto x = test::random_numbers<S>(30 * 4, 3);
  const auto labels = some_labels(30, 3);
  network = trained<S>(network, x, 2000, S(0.5));
  Workspace<S> work(network.plan(), 30);
  const auto logits = network.forward(x, {.batch_statistics = 1}, work);
  EXPECT_LT(
      cross_entropy<S>(logits, 3, std::span<const std::uint32_t>(labels), work.output_gradient()),
      0.02);
}

TEST(Network, CopiesAreIndependent) {
  const auto original = *Network<double>::make(kImages, 1);
  const auto before = all_of(original);
  const auto x = test::random_numbers(8 * original.inputs(), 2);
  EXPECT_NE(all_of(trained<double>(original, x, 3)), before);
  EXPECT_EQ(all_of(original), before);
}

TEST(Network, AWorkspaceServesSmallerBatches) {
  auto network = *Network<double>::make({{5, 1, 1}, {dense(4), tanh(), dense(2)}}, 1);
  const auto x = test::random_numbers(6 * 5, 2);
  Workspace<double> large(network.plan(), 6), fitting(network.plan(), 2);
  network.forward(x, {}, large);
  const auto part = std::span(x).first(2 * 5);
  const auto found = network.forward(part, {}, large),
             expected = network.forward(part, {}, fitting);
  EXPECT_EQ(std::vector(found.begin(), found.end()), std::vector(expected.begin(), expected.end()));
  EXPECT_EQ(large.output_gradient().size(), 4U);
}

TEST(Network, GradientsOfBatchNormsAloneAreThoseOfAll) {
  auto network = *Network<double>::make(kImages, 1);
  const auto x = test::random_numbers(8 * network.inputs(), 2);
  Workspace<double> work(network.plan(), 8);
  const auto gradients = [&](const Wanted& wanted) {
    const auto logits = network.forward(x, {.batch_statistics = 1}, work);
    entropy<double>(logits, 3, work.output_gradient());
    network.backward(work, wanted);
    return std::vector(network.gradients().begin(), network.gradients().end());
  };
  const auto all = gradients({}), norms = gradients({.all_weights = false});
  for (std::size_t b = 0; b < network.blocks().size(); ++b) {
    const ParameterBlock& block = network.blocks()[b];
    for (std::size_t i = block.offset; i < block.offset + block.rows * block.columns; ++i)
      EXPECT_EQ(norms[i], b == 2 || b == 3 ? all[i] : 0);
  }
}

TEST(Network, WrongArchitecturesAreNamedInOneLine) {
  const auto text_of = [](const Architecture& a) {
    const auto network = Network<float>::make(a, 1);
    return network ? "accepted" : network.error();
  };
  const Shape image{1, 4, 4};
  EXPECT_EQ(text_of({image, {}}), "a network without layers");
  EXPECT_EQ(text_of({{0, 4, 4}, {relu()}}), "the shape of the input has no or too many numbers");
  EXPECT_EQ(text_of({image, {relu(), dense(0)}}), "layer 2: it has no units");
  EXPECT_EQ(text_of({image, {convolution(2, 7)}}), "layer 1: the window is larger than the image");
  EXPECT_EQ(text_of({image, {convolution(2, 3, 0)}}),
            "layer 1: window and stride must be at least 1");
  EXPECT_EQ(text_of({image, {max_pool(5)}}), "layer 1: the window is larger than the image");
  EXPECT_EQ(text_of({image, {dropout(1)}}), "layer 1: the share must be within [0, 1)");
  EXPECT_EQ(text_of({image, {dropout(std::nan(""))}}), "layer 1: the share must be within [0, 1)");
  EXPECT_EQ(text_of({image, {batch_norm(0)}}), "layer 1: epsilon must be above 0");
  EXPECT_EQ(text_of({image, {row_normalize(-1)}}), "layer 1: epsilon must be above 0");
  EXPECT_EQ(text_of({image, {Layer{.kind = static_cast<LayerKind>(99)}}}),
            "layer 1: its kind is unknown");
  EXPECT_EQ(text_of({image, {dense(1U << 31)}}), "layer 1: its output is too large");
  EXPECT_EQ(text_of({{1U << 16, 1, 1}, {dense(1U << 16)}}), "layer 1: it has too many weights");
  EXPECT_EQ(text_of({image, {convolution(1, 3, 1, 1U << 31)}}),
            "layer 1: the window is larger than the image");
  EXPECT_EQ(text_of({image, std::vector<Layer>(1001, relu())}), "more than 1000 layers");
}

}  // namespace
}  // namespace equivolve::nn
