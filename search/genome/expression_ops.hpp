// The operation table of `expression`: one row an operation says how many operands it takes, how it
// is written and whether they commute. The interpreter, the text form, variation and the dashboard
// all read this table.
//
// Meaning, in IEEE 754 double arithmetic; nothing is guarded, so 1/0, log(-1) and overflow give
// what the standard says, and a result that is not finite is an outcome like any other:
//   + - * /, sqrt, abs, -x, reciprocal (1/x), square (x*x), cube ((x*x)*x)
//   sin, cos      within one unit in the last place, the same bits on every machine (beyond
//                 |x| = 2^18 the C library's)
//   power, exp, log, log1p, tan, tanh, arcsin, arccos, arctan    the C library's
//   min, max      the standard's minimum and maximum: NaN where either is, and -0 below +0
//   heaviside     1 where x > 0, else 0 (so 0 for NaN)
//   less          1 where a < b, else 0
//   where         where(c, a, b) is a where c is true, else b
//   and, or, not, xor, nand    1 or 0; any number but 0 is true (so NaN is)
//   lse           log(exp(a) + exp(b)), as max + log1p(exp(min - max)), or an infinite max itself
//   clamp         x between -30 and 30, NaN as it is
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace equivolve::search {

/// Numbers are part of stored genomes: never renumber.
enum class ExpressionOp : std::uint16_t {
  kInput = 0,
  kConstant = 1,
  kAdd = 2,
  kSub = 3,
  kMul = 4,
  kDiv = 5,
  kNegate = 6,
  kAbs = 7,
  kReciprocal = 8,
  kSqrt = 9,
  kSquare = 10,
  kCube = 11,
  kPower = 12,
  kExp = 13,
  kLog = 14,
  kLog1p = 15,
  kSin = 16,
  kCos = 17,
  kTan = 18,
  kTanh = 19,
  kArcsin = 20,
  kArccos = 21,
  kArctan = 22,
  kMin = 23,
  kMax = 24,
  kHeaviside = 25,
  kLess = 26,
  kWhere = 27,
  kAnd = 28,
  kOr = 29,
  kNot = 30,
  kXor = 31,
  kNand = 32,
  kLogSumExp = 33,
  kClamp = 34,
};
inline constexpr std::size_t kExpressionOpCount = 35;
inline constexpr std::size_t kMostOperands = 3;
/// The table's arities, where they are asked for token by token.
inline constexpr std::array<std::uint8_t, kExpressionOpCount> kExpressionArity = {
    0, 0, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 2, 2, 1, 2, 3, 2, 2, 1, 2, 2, 2, 1};
inline constexpr double kClampBound = 30;

/// How tightly the parts of a text hold together.
enum class Binding : std::uint8_t { kSum = 1, kProduct = 2, kSign = 3, kPower = 4, kAtom = 5 };

struct ExpressionOpInfo {
  ExpressionOp op;
  std::string_view name;  ///< in configurations, and of a function in the text form; unique
  std::uint8_t arity;     ///< 0..kMostOperands
  char sign;              ///< '+', '-', '*', '/', '^' between operands ('-' before a single one);
                          ///< 0: written name(a, b)
  Binding binding;
  bool commutative;  ///< op(a, b) is op(b, a), bit for bit (any NaN being any other)
};

const ExpressionOpInfo& expression_op_info(ExpressionOp op);  ///< op < kExpressionOpCount
const std::array<ExpressionOpInfo, kExpressionOpCount>& expression_op_table();
/// Of an operation that can be named in a configuration: not inputs or constants.
std::optional<ExpressionOp> expression_op_named(std::string_view name);

}  // namespace equivolve::search
