// What layers give, known from their definitions; their gradients are held in gradients_test.cpp.
#include <numeric>

#include "evaluators/common/nn/dropout.hpp"
#include "tests/evaluators/nn/support.hpp"

namespace equivolve::nn {
namespace {

using Numbers = std::vector<double>;

Numbers run(const Network<double>& network, const Numbers& x, const Pass& pass = {}) {
  Workspace<double> work(network.plan(), x.size() / network.inputs());
  const auto y = network.forward(x, pass, work);
  return {y.begin(), y.end()};
}

Numbers run(const Architecture& architecture, const Numbers& x, const Pass& pass = {}) {
  return run(*Network<double>::make(architecture, 1), x, pass);
}

void expect_near(const Numbers& found, const Numbers& expected, double tolerance = 1e-14) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], tolerance) << i;
}

TEST(Dense, IsWeightsTimesInputPlusBias) {
  auto network = *Network<double>::make({{2, 1, 1}, {dense(3)}}, 1);
  const Numbers parameters{1, 2, 3, 4, 5, 6, 10, 20, 30};  // rows (1 2), (3 4), (5 6), then biases
  std::copy(parameters.begin(), parameters.end(), network.parameters().begin());
  expect_near(run(network, {1, -1, 0.5, 2}), {9, 19, 29, 14.5, 29.5, 44.5});
}

/// The definition: sums over window rows, window columns and channels, zeros outside.
Numbers direct_convolution(const LayerPlan& plan, std::span<const double> parameters,
                           const Numbers& x) {
  const Layer& layer = plan.layer;
  const auto window = static_cast<long>(layer.window), height = static_cast<long>(plan.in.height),
             width = static_cast<long>(plan.in.width),
             channels = static_cast<long>(plan.in.channels);
  Numbers y;
  for (std::size_t s = 0; s < x.size() / plan.in.size(); ++s)
    for (long oy = 0; oy < plan.out.height; ++oy)
      for (long ox = 0; ox < plan.out.width; ++ox)
        for (long u = 0; u < layer.units; ++u) {
          double sum = layer.bias ? parameters[plan.bias + static_cast<std::size_t>(u)] : 0;
          for (long wy = 0; wy < window; ++wy)
            for (long wx = 0; wx < window; ++wx) {
              const long iy = oy * layer.stride + wy - layer.padding,
                         ix = ox * layer.stride + wx - layer.padding;
              if (iy < 0 || ix < 0 || iy >= height || ix >= width) continue;
              for (long c = 0; c < channels; ++c)
                sum += parameters[static_cast<std::size_t>(
                           ((u * window + wy) * window + wx) * channels + c)] *
                       x[s * plan.in.size() +
                         static_cast<std::size_t>((iy * width + ix) * channels + c)];
            }
          y.push_back(sum);
        }
  return y;
}

TEST(Convolution, IsThatOfItsDefinition) {
  const Layer layers[] = {convolution(4),          convolution(3, 3, 1, 1, true),
                          convolution(2, 2, 2, 0), convolution(5, 5, 3, 2),
                          convolution(8, 1, 1, 0), convolution(12, 3, 1, 3, true),
                          convolution(16, 4, 1, 2)};
  const Shape shapes[] = {{1, 9, 7}, {3, 6, 8}, {8, 5, 5}, {2, 70, 60}};
  for (const Layer& layer : layers)
    for (const Shape& shape : shapes) {
      auto network = *Network<double>::make({shape, {layer}}, 2);
      for (double& p : network.parameters()) p += 0.1;
      const auto x = test::random_numbers(3 * shape.size(), 3);
      expect_near(run(network, x),
                  direct_convolution(network.plan().layers[0], network.parameters(), x), 1e-12);
    }
}

TEST(BatchNorm, WithBatchStatisticsHasMeanShiftAndDeviationScale) {
  auto network = *Network<double>::make({{2, 1, 1}, {batch_norm(1e-12)}}, 1);
  network.parameters()[1] = 3;   // scale of channel 1
  network.parameters()[2] = 10;  // shift of channel 0
  // Channel 0: 1 and 3 (mean 2, deviation 1); channel 1: 10 and 20 (15, 5).
  expect_near(run(network, {1, 10, 3, 20}, {.batch_statistics = 1}), {9, -3, 11, 3}, 1e-11);
}

TEST(BatchNorm, KeepsRunningMomentsOfTheUnbiasedVariance) {
  auto network = *Network<double>::make({{1, 1, 1}, {batch_norm()}}, 1);
  const Numbers first{1, 2, 6}, second{0, 0, 3};
  Workspace<double> work(network.plan(), 3);
  network.forward(first, {.batch_statistics = 1}, work);
  network.update_statistics(work);
  // Mean 3; variance (4 + 1 + 9) / 2 = 7.
  expect_near({network.statistics().begin(), network.statistics().end()}, {0.3, 0.9 + 0.7});
  network.update_statistics(work, 1);
  network.forward(second, {.batch_statistics = 1}, work);
  network.update_statistics(work, 0.5);  // the plain mean of both
  expect_near({network.statistics().begin(), network.statistics().end()}, {2, 5});
  expect_near(run(network, {2}), {0});  // with what is stored
}

// A mean far from zero takes no digits from the variance, and stretches of many samples are joined.
TEST(BatchNorm, VarianceKeepsItsDigitsFarFromZero) {
  auto network = *Network<float>::make({{3, 1, 1}, {batch_norm()}}, 1);
  std::vector<float> x;
  for (int i = 0; i < 10000; ++i)
    for (const int sign : {1, -1, 1})
      x.push_back(
          static_cast<float>(4096 + sign * (i % 2 == 0 ? 0.3 : -0.3) + (i < 5000 ? 0.4 : -0.4)));
  Workspace<float> work(network.plan(), x.size() / 3);
  network.forward(x, {.batch_statistics = 1}, work);
  network.update_statistics(work, 1);
  for (const int c : {0, 1, 2}) {
    EXPECT_NEAR(network.statistics()[static_cast<std::size_t>(c)], 4096, 1e-3);
    EXPECT_NEAR(network.statistics()[static_cast<std::size_t>(3 + c)], 0.25, 1e-3);
  }
}

TEST(BatchNorm, TakesMeansWhoseSquaresOverflow) {
  const auto y = [] {
    auto network = *Network<float>::make({{1, 1, 1}, {batch_norm()}}, 1);
    Workspace<float> work(network.plan(), 4);
    const std::vector<float> x{3e19F, 3.000001e19F, 3e19F, 3.000001e19F};
    const auto out = network.forward(x, {.batch_statistics = 1}, work);
    return std::vector<float>(out.begin(), out.end());
  }();
  for (const float value : y) EXPECT_NEAR(std::abs(value), 1, 1e-3);
}

TEST(BatchNorm, MixesStatisticsByShare) {
  auto network = *Network<double>::make({{1, 1, 1}, {batch_norm(1e-12)}}, 1);
  network.statistics()[0] = 10;
  network.statistics()[1] = 9;
  // A quarter of (mean 2, variance 1): mean 8, variance 7.
  expect_near(run(network, {1, 3}, {.batch_statistics = 0.25}),
              {-7 / std::sqrt(7), -5 / std::sqrt(7)}, 1e-11);
}

TEST(Activations, AreTheirFunctions) {
  const Numbers x{-2, -0.0, 0.5, 40, -800};
  expect_near(run({{5, 1, 1}, {relu()}}, x), {0, 0, 0.5, 40, 0});
  expect_near(run({{5, 1, 1}, {tanh()}}, x), {std::tanh(-2), 0, std::tanh(0.5), 1, -1}, 1e-15);
  expect_near(run({{5, 1, 1}, {sigmoid()}}, x),
              {1 / (1 + std::exp(2)), 0.5, 1 / (1 + std::exp(-0.5)), 1, 0}, 1e-15);
}

TEST(Activations, PassOnWhatIsNotANumber) {
  for (const Layer& layer : {relu(), tanh(), sigmoid()})
    EXPECT_TRUE(std::isnan(run({{1, 1, 1}, {layer}}, {std::nan("")})[0]));
}

// Two channels: values and their negatives; five columns, of which the last is left out.
TEST(Pools, TakeTheGreatestAndTheMean) {
  Numbers x;
  for (const double v : {1, 2, 3, 4, 9, 5, 8, 7, 6, 9}) x.insert(x.end(), {v, -v});
  expect_near(run({{2, 2, 5}, {max_pool(2)}}, x), {8, -1, 7, -3});
  expect_near(run({{2, 2, 5}, {mean_pool(2)}}, x), {4, -4, 5, -5});
  expect_near(run({{2, 2, 5}, {mean_pool()}}, x), {5.4, -5.4});
  expect_near(run({{2, 2, 5}, {max_pool(0)}}, x), {9, -1});
}

TEST(Pools, PassOnWhatIsNotANumber) {
  for (const std::size_t place : {0, 1, 3}) {
    Numbers x{1, 4, 2, 0};
    x[place] = std::nan("");
    EXPECT_TRUE(std::isnan(run({{1, 2, 2}, {max_pool(2)}}, x)[0])) << place;
    EXPECT_TRUE(std::isnan(run({{1, 2, 2}, {mean_pool(2)}}, x)[0])) << place;
  }
}

TEST(Pools, SendTheGradientToTheFirstMaximum) {
  auto network = *Network<double>::make({{1, 2, 2}, {max_pool(2)}}, 1);
  Workspace<double> work(network.plan(), 1);
  const Numbers x{1, 4, 4, 4};
  network.forward(x, {}, work);
  work.output_gradient()[0] = 7;
  const auto gradient = network.backward(work, {.input = true});
  expect_near({gradient.begin(), gradient.end()}, {0, 7, 0, 0});
}

TEST(RowNormalize, DividesByLengthOrEpsilon) {
  expect_near(run({{2, 1, 1}, {row_normalize(0.1)}}, {3, 4, 0, 0, 0.01, 0}),
              {0.6, 0.8, 0, 0, 0.1, 0});
}

TEST(Dropout, ZeroesItsShareAndKeepsTheMean) {
  constexpr std::size_t kCount = 200000;
  Numbers factors(kCount);
  draw_dropout(0.3, 5, 0, 0, kCount, factors.data());
  const auto zeros = std::count(factors.begin(), factors.end(), 0.0);
  // Five deviations of a binomial.
  EXPECT_NEAR(static_cast<double>(zeros), 0.3 * kCount, 5 * std::sqrt(0.21 * kCount));
  for (const double f : factors) EXPECT_TRUE(f == 0 || f == 1 / 0.7);
}

TEST(Dropout, DiffersByStepLayerAndSeedAndRepeats) {
  const auto drawn = [](std::uint64_t seed, std::uint32_t step, std::uint32_t layer) {
    Numbers factors(100);
    draw_dropout(0.5, seed, step, layer, factors.size(), factors.data());
    return factors;
  };
  const Numbers first = drawn(1, 1, 1);
  EXPECT_EQ(first, drawn(1, 1, 1));
  EXPECT_NE(first, drawn(2, 1, 1));
  EXPECT_NE(first, drawn(1, 2, 1));
  EXPECT_NE(first, drawn(1, 1, 2));
}

TEST(Dropout, OfNothingChangesNothing) {
  const Numbers x = test::random_numbers(20, 1);
  EXPECT_EQ(run({{20, 1, 1}, {dropout(0)}}, x, Pass::training(1, 1)), x);
  EXPECT_EQ(run({{20, 1, 1}, {dropout(0.9)}}, x), x);
}

}  // namespace
}  // namespace equivolve::nn
