#include "evaluators/algorithm_discovery/python_expression.hpp"

#include <fmt/format.h>

namespace equivolve::algorithm_discovery {
namespace {

using search::Binding;
using search::ExpressionOp;

struct PythonPart {
  std::string text;
  Binding binding = Binding::kAtom;
};

std::string python_within(const PythonPart& part, bool parentheses) {
  return parentheses ? "(" + part.text + ")" : part.text;
}

/// Python's signs bind as those of the text form do, with ** for ^.
PythonPart python_infix(const search::ExpressionOpInfo& info, const PythonPart& a,
                        const PythonPart& b) {
  const bool power = info.binding == Binding::kPower;
  const std::string sign = power ? "**" : std::string(1, info.sign);
  return {python_within(a, power ? a.binding != Binding::kAtom : a.binding < info.binding) + " " +
              sign + " " +
              python_within(b, power ? b.binding < Binding::kSign : b.binding <= info.binding),
          info.binding};
}

std::string python_call(ExpressionOp op, std::string_view name, const std::vector<PythonPart>& p) {
  const auto with = [&](std::string_view form) {
    std::vector<std::string> texts;
    for (const PythonPart& part : p) texts.push_back(part.text);
    texts.resize(3);
    return fmt::format(fmt::runtime(form), texts[0], texts[1], texts[2]);
  };
  switch (op) {
    case ExpressionOp::kReciprocal:
      return with("(1.0 / ({0}))");
    case ExpressionOp::kCube:
      return with("(np.square({0}) * ({0}))");
    case ExpressionOp::kMin:
      return with("np.minimum({0}, {1})");
    case ExpressionOp::kMax:
      return with("np.maximum({0}, {1})");
    case ExpressionOp::kHeaviside:
      return with("_truth(({0}) > 0)");
    case ExpressionOp::kLess:
      return with("_truth(({0}) < ({1}))");
    case ExpressionOp::kWhere:
      return with("np.where(({0}) != 0, {1}, {2})");
    case ExpressionOp::kAnd:
      return with("_truth((({0}) != 0) & (({1}) != 0))");
    case ExpressionOp::kOr:
      return with("_truth((({0}) != 0) | (({1}) != 0))");
    case ExpressionOp::kNot:
      return with("_truth(({0}) == 0)");
    case ExpressionOp::kXor:
      return with("_truth((({0}) != 0) ^ (({1}) != 0))");
    case ExpressionOp::kNand:
      return with("_truth((({0}) == 0) | (({1}) == 0))");
    case ExpressionOp::kLogSumExp:
      return with("np.logaddexp({0}, {1})");
    case ExpressionOp::kClamp:
      return with("np.clip({0}, -30.0, 30.0)");
    default:  // those that numpy calls by the same name
      return "np." + std::string(name) + with("({0})");
  }
}

}  // namespace

PythonExpression python_expression(search::ExpressionView expression) {
  PythonExpression out;
  std::vector<PythonPart> held;
  for (const eqv_expression_token& token : expression) {
    const search::ExpressionOpInfo& info = search::expression_op_info(search::op_of(token));
    std::vector<PythonPart> operands(held.end() - info.arity, held.end());
    held.resize(held.size() - info.arity);
    PythonPart part;
    if (info.op == ExpressionOp::kInput) {
      part.text = fmt::format("x[:, {}]", token.input);
    } else if (info.op == ExpressionOp::kConstant) {
      part.text = fmt::format("c[{}]", out.constants.size());
      out.constants.push_back(token.value);
    } else if (info.op == ExpressionOp::kNegate) {
      part = {"-" + python_within(operands[0], operands[0].binding <= Binding::kSign),
              Binding::kSign};
    } else if (info.sign != 0) {
      part = python_infix(info, operands[0], operands[1]);
    } else {
      part.text = python_call(info.op, info.name, operands);
    }
    held.push_back(std::move(part));
  }
  out.text = std::move(held.back().text);
  return out;
}

}  // namespace equivolve::algorithm_discovery
