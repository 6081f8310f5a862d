#include "search/genome/program_ops.hpp"

#include <algorithm>
#include <cassert>

namespace equivolve::search {
namespace {

constexpr Kind N = Kind::kNone, S = Kind::kScalar, V = Kind::kVector, M = Kind::kMatrix;
constexpr Immediate kPlain = Immediate::kNone;

constexpr OpInfo row(Op op, std::string_view name, std::string_view text, Kind in1, Kind in2,
                     Kind out) {
  return {op, name, text, in1, in2, out, kPlain, false, false, false};
}
/// Zero when every operand is.
constexpr OpInfo zero(Op op, std::string_view name, std::string_view text, Kind in1, Kind in2,
                      Kind out) {
  return {op, name, text, in1, in2, out, kPlain, false, true, false};
}
/// Zero when any operand is.
constexpr OpInfo product(Op op, std::string_view name, std::string_view text, Kind in1, Kind in2,
                         Kind out) {
  return {op, name, text, in1, in2, out, kPlain, true, true, false};
}
constexpr OpInfo write(Op op, std::string_view name, Kind out, Immediate immediate) {
  return {op, name, "=", N, N, out, immediate, false, false, false};
}
constexpr OpInfo draw(Op op, std::string_view name, std::string_view text, Kind out,
                      Immediate immediate) {
  return {op, name, text, N, N, out, immediate, false, false, true};
}

constexpr std::array<OpInfo, kOpCount> kTable = {{
    row(Op::kNoOp, "no_op", "no_op", N, N, N),
    zero(Op::kScalarSum, "scalar_sum", "+", S, S, S),
    zero(Op::kScalarDifference, "scalar_difference", "-", S, S, S),
    product(Op::kScalarProduct, "scalar_product", "*", S, S, S),
    row(Op::kScalarQuotient, "scalar_quotient", "/", S, S, S),
    zero(Op::kScalarAbs, "scalar_abs", "abs", S, N, S),
    row(Op::kScalarReciprocal, "scalar_reciprocal", "reciprocal", S, N, S),
    zero(Op::kScalarSin, "scalar_sin", "sin", S, N, S),
    row(Op::kScalarCos, "scalar_cos", "cos", S, N, S),
    zero(Op::kScalarTan, "scalar_tan", "tan", S, N, S),
    zero(Op::kScalarArcsin, "scalar_arcsin", "arcsin", S, N, S),
    row(Op::kScalarArccos, "scalar_arccos", "arccos", S, N, S),
    zero(Op::kScalarArctan, "scalar_arctan", "arctan", S, N, S),
    row(Op::kScalarExp, "scalar_exp", "exp", S, N, S),
    row(Op::kScalarLog, "scalar_log", "log", S, N, S),
    zero(Op::kScalarHeaviside, "scalar_heaviside", "heaviside", S, N, S),
    zero(Op::kVectorHeaviside, "vector_heaviside", "heaviside", V, N, V),
    zero(Op::kMatrixHeaviside, "matrix_heaviside", "heaviside", M, N, M),
    product(Op::kScalarVectorProduct, "scalar_vector_product", "*", S, V, V),
    zero(Op::kBroadcastScalar, "broadcast_scalar", "broadcast", S, N, V),
    row(Op::kVectorReciprocal, "vector_reciprocal", "reciprocal", V, N, V),
    zero(Op::kVectorNorm, "vector_norm", "norm", V, N, S),
    zero(Op::kVectorAbs, "vector_abs", "abs", V, N, V),
    zero(Op::kVectorSum, "vector_sum", "+", V, V, V),
    zero(Op::kVectorDifference, "vector_difference", "-", V, V, V),
    product(Op::kVectorProduct, "vector_product", "*", V, V, V),
    row(Op::kVectorQuotient, "vector_quotient", "/", V, V, V),
    product(Op::kDot, "dot", "dot", V, V, S),
    product(Op::kOuter, "outer", "outer", V, V, M),
    product(Op::kScalarMatrixProduct, "scalar_matrix_product", "*", S, M, M),
    row(Op::kMatrixReciprocal, "matrix_reciprocal", "reciprocal", M, N, M),
    product(Op::kMatrixVectorProduct, "matrix_vector_product", "matvec", M, V, V),
    zero(Op::kBroadcastRows, "broadcast_rows", "broadcast_rows", V, N, M),
    zero(Op::kBroadcastColumns, "broadcast_columns", "broadcast_columns", V, N, M),
    zero(Op::kMatrixNorm, "matrix_norm", "norm", M, N, S),
    zero(Op::kRowNorm, "row_norm", "row_norm", M, N, V),
    zero(Op::kColumnNorm, "column_norm", "column_norm", M, N, V),
    zero(Op::kTranspose, "transpose", "transpose", M, N, M),
    zero(Op::kMatrixAbs, "matrix_abs", "abs", M, N, M),
    zero(Op::kMatrixSum, "matrix_sum", "+", M, M, M),
    zero(Op::kMatrixDifference, "matrix_difference", "-", M, M, M),
    product(Op::kMatrixProduct, "matrix_product", "*", M, M, M),
    row(Op::kMatrixQuotient, "matrix_quotient", "/", M, M, M),
    product(Op::kMatrixMatrixProduct, "matrix_matrix_product", "matmul", M, M, M),
    zero(Op::kScalarMin, "scalar_min", "min", S, S, S),
    zero(Op::kVectorMin, "vector_min", "min", V, V, V),
    zero(Op::kMatrixMin, "matrix_min", "min", M, M, M),
    zero(Op::kScalarMax, "scalar_max", "max", S, S, S),
    zero(Op::kVectorMax, "vector_max", "max", V, V, V),
    zero(Op::kMatrixMax, "matrix_max", "max", M, M, M),
    zero(Op::kVectorMean, "vector_mean", "mean", V, N, S),
    zero(Op::kMatrixMean, "matrix_mean", "mean", M, N, S),
    zero(Op::kRowMean, "row_mean", "row_mean", M, N, V),
    zero(Op::kRowDeviation, "row_deviation", "row_deviation", M, N, V),
    zero(Op::kVectorDeviation, "vector_deviation", "deviation", V, N, S),
    zero(Op::kMatrixDeviation, "matrix_deviation", "deviation", M, N, S),
    write(Op::kScalarConstant, "scalar_constant", S, Immediate::kConstant),
    write(Op::kVectorConstant, "vector_constant", V, Immediate::kVectorElement),
    write(Op::kMatrixConstant, "matrix_constant", M, Immediate::kMatrixElement),
    draw(Op::kScalarUniform, "scalar_uniform", "uniform", S, Immediate::kRange),
    draw(Op::kVectorUniform, "vector_uniform", "uniform", V, Immediate::kRange),
    draw(Op::kMatrixUniform, "matrix_uniform", "uniform", M, Immediate::kRange),
    draw(Op::kScalarGaussian, "scalar_gaussian", "gaussian", S, Immediate::kMeanDeviation),
    draw(Op::kVectorGaussian, "vector_gaussian", "gaussian", V, Immediate::kMeanDeviation),
    draw(Op::kMatrixGaussian, "matrix_gaussian", "gaussian", M, Immediate::kMeanDeviation),
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kOpCount; ++i)
    if (static_cast<std::size_t>(kTable[i].op) != i) return false;
  return true;
}
static_assert(in_order(), "the table's rows stand in the order of Op");

}  // namespace

const OpInfo& op_info(Op op) {
  assert(static_cast<std::size_t>(op) < kOpCount);
  return kTable[static_cast<std::size_t>(op)];
}

const std::array<OpInfo, kOpCount>& op_table() {
  return kTable;
}

std::optional<Op> op_named(std::string_view name) {
  auto found =
      std::find_if(kTable.begin(), kTable.end(), [&](const OpInfo& i) { return i.name == name; });
  if (found == kTable.end()) return std::nullopt;
  return found->op;
}

}  // namespace equivolve::search
