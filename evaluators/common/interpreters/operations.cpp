#include "evaluators/common/interpreters/operations.hpp"

#include <algorithm>
#include <cmath>

#include "evaluators/common/interpreters/kernels.hpp"

namespace equivolve::interpreters {
namespace {

using search::Op;

/// Draws for the elements of one instruction, in order.
class Draws {
 public:
  Draws(const Step& step, const OperationContext& x)
      : stream_(x.key.seed, x.key.purpose, x.step_index | step.ordinal),
        uniform_(search::op_info(static_cast<Op>(step.op)).immediate == search::Immediate::kRange),
        first_(step.value),
        second_(search::aux_float(step.aux)) {}
  double next() {
    return uniform_ ? stream_.uniform(first_, second_) : first_ + second_ * stream_.gaussian();
  }
  void fill(double* out, std::uint32_t d) {
    for (std::uint32_t i = 0; i < d; ++i) out[i] = next();
  }

 private:
  hashing::Stream stream_;
  bool uniform_;
  double first_, second_;
};

void fill_zero(const Step& step, const OperationContext& x) {
  double* out = x.memory + step.out;
  switch (step.zero_kind) {
    case search::Kind::kScalar:
      *out = 0;
      return;
    case search::Kind::kVector:
      fill(out, 0, x.row);
      return;
    case search::Kind::kMatrix:
      fill(out, 0, std::size_t{x.row} * x.dimension);
      return;
    case search::Kind::kNone:
      return;
  }
}

void execute_on_matrices(const Step& step, const OperationContext& x) {
  double *a = x.memory + step.in1, *b = x.memory + step.in2, *out = x.memory + step.out;
  const std::uint32_t d = x.dimension;
  const Square ma{a, d, x.row}, mb{b, d, x.row}, mout{out, d, x.row}, mscratch{x.scratch, d, x.row};
  const std::size_t all = mout.size();
  switch (static_cast<Op>(step.op)) {
    case Op::kMatrixHeaviside:
      map(out, a, all, heaviside);
      return;
    case Op::kMatrixReciprocal:
      map(out, a, all, reciprocal);
      return;
    case Op::kMatrixAbs:
      map(out, a, all, absolute);
      return;
    case Op::kMatrixSum:
      map(out, a, b, all, [](Four p, Four q) { return p + q; });
      return;
    case Op::kMatrixDifference:
      map(out, a, b, all, [](Four p, Four q) { return p - q; });
      return;
    case Op::kMatrixProduct:
      map(out, a, b, all, [](Four p, Four q) { return p * q; });
      return;
    case Op::kMatrixQuotient:
      map(out, a, b, all, [](Four p, Four q) { return p / q; });
      return;
    case Op::kMatrixMin:
      map(out, a, b, all, smaller);
      return;
    case Op::kMatrixMax:
      map(out, a, b, all, larger);
      return;
    case Op::kScalarMatrixProduct:
      scale(out, *a, b, all);
      return;
    case Op::kOuter:
      for (std::uint32_t r = 0; r < d; ++r) scale(mout[r], a[r], b, x.row);
      return;
    case Op::kMatrixVectorProduct:
      times_vector(x.scratch, ma, b);
      std::copy_n(x.scratch, d, out);
      return;
    case Op::kMatrixMatrixProduct:
      times_matrix(mscratch, ma, mb);
      std::copy_n(x.scratch, all, out);
      return;
    case Op::kTranspose:
      for (std::uint32_t r = 0; r < d; ++r)
        for (std::uint32_t c = 0; c < d; ++c) mscratch[c][r] = ma[r][c];
      std::copy_n(x.scratch, all, out);
      return;
    case Op::kBroadcastRows:
      for (std::uint32_t r = 0; r < d; ++r) std::copy_n(a, d, mout[r]);
      return;
    case Op::kBroadcastColumns:
      for (std::uint32_t r = 0; r < d; ++r) fill(mout[r], a[r], x.row);
      return;
    case Op::kMatrixNorm:
      *out = norm(ma);
      return;
    case Op::kMatrixMean:
      *out = mean(ma);
      return;
    case Op::kMatrixDeviation:
      *out = deviation(ma);
      return;
    case Op::kRowNorm:
      for (std::uint32_t r = 0; r < d; ++r) out[r] = std::sqrt(dot(ma[r], ma[r], d));
      return;
    case Op::kColumnNorm:
      for (std::uint32_t c = 0; c < d; ++c)
        out[c] = std::sqrt(sum_in_order(d, [&](std::uint32_t r) { return ma[r][c] * ma[r][c]; }));
      return;
    case Op::kRowMean:
      for (std::uint32_t r = 0; r < d; ++r) out[r] = mean(ma[r], d);
      return;
    case Op::kRowDeviation:
      for (std::uint32_t r = 0; r < d; ++r) out[r] = deviation(ma[r], d);
      return;
    case Op::kMatrixConstant:
      mout[search::aux_row(step.aux)][search::aux_column(step.aux)] = step.value;
      return;
    case Op::kMatrixUniform:
    case Op::kMatrixGaussian: {
      Draws draws(step, x);
      for (std::uint32_t r = 0; r < d; ++r) draws.fill(mout[r], d);
      return;
    }
    default:
      return;
  }
}

inline void execute_one(const Step& step, const OperationContext& x) {
  if (step.op == search::kZeroFill) {
    fill_zero(step, x);
    return;
  }
  const double *a = x.memory + step.in1, *b = x.memory + step.in2;
  double* out = x.memory + step.out;
  const std::uint32_t d = x.dimension, n = x.row;
  switch (static_cast<Op>(step.op)) {
    case Op::kNoOp:
      return;
    case Op::kScalarSum:
      *out = *a + *b;
      return;
    case Op::kScalarDifference:
      *out = *a - *b;
      return;
    case Op::kScalarProduct:
      *out = *a * *b;
      return;
    case Op::kScalarQuotient:
      *out = *a / *b;
      return;
    case Op::kScalarAbs:
      *out = std::fabs(*a);
      return;
    case Op::kScalarReciprocal:
      *out = 1 / *a;
      return;
    case Op::kScalarSin:
      *out = std::sin(*a);
      return;
    case Op::kScalarCos:
      *out = std::cos(*a);
      return;
    case Op::kScalarTan:
      *out = std::tan(*a);
      return;
    case Op::kScalarArcsin:
      *out = std::asin(*a);
      return;
    case Op::kScalarArccos:
      *out = std::acos(*a);
      return;
    case Op::kScalarArctan:
      *out = std::atan(*a);
      return;
    case Op::kScalarExp:
      *out = std::exp(*a);
      return;
    case Op::kScalarLog:
      *out = std::log(*a);
      return;
    case Op::kScalarHeaviside:
      *out = *a > 0 ? 1 : 0;
      return;
    case Op::kScalarMin:
      *out = *a < *b ? *a : *b;
      return;
    case Op::kScalarMax:
      *out = *a > *b ? *a : *b;
      return;
    case Op::kScalarConstant:
      *out = step.value;
      return;
    case Op::kVectorHeaviside:
      map(out, a, n, heaviside);
      return;
    case Op::kVectorReciprocal:
      map(out, a, n, reciprocal);
      return;
    case Op::kVectorAbs:
      map(out, a, n, absolute);
      return;
    case Op::kVectorSum:
      map(out, a, b, n, [](Four p, Four q) { return p + q; });
      return;
    case Op::kVectorDifference:
      map(out, a, b, n, [](Four p, Four q) { return p - q; });
      return;
    case Op::kVectorProduct:
      map(out, a, b, n, [](Four p, Four q) { return p * q; });
      return;
    case Op::kVectorQuotient:
      map(out, a, b, n, [](Four p, Four q) { return p / q; });
      return;
    case Op::kVectorMin:
      map(out, a, b, n, smaller);
      return;
    case Op::kVectorMax:
      map(out, a, b, n, larger);
      return;
    case Op::kScalarVectorProduct:
      scale(out, *a, b, n);
      return;
    case Op::kBroadcastScalar:
      fill(out, *a, n);
      return;
    case Op::kVectorNorm:
      *out = std::sqrt(dot(a, a, d));
      return;
    case Op::kDot:
      *out = dot(a, b, d);
      return;
    case Op::kVectorMean:
      *out = mean(a, d);
      return;
    case Op::kVectorDeviation:
      *out = deviation(a, d);
      return;
    case Op::kVectorConstant:
      out[step.aux] = step.value;
      return;
    case Op::kScalarUniform:
    case Op::kScalarGaussian:
      Draws(step, x).fill(out, 1);
      return;
    case Op::kVectorUniform:
    case Op::kVectorGaussian:
      Draws(step, x).fill(out, d);
      return;
    default:
      execute_on_matrices(step, x);
  }
}

}  // namespace

void execute(std::span<const Step> steps, const OperationContext& context) {
  for (const Step& step : steps) execute_one(step, context);
}

}  // namespace equivolve::interpreters
