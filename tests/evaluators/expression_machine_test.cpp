#include "evaluators/common/interpreters/expression_machine.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>

#include "evaluators/common/interpreters/expression_values.hpp"
#include "search/variation/expression_variation.hpp"
#include "tests/search/support/expressions.hpp"

namespace equivolve::interpreters {
namespace {

using hashing::Purpose;
using hashing::Stream;
using search::ExpressionOp;
using search::ExpressionSpace;
using search::ExpressionView;
using search::Genome;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::uint64_t bits_of(double x) {
  return std::isnan(x) ? ~std::uint64_t{0} : std::bit_cast<std::uint64_t>(x);
}

TEST(ExpressionValues, AreWhatTheTableSays) {
  struct Answer {
    ExpressionOp op;
    double a, b, c, value;
  };
  for (const Answer& answer : {
           Answer{ExpressionOp::kDiv, 1, 0, 0, kInf},
           Answer{ExpressionOp::kLog, -1, 0, 0, kNan},
           Answer{ExpressionOp::kSqrt, 2.25, 0, 0, 1.5},
           Answer{ExpressionOp::kSquare, -3, 0, 0, 9},
           Answer{ExpressionOp::kCube, -3, 0, 0, -27},
           Answer{ExpressionOp::kPower, 2, -2, 0, 0.25},
           Answer{ExpressionOp::kPower, -8, 1.0 / 3, 0, kNan},
           Answer{ExpressionOp::kReciprocal, -0.0, 0, 0, -kInf},
           Answer{ExpressionOp::kNegate, 0, 0, 0, -0.0},
           Answer{ExpressionOp::kAbs, -kInf, 0, 0, kInf},
           Answer{ExpressionOp::kMin, 0, -0.0, 0, -0.0},
           Answer{ExpressionOp::kMin, -0.0, 0, 0, -0.0},
           Answer{ExpressionOp::kMin, kNan, 1, 0, kNan},
           Answer{ExpressionOp::kMax, -0.0, 0, 0, 0},
           Answer{ExpressionOp::kMax, 1, kNan, 0, kNan},
           Answer{ExpressionOp::kHeaviside, 0, 0, 0, 0},
           Answer{ExpressionOp::kHeaviside, kNan, 0, 0, 0},
           Answer{ExpressionOp::kLess, 1, 2, 0, 1},
           Answer{ExpressionOp::kLess, 2, 2, 0, 0},
           Answer{ExpressionOp::kWhere, kNan, 2, 3, 2},
           Answer{ExpressionOp::kWhere, -0.0, 2, 3, 3},
           Answer{ExpressionOp::kAnd, -5, kNan, 0, 1},
           Answer{ExpressionOp::kOr, 0, -0.0, 0, 0},
           Answer{ExpressionOp::kNot, 0, 0, 0, 1},
           Answer{ExpressionOp::kXor, 2, 3, 0, 0},
           Answer{ExpressionOp::kNand, 1, 0, 0, 1},
           Answer{ExpressionOp::kLogSumExp, 1000, 1000, 0, 1000 + std::log(2)},
           Answer{ExpressionOp::kLogSumExp, -kInf, -kInf, 0, -kInf},
           Answer{ExpressionOp::kLogSumExp, kInf, kInf, 0, kInf},
           Answer{ExpressionOp::kClamp, 31, 0, 0, 30},
           Answer{ExpressionOp::kClamp, -kInf, 0, 0, -30},
           Answer{ExpressionOp::kClamp, kNan, 0, 0, kNan},
       })
    EXPECT_EQ(bits_of(operation_value(answer.op, answer.a, answer.b, answer.c)),
              bits_of(answer.value))
        << search::expression_op_info(answer.op).name << " of " << answer.a << ", " << answer.b;
}

double ulps_apart(double a, double b) {
  return std::fabs(a - b) / (std::nextafter(std::fabs(b), kInf) - std::fabs(b));
}

TEST(Sine, IsWithinOneUnitOfTheLastPlace) {
  Stream stream(5, Purpose::kTest, 0);
  double worst = 0;
  for (int i = 0; i < 400'000; ++i) {
    // Near multiples of pi / 2 as well, where most digits cancel.
    const double size = std::ldexp(stream.uniform(0.5, 1), static_cast<int>(stream.below(50)) - 31);
    const double near = std::floor(stream.uniform(0, 100'000)) * std::numbers::pi / 2;
    const double x = (stream.chance(0.5) ? size : near) * (stream.chance(0.5) ? 1 : -1);
    ASSERT_LE(std::fabs(x), 0x1p19);
    const auto exact = static_cast<long double>(x);
    worst = std::max({worst, ulps_apart(sine(x), static_cast<double>(std::sin(exact))),
                      ulps_apart(cosine(x), static_cast<double>(std::cos(exact)))});
  }
  EXPECT_LE(worst, 1);
  EXPECT_GT(worst, 0) << "it is a computation of its own";
}

TEST(Sine, OfSpecialNumbers) {
  EXPECT_EQ(bits_of(sine(0.0)), bits_of(0.0));
  EXPECT_EQ(bits_of(sine(-0.0)), bits_of(-0.0));
  EXPECT_EQ(cosine(-0.0), 1);
  for (const double x : {5e-324, -1e-310, 1e-30}) EXPECT_EQ(sine(x), x);
  for (const double x : {kInf, -kInf, kNan})
    EXPECT_TRUE(std::isnan(sine(x)) && std::isnan(cosine(x)));
  for (const double x : {1e6, -1e22, 1e300}) {
    EXPECT_EQ(sine(x), std::sin(x));
    EXPECT_EQ(cosine(x), std::cos(x));
  }
}

/// Columns of numbers of every kind: whole, halves, of many sizes, infinite, NaN, zeros of both
/// signs.
class WildColumns {
 public:
  WildColumns(std::size_t inputs, std::size_t rows, Stream& stream) : inputs_(inputs), rows_(rows) {
    constexpr double kSpecial[] = {0,     -0.0, 1,      -1,    0.5,    kInf,
                                   -kInf, kNan, 1e-320, 1e300, -1e300, 30};
    for (std::size_t i = 0; i < inputs * rows; ++i)
      data_.push_back(stream.chance(0.3)
                          ? kSpecial[stream.below(std::size(kSpecial))]
                          : std::ldexp(stream.gaussian(), static_cast<int>(stream.below(12)) - 6));
  }
  /// With a spare: numbers that lie behind the last column, which no value depends on.
  ColumnsView view(std::size_t spare = 0) {
    data_.resize(inputs_ * rows_);
    data_.insert(data_.end(), {kNan, 1e300, 7});
    return {data_.data(), rows_, rows_, spare};
  }
  std::vector<double> row(std::size_t r) const {
    std::vector<double> out;
    for (std::size_t i = 0; i < inputs_; ++i) out.push_back(data_[i * rows_ + r]);
    return out;
  }

 private:
  std::size_t inputs_, rows_;
  std::vector<double> data_;
};

void expect_reference_bits(ExpressionMachine& machine, ExpressionView e, WildColumns x,
                           bool with_derivatives, std::size_t spare = 0) {
  const ColumnsView columns = x.view(spare);
  const std::size_t rows = columns.rows;
  std::vector<double> out(rows, 7), jacobian;
  machine.load(e);
  if (with_derivatives) {
    jacobian.resize(rows * machine.constants().size());
    machine.evaluate(columns, out, jacobian);
  } else {
    machine.evaluate(columns, out);
  }
  for (std::size_t r = 0; r < rows; ++r)
    ASSERT_EQ(bits_of(out[r]), bits_of(expression_value(e, x.row(r))))
        << search::to_text(e, search::test::every_operation_space().inputs) << " on row " << r;
}

TEST(ExpressionMachine, GivesTheReferencesBits) {
  const ExpressionSpace space = search::test::every_operation_space();
  ExpressionMachine machine;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    Stream stream(1, Purpose::kTest, i);
    const Genome genome = search::random_genome(space, stream);
    const std::size_t rows = i % 500 == 0 ? 250 + stream.below(600) : 1 + stream.below(9);
    const WildColumns x(space.inputs.size(), rows, stream);
    expect_reference_bits(machine, *search::view_expression(genome.flat), x, i % 4 == 0,
                          i % 5 == 0 ? 3 : i % 5 - 1);
    if (HasFatalFailure()) return;
  }
}

TEST(ExpressionMachine, TakesTheLargestFormulas) {
  ExpressionSpace space = search::test::every_operation_space();
  space.max_size = search::kMostExpressionTokens;
  space.max_depth = space.initial_depth_low = space.initial_depth_high = 255;
  ExpressionMachine machine;
  std::size_t largest = 0;
  for (std::uint64_t i = 0; i < 40; ++i) {
    Stream stream(2, Purpose::kTest, i);
    const Genome genome = search::random_genome(space, stream);
    const ExpressionView e = *search::view_expression(genome.flat);
    largest = std::max(largest, e.size());
    expect_reference_bits(machine, e, WildColumns(3, 261, stream), i % 2 == 0);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(largest, 3000u);
}

TEST(ExpressionMachine, ReadsColumnsThatLieApart) {
  const ExpressionSpace space = search::test::arithmetic_space();
  const auto e = search::test::expression("x0 - x1 * 2", space);
  const std::vector<double> data = {1, 2, 3, -9, -9, 10, 20, 30, -9, -9};
  ExpressionMachine machine;
  machine.load(e);
  std::vector<double> out(3);
  machine.evaluate({data.data(), 3, 5}, out);
  EXPECT_EQ(out, (std::vector<double>{-19, -38, -57}));
  machine.set_constants(std::vector<double>{3.0});
  machine.evaluate({data.data(), 3, 5}, out);
  EXPECT_EQ(out, (std::vector<double>{-29, -58, -87}));
  EXPECT_EQ(machine.expression()[2].value, 3);
}

TEST(ExpressionStructure, EqualBytesMeanEqualValues) {
  // Small formulas, so that many share their structure.
  ExpressionSpace space = search::test::every_operation_space();
  space.max_size = 7;
  space.max_depth = space.initial_depth_high = 3;
  space.constants = false;
  space.operations = {ExpressionOp::kAdd, ExpressionOp::kSub, ExpressionOp::kMul,
                      ExpressionOp::kMin, ExpressionOp::kAnd, ExpressionOp::kLogSumExp};
  Stream inputs(3, Purpose::kTest, 0);
  WildColumns x(3, 64, inputs);
  std::map<std::vector<std::byte>, std::pair<Genome, std::vector<std::uint64_t>>> known;
  ExpressionMachine machine;
  std::size_t shared = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    Stream stream(4, Purpose::kTest, i);
    Genome genome = search::random_genome(space, stream);
    machine.load(*search::view_expression(genome.flat));
    std::vector<double> out(64);
    machine.evaluate(x.view(), out);
    std::vector<std::uint64_t> bits;
    for (double v : out) bits.push_back(bits_of(v));
    const auto [entry, founded] =
        known.try_emplace(search::structural_bytes(genome.flat, space), genome, bits);
    if (founded) continue;
    shared += entry->second.first != genome;
    ASSERT_EQ(entry->second.second, bits) << search::genome_text(genome.flat, space);
  }
  EXPECT_GT(shared, 10'000u);
}

}  // namespace
}  // namespace equivolve::interpreters
