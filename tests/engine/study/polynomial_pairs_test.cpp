#include "engine/study/polynomial_pairs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace equivolve::study {
namespace {

using hashing::Purpose;
using hashing::Stream;

/// The exact value, by a way that knows no polynomials.
Rational value_at(const FormulaNode& node, const Rational& x, const Rational& y) {
  switch (node.op) {
    case FormulaOp::kConstant:
      return node.constant;
    case FormulaOp::kX:
      return x;
    case FormulaOp::kY:
      return y;
    default:
      break;
  }
  const Rational a = value_at(*node.left, x, y), b = value_at(*node.right, x, y);
  return node.op == FormulaOp::kMul ? a * b : node.op == FormulaOp::kAdd ? a + b : a + -b;
}

TEST(PolynomialPairs, RandomFormulasAreWhatTheirPolynomialSays) {
  std::size_t highest = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    Stream stream(1, Purpose::kTest, i);
    const KnownFormula known = random_formula(stream);
    ASSERT_EQ(expanded(known.formula), known.polynomial);
    ASSERT_LE(known.formula->size, 40u);
    const auto degree = [](const auto& term) { return term.first.first + term.first.second; };
    int most = 0;
    for (const auto& term : known.polynomial) most = std::max(most, degree(term));
    ASSERT_GE(most, 1);
    ASSERT_LE(most, 5);
    highest += most >= 3 ? 1 : 0;
  }
  EXPECT_GT(highest, 50u);
}

// By polynomials and, apart from them, by exact values.
TEST(PolynomialPairs, RespellingKeepsThePolynomial) {
  int longer = 0, compared = 0;
  for (std::uint64_t i = 0; i < 500; ++i) {
    Stream stream(2, Purpose::kTest, i);
    const KnownFormula known = random_formula(stream);
    const Formula other = respelled(stream, known.formula);
    const auto polynomial = expanded(other);
    if (polynomial) {
      ASSERT_EQ(*polynomial, known.polynomial) << i;
    }
    for (const auto& [x, y] : {std::pair<Rational, Rational>{{1, 2}, {-1, 1}}, {{2, 1}, {1, 3}}}) {
      const Rational a = value_at(*known.formula, x, y), b = value_at(*other, x, y);
      if (!a.fits() || !b.fits()) continue;
      ++compared;
      ASSERT_EQ(a, b) << i;
    }
    longer += other->size > known.formula->size ? 1 : 0;
  }
  EXPECT_GT(compared, 500);
  EXPECT_GT(longer, 100);
}

TEST(PolynomialPairs, EqualPairsAreEqualAndSpeltApart) {
  int apart = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    Stream stream(3, Purpose::kTest, i);
    const FormulaPair pair = equal_pair(stream);
    EXPECT_EQ(pair.change, 0);
    ASSERT_EQ(expanded(pair.first), pair.polynomial);
    if (const auto second = expanded(pair.second)) {
      ASSERT_EQ(*second, pair.polynomial) << i;
    }
    apart += equal_formulas(pair.first, pair.second) ? 0 : 1;
  }
  EXPECT_GT(apart, 200);
}

// Their difference is one term: what the change leaves of it, seen in double arithmetic.
TEST(PolynomialPairs, DifferentPairsDifferInOneCoefficient) {
  for (std::uint64_t i = 0; i < 300; ++i) {
    Stream stream(4, Purpose::kTest, i);
    const FormulaPair pair = different_pair(stream, 0.1, 0.5);
    ASSERT_GE(pair.change, 0.1);
    ASSERT_LT(pair.change, 0.5);
    EXPECT_FALSE(expanded(pair.second)) << "a number is wrong on purpose";
    FormulaMachine<double> machine;
    const std::vector<double> x = {1}, y = {1};
    std::vector<double> first(1), second(1);
    machine.load(pair.first);
    machine.run(x, y, first);
    machine.load(pair.second);
    machine.run(x, y, second);
    const double gap = std::abs(second[0] - first[0]);
    EXPECT_TRUE(std::any_of(pair.polynomial.begin(), pair.polynomial.end(),
                            [&](const auto& term) {
                              const double size = std::abs(term.second.value()) * pair.change;
                              return std::abs(gap - size) <= 1e-9 * (1 + size);
                            }))
        << i << ": " << gap;
  }
}

TEST(PolynomialPairs, OfTenInputsOneLiesAtARoot) {
  int roots = 0;
  for (std::uint64_t i = 0; i < 100; ++i) {
    Stream stream(5, Purpose::kTest, i);
    const FormulaPair pair = equal_pair(stream);
    const Inputs inputs = inputs_for(pair, 100, stream);
    ASSERT_EQ(inputs.x.size(), 100u);
    FormulaMachine<double> machine;
    machine.load(pair.first);
    std::vector<double> out(100);
    machine.run(inputs.x, inputs.y, out);
    double largest = 0;
    for (const double value : out) largest = std::max(largest, std::abs(value));
    for (std::size_t k = 0; k < out.size(); ++k) {
      ASSERT_LE(std::abs(inputs.x[k]), 2);
      ASSERT_LE(std::abs(inputs.y[k]), 2);
      if (k % 10 == 3 && std::abs(out[k]) < 1e-6 * largest) ++roots;
    }
  }
  EXPECT_GT(roots, 200) << "of 1000";
}

}  // namespace
}  // namespace equivolve::study
