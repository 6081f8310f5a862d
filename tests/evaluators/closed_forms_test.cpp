// Hand-written programs against the same mathematics in plain C++.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "evaluators/common/interpreters/machine.hpp"
#include "tests/evaluators/support/cases.hpp"

namespace equivolve::interpreters {
namespace {

using search::Function;
using Vector = std::vector<double>;

Vector gaussians(std::size_t n, hashing::Stream& stream) {
  Vector out(n);
  for (double& x : out) x = stream.gaussian();
  return out;
}

double dot(const Vector& a, const Vector& b) {
  double sum = a[0] * b[0];
  for (std::size_t i = 1; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// A program, stepped by hand.
class Stepper {
 public:
  Stepper(const std::string& text, const search::MemoryShape& shape, bool classification) {
    auto program = search::parse_program(text, shape);
    if (!program) throw std::runtime_error(program.error().message);
    const search::Genome genome = search::to_genome(*program);
    machine_.load(search::prepare_pruned(*search::view_program(genome.flat), {classification}),
                  shape);
    machine_.reset({123, hashing::Purpose::kEvaluate});
    machine_.run(Function::kSetup);
  }
  double predict(const Vector& x) {
    std::copy(x.begin(), x.end(), machine_.vector(0));
    machine_.scalar(0) = 0;
    machine_.run(Function::kPredict);
    return machine_.scalar(1);
  }
  void learn(double label) {
    machine_.scalar(0) = label;
    machine_.run(Function::kLearn);
  }
  Machine& machine() { return machine_; }

 private:
  Machine machine_;
};

TEST(ClosedForms, LinearRegressionByGradientDescent) {
  constexpr std::size_t d = 7;
  auto stream = test::test_stream(7, 0);
  const Vector teacher = gaussians(d, stream);
  Stepper program(test::kGradientDescent, {4, 3, 0, d}, false);
  Vector weights(d, 0.0);
  double last_error = 0;
  for (int example = 0; example < 400; ++example) {
    const Vector x = gaussians(d, stream);
    const double label = dot(teacher, x), told = dot(x, weights);
    ASSERT_EQ(program.predict(x), told);
    last_error = label - told;
    const double step = 0.05 * last_error;
    for (std::size_t i = 0; i < d; ++i) weights[i] = weights[i] + step * x[i];
    program.learn(label);
  }
  EXPECT_LT(std::fabs(last_error), 1e-3);  // and it does learn
}

TEST(ClosedForms, LinearClassifierWithLogisticLoss) {
  constexpr std::size_t d = 5;
  auto stream = test::test_stream(8, 0);
  const Vector teacher = gaussians(d, stream);
  Stepper program(test::kGradientDescent, {4, 3, 0, d}, true);
  Vector weights(d, 0.0);
  int right = 0;
  for (int example = 0; example < 1000; ++example) {
    const Vector x = gaussians(d, stream);
    const double label = dot(teacher, x) > 0 ? 1 : 0, score = program.predict(x);
    ASSERT_EQ(score, dot(x, weights));
    const double probability = 1 / (1 + std::exp(-score));
    program.machine().scalar(search::kPredictionAddress) = probability;
    program.learn(label);
    const double step = 0.05 * (label - probability);
    for (std::size_t i = 0; i < d; ++i) weights[i] = weights[i] + step * x[i];
    if (example >= 500) right += (score >= 0) == (label > 0);
  }
  EXPECT_GT(right, 450);
}

// v1 output weights, m0 hidden weights; v7 is never written, so it is zero and max(., v7) is a
// ReLU.
constexpr const char* kTwoLayers =
    "setup:\n s2 = 0.01\n m0 = gaussian(0, 0.5)\n v1 = gaussian(0, 0.5)\n"
    "predict:\n v2 = matvec(m0, v0)\n v3 = max(v2, v7)\n s1 = dot(v3, v1)\n"
    "learn:\n s3 = s0 - s1\n s3 = s2 * s3\n v4 = s3 * v1\n v5 = heaviside(v2)\n v4 = v4 * v5\n v6 "
    "= s3 * v3\n v1 = v1 + v6\n"
    " m1 = outer(v4, v0)\n m0 = m0 + m1\n";

TEST(ClosedForms, TwoLayerNetworkWithBackPropagation) {
  constexpr std::size_t d = 6;
  auto stream = test::test_stream(9, 0);
  Stepper program(kTwoLayers, {4, 8, 2, d}, false);
  std::vector<Vector> hidden_weights(d);
  for (std::size_t r = 0; r < d; ++r)
    hidden_weights[r].assign(program.machine().matrix(0) + r * padded(d),
                             program.machine().matrix(0) + r * padded(d) + d);
  Vector output_weights(program.machine().vector(1), program.machine().vector(1) + d);
  EXPECT_NE(hidden_weights[0][0], 0);

  const Vector teacher = gaussians(d, stream);
  for (int example = 0; example < 500; ++example) {
    const Vector x = gaussians(d, stream);
    const double label = std::fabs(dot(teacher, x));
    Vector before(d), after(d);
    for (std::size_t h = 0; h < d; ++h) {
      before[h] = dot(hidden_weights[h], x);
      after[h] = before[h] > 0 ? before[h] : 0;
    }
    const double told = dot(after, output_weights);
    ASSERT_EQ(program.predict(x), told) << example;
    program.learn(label);
    // Gradient of (label - told)^2 / 2 in both layers.
    const double step = 0.01 * (label - told);
    for (std::size_t h = 0; h < d; ++h) {
      const double back = step * output_weights[h] * (before[h] > 0 ? 1.0 : 0.0);
      for (std::size_t i = 0; i < d; ++i) hidden_weights[h][i] = hidden_weights[h][i] + back * x[i];
    }
    for (std::size_t h = 0; h < d; ++h) output_weights[h] = output_weights[h] + step * after[h];
  }
}

}  // namespace
}  // namespace equivolve::interpreters
