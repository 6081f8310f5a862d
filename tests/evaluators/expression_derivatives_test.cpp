#include <gtest/gtest.h>

#include <cmath>

#include "evaluators/common/interpreters/expression_machine.hpp"
#include "search/variation/expression_variation.hpp"
#include "tests/search/support/expressions.hpp"

namespace equivolve::interpreters {
namespace {

using hashing::Purpose;
using hashing::Stream;
using search::ExpressionOp;
using search::ExpressionSpace;

/// Derivatives of the loaded formula by its constants, by central differences of step h x max(1,
/// |c|).
std::vector<double> differences(ExpressionMachine& machine, const ColumnsView& x, double h) {
  const std::vector<double> at(machine.constants().begin(), machine.constants().end());
  std::vector<double> out, low(x.rows), high(x.rows);
  for (std::size_t k = 0; k < at.size(); ++k) {
    const double step = h * std::max(1.0, std::abs(at[k]));
    std::vector<double> moved = at;
    moved[k] = at[k] - step;
    machine.set_constants(moved);
    machine.evaluate(x, low);
    moved[k] = at[k] + step;
    machine.set_constants(moved);
    machine.evaluate(x, high);
    for (std::size_t r = 0; r < x.rows; ++r) out.push_back((high[r] - low[r]) / (2 * step));
  }
  machine.set_constants(at);
  return out;
}

bool close(double a, double b, double tolerance) {
  return std::abs(a - b) <= tolerance * (1 + std::abs(a) + std::abs(b));
}

std::vector<double> derivatives(ExpressionMachine& machine, const ColumnsView& x) {
  std::vector<double> values(x.rows), jacobian(x.rows * machine.constants().size());
  machine.evaluate(x, values, jacobian);
  return jacobian;
}

TEST(ExpressionDerivatives, OfEachOperationAreItsDifferences) {
  const ExpressionSpace space = search::test::arithmetic_space();
  const std::vector<double> data = {0.15, 0.3, 0.45, 0.6, 0.75, 0.85,
                                    0.2,  0.9, 0.35, 0.4, 0.5,  0.7};
  const ColumnsView x{data.data(), 6, 6};
  ExpressionMachine machine;
  for (const search::ExpressionOpInfo& info : search::expression_op_table()) {
    if (info.arity == 0) continue;
    std::vector<std::string> texts;
    if (info.sign != 0 && info.arity == 2)
      texts = {std::string("(0.9 * x0 + 0.05) ") + info.sign + " (1.1 * x1 - 0.01)"};
    else if (info.arity == 1)
      texts = {std::string(info.name == "negate" ? "-" : info.name) + "(0.9 * x0 + 0.05)"};
    else if (info.arity == 2)
      texts = {std::string(info.name) + "(0.9 * x0 + 0.05, 1.1 * x1 - 0.01)"};
    else
      texts = {std::string(info.name) + "(less(x0, 0.5), 0.9 * x0 + 0.05, 1.1 * x1 - 0.01)"};
    for (const std::string& text : texts) {
      machine.load(search::test::expression(text, space));
      const auto analytic = derivatives(machine, x), numeric = differences(machine, x, 1e-6);
      ASSERT_EQ(analytic.size(), numeric.size());
      for (std::size_t i = 0; i < analytic.size(); ++i)
        EXPECT_TRUE(close(analytic[i], numeric[i], 1e-7))
            << text << ": " << analytic[i] << " against " << numeric[i];
    }
  }
}

TEST(ExpressionDerivatives, OfRandomFormulasAreTheirDifferences) {
  ExpressionSpace space = search::test::every_operation_space();
  ExpressionMachine machine;
  std::size_t compared = 0, singular = 0, absorbed = 0, constants = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    Stream stream(1, Purpose::kTest, i);
    const search::Genome genome = search::random_genome(space, stream);
    machine.load(*search::view_expression(genome.flat));
    std::vector<double> data;
    for (int v = 0; v < 15; ++v) data.push_back(stream.uniform(-2, 2));
    const ColumnsView x{data.data(), 5, 5};
    const auto analytic = derivatives(machine, x);
    const auto coarse = differences(machine, x, 2e-5), fine = differences(machine, x, 1e-5);
    for (std::size_t d = 0; d < analytic.size(); ++d) {
      ++constants;
      // Where two steps agree, the differences have converged (there is no kink, no overflow).
      if (!std::isfinite(fine[d]) || std::abs(fine[d]) > 1e6 || !close(coarse[d], fine[d], 1e-8))
        continue;
      // The chain rule has no answer where a link is infinite (arccos at 1, say).
      if (!std::isfinite(analytic[d])) {
        ++singular;
        continue;
      }
      // A small number beside a very large one: the difference does not see it move.
      if (fine[d] == 0 && coarse[d] == 0 && analytic[d] != 0) {
        ++absorbed;
        continue;
      }
      ++compared;
      EXPECT_TRUE(close(analytic[d], fine[d], 1e-5))
          << search::genome_text(genome.flat, space) << ": " << analytic[d] << " against "
          << fine[d];
    }
  }
  EXPECT_GT(compared, constants / 2);
  EXPECT_LT(singular, compared / 100);
  EXPECT_LT(absorbed, compared / 1000);
}

TEST(ExpressionDerivatives, OfWhatIsNotUsedAreZero) {
  const ExpressionSpace space = search::test::arithmetic_space();
  ExpressionMachine machine;
  machine.load(search::test::expression("where(x0, x1, log(0 * x1))", space));
  const std::vector<double> data = {1, 0, 5, 5};
  const auto d = derivatives(machine, {data.data(), 2, 2});
  EXPECT_EQ(d[0], 0);
  EXPECT_TRUE(std::isinf(d[1])) << "5 / 0 where it is used";
}

}  // namespace
}  // namespace equivolve::interpreters
