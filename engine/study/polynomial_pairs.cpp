#include "engine/study/polynomial_pairs.hpp"

#include <cmath>
#include <utility>

namespace equivolve::study {
namespace {

using hashing::Stream;

constexpr int kDegree = 5;
constexpr int kDepth = 4;
constexpr std::uint32_t kMostNodes = 40;
constexpr std::uint32_t kMostRespelled = 200;
constexpr double kFar = 2;  // of inputs

Rational random_constant(Stream& stream) {
  constexpr std::int64_t kParts[] = {1, 3, 7, 10, 10, 100};
  const std::int64_t parts = kParts[stream.below(std::size(kParts))];
  const auto whole =
      static_cast<std::int64_t>(1 + stream.below(static_cast<std::uint64_t>(3 * parts)));
  return detail::reduced(stream.chance(0.5) ? whole : -whole, parts);
}

Formula random_variable(Stream& stream) {
  return variable_formula(stream.chance(0.5) ? FormulaOp::kX : FormulaOp::kY);
}

Formula random_leaf(Stream& stream, int degree) {
  if (degree == 0 || stream.chance(0.2)) return constant_formula(random_constant(stream));
  if (stream.chance(0.4)) return random_variable(stream);
  return combined(FormulaOp::kMul, constant_formula(random_constant(stream)),
                  random_variable(stream));
}

Formula random_tree(Stream& stream, int degree, int depth) {
  if (depth == 0 || degree == 0 || stream.chance(0.1)) return random_leaf(stream, degree);
  if (degree > 1 && stream.chance(0.5)) {
    const int left = 1 + static_cast<int>(stream.below(static_cast<std::uint64_t>(degree - 1)));
    Formula a = random_tree(stream, left, depth - 1);
    return combined(FormulaOp::kMul, std::move(a), random_tree(stream, degree - left, depth - 1));
  }
  const FormulaOp op = stream.chance(0.7) ? FormulaOp::kAdd : FormulaOp::kSub;
  Formula a = random_tree(stream, degree, depth - 1);
  return combined(op, std::move(a), random_tree(stream, degree, depth - 1));
}

bool is_sum(const Formula& f) {
  return f->op == FormulaOp::kAdd || f->op == FormulaOp::kSub;
}
bool is_leaf(const Formula& f) {
  return f->left == nullptr;
}

/// One law at the root, where it fits; else the same again.
Formula by_one_law(Stream& stream, FormulaOp op, const Formula& a, const Formula& b) {
  switch (stream.below(5)) {
    case 0:
      if (op != FormulaOp::kSub) return combined(op, b, a);
      break;
    case 1:
      if (op != FormulaOp::kSub && a->op == op)
        return combined(op, a->left, combined(op, a->right, b));
      if (op == FormulaOp::kSub && a->op == op)
        return combined(op, a->left, combined(FormulaOp::kAdd, a->right, b));
      break;
    case 2:
      if (op == FormulaOp::kMul && is_sum(b))
        return combined(b->op, combined(op, a, b->left), combined(op, a, b->right));
      break;
    case 3:
      if (op != FormulaOp::kMul && a->op == FormulaOp::kMul && b->op == FormulaOp::kMul &&
          equal_formulas(a->left, b->left))
        return combined(FormulaOp::kMul, a->left, combined(op, a->right, b->right));
      break;
    default:
      if (op == FormulaOp::kSub)
        return combined(FormulaOp::kAdd, a,
                        combined(FormulaOp::kMul, constant_formula({-1, 1}), b));
  }
  return combined(op, a, b);
}

Formula by_laws(Stream& stream, const Formula& formula) {
  if (is_leaf(formula)) return formula;
  const Formula a = by_laws(stream, formula->left);
  const Formula b = by_laws(stream, formula->right);
  return by_one_law(stream, formula->op, a, b);
}

/// f is (f + t) - t, at a random node.
Formula with_cancellation(Stream& stream, const Formula& formula, const Formula& term) {
  if (is_leaf(formula) || stream.chance(0.3))
    return combined(FormulaOp::kSub, combined(FormulaOp::kAdd, formula, term), term);
  if (stream.chance(0.5))
    return combined(formula->op, with_cancellation(stream, formula->left, term), formula->right);
  return combined(formula->op, formula->left, with_cancellation(stream, formula->right, term));
}

/// With even odds a tenth or a thousandth from -kFar to kFar.
double decimal(Stream& stream) {
  const std::uint64_t parts = stream.chance(0.5) ? 10 : 1000;
  const auto whole = static_cast<double>(stream.below(4 * parts + 1));
  return whole / static_cast<double>(parts) - kFar;
}

/// Moves each x to a root between -kFar and kFar of the formula at its y, where its values at the
/// two differ in sign. Source: Dowell and Jarratt 1971, "A modified regula falsi method".
void move_to_roots(const Formula& formula, std::vector<double>& x, const std::vector<double>& y) {
  constexpr int kSteps = 12;
  const std::size_t n = x.size();
  FormulaMachine<double> machine;
  machine.load(formula);
  std::vector<double> a(n, -kFar), b(n, kFar), fa(n), fb(n), c(n), fc(n);
  machine.run(a, y, fa);
  machine.run(b, y, fb);
  std::vector<bool> found(n);
  for (std::size_t i = 0; i < n; ++i) found[i] = fa[i] * fb[i] < 0;
  for (int step = 0; step < kSteps; ++step) {
    for (std::size_t i = 0; i < n; ++i)
      c[i] = found[i] && fb[i] != fa[i] ? b[i] - fb[i] * (b[i] - a[i]) / (fb[i] - fa[i]) : b[i];
    machine.run(c, y, fc);
    for (std::size_t i = 0; i < n; ++i) {
      if (fc[i] * fb[i] < 0) {
        a[i] = b[i];
        fa[i] = fb[i];
      } else {
        fa[i] /= 2;
      }
      b[i] = c[i];
      fb[i] = fc[i];
    }
  }
  for (std::size_t i = 0; i < n; ++i)
    if (found[i] && std::abs(b[i]) <= kFar) x[i] = b[i];
}

}  // namespace

KnownFormula random_formula(Stream& stream) {
  for (;;) {
    Formula formula = random_tree(stream, kDegree, kDepth);
    if (formula->size > kMostNodes) continue;
    std::optional<Polynomial> polynomial = expanded(formula);
    if (!polynomial || polynomial->empty()) continue;
    if (polynomial->rbegin()->first == std::pair(0, 0)) continue;  // a constant
    return {std::move(formula), std::move(*polynomial)};
  }
}

Formula respelled(Stream& stream, Formula formula) {
  constexpr int kRounds = 4;
  const std::uint64_t cancelled = stream.below(3 * kRounds);
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    if (formula->size > kMostRespelled / 2) break;
    if (round == cancelled) formula = with_cancellation(stream, formula, random_tree(stream, 3, 1));
    formula = by_laws(stream, formula);
  }
  return formula;
}

FormulaPair equal_pair(Stream& stream) {
  KnownFormula known = random_formula(stream);
  const std::uint64_t form = stream.below(3);
  Formula other = form == 0   ? known.formula
                  : form == 1 ? sum_of_terms(known.polynomial)
                              : horner_form(known.polynomial);
  return {std::move(known.formula), respelled(stream, std::move(other)),
          std::move(known.polynomial), 0};
}

FormulaPair different_pair(Stream& stream, double low, double high) {
  KnownFormula known = random_formula(stream);
  const double change = low * std::exp(stream.uniform() * std::log(high / low));
  const std::size_t term = stream.below(known.polynomial.size());
  const double factor = stream.chance(0.5) ? 1 + change : 1 - change;
  Formula other = respelled(stream, sum_of_terms(known.polynomial, term, factor));
  return {std::move(known.formula), std::move(other), std::move(known.polynomial), change};
}

Inputs inputs_for(const FormulaPair& pair, std::size_t count, Stream& stream) {
  Inputs inputs;
  std::vector<double> x, y;
  for (std::size_t i = 0; i < count; ++i) {
    inputs.x.push_back(decimal(stream));
    inputs.y.push_back(decimal(stream));
    if (!Inputs::is_for_root(i)) continue;
    x.push_back(inputs.x[i]);
    y.push_back(inputs.y[i]);
  }
  move_to_roots(pair.first, x, y);
  for (std::size_t i = 0, k = 0; i < count; ++i)
    if (Inputs::is_for_root(i)) inputs.x[i] = x[k++];
  return inputs;
}

}  // namespace equivolve::study
