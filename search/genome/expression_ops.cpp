#include "search/genome/expression_ops.hpp"

#include <algorithm>
#include <cassert>

namespace equivolve::search {
namespace {

using EOp = ExpressionOp;

constexpr ExpressionOpInfo leaf_row(EOp op, std::string_view name) {
  return {op, name, 0, 0, Binding::kAtom, false};
}
constexpr ExpressionOpInfo infix_row(EOp op, std::string_view name, char sign, Binding binding,
                                     bool commutative) {
  return {op, name, 2, sign, binding, commutative};
}
constexpr ExpressionOpInfo function_row(EOp op, std::string_view name, std::uint8_t arity) {
  return {op, name, arity, 0, Binding::kAtom, false};
}
constexpr ExpressionOpInfo symmetric_row(EOp op, std::string_view name) {
  return {op, name, 2, 0, Binding::kAtom, true};
}

constexpr std::array<ExpressionOpInfo, kExpressionOpCount> kExpressionTable = {{
    leaf_row(EOp::kInput, "input"),
    leaf_row(EOp::kConstant, "constant"),
    infix_row(EOp::kAdd, "add", '+', Binding::kSum, true),
    infix_row(EOp::kSub, "sub", '-', Binding::kSum, false),
    infix_row(EOp::kMul, "mul", '*', Binding::kProduct, true),
    infix_row(EOp::kDiv, "div", '/', Binding::kProduct, false),
    {EOp::kNegate, "negate", 1, '-', Binding::kSign, false},
    function_row(EOp::kAbs, "abs", 1),
    function_row(EOp::kReciprocal, "reciprocal", 1),
    function_row(EOp::kSqrt, "sqrt", 1),
    function_row(EOp::kSquare, "square", 1),
    function_row(EOp::kCube, "cube", 1),
    infix_row(EOp::kPower, "power", '^', Binding::kPower, false),
    function_row(EOp::kExp, "exp", 1),
    function_row(EOp::kLog, "log", 1),
    function_row(EOp::kLog1p, "log1p", 1),
    function_row(EOp::kSin, "sin", 1),
    function_row(EOp::kCos, "cos", 1),
    function_row(EOp::kTan, "tan", 1),
    function_row(EOp::kTanh, "tanh", 1),
    function_row(EOp::kArcsin, "arcsin", 1),
    function_row(EOp::kArccos, "arccos", 1),
    function_row(EOp::kArctan, "arctan", 1),
    symmetric_row(EOp::kMin, "min"),
    symmetric_row(EOp::kMax, "max"),
    function_row(EOp::kHeaviside, "heaviside", 1),
    function_row(EOp::kLess, "less", 2),
    function_row(EOp::kWhere, "where", 3),
    symmetric_row(EOp::kAnd, "and"),
    symmetric_row(EOp::kOr, "or"),
    function_row(EOp::kNot, "not", 1),
    symmetric_row(EOp::kXor, "xor"),
    symmetric_row(EOp::kNand, "nand"),
    symmetric_row(EOp::kLogSumExp, "lse"),
    function_row(EOp::kClamp, "clamp", 1),
}};

constexpr bool expression_table_in_order() {
  for (std::size_t i = 0; i < kExpressionOpCount; ++i)
    if (static_cast<std::size_t>(kExpressionTable[i].op) != i ||
        kExpressionTable[i].arity != kExpressionArity[i])
      return false;
  return true;
}
static_assert(expression_table_in_order(),
              "the table's rows stand in the order of ExpressionOp, with its arities");

}  // namespace

const ExpressionOpInfo& expression_op_info(ExpressionOp op) {
  assert(static_cast<std::size_t>(op) < kExpressionOpCount);
  return kExpressionTable[static_cast<std::size_t>(op)];
}

const std::array<ExpressionOpInfo, kExpressionOpCount>& expression_op_table() {
  return kExpressionTable;
}

std::optional<ExpressionOp> expression_op_named(std::string_view name) {
  const auto found =
      std::find_if(kExpressionTable.begin(), kExpressionTable.end(),
                   [&](const ExpressionOpInfo& i) { return i.arity > 0 && i.name == name; });
  if (found == kExpressionTable.end()) return std::nullopt;
  return found->op;
}

}  // namespace equivolve::search
