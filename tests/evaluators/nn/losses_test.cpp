// Losses: answers known from their definitions, gradients by central differences, and numbers so
// large that a careless formula overflows.
#include <limits>

#include "evaluators/common/nn/losses.hpp"
#include "tests/evaluators/nn/support.hpp"

namespace equivolve::nn {
namespace {

using Numbers = std::vector<double>;
constexpr std::size_t kClasses = 4, kSamples = 6;

Numbers soft_targets() {
  Numbers q = test::random_numbers(kSamples * kClasses, 8);
  softmax<double>(q, kClasses, q);
  return q;
}

Numbers logits() {
  Numbers o = test::random_numbers(kSamples * kClasses, 7);
  for (double& value : o) value *= 2;
  return o;
}

/// Checks the gradient of a loss of the form loss(outputs, gradient).
template <class Loss>
void expect_consistent(Loss loss, double tolerance = 1e-6) {
  Numbers o = logits(), gradient(o.size()), unused(o.size());
  loss(std::span<const double>(o), std::span<double>(gradient));
  test::expect_gradient(
      o, gradient, [&] { return loss(std::span<const double>(o), std::span<double>(unused)); },
      tolerance);
}

TEST(CrossEntropy, GradientWithLabels) {
  const std::vector<std::uint32_t> labels{0, 3, 1, 1, 2, 3};
  expect_consistent([&](std::span<const double> o, std::span<double> g) {
    return cross_entropy<double>(o, kClasses, std::span<const std::uint32_t>(labels), g);
  });
}

TEST(CrossEntropy, GradientWithSoftTargets) {
  const Numbers q = soft_targets();
  expect_consistent([&](std::span<const double> o, std::span<double> g) {
    return cross_entropy<double>(o, kClasses, std::span<const double>(q), g);
  });
}

TEST(Entropy, Gradient) {
  expect_consistent([](std::span<const double> o, std::span<double> g) {
    return entropy<double>(o, kClasses, g);
  });
}

TEST(MeanSquaredError, Gradient) {
  const Numbers t = test::random_numbers(kSamples * kClasses, 9);
  expect_consistent([&](std::span<const double> o, std::span<double> g) {
    return mean_squared_error<double>(o, t, g);
  });
}

TEST(BinaryCrossEntropy, Gradient) {
  const Numbers t = soft_targets();
  expect_consistent([&](std::span<const double> o, std::span<double> g) {
    return binary_cross_entropy<double>(o, t, g);
  });
}

// softmax(log 1, log 2, log 5) = (1, 2, 5) / 8.
TEST(KnownAnswers, OfThreeClasses) {
  const Numbers o{0, std::log(2), std::log(5)};
  Numbers g(3);
  softmax<double>(o, 3, g);
  EXPECT_NEAR(g[0], 0.125, 1e-15);
  EXPECT_NEAR(g[2], 0.625, 1e-15);

  const std::vector<std::uint32_t> label{1};
  EXPECT_NEAR(cross_entropy<double>(o, 3, std::span<const std::uint32_t>(label), g), std::log(4),
              1e-14);
  EXPECT_NEAR(g[0], 0.125, 1e-15);
  EXPECT_NEAR(g[1], -0.75, 1e-15);

  const Numbers q{0.5, 0.5, 0};
  EXPECT_NEAR(cross_entropy<double>(o, 3, std::span<const double>(q), g),
              0.5 * std::log(8) + 0.5 * std::log(4), 1e-14);
  EXPECT_NEAR(g[0], 0.125 - 0.5, 1e-15);
  EXPECT_NEAR(g[2], 0.625, 1e-15);

  const double h = 0.125 * std::log(8) + 0.25 * std::log(4) + 0.625 * std::log(1.6);
  EXPECT_NEAR(entropy<double>(o, 3, g), h, 1e-14);
  EXPECT_NEAR(g[0], -0.125 * (std::log(0.125) + h), 1e-14);
}

TEST(KnownAnswers, OfSquaresAndBinaryTargets) {
  Numbers g(2);
  EXPECT_DOUBLE_EQ(mean_squared_error<double>(Numbers{1, 5}, Numbers{2, 2}, g), 5);
  EXPECT_EQ(g, (Numbers{-1, 3}));
  // The sigmoid of log 3 is 3/4.
  EXPECT_NEAR(binary_cross_entropy<double>(Numbers{std::log(3), -std::log(3)}, Numbers{1, 0}, g),
              -std::log(0.75), 1e-14);
  EXPECT_NEAR(g[0], -0.125, 1e-15);
  EXPECT_NEAR(g[1], 0.125, 1e-15);
}

TEST(KnownAnswers, AverageOverSamples) {
  const Numbers o = logits(), q = soft_targets();
  Numbers g(o.size()), one(kClasses);
  double sum = 0;
  for (std::size_t s = 0; s < kSamples; ++s) {
    sum += entropy<double>(std::span(o).subspan(s * kClasses, kClasses), kClasses, one);
  }
  EXPECT_NEAR(entropy<double>(o, kClasses, g), sum / kSamples, 1e-14);
  EXPECT_NEAR(g.back() * kSamples, one.back(), 1e-14);
}

TEST(CrossEntropy, OfItsOwnSoftmaxHasNoGradient) {
  const Numbers o = logits();
  Numbers p(o.size()), g(o.size());
  softmax<double>(o, kClasses, p);
  cross_entropy<double>(o, kClasses, std::span<const double>(p), g);
  for (const double value : g) EXPECT_NEAR(value, 0, 1e-16);
}

template <class Scalar>
class LargeOutputs : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(LargeOutputs, Scalars);

TYPED_TEST(LargeOutputs, StayFinite) {
  using S = TypeParam;
  const std::vector<S> o{S(3e4), 0, S(-3e4)}, t{0, 1, 1};
  std::vector<S> g(3);
  const std::vector<std::uint32_t> label{2};
  EXPECT_DOUBLE_EQ(cross_entropy<S>(o, 3, std::span<const std::uint32_t>(label), g), 6e4);
  EXPECT_EQ(g, (std::vector<S>{1, 0, -1}));
  EXPECT_NEAR(entropy<S>(o, 3, g), 0, 1e-30);
  for (const S value : g) EXPECT_NEAR(value, 0, 1e-30);
  EXPECT_NEAR(binary_cross_entropy<S>(o, t, g), (6e4 + std::log(2)) / 3, 1e-2);
  EXPECT_NEAR(g[0], 1.0 / 3, 1e-7);
  EXPECT_NEAR(g[1], -0.5 / 3, 1e-7);
  EXPECT_NEAR(g[2], -1.0 / 3, 1e-7);
}

TYPED_TEST(LargeOutputs, ANotANumberShowsInTheLoss) {
  using S = TypeParam;
  const S nan = std::numeric_limits<S>::quiet_NaN();
  for (std::size_t place = 0; place < 3; ++place) {
    std::vector<S> o{1, 2, 3}, t{0, 1, 1}, g(3);
    o[place] = nan;
    const std::vector<std::uint32_t> label{2};
    EXPECT_TRUE(std::isnan(cross_entropy<S>(o, 3, std::span<const std::uint32_t>(label), g)));
    EXPECT_TRUE(std::isnan(entropy<S>(o, 3, g)));
    EXPECT_TRUE(std::isnan(mean_squared_error<S>(o, t, g)));
    EXPECT_TRUE(std::isnan(binary_cross_entropy<S>(o, t, g)));
  }
}

// The bits of a sample's gradient may not depend on where in memory, or in the batch, it stands.
TYPED_TEST(LargeOutputs, PlaceDoesNotMatter) {
  using S = TypeParam;
  constexpr std::size_t kMany = 11, kThree = 3;
  auto numbers = test::random_numbers<S>(kThree, 3);
  std::vector<S> o, g(kMany * kThree + 1), shifted(kMany * kThree + 1);
  for (std::size_t s = 0; s < kMany; ++s) o.insert(o.end(), numbers.begin(), numbers.end());
  entropy<S>(o, kThree, std::span(g).first(o.size()));
  entropy<S>(o, kThree, std::span(shifted).last(o.size()));
  for (std::size_t i = 0; i < o.size(); ++i) {
    EXPECT_EQ(g[i], g[i % kThree]);
    EXPECT_EQ(shifted[i + 1], g[i]);
  }
}

}  // namespace
}  // namespace equivolve::nn
