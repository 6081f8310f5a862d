// A few steps of each optimiser against numpy (optimizer_answers.py), and what holds of all.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "evaluators/common/nn/optimizers/adam.hpp"
#include "evaluators/common/nn/optimizers/sgd.hpp"
#include "evaluators/common/nn/optimizers/soap.hpp"
#include "tests/evaluators/optimizers/optimizer_answers.hpp"
#include "tests/evaluators/optimizers/training.hpp"

namespace equivolve::nn {
namespace {

using test::bias_at;
using test::matrix_at;
using test::trained;

template <class Scalar, std::size_t n>
void expect_weights(const std::vector<Scalar>& w, const double (&expected)[n]) {
  ASSERT_EQ(w.size(), n);
  const double tolerance = sizeof(Scalar) == 4 ? 2e-5 : 1e-12;
  for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(w[i], expected[i], tolerance) << i;
}

template <class Scalar>
class Steps : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(Steps, Scalars);

TYPED_TEST(Steps, OfSgdAreThoseOfNumpy) {
  const std::vector<ParameterBlock> blocks{matrix_at(0, 2, 2)};
  SgdSettings settings;
  Sgd<TypeParam> plain(blocks, settings);
  expect_weights(trained<TypeParam>(4, plain, 0.1), test::kPlainSgd);
  settings.momentum = 0.9;
  Sgd<TypeParam> momentum(blocks, settings);
  expect_weights(trained<TypeParam>(4, momentum, 0.1), test::kMomentum);
  settings.nesterov = true;
  settings.weight_decay = 0.05;
  Sgd<TypeParam> nesterov(blocks, settings);
  expect_weights(trained<TypeParam>(4, nesterov, 0.1), test::kNesterov);
}

TYPED_TEST(Steps, OfAdamAreThoseOfNumpy) {
  const std::vector<ParameterBlock> blocks{matrix_at(0, 2, 2)};
  AdamSettings settings;
  Adam<TypeParam> plain(blocks, settings);
  expect_weights(trained<TypeParam>(4, plain, 0.1), test::kAdam);
  settings = {0.8, 0.95, 1e-3, 0.05, WeightDecay::kCoupled, true};
  Adam<TypeParam> coupled(blocks, settings);
  expect_weights(trained<TypeParam>(4, coupled, 0.1), test::kAdamCoupled);
  settings.decay = WeightDecay::kDecoupled;
  Adam<TypeParam> decoupled(blocks, settings);
  expect_weights(trained<TypeParam>(4, decoupled, 0.1), test::kAdamDecoupled);
}

TYPED_TEST(Steps, OfSoapAreThoseOfNumpy) {
  const std::vector<ParameterBlock> square{matrix_at(0, 3, 3)}, wide{matrix_at(0, 2, 5)};
  Soap<TypeParam> one(square, {0.9, 0.95, 1e-8, 0, true, 1, 100});
  expect_weights(trained<TypeParam>(9, one, 0.1, 2), test::kSoapOneMove);
  Soap<TypeParam> seven(square, {0.9, 0.95, 1e-8, 0, true, 2, 100});
  expect_weights(trained<TypeParam>(9, seven, 0.1), test::kSoapSevenSteps);
  Soap<TypeParam> decayed(square, {0.8, 0.9, 1e-4, 0.02, true, 1, 100});
  expect_weights(trained<TypeParam>(9, decayed, 0.1), test::kSoapDecayed);
  if (sizeof(TypeParam) == 8) {  // in float, close eigenvalues of the first gradient differ
    const std::vector<ParameterBlock> eight{matrix_at(0, 8, 8)};
    Soap<TypeParam> large(eight, {0.9, 0.95, 1e-8, 0, true, 2, 100});
    const auto w = trained<TypeParam>(64, large, 0.1);
    for (std::size_t i = 0; i < 64; ++i) EXPECT_NEAR(w[i], test::kSoapEightSquare[i], 1e-8) << i;
  }
  // Of 2 x 5 only the left side: one gradient leaves vectors of the right one undetermined.
  Soap<TypeParam> left(wide, {0.8, 0.9, 1e-4, 0, true, 3, 4});
  expect_weights(trained<TypeParam>(10, left, 0.1), test::kSoapOneSided);
}

// The first gradient only prepares matrices; blocks of one dimension move as under Adam.
TEST(Soap, MovesBiasesAndVectorsByAdam) {
  const std::vector<ParameterBlock> blocks{bias_at(0, 4), matrix_at(4, 1, 3), matrix_at(7, 2, 2)};
  Soap<double> soap(blocks, {0.9, 0.999, 1e-8, 0, true, 5, 100});
  Adam<double> adam(blocks, {});
  const auto by_soap = trained<double>(11, soap, 0.1), by_adam = trained<double>(11, adam, 0.1);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(by_soap[i], by_adam[i]) << i;
  EXPECT_NE(by_soap[7], by_adam[7]);
  Soap<double> fresh(blocks, {});
  const auto once = trained<double>(11, fresh, 0.1, 1), start = test::first_weights<double>(11);
  for (std::size_t i = 7; i < 11; ++i) EXPECT_EQ(once[i], start[i]);
}

// Q_L and Q_R turn with the matrix: training U W V^T with gradients U G V^T gives U (result) V^T.
TEST(Soap, IsEquivariantUnderRotationsOfBothSides) {
  const double c = std::cos(0.7), s = std::sin(0.7), d = std::cos(-1.9), e = std::sin(-1.9);
  const auto turned = [&](const std::vector<double>& w) {  // [c s; -s c] w [d -e; e d]
    const double a = c * w[0] + s * w[2], b = c * w[1] + s * w[3];
    const double p = -s * w[0] + c * w[2], q = -s * w[1] + c * w[3];
    return std::vector<double>{a * d + b * e, -a * e + b * d, p * d + q * e, -p * e + q * d};
  };
  const std::vector<ParameterBlock> blocks{matrix_at(0, 2, 2)};
  Soap<double> plain(blocks, {0.9, 0.95, 1e-8, 0.01, true, 3, 10}), other = plain;
  std::vector<double> w = test::first_weights<double>(4), w_turned = turned(w), gradient(4);
  for (std::size_t t = 1; t <= 20; ++t) {
    test::gradient_at<double>(t, w, gradient);
    plain.step(w, gradient, 0.05);
    other.step(w_turned, turned(gradient), 0.05);
  }
  const auto expected = turned(w);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(w_turned[i], expected[i], 1e-9);
}

TEST(Soap, KeepsItsBasesWhereGradientsAreNotFinite) {
  const std::vector<ParameterBlock> blocks{matrix_at(0, 3, 3)};
  Soap<double> soap(blocks, {0.9, 0.95, 1e-8, 0, true, 1, 10});
  std::vector<double> w(9, 1.0), gradient(9, std::numeric_limits<double>::quiet_NaN());
  for (int t = 0; t < 4; ++t) soap.step(w, gradient, 0.1);  // returns: no endless iteration
  EXPECT_TRUE(std::isnan(w[0]));
}

template <class Optimizer>
void expect_same_bits_and_free_copies(Optimizer first) {
  using Weights = std::vector<double>;
  Optimizer second = first;
  const Weights a = trained<double>(30, first, 0.05, 25);
  EXPECT_EQ(a, trained<double>(30, second, 0.05, 25));
  // A copy made half way goes on as the first one would have, and neither moves the other.
  Weights w = a, w_copy = a, gradient(30, 0.25);
  Optimizer copy = first;
  for (int t = 0; t < 12; ++t) first.step(w, gradient, 0.05);
  for (int t = 0; t < 12; ++t) copy.step(w_copy, gradient, 0.05);
  EXPECT_EQ(w, w_copy);
  EXPECT_NE(w, a);
}

TEST(Optimizers, AreDeterministicValues) {
  const std::vector<ParameterBlock> blocks{matrix_at(0, 5, 5), bias_at(25, 5)};
  expect_same_bits_and_free_copies(Sgd<double>(blocks, {0.9, true, 0.01, true}));
  expect_same_bits_and_free_copies(Adam<double>(blocks, {}));
  expect_same_bits_and_free_copies(Soap<double>(blocks, {}));
}

/// f(W) = sum_ij (A (W - W*) B)_ij^2 / 2 with A and B diagonal from 1 to 1/10, in turned bases.
template <class Optimizer>
double distance_after(Optimizer optimizer, double rate, std::size_t steps) {
  constexpr std::size_t kSide = 6;
  const auto curvature = [](std::size_t i) { return 1.0 / (1.0 + 1.8 * static_cast<double>(i)); };
  std::vector<double> w(kSide * kSide, 0.0), gradient(w.size());
  for (std::size_t t = 0; t < steps; ++t) {
    for (std::size_t i = 0; i < w.size(); ++i)
      gradient[i] =
          curvature(i / kSide) * curvature(i % kSide) * (w[i] - std::cos(static_cast<double>(i)));
    const double share = static_cast<double>(t) / static_cast<double>(steps);
    optimizer.step(w, gradient, rate * (1 - share));
  }
  double most = 0;
  for (std::size_t i = 0; i < w.size(); ++i)
    most = std::max(most, std::abs(w[i] - std::cos(static_cast<double>(i))));
  return most;
}

TEST(Optimizers, ConvergeOnAQuadratic) {
  const std::vector<ParameterBlock> blocks{matrix_at(0, 6, 6)};
  EXPECT_LT(distance_after(Sgd<double>(blocks, {0.9, false, 0, true}), 0.5, 2000), 1e-6);
  EXPECT_LT(distance_after(Sgd<double>(blocks, {0.9, true, 0, true}), 0.5, 2000), 1e-6);
  EXPECT_LT(distance_after(Adam<double>(blocks, {}), 0.05, 2000), 1e-6);
  EXPECT_LT(distance_after(Soap<double>(blocks, {}), 0.05, 2000), 1e-4);
}

// With a gradient of 0 all that is left is the decay.
TEST(Optimizers, DecayWhatTheyAreTold) {
  const std::vector<ParameterBlock> blocks{matrix_at(0, 2, 2), bias_at(4, 2)};
  const std::vector<double> rates{0.5, 1}, none(6, 0.0);
  const auto after = [&](auto optimizer) {
    std::vector<double> w(6, 1.0);
    for (int t = 0; t < 3; ++t) optimizer.step(w, none, 0.1);
    return w;
  };
  const auto adam =
      after(Adam<double>(blocks, {0.9, 0.999, 1e-8, 0.2, WeightDecay::kCoupled, false}, rates));
  EXPECT_EQ(adam[5], 1.0);
  EXPECT_LT(adam[0], 0.9);
  AdamSettings decoupled;
  decoupled.weight_decay = 0.2;
  decoupled.decay_biases = false;
  const auto adamw = after(Adam<double>(blocks, decoupled, rates));
  EXPECT_NEAR(adamw[0], std::pow(1 - 0.1 * 0.2, 3), 1e-15);  // the block's rate does not count
  EXPECT_EQ(adamw[4], 1.0);
  const auto sgd = after(Sgd<double>(blocks, {0, false, 0.2, true}, rates));
  EXPECT_NEAR(sgd[0], std::pow(1 - 0.1 * 0.5 * 0.2, 3), 1e-15);
  EXPECT_NEAR(sgd[5], std::pow(1 - 0.1 * 0.2, 3), 1e-15);
  const auto soap = after(Soap<double>(blocks, {0.9, 0.9, 1e-8, 0.2, true, 1, 10}, rates));
  EXPECT_NEAR(soap[0], std::pow(1 - 0.1 * 0.2, 2), 1e-15);  // the first step only prepares
  EXPECT_NEAR(soap[4], std::pow(1 - 0.1 * 0.2, 3), 1e-15);
}

TEST(Optimizers, TakeARateForEachBlock) {
  const std::vector<ParameterBlock> blocks{matrix_at(0, 2, 2), matrix_at(4, 2, 2)};
  const std::vector<double> rates{1, 0.25};
  const auto moved = [&](auto optimizer) {
    std::vector<double> w(8, 0.0), gradient{1, 2, 3, -5, 1, 2, 3, -5};
    optimizer.step(w, gradient, 0.1);
    optimizer.step(w, gradient, 0.1);
    return w;
  };
  for (const auto& w :
       {moved(Sgd<double>(blocks, {0.9, true, 0, true}, rates)),
        moved(Adam<double>(blocks, {}, rates)), moved(Soap<double>(blocks, {}, rates))}) {
    EXPECT_NE(w[0], 0);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(w[4 + i], w[i] / 4, 1e-12);
  }
}

TEST(Settings, AreHeldToTheirRanges) {
  EXPECT_EQ(refused(SgdSettings{}), "");
  EXPECT_EQ(refused(SgdSettings{1.5}), "momentum is 1.5: give a number from 0 to below 1");
  EXPECT_EQ(refused(SgdSettings{0, true}),
            "nesterov is on without momentum: give a momentum above 0");
  EXPECT_EQ(refused(SgdSettings{0, false, -1}), "weight_decay is -1: give a number from 0");
  EXPECT_EQ(refused(AdamSettings{}), "");
  EXPECT_NE(refused(AdamSettings{1}), "");
  EXPECT_NE(refused(AdamSettings{0.9, -0.1}), "");
  EXPECT_EQ(refused(AdamSettings{0.9, 0.9, 0}), "epsilon is 0: give a number above 0");
  EXPECT_NE(refused(AdamSettings{0.9, std::nan("")}), "");
  EXPECT_NE(refused(AdamSettings{0.9, 0.9, std::numeric_limits<double>::infinity()}), "");
  EXPECT_EQ(refused(SoapSettings{}), "");
  EXPECT_NE(refused(SoapSettings{0.9, 1}), "");
  EXPECT_EQ(refused(SoapSettings{0.9, 0.9, 1e-8, 0, true, 0}),
            "frequency is 0: give a number from 1");
  EXPECT_EQ(refused(SoapSettings{0.9, 0.9, 1e-8, 0, true, 1, 0}),
            "max_side is 0: give a number from 1");
}

}  // namespace
}  // namespace equivolve::nn
