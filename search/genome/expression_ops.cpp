#include "search/genome/expression_ops.hpp"

#include <algorithm>
#include <cassert>

namespace equivolve::search {
namespace {

using Info = ExpressionOpInfo;
using EOp = ExpressionOp;

constexpr Info leaf(EOp op, std::string_view name) {
  return {op, name, 0, 0, Binding::kAtom, false};
}
constexpr Info infix(EOp op, std::string_view name, char sign, Binding binding, bool commutative) {
  return {op, name, 2, sign, binding, commutative};
}
constexpr Info function(EOp op, std::string_view name, std::uint8_t arity) {
  return {op, name, arity, 0, Binding::kAtom, false};
}
constexpr Info symmetric(EOp op, std::string_view name) {
  return {op, name, 2, 0, Binding::kAtom, true};
}

constexpr std::array<Info, kExpressionOpCount> kExpressionTable = {{
    leaf(EOp::kInput, "input"),
    leaf(EOp::kConstant, "constant"),
    infix(EOp::kAdd, "add", '+', Binding::kSum, true),
    infix(EOp::kSub, "sub", '-', Binding::kSum, false),
    infix(EOp::kMul, "mul", '*', Binding::kProduct, true),
    infix(EOp::kDiv, "div", '/', Binding::kProduct, false),
    {EOp::kNegate, "negate", 1, '-', Binding::kSign, false},
    function(EOp::kAbs, "abs", 1),
    function(EOp::kReciprocal, "reciprocal", 1),
    function(EOp::kSqrt, "sqrt", 1),
    function(EOp::kSquare, "square", 1),
    function(EOp::kCube, "cube", 1),
    infix(EOp::kPower, "power", '^', Binding::kPower, false),
    function(EOp::kExp, "exp", 1),
    function(EOp::kLog, "log", 1),
    function(EOp::kLog1p, "log1p", 1),
    function(EOp::kSin, "sin", 1),
    function(EOp::kCos, "cos", 1),
    function(EOp::kTan, "tan", 1),
    function(EOp::kTanh, "tanh", 1),
    function(EOp::kArcsin, "arcsin", 1),
    function(EOp::kArccos, "arccos", 1),
    function(EOp::kArctan, "arctan", 1),
    symmetric(EOp::kMin, "min"),
    symmetric(EOp::kMax, "max"),
    function(EOp::kHeaviside, "heaviside", 1),
    function(EOp::kLess, "less", 2),
    function(EOp::kWhere, "where", 3),
    symmetric(EOp::kAnd, "and"),
    symmetric(EOp::kOr, "or"),
    function(EOp::kNot, "not", 1),
    symmetric(EOp::kXor, "xor"),
    symmetric(EOp::kNand, "nand"),
    symmetric(EOp::kLogSumExp, "lse"),
    function(EOp::kClamp, "clamp", 1),
}};

constexpr bool expression_table_in_order() {
  for (std::size_t i = 0; i < kExpressionOpCount; ++i)
    if (static_cast<std::size_t>(kExpressionTable[i].op) != i) return false;
  return true;
}
static_assert(expression_table_in_order(), "the table's rows stand in the order of ExpressionOp");

}  // namespace

const ExpressionOpInfo& expression_op_info(ExpressionOp op) {
  assert(static_cast<std::size_t>(op) < kExpressionOpCount);
  return kExpressionTable[static_cast<std::size_t>(op)];
}

const std::array<ExpressionOpInfo, kExpressionOpCount>& expression_op_table() {
  return kExpressionTable;
}

std::optional<ExpressionOp> expression_op_named(std::string_view name) {
  const auto found = std::find_if(kExpressionTable.begin(), kExpressionTable.end(),
                                  [&](const Info& i) { return i.arity > 0 && i.name == name; });
  if (found == kExpressionTable.end()) return std::nullopt;
  return found->op;
}

}  // namespace equivolve::search
