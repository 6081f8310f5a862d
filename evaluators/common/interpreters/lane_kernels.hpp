// The 65 operations (operations.hpp says what each means) and the predict/learn cycle over lanes.
// Included by lanes_avx2.cpp and lanes_avx512.cpp alone, each compiled for its instruction set: all
// is in an unnamed namespace and no library template is used, so that the linker has nothing to
// take from the wrong one.
#pragma once

#include "evaluators/common/interpreters/lane_calls.hpp"
#include "evaluators/common/interpreters/lane_code.hpp"
#include "evaluators/common/interpreters/lane_loops.hpp"
#include "search/genome/program_ops.hpp"

namespace equivolve::interpreters {
namespace {

using search::Op;

template <class Lanes>
void transpose(const LaneStep& s, const LaneBlock& x, Lanes L) {
  const std::size_t d = x.dimension;
  for (std::size_t r = 0; r < d; ++r)
    for (std::size_t c = 0; c < d; ++c)
      copy(x.scratch + (c * d + r) * L, s.in1 + (r * d + c) * L, L);
  copy(s.out, x.scratch, d * d, L);
}

template <class Lanes>
void execute_on_matrices(const LaneStep& s, const LaneBlock& x, Lanes L) {
  const double *a = s.in1, *b = s.in2;
  double* out = s.out;
  const std::size_t d = x.dimension, row = d * L, square = d * d;
  switch (static_cast<Op>(s.op)) {
    case Op::kMatrixHeaviside:
      return map(out, a, square, L, [](auto p) { return step_of(p); });
    case Op::kMatrixReciprocal:
      return map(out, a, square, L, [](auto p) { return splat(1, p) / p; });
    case Op::kMatrixAbs:
      return map(out, a, square, L, [](auto p) { return magnitude(p); });
    case Op::kMatrixSum:
      return map(out, a, b, square, L, [](auto p, auto q) { return p + q; });
    case Op::kMatrixDifference:
      return map(out, a, b, square, L, [](auto p, auto q) { return p - q; });
    case Op::kMatrixProduct:
      return map(out, a, b, square, L, [](auto p, auto q) { return p * q; });
    case Op::kMatrixQuotient:
      return map(out, a, b, square, L, [](auto p, auto q) { return p / q; });
    case Op::kMatrixMin:
      return map(out, a, b, square, L, [](auto p, auto q) { return smaller(p, q); });
    case Op::kMatrixMax:
      return map(out, a, b, square, L, [](auto p, auto q) { return larger(p, q); });
    case Op::kScalarMatrixProduct:
      return scale(out, a, b, square, L);
    case Op::kOuter:
      for (std::size_t r = 0; r < d; ++r) scale(out + r * row, a + r * L, b, d, L);
      return;
    case Op::kMatrixVectorProduct:
      if (out != b) return times_vector(out, a, b, d, L);
      times_vector(x.scratch, a, b, d, L);
      return copy(out, x.scratch, d, L);
    case Op::kMatrixMatrixProduct:
      times_matrix(x.scratch, a, b, d, L);
      return copy(out, x.scratch, square, L);
    case Op::kTranspose:
      return transpose(s, x, L);
    case Op::kBroadcastRows:
      for (std::size_t r = 0; r < d; ++r) copy(out + r * row, a, d, L);
      return;
    case Op::kBroadcastColumns:
      for (std::size_t r = 0; r < d; ++r) repeat(out + r * row, a + r * L, d, L);
      return;
    case Op::kMatrixNorm:
      return norm(out, a, L, square, L);
    case Op::kMatrixMean:
      return mean(out, a, square, L);
    case Op::kMatrixDeviation:
      return deviation(out, a, square, L);
    case Op::kRowNorm:
      for (std::size_t r = 0; r < d; ++r) norm(out + r * L, a + r * row, L, d, L);
      return;
    case Op::kColumnNorm:
      for (std::size_t c = 0; c < d; ++c) norm(out + c * L, a + c * L, row, d, L);
      return;
    case Op::kRowMean:
      for (std::size_t r = 0; r < d; ++r) mean(out + r * L, a + r * row, d, L);
      return;
    case Op::kRowDeviation:
      for (std::size_t r = 0; r < d; ++r) deviation(out + r * L, a + r * row, d, L);
      return;
    case Op::kMatrixConstant:
      return fill(out + ((s.aux >> 16) * d + (s.aux & 0xffffu)) * L, s.value, L);
    case Op::kMatrixUniform:
    case Op::kMatrixGaussian:
      return call_draws(s, x);
    default:
      return;
  }
}

template <class Lanes>
EQUIVOLVE_INLINE void execute_on_vectors(const LaneStep& s, const LaneBlock& x, Lanes L) {
  const double *a = s.in1, *b = s.in2;
  double* out = s.out;
  const std::size_t d = x.dimension;
  switch (static_cast<Op>(s.op)) {
    case Op::kVectorHeaviside:
      return map(out, a, d, L, [](auto p) { return step_of(p); });
    case Op::kVectorReciprocal:
      return map(out, a, d, L, [](auto p) { return splat(1, p) / p; });
    case Op::kVectorAbs:
      return map(out, a, d, L, [](auto p) { return magnitude(p); });
    case Op::kVectorSum:
      return map(out, a, b, d, L, [](auto p, auto q) { return p + q; });
    case Op::kVectorDifference:
      return map(out, a, b, d, L, [](auto p, auto q) { return p - q; });
    case Op::kVectorProduct:
      return map(out, a, b, d, L, [](auto p, auto q) { return p * q; });
    case Op::kVectorQuotient:
      return map(out, a, b, d, L, [](auto p, auto q) { return p / q; });
    case Op::kVectorMin:
      return map(out, a, b, d, L, [](auto p, auto q) { return smaller(p, q); });
    case Op::kVectorMax:
      return map(out, a, b, d, L, [](auto p, auto q) { return larger(p, q); });
    case Op::kScalarVectorProduct:
      return scale(out, a, b, d, L);
    case Op::kBroadcastScalar:
      return repeat(out, a, d, L);
    case Op::kVectorNorm:
      return norm(out, a, L, d, L);
    case Op::kDot:
      return dot(out, a, L, b, L, d, L, Keep{});
    case Op::kVectorMean:
      return mean(out, a, d, L);
    case Op::kVectorDeviation:
      return deviation(out, a, d, L);
    case Op::kVectorConstant:
      return fill(out + s.aux * L, s.value, L);
    case Op::kVectorUniform:
    case Op::kVectorGaussian:
      return call_draws(s, x);
    default:
      return execute_on_matrices(s, x, L);
  }
}

template <class Lanes, class F>
void change_by_outer(const LaneStep& s, std::size_t d, Lanes L, F f) {
  for (std::size_t r = 0; r < d; ++r)
    change_by_scaled(s.out + r * d * L, s.in1 + r * L, s.in2, d, L, f);
}

template <class Lanes>
void execute_fused(const LaneStep& s, const LaneBlock& x, Lanes L) {
  const auto add = [](auto p, auto q) { return p + q; };
  const auto subtract = [](auto p, auto q) { return p - q; };
  switch (static_cast<FusedOp>(s.op)) {
    case FusedOp::kAddScaled:
      return change_by_scaled(s.out, s.in1, s.in2, s.aux, L, add);
    case FusedOp::kSubtractScaled:
      return change_by_scaled(s.out, s.in1, s.in2, s.aux, L, subtract);
    case FusedOp::kAddOuter:
      return change_by_outer(s, x.dimension, L, add);
    case FusedOp::kSubtractOuter:
      return change_by_outer(s, x.dimension, L, subtract);
    default:
      return fill(s.out, 0, s.aux, L);  // search::kZeroFill
  }
}

template <class Lanes>
EQUIVOLVE_INLINE void execute_one(const LaneStep& s, const LaneBlock& x, Lanes L) {
  const double *a = s.in1, *b = s.in2;
  double* out = s.out;
  if (s.op >= kFirstFused) return execute_fused(s, x, L);
  switch (static_cast<Op>(s.op)) {
    case Op::kNoOp:
      return;
    case Op::kScalarSum:
      return map(out, a, b, L, [](auto p, auto q) { return p + q; });
    case Op::kScalarDifference:
      return map(out, a, b, L, [](auto p, auto q) { return p - q; });
    case Op::kScalarProduct:
      return map(out, a, b, L, [](auto p, auto q) { return p * q; });
    case Op::kScalarQuotient:
      return map(out, a, b, L, [](auto p, auto q) { return p / q; });
    case Op::kScalarAbs:
      return map(out, a, L, [](auto p) { return magnitude(p); });
    case Op::kScalarReciprocal:
      return map(out, a, L, [](auto p) { return splat(1, p) / p; });
    case Op::kScalarSin:
    case Op::kScalarCos:
    case Op::kScalarTan:
    case Op::kScalarArcsin:
    case Op::kScalarArccos:
    case Op::kScalarArctan:
    case Op::kScalarExp:
    case Op::kScalarLog:
      return call_libm(s.op, out, a, x.lanes);
    case Op::kScalarHeaviside:
      return map(out, a, L, [](auto p) { return step_of(p); });
    case Op::kScalarMin:
      return map(out, a, b, L, [](auto p, auto q) { return smaller(p, q); });
    case Op::kScalarMax:
      return map(out, a, b, L, [](auto p, auto q) { return larger(p, q); });
    case Op::kScalarConstant:
      return fill(out, s.value, L);
    case Op::kScalarUniform:
    case Op::kScalarGaussian:
      return call_draws(s, x);
    default:
      return execute_on_vectors(s, x, L);
  }
}

template <class Lanes>
void execute_lanes(LaneCode code, const LaneBlock& block, Lanes L) {
  for (const LaneStep *s = code.steps, *end = s + code.count; s != end; ++s)
    execute_one(*s, block, L);
}

/// f(L): with L known to the compiler where it is a number that often occurs.
template <class F>
EQUIVOLVE_INLINE void with_lanes(std::uint32_t lanes, F f) {
  switch (lanes) {
    case 4:
      return f(Fixed<4>{});
    case 8:
      return f(Fixed<8>{});
    case 12:
      return f(Fixed<12>{});
    case 16:
      return f(Fixed<16>{});
    case 32:
      return f(Fixed<32>{});
    default:
      return f(Any{lanes});
  }
}

}  // namespace
}  // namespace equivolve::interpreters
