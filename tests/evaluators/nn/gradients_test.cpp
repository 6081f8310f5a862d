// Every layer's backward pass against central differences of its forward pass, in double.
#include <string>

#include "tests/evaluators/nn/support.hpp"

namespace equivolve::nn {
namespace {

struct Case {
  std::string name;
  Architecture architecture;
  Pass pass = {};
  std::size_t samples = 5;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

class Gradients : public testing::TestWithParam<Case> {};

TEST_P(Gradients, AreThoseOfCentralDifferences) {
  const Case& c = GetParam();
  auto network = Network<double>::make(c.architecture, 3);
  ASSERT_TRUE(network) << network.error();
  // Biases, shifts, scales and statistics of their own, so that none of them is hidden by 0 or 1.
  const auto other = test::random_numbers(network->parameters().size(), 4);
  for (std::size_t i = 0; i < other.size(); ++i) network->parameters()[i] += 0.3 * other[i];
  for (double& s : network->statistics()) s += 0.25;
  auto x = test::random_numbers(c.samples * network->inputs(), 5);
  const auto weights = test::random_numbers(c.samples * network->outputs(), 6);

  // A random linear form of the outputs sees every one of them.
  Workspace<double> work(network->plan(), c.samples);
  const auto loss = [&] {
    const auto y = network->forward(x, c.pass, work);
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += weights[i] * y[i];
    return sum;
  };
  loss();
  std::copy(weights.begin(), weights.end(), work.output_gradient().begin());
  const auto at_input = network->backward(work, {.all_weights = true, .input = true});
  const std::vector<double> input_gradient(at_input.begin(), at_input.end());
  const std::vector<double> gradient(network->gradients().begin(), network->gradients().end());

  test::expect_gradient(network->parameters(), gradient, loss);
  test::expect_gradient(x, input_gradient, loss);
}

constexpr Shape kVector{7, 1, 1}, kImage{3, 6, 5};
const Pass kBatch{.batch_statistics = 1}, kMixed{.batch_statistics = 0.3};
const Pass kTraining = Pass::training(9, 2);

const Case kCases[] = {
    {"dense", {kVector, {dense(4)}}},
    {"dense_without_bias", {kVector, {dense(4, false)}}},
    {"dense_of_an_image", {kImage, {dense(4)}}},
    {"dense_wide", {{70, 1, 1}, {dense(66)}}},
    {"convolution", {kImage, {convolution(4)}}},
    {"convolution_with_bias", {kImage, {convolution(2, 3, 1, 1, true)}}},
    {"convolution_without_padding", {kImage, {convolution(2, 3, 1, 0)}}},
    {"convolution_of_pixels", {kImage, {convolution(2, 1, 1, 0)}}},
    {"convolution_even_window", {kImage, {convolution(2, 2, 1, 1)}}},
    {"convolution_stride", {kImage, {convolution(2, 3, 2, 1)}}},
    {"convolution_large_stride", {kImage, {convolution(2, 2, 3, 0)}}},
    {"convolution_one_channel", {{1, 5, 4}, {convolution(3)}}},
    {"convolution_eight_channels", {{8, 4, 3}, {convolution(2)}}, {}, 3},
    {"convolution_sixteen_channels", {{16, 3, 3}, {convolution(2)}}, {}, 2},
    {"convolution_in_several_batches", {{2, 40, 40}, {convolution(1, 3, 2, 1)}}, {}, 3},
    // Whole registers of channels: no columns are made (direct_convolution.hpp).
    {"convolution_direct", {{4, 5, 6}, {convolution(8)}}, {}, 2},
    {"convolution_direct_one_channel", {{1, 6, 13}, {convolution(4, 3, 1, 1, true)}}},
    {"convolution_direct_long_rows", {{4, 2, 29}, {convolution(4, 2, 1, 0)}}, {}, 2},
    {"convolution_direct_three_registers", {{8, 3, 3}, {convolution(12, 3, 1, 2)}}, {}, 2},
    {"convolution_direct_large_window", {{4, 6, 5}, {convolution(4, 5, 1, 2)}}, {}, 1},
    {"convolution_direct_forward_alone", {{3, 4, 4}, {convolution(4), convolution(4, 1, 1, 1)}}},
    {"convolution_direct_backward_alone", {{4, 4, 4}, {convolution(3, 3, 1, 0)}}},
    {"batch_norm", {kVector, {batch_norm()}}, kBatch},
    {"batch_norm_of_an_image", {kImage, {batch_norm()}}, kBatch},
    {"batch_norm_stored", {kImage, {batch_norm()}}, {}},
    {"batch_norm_mixed", {kImage, {batch_norm()}}, kMixed},
    {"batch_norm_large_epsilon", {kVector, {batch_norm(0.5)}}, kBatch},
    {"batch_norm_many_channels", {{130, 1, 1}, {batch_norm()}}, kBatch},
    {"batch_norm_many_positions", {{1, 30, 30}, {batch_norm()}}, kBatch, 6},
    {"dropout", {kVector, {dense(6), dropout(0.4)}}, kTraining},
    {"dropout_first", {kVector, {dropout(0.4), dense(3)}}, kTraining},
    {"dropout_off", {kVector, {dropout(0.4), dense(3)}}},
    {"relu", {kVector, {relu()}}},
    {"tanh", {kVector, {tanh()}}},
    {"sigmoid", {kVector, {sigmoid()}}},
    {"max_pool", {kImage, {max_pool(2)}}},
    {"max_pool_of_all", {kImage, {max_pool(0)}}},
    {"mean_pool", {kImage, {mean_pool(2)}}},
    {"mean_pool_of_all", {kImage, {mean_pool()}}},
    {"row_normalize", {kVector, {row_normalize()}}},
    {"row_normalize_image", {kImage, {row_normalize()}}},
    {"row_normalize_long_epsilon", {kVector, {row_normalize(100)}}},
    // Layers that write over their input beside others that need what they wrote.
    {"activations_in_a_row", {kVector, {tanh(), relu(), sigmoid(), tanh()}}},
    {"normalize_then_relu", {kVector, {row_normalize(), relu(), dense(2)}}},
    {"relu_then_dropout", {kVector, {dense(5), relu(), dropout(0.3), tanh()}}, kTraining},
    {"norm_relu", {kImage, {batch_norm(), relu(), dense(2)}}, kMixed},
    {"norm_relu_many_positions", {{1, 30, 30}, {batch_norm(), relu()}}, kBatch, 4},
    {"norm_relu_of_stored", {kVector, {batch_norm(), relu()}}, {}},
    {"norm_relu_norm", {kVector, {batch_norm(), relu(), batch_norm(), sigmoid()}}, kBatch},
    {"perceptron", {kVector, {dense(9), relu(), dense(8), tanh(), dense(3)}}},
    {"perceptron_normed",
     {kVector,
      {dense(6, false), batch_norm(), relu(), dense(6, false), batch_norm(), relu(), dense(3)}},
     kBatch,
     9},
    {"convolutions",
     {{2, 8, 8},
      {convolution(3), batch_norm(), relu(), max_pool(2), convolution(4), batch_norm(), relu(),
       mean_pool(), dense(3)}},
     kBatch,
     4},
    {"one_sample", {kVector, {dense(4), tanh(), dense(2)}}, {}, 1},
};
INSTANTIATE_TEST_SUITE_P(Layers, Gradients, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

// Floats are held to doubles: the same network, inputs and form of the outputs.
class FloatGradients : public testing::TestWithParam<Case> {};

template <class Scalar>
std::vector<double> gradients_of(Network<Scalar> network, const Case& c) {
  const auto x = test::random_numbers<Scalar>(c.samples * network.inputs(), 5),
             weights = test::random_numbers<Scalar>(c.samples * network.outputs(), 6);
  Workspace<Scalar> work(network.plan(), c.samples);
  const auto y = network.forward(x, c.pass, work);
  std::vector<double> all(y.begin(), y.end());
  std::copy(weights.begin(), weights.end(), work.output_gradient().begin());
  const auto at_input = network.backward(work, {.all_weights = true, .input = true});
  all.insert(all.end(), at_input.begin(), at_input.end());
  all.insert(all.end(), network.gradients().begin(), network.gradients().end());
  return all;
}

TEST_P(FloatGradients, AreThoseOfDoubles) {
  const Case& c = GetParam();
  const auto network = *Network<double>::make(c.architecture, 3);
  const auto expected = gradients_of(network, c), found = gradients_of(network.as<float>(), c);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    ASSERT_NEAR(found[i], expected[i], 2e-4 * (1 + std::abs(expected[i]))) << i;
}

const Case kFloatCases[] = {
    {"direct_short_registers", {{8, 9, 13}, {convolution(24)}}, {}, 2},
    {"direct_long_registers", {{16, 7, 6}, {convolution(32, 3, 1, 1, true)}}, {}, 2},
    {"direct_one_channel", {{1, 12, 12}, {convolution(8), batch_norm(), relu()}}, kBatch, 3},
    {"direct_one_channel_long", {{1, 12, 12}, {convolution(16)}}, {}, 3},
    // On either side of what weights_stay_near (convolution.cpp) allows.
    {"direct_last", {{104, 3, 3}, {convolution(64)}}, {}, 1},
    {"columns_of_many", {{128, 3, 3}, {convolution(64)}}, {}, 1},
    {"columns", {{3, 7, 5}, {convolution(5)}}, {}, 3},
};
INSTANTIATE_TEST_SUITE_P(Layers, FloatGradients, testing::ValuesIn(kFloatCases),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace equivolve::nn
