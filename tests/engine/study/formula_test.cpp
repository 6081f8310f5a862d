#include "engine/study/formula.hpp"

#include <gtest/gtest.h>

namespace equivolve::study {
namespace {

Formula x() {
  return variable_formula(FormulaOp::kX);
}
Formula y() {
  return variable_formula(FormulaOp::kY);
}
Formula number(std::int64_t whole, std::int64_t parts = 1) {
  return constant_formula(Rational{whole, parts});
}
Formula add(Formula a, Formula b) {
  return combined(FormulaOp::kAdd, std::move(a), std::move(b));
}
Formula sub(Formula a, Formula b) {
  return combined(FormulaOp::kSub, std::move(a), std::move(b));
}
Formula mul(Formula a, Formula b) {
  return combined(FormulaOp::kMul, std::move(a), std::move(b));
}

std::vector<double> values(const Formula& formula, std::vector<double> xs, std::vector<double> ys) {
  FormulaMachine<double> machine;
  machine.load(formula);
  std::vector<double> out(xs.size());
  machine.run(xs, ys, out);
  return out;
}

TEST(Rational, IsReducedAndExact) {
  EXPECT_EQ((Rational{1, 10} + Rational{1, 15}), (Rational{1, 6}));
  EXPECT_EQ((Rational{-3, 7} * Rational{14, 9}), (Rational{-2, 3}));
  EXPECT_EQ((Rational{1, 3} + Rational{-1, 3}), (Rational{0, 1}));
  EXPECT_EQ((Rational{1, 3}.value()), 1.0 / 3);
}

TEST(Rational, ThatDoesNotFitIsNoNumber) {
  const Rational large{std::int64_t{1} << 52, 1};
  EXPECT_TRUE((large + large).fits());
  EXPECT_FALSE((large + large + large).fits());
  EXPECT_FALSE((large * large).fits());
  EXPECT_FALSE((large * large * Rational{}).fits());
  EXPECT_FALSE((kDoesNotFit + Rational{1, 2}).fits());
}

TEST(Formula, ExpandsToItsPolynomial) {
  // (x + 1/3)(x - 1/3) + y - y = x^2 - 1/9
  const Formula f = sub(add(mul(add(x(), number(1, 3)), sub(x(), number(1, 3))), y()), y());
  EXPECT_EQ(expanded(f), (Polynomial{{{0, 0}, {-1, 9}}, {{2, 0}, {1, 1}}}));
  EXPECT_EQ(expanded(sub(mul(x(), y()), mul(y(), x()))), Polynomial{});
  EXPECT_EQ(f->size, 11u);
}

TEST(Formula, WithAWrongNumberOrAnOverflowHasNoPolynomial) {
  EXPECT_FALSE(expanded(add(x(), constant_formula({1, 2}, 1 + 1e-9))));
  Formula f = number((std::int64_t{1} << 40) + 1);
  EXPECT_TRUE(expanded(mul(f, x())));
  EXPECT_FALSE(expanded(mul(mul(f, f), x())));
}

TEST(Formula, HasASumOfTermsAndAHornerForm) {
  const Polynomial p = {
      {{0, 0}, {1, 10}}, {{0, 2}, {-2, 3}}, {{1, 1}, {5, 1}}, {{3, 0}, {1, 7}}, {{3, 2}, {-1, 1}}};
  EXPECT_EQ(expanded(sum_of_terms(p)), p);
  EXPECT_EQ(expanded(horner_form(p)), p);
  EXPECT_EQ(expanded(horner_form({{{4, 0}, {1, 2}}})), (Polynomial{{{4, 0}, {1, 2}}}));
  EXPECT_EQ(expanded(sum_of_terms({})), Polynomial{});
  EXPECT_EQ(expanded(horner_form({})), Polynomial{});
  // Horner's form of degree 3 in x multiplies by x three times: no powers.
  const std::vector<double> at = values(horner_form(p), {2}, {3});
  EXPECT_NEAR(at[0], 0.1 - 6 + 30 + 8.0 / 7 - 72, 1e-12);
}

TEST(Formula, ChangesOneCoefficient) {
  const Polynomial p = {{{0, 1}, {2, 1}}, {{1, 0}, {4, 1}}};
  EXPECT_EQ(values(sum_of_terms(p, 1, 1.5), {10, 0}, {0, 10}), (std::vector<double>{60, 20}));
  EXPECT_EQ(values(sum_of_terms(p, 0, 0.5), {10, 0}, {0, 10}), (std::vector<double>{40, 10}));
}

TEST(FormulaMachine, ComputesInItsOwnArithmetic) {
  const Formula f = sub(add(mul(number(1, 10), x()), number(3)), y());
  EXPECT_EQ(values(f, {3, -1}, {1, 0}), (std::vector<double>{0.1 * 3 + 3 - 1, 0.1 * -1 + 3}));
  FormulaMachine<float> machine;
  machine.load(f);
  const std::vector<float> xs = {3}, ys = {1};
  std::vector<float> out(1);
  machine.run(xs, ys, out);
  EXPECT_EQ(out[0], 0.1f * 3 + 3 - 1);
}

TEST(Formula, EqualOnesAreSpeltAlike) {
  EXPECT_TRUE(equal_formulas(add(x(), number(1, 3)), add(x(), number(1, 3))));
  EXPECT_FALSE(equal_formulas(add(x(), number(1, 3)), add(number(1, 3), x())));
  EXPECT_FALSE(equal_formulas(number(1), number(2)));
  EXPECT_FALSE(equal_formulas(x(), y()));
}

}  // namespace
}  // namespace equivolve::study
