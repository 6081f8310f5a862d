#include "tests/search/support/expressions.hpp"

#include <gtest/gtest.h>

namespace equivolve::search::test {

ExpressionSpace every_operation_space() {
  ExpressionSpace space;
  space.inputs = {"x0", "mean \"radius\"", "sin"};
  for (const ExpressionOpInfo& info : expression_op_table())
    if (info.arity > 0) space.operations.push_back(info.op);
  return space;
}

ExpressionSpace arithmetic_space() {
  ExpressionSpace space;
  space.inputs = {"x0", "x1"};
  space.operations = {ExpressionOp::kAdd, ExpressionOp::kSub, ExpressionOp::kMul,
                      ExpressionOp::kDiv, ExpressionOp::kSin};
  return space;
}

ExpressionSpace boolean_space() {
  ExpressionSpace space;
  space.inputs = {"x0", "x1", "x2"};
  space.operations = {ExpressionOp::kAnd, ExpressionOp::kOr, ExpressionOp::kNot, ExpressionOp::kXor,
                      ExpressionOp::kNand};
  space.constants = false;
  space.max_size = 15;
  space.max_depth = 4;
  space.initial_depth_high = 4;
  return space;
}

std::vector<eqv_expression_token> expression(const std::string& text,
                                             const ExpressionSpace& space) {
  auto parsed = parse_expression(text, space.inputs);
  if (!parsed) {
    ADD_FAILURE() << parsed.error().line << ":" << parsed.error().column << ": "
                  << parsed.error().message;
    return {};
  }
  return parsed->tokens;
}

}  // namespace equivolve::search::test
