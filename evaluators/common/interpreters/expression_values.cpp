#include "evaluators/common/interpreters/expression_values.hpp"

#include <array>

#include "evaluators/common/interpreters/sine_formula.hpp"

namespace equivolve::interpreters {

double sine(double x) {
  return std::fabs(x) <= kMostReduced ? sine_of<std::uint64_t>(x, 0) : std::sin(x);
}
double cosine(double x) {
  return std::fabs(x) <= kMostReduced ? sine_of<std::uint64_t>(x, 1) : std::cos(x);
}

double operation_value(search::ExpressionOp op, double a, double b, double c) {
  using search::ExpressionOp;
  switch (op) {
    case ExpressionOp::kInput:
    case ExpressionOp::kConstant:
      return a;
    case ExpressionOp::kAdd:
      return a + b;
    case ExpressionOp::kSub:
      return a - b;
    case ExpressionOp::kMul:
      return a * b;
    case ExpressionOp::kDiv:
      return a / b;
    case ExpressionOp::kNegate:
      return -a;
    case ExpressionOp::kAbs:
      return std::fabs(a);
    case ExpressionOp::kReciprocal:
      return 1 / a;
    case ExpressionOp::kSqrt:
      return std::sqrt(a);
    case ExpressionOp::kSquare:
      return a * a;
    case ExpressionOp::kCube:
      return a * a * a;
    case ExpressionOp::kPower:
      return std::pow(a, b);
    case ExpressionOp::kExp:
      return std::exp(a);
    case ExpressionOp::kLog:
      return std::log(a);
    case ExpressionOp::kLog1p:
      return std::log1p(a);
    case ExpressionOp::kSin:
      return sine(a);
    case ExpressionOp::kCos:
      return cosine(a);
    case ExpressionOp::kTan:
      return std::tan(a);
    case ExpressionOp::kTanh:
      return std::tanh(a);
    case ExpressionOp::kArcsin:
      return std::asin(a);
    case ExpressionOp::kArccos:
      return std::acos(a);
    case ExpressionOp::kArctan:
      return std::atan(a);
    case ExpressionOp::kMin:
      return minimum(a, b);
    case ExpressionOp::kMax:
      return maximum(a, b);
    case ExpressionOp::kHeaviside:
      return truth(a > 0);
    case ExpressionOp::kLess:
      return truth(a < b);
    case ExpressionOp::kWhere:
      return a != 0 ? b : c;
    case ExpressionOp::kAnd:
      return truth(a != 0 && b != 0);
    case ExpressionOp::kOr:
      return truth(a != 0 || b != 0);
    case ExpressionOp::kNot:
      return truth(a == 0);
    case ExpressionOp::kXor:
      return truth((a != 0) != (b != 0));
    case ExpressionOp::kNand:
      return truth(a == 0 || b == 0);
    case ExpressionOp::kLogSumExp:
      return log_sum_exp(a, b);
    case ExpressionOp::kClamp:
      return a < -search::kClampBound  ? -search::kClampBound
             : a > search::kClampBound ? search::kClampBound
                                       : a;
  }
  return a;
}

double expression_value(search::ExpressionView expression, std::span<const double> inputs) {
  std::array<double, search::kMostExpressionTokens + search::kMostOperands> stack;
  std::size_t held = 0;
  for (const eqv_expression_token& token : expression) {
    const search::ExpressionOp op = search::op_of(token);
    const std::size_t arity = search::arity_of(token);
    if (op == search::ExpressionOp::kInput) {
      stack[held++] = inputs[token.input];
    } else if (op == search::ExpressionOp::kConstant) {
      stack[held++] = token.value;
    } else {
      held -= arity;
      const double a = stack[held], b = arity > 1 ? stack[held + 1] : 0,
                   c = arity > 2 ? stack[held + 2] : 0;
      stack[held++] = operation_value(op, a, b, c);
    }
  }
  return stack[0];
}

}  // namespace equivolve::interpreters
