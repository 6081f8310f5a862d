// Formulas of constants, two variables, sums, differences and products; the polynomials that they
// are, exactly; and their values in double or float arithmetic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/study/rational.hpp"

namespace equivolve::study {

enum class FormulaOp : std::uint8_t { kConstant, kX, kY, kAdd, kSub, kMul };

struct FormulaNode;
/// Never null; parts are shared.
using Formula = std::shared_ptr<const FormulaNode>;

struct FormulaNode {
  FormulaOp op = FormulaOp::kConstant;
  Rational constant;  ///< what the number stands for; it is written as the nearest double
  double factor = 1;  ///< ... times this: a number that is slightly wrong on purpose
  Formula left, right;
  std::uint32_t size = 1;  ///< nodes
};

Formula constant_formula(Rational value, double factor = 1);
Formula variable_formula(FormulaOp variable);
Formula combined(FormulaOp op, Formula left, Formula right);
bool equal_formulas(const Formula& a, const Formula& b);

/// Coefficients by the powers of x and y; none is zero.
using Polynomial = std::map<std::pair<int, int>, Rational>;

/// Nothing where a coefficient does not fit, or a factor is not 1.
std::optional<Polynomial> expanded(const Formula& formula);

/// The sum of its terms, each its coefficient times variables; the coefficient of term `changed`
/// (in the polynomial's order) with that factor.
Formula sum_of_terms(const Polynomial& polynomial, std::size_t changed = SIZE_MAX,
                     double factor = 1);

/// Horner's form in x, whose coefficients are in Horner's form in y.
Formula horner_form(const Polynomial& polynomial);

/// A formula's values over many inputs. Reusable; allocates only when something grows.
template <class Real>
class FormulaMachine {
 public:
  void load(const Formula& formula);
  /// All of one length.
  void run(std::span<const Real> x, std::span<const Real> y, std::span<Real> out);

 private:
  struct Step {
    FormulaOp op;
    Real constant;
  };
  void append(const FormulaNode& node);

  std::vector<Step> steps_;  // postfix
  std::vector<std::vector<Real>> stack_;
};

extern template class FormulaMachine<double>;
extern template class FormulaMachine<float>;

}  // namespace equivolve::study
