#include "engine/study/formula.hpp"

#include <algorithm>

namespace equivolve::study {
namespace {

void add_term(Polynomial& polynomial, std::pair<int, int> powers, const Rational& coefficient) {
  const auto [term, is_new] = polynomial.emplace(powers, coefficient);
  if (!is_new) term->second = term->second + coefficient;
  if (term->second == Rational{}) polynomial.erase(term);
}

Polynomial product(const Polynomial& a, const Polynomial& b) {
  Polynomial out;
  for (const auto& [left, c] : a)
    for (const auto& [right, d] : b)
      add_term(out, {left.first + right.first, left.second + right.second}, c * d);
  return out;
}

Polynomial polynomial_of(const FormulaNode& node) {
  switch (node.op) {
    case FormulaOp::kConstant:
      if (node.factor != 1) return {{{0, 0}, kDoesNotFit}};
      return node.constant == Rational{} ? Polynomial{} : Polynomial{{{0, 0}, node.constant}};
    case FormulaOp::kX:
      return {{{1, 0}, {1, 1}}};
    case FormulaOp::kY:
      return {{{0, 1}, {1, 1}}};
    default:
      break;
  }
  Polynomial left = polynomial_of(*node.left);
  const Polynomial right = polynomial_of(*node.right);
  if (node.op == FormulaOp::kMul) return product(left, right);
  for (const auto& [powers, c] : right) add_term(left, powers, node.op == FormulaOp::kSub ? -c : c);
  return left;
}

Formula power_of(FormulaOp variable, int power) {
  Formula out = variable_formula(variable);
  for (int i = 1; i < power; ++i)
    out = combined(FormulaOp::kMul, std::move(out), variable_formula(variable));
  return out;
}

/// Coefficients by power, from 0 on.
using Coefficients = std::vector<Formula>;  // null: zero

Formula nested(FormulaOp variable, const Coefficients& coefficients) {
  Formula out = coefficients.back();
  for (std::size_t k = coefficients.size() - 1; k-- > 0;) {
    out = combined(FormulaOp::kMul, std::move(out), variable_formula(variable));
    if (coefficients[k]) out = combined(FormulaOp::kAdd, std::move(out), coefficients[k]);
  }
  return out;
}

void put(Coefficients& coefficients, int power, Formula formula) {
  const auto at = static_cast<std::size_t>(power);
  if (coefficients.size() <= at) coefficients.resize(at + 1);
  coefficients[at] = std::move(formula);
}

}  // namespace

Formula constant_formula(Rational value, double factor) {
  FormulaNode node;
  node.constant = value;
  node.factor = factor;
  return std::make_shared<const FormulaNode>(std::move(node));
}

Formula variable_formula(FormulaOp variable) {
  FormulaNode node;
  node.op = variable;
  return std::make_shared<const FormulaNode>(std::move(node));
}

Formula combined(FormulaOp op, Formula left, Formula right) {
  FormulaNode node;
  node.op = op;
  node.size = 1 + left->size + right->size;
  node.left = std::move(left);
  node.right = std::move(right);
  return std::make_shared<const FormulaNode>(std::move(node));
}

bool equal_formulas(const Formula& a, const Formula& b) {
  if (a == b) return true;
  if (a->op != b->op || a->size != b->size) return false;
  if (a->size == 1) return a->constant == b->constant && a->factor == b->factor;
  return equal_formulas(a->left, b->left) && equal_formulas(a->right, b->right);
}

std::optional<Polynomial> expanded(const Formula& formula) {
  Polynomial out = polynomial_of(*formula);
  const bool fits =
      std::all_of(out.begin(), out.end(), [](const auto& term) { return term.second.fits(); });
  return fits ? std::optional(std::move(out)) : std::nullopt;
}

Formula sum_of_terms(const Polynomial& polynomial, std::size_t changed, double factor) {
  Formula sum;
  std::size_t i = 0;
  for (const auto& [powers, coefficient] : polynomial) {
    Formula term = constant_formula(coefficient, i++ == changed ? factor : 1);
    if (powers.first > 0)
      term = combined(FormulaOp::kMul, std::move(term), power_of(FormulaOp::kX, powers.first));
    if (powers.second > 0)
      term = combined(FormulaOp::kMul, std::move(term), power_of(FormulaOp::kY, powers.second));
    sum = sum ? combined(FormulaOp::kAdd, std::move(sum), std::move(term)) : std::move(term);
  }
  return sum ? sum : constant_formula({});
}

Formula horner_form(const Polynomial& polynomial) {
  if (polynomial.empty()) return constant_formula({});
  std::map<int, Coefficients> in_y;  // by the power of x
  for (const auto& [powers, coefficient] : polynomial)
    put(in_y[powers.first], powers.second, constant_formula(coefficient));
  Coefficients in_x;
  for (const auto& [power, coefficients] : in_y)
    put(in_x, power, nested(FormulaOp::kY, coefficients));
  return nested(FormulaOp::kX, in_x);
}

template <class Real>
void FormulaMachine<Real>::load(const Formula& formula) {
  steps_.clear();
  append(*formula);
}

template <class Real>
void FormulaMachine<Real>::append(const FormulaNode& node) {
  if (node.left) {
    append(*node.left);
    append(*node.right);
  }
  steps_.push_back({node.op, static_cast<Real>(node.constant.value() * node.factor)});
}

template <class Real>
void FormulaMachine<Real>::run(std::span<const Real> x, std::span<const Real> y,
                               std::span<Real> out) {
  std::size_t depth = 0;
  for (const Step& step : steps_) {
    if (step.op <= FormulaOp::kY) {
      if (depth == stack_.size()) stack_.emplace_back();
      std::vector<Real>& top = stack_[depth++];
      if (step.op == FormulaOp::kConstant) top.assign(out.size(), step.constant);
      if (step.op == FormulaOp::kX) top.assign(x.begin(), x.end());
      if (step.op == FormulaOp::kY) top.assign(y.begin(), y.end());
      continue;
    }
    --depth;
    const Real* right = stack_[depth].data();
    Real* left = stack_[depth - 1].data();
    const std::size_t count = out.size();
    if (step.op == FormulaOp::kAdd)
      for (std::size_t i = 0; i < count; ++i) left[i] += right[i];
    if (step.op == FormulaOp::kSub)
      for (std::size_t i = 0; i < count; ++i) left[i] -= right[i];
    if (step.op == FormulaOp::kMul)
      for (std::size_t i = 0; i < count; ++i) left[i] *= right[i];
  }
  std::copy_n(stack_[0].begin(), out.size(), out.begin());
}

template class FormulaMachine<double>;
template class FormulaMachine<float>;

}  // namespace equivolve::study
