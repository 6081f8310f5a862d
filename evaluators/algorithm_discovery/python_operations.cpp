#include "evaluators/algorithm_discovery/python_operations.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string_view>

#include "search/genome/program_analysis.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using search::Kind;
using search::Op;

/// The right-hand side: {a} and {b} are the operands, {x} the first immediate, {y} the second, {o}
/// the ordinal. Rows stand in the order of search::Op.
constexpr std::array<std::string_view, search::kOpCount> kRightSides = {
    "",
    "{a} + {b}",
    "{a} - {b}",
    "{a} * {b}",
    "_quotient({a}, {b})",
    "abs({a})",
    "_quotient(1.0, {a})",
    "_sin({a})",
    "_cos({a})",
    "_tan({a})",
    "_arcsin({a})",
    "_arccos({a})",
    "_arctan({a})",
    "_exp({a})",
    "_log({a})",
    "1.0 if {a} > 0.0 else 0.0",
    "_heaviside({a})",
    "_heaviside({a})",
    "{a} * {b}",
    "np.full(D, {a})",
    "1.0 / {a}",
    "_norm({a})",
    "np.abs({a})",
    "{a} + {b}",
    "{a} - {b}",
    "{a} * {b}",
    "{a} / {b}",
    "_total({a} * {b})",
    "{a}[:, None] * {b}[None, :]",
    "{a} * {b}",
    "1.0 / {a}",
    "_rows({a} * {b})",
    "np.tile({a}, (D, 1))",
    "np.repeat({a}[:, None], D, axis=1)",
    "_norm({a})",
    "np.sqrt(_rows({a} * {a}))",
    "np.sqrt(_rows(({a} * {a}).T))",
    "{a}.T.copy()",
    "np.abs({a})",
    "{a} + {b}",
    "{a} - {b}",
    "{a} * {b}",
    "{a} / {b}",
    "_matmul({a}, {b})",
    "{a} if {a} < {b} else {b}",
    "_smaller({a}, {b})",
    "_smaller({a}, {b})",
    "{a} if {a} > {b} else {b}",
    "_larger({a}, {b})",
    "_larger({a}, {b})",
    "_mean({a})",
    "_mean({a})",
    "_row_mean({a})",
    "_row_deviation({a})",
    "_deviation({a})",
    "_deviation({a})",
    "{x}",
    "_with_element({out}, {e}, {x})",
    "_with_element({out}, ({r}, {c}), {x})",
    "float(draw.uniform({o}, {x}, {y}, 1)[0])",
    "draw.uniform({o}, {x}, {y}, D)",
    "draw.uniform({o}, {x}, {y}, (D, D))",
    "float(draw.gaussian({o}, {x}, {y}, 1)[0])",
    "draw.gaussian({o}, {x}, {y}, D)",
    "draw.gaussian({o}, {x}, {y}, (D, D))",
};

std::string memory(Kind kind, std::uint8_t address) {
  const char* list = kind == Kind::kScalar ? "s" : kind == Kind::kVector ? "v" : "m";
  return kind == Kind::kNone ? "" : fmt::format("{}[{}]", list, address);
}

}  // namespace

std::string python_number(double value) {
  if (std::isnan(value)) return "math.nan";
  if (std::isinf(value)) return value > 0 ? "math.inf" : "-math.inf";
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string python_statement(const eqv_instruction& i, std::uint32_t ordinal) {
  if (i.op == search::kZeroFill) {
    const Kind zero_kind = search::zero_kind(i);
    const char* zero = zero_kind == Kind::kScalar   ? "0.0"
                       : zero_kind == Kind::kVector ? "np.zeros(D)"
                                                    : "np.zeros((D, D))";
    return memory(zero_kind, i.out) + " = " + zero;
  }
  const auto& info = search::op_info(static_cast<Op>(i.op));
  if (info.op == Op::kNoOp) return "pass";
  const std::string out = memory(info.out, i.out);
  return out + " = " +
         fmt::format(fmt::runtime(kRightSides[i.op]), fmt::arg("a", memory(info.in1, i.in1)),
                     fmt::arg("b", memory(info.in2, i.in2)), fmt::arg("out", out),
                     fmt::arg("e", i.aux), fmt::arg("r", search::aux_row(i.aux)),
                     fmt::arg("c", search::aux_column(i.aux)),
                     fmt::arg("x", python_number(i.value)),
                     fmt::arg("y", python_number(static_cast<double>(search::aux_float(i.aux)))),
                     fmt::arg("o", ordinal));
}

}  // namespace equivolve::algorithm_discovery
