#include "evaluators/common/interpreters/expression_fit.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "search/variation/expression_variation.hpp"
#include "tests/search/support/expressions.hpp"

namespace equivolve::interpreters {
namespace {

using hashing::Purpose;
using hashing::Stream;
using search::ExpressionSpace;

/// Two inputs, uniform in [low, high].
struct Sample {
  Sample(std::size_t rows, double low, double high) : rows(rows), y(rows) {
    Stream stream(1, Purpose::kTest, 0);
    for (std::size_t i = 0; i < 2 * rows; ++i) data.push_back(stream.uniform(low, high));
  }
  ColumnsView x() const { return {data.data(), rows, rows}; }
  void target(const std::string& text) {
    ExpressionMachine machine;
    machine.load(search::test::expression(text, search::test::arithmetic_space()));
    machine.evaluate(x(), y);
  }
  std::size_t rows;
  std::vector<double> data, y;
};

FitResult fitted(ExpressionMachine& machine, const std::string& text, const Sample& sample,
                 std::uint32_t iterations) {
  machine.load(search::test::expression(text, search::test::arithmetic_space()));
  FitWorkspace workspace;
  return fit_constants(machine, sample.x(), sample.y, {iterations, 1e-12}, workspace);
}

struct Known {
  const char* truth;
  const char* start;
  std::vector<double> constants;
};

TEST(ExpressionFit, FindsTheNumbersOfAKnownFormula) {
  Sample sample(300, 0.5, 3);
  for (const Known& k : {
           Known{"2.5 * x0 - 1.25", "1 * x0 - 1", {2.5, 1.25}},
           Known{"3.7 * exp(-0.8 * x0) + 0.4", "1 * exp(-1 * x0) + 1", {3.7, -0.8, 0.4}},
           Known{"1.3 * sin(2.1 * x0 + 0.3)", "1 * sin(2 * x0 + 0.1)", {1.3, 2.1, 0.3}},
           Known{"2 * x0 ^ 1.5 / (x1 + 0.7)", "1 * x0 ^ 1 / (x1 + 1)", {2, 1.5, 0.7}},
           Known{"log(x0 + 4) * 2 + x1 ^ 2", "log(x0 + 1) * 1 + x1 ^ 1", {4, 2, 2}},
       }) {
    sample.target(k.truth);
    ExpressionMachine machine;
    const FitResult result = fitted(machine, k.start, sample, 50);
    EXPECT_LT(result.error, 1e-16 * static_cast<double>(sample.rows)) << k.truth;
    ASSERT_EQ(machine.constants().size(), k.constants.size());
    for (std::size_t c = 0; c < k.constants.size(); ++c)
      EXPECT_NEAR(machine.constants()[c], k.constants[c], 1e-7) << k.truth;
  }
}

TEST(ExpressionFit, OfALinearFormulaIsLeastSquares) {
  Sample sample(200, -1, 1);
  Stream noise(2, Purpose::kTest, 0);
  double sxx = 0, sxy = 0;
  for (std::size_t r = 0; r < sample.rows; ++r) {
    sample.y[r] = 3 * sample.data[r] + noise.gaussian();
    sxx += sample.data[r] * sample.data[r];
    sxy += sample.data[r] * sample.y[r];
  }
  ExpressionMachine machine;
  fitted(machine, "1 * x0", sample, 50);
  EXPECT_NEAR(machine.constants()[0], sxy / sxx, 1e-9);
}

TEST(ExpressionFit, OfOneNumberIsThatOfBruteForce) {
  Sample sample(100, 0, 2);
  Stream noise(3, Purpose::kTest, 0);
  sample.target("exp(0.9 * x0)");
  for (double& y : sample.y) y += 0.3 * noise.gaussian();
  ExpressionMachine machine;
  std::vector<double> values(sample.rows);
  machine.load(search::test::expression("exp(0 * x0)", search::test::arithmetic_space()));
  double least = HUGE_VAL, best = 0;
  for (double c = 0; c <= 2; c += 1e-5) {
    machine.set_constants({&c, 1});
    machine.evaluate(sample.x(), values);
    double error = 0;
    for (std::size_t r = 0; r < sample.rows; ++r)
      error += (values[r] - sample.y[r]) * (values[r] - sample.y[r]);
    if (error < least) least = error, best = c;
  }
  const FitResult result = fitted(machine, "exp(0.1 * x0)", sample, 50);
  EXPECT_NEAR(machine.constants()[0], best, 2e-5);
  EXPECT_LE(result.error, least * (1 + 1e-12));
  EXPECT_EQ(result.end, FitEnd::kConverged);
}

TEST(ExpressionFit, HoldsANumberWithoutADerivativeAndFitsTheOthers) {
  Sample sample(100, -2, 2);
  sample.target("3 * x0 ^ 2 + 1.5");
  ExpressionMachine machine;
  const FitResult result = fitted(machine, "1 * x0 ^ 2 + 0", sample, 50);
  EXPECT_LT(result.error, 1e-18);
  EXPECT_EQ(machine.constants()[1], 2) << "the exponent of negative numbers";
  EXPECT_NEAR(machine.constants()[0], 3, 1e-9);
}

// Nothing but a number of 1e40 gives these values of such inputs.
TEST(ExpressionFit, LetsNoNumberRunAway) {
  Sample sample(50, 0.5, 3);
  for (const double size : {1.0, 1e6}) {
    for (std::size_t r = 0; r < sample.rows; ++r) sample.y[r] = size * sample.data[r];
    Sample tiny = sample;
    for (double& x : tiny.data) x *= 1e-40;
    ExpressionMachine machine;
    fitted(machine, "2 * x0", tiny, 100);
    EXPECT_LE(machine.constants()[0], 3e30 * size);
    EXPECT_GT(machine.constants()[0], 1e30 * size);
  }
  // What stands beyond already, and fits, stays.
  sample.target("3 * x0");
  ExpressionMachine machine;
  fitted(machine, "2e40 * x0 / 1e40", sample, 50);
  EXPECT_DOUBLE_EQ(machine.constants()[0] / machine.constants()[1], 3);
}

TEST(ExpressionFit, LeavesWhatCannotBeFitted) {
  Sample sample(20, -2, 2);
  ExpressionMachine machine;
  EXPECT_EQ(fitted(machine, "log(1 * x0)", sample, 9).end, FitEnd::kNonFinite);
  EXPECT_EQ(machine.constants()[0], 1);
  EXPECT_EQ(fitted(machine, "x0 + x1", sample, 9).end, FitEnd::kNothing);
  EXPECT_EQ(fitted(machine, "x0 + 1", sample, 0).end, FitEnd::kNothing);
  EXPECT_EQ(machine.constants()[0], 1);
}

double error_of(ExpressionMachine& machine, const Sample& sample) {
  std::vector<double> values(sample.rows);
  machine.evaluate(sample.x(), values);
  double error = 0;
  for (std::size_t r = 0; r < sample.rows; ++r)
    error += (values[r] - sample.y[r]) * (values[r] - sample.y[r]);
  return error;
}

TEST(ExpressionFit, IsNeverWorseThanTheStartAndTheSameEachTime) {
  ExpressionSpace space = search::test::every_operation_space();
  space.inputs = {"x0", "x1"};
  Sample sample(60, -2, 2);
  sample.target("x0 * x0 + 0.5 * x1 - 1");
  ExpressionMachine machine, again;
  FitWorkspace workspace, other;
  int better = 0;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    Stream stream(4, Purpose::kTest, i);
    const search::Genome genome = search::random_genome(space, stream);
    machine.load(*search::view_expression(genome.flat));
    const double before = error_of(machine, sample);
    const FitResult result = fit_constants(machine, sample.x(), sample.y, {8, 1e-12}, workspace);
    ASSERT_LE(result.iterations, 8u);
    ASSERT_TRUE(search::check_genome(search::to_genome(machine.expression()).flat, space));
    const double after = error_of(machine, sample);
    if (!std::isfinite(before)) {
      ASSERT_EQ(search::to_genome(machine.expression()), genome);
      continue;
    }
    ASSERT_LE(after, before * (1 + 1e-12)) << search::genome_text(genome.flat, space);
    if (result.end != FitEnd::kNothing) {
      EXPECT_NEAR(result.error, after, 1e-9 * after);
    }
    better += after < 0.999 * before;
    again.load(*search::view_expression(genome.flat));
    fit_constants(again, sample.x(), sample.y, {8, 1e-12}, other);
    ASSERT_EQ(search::to_genome(again.expression()), search::to_genome(machine.expression()));
  }
  EXPECT_GT(better, 300);
}

}  // namespace
}  // namespace equivolve::interpreters
