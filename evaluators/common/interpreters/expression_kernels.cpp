#include "evaluators/common/interpreters/expression_kernels.hpp"

#include <immintrin.h>

#include <cstdint>

#include "evaluators/common/interpreters/expression_values.hpp"
#include "evaluators/common/interpreters/kernels.hpp"
#include "evaluators/common/interpreters/sine_formula.hpp"

namespace equivolve::interpreters {
namespace {

using search::ExpressionOp;

typedef std::int64_t Bits __attribute__((vector_size(32)));

constexpr Four kZeros = {0, 0, 0, 0};
constexpr Four kOnes = {1, 1, 1, 1};

Four bitwise_or(Four a, Four b) {
  return reinterpret_cast<Four>(reinterpret_cast<Bits>(a) | reinterpret_cast<Bits>(b));
}
Four bitwise_and(Four a, Four b) {
  return reinterpret_cast<Four>(reinterpret_cast<Bits>(a) & reinterpret_cast<Bits>(b));
}
Four one_where(Bits condition) {
  return bitwise_and(reinterpret_cast<Four>(condition), kOnes);
}
// Equal numbers have the same bits but for the sign of zeros, of which min wants any and max both.
Four four_minimum(Four a, Four b) {
  const Four rest = a == b ? bitwise_or(a, b) : a + b;
  return a < b ? a : (b < a ? b : rest);
}
Four four_maximum(Four a, Four b) {
  const Four rest = a == b ? bitwise_and(a, b) : a + b;
  return a > b ? a : (b > a ? b : rest);
}
Four four_clamp(Four x) {
  constexpr double kBound = search::kClampBound;
  const Four low = {-kBound, -kBound, -kBound, -kBound}, high = {kBound, kBound, kBound, kBound};
  return x < low ? low : (x > high ? high : x);
}

typedef std::uint64_t UnsignedBits __attribute__((vector_size(32)));

/// The sine, or with one turn the cosine; one by one where some are too large for all at a time.
template <std::uint64_t kTurns>
Four four_sine(Four x) {
  const __m256d size = _mm256_andnot_pd(_mm256_set1_pd(-0.0), x);
  const __m256d fits = _mm256_cmp_pd(size, _mm256_set1_pd(kMostReduced), _CMP_LE_OQ);
  if (_mm256_movemask_pd(fits) == 0xf) return sine_of<UnsignedBits>(x, kTurns);
  Four out;
  for (int i = 0; i < 4; ++i) out[i] = kTurns == 0 ? sine(x[i]) : cosine(x[i]);
  return out;
}

/// The C library's functions, one number at a time: their bits are what is stored.
template <class F>
void call_each(double* out, const double* a, std::size_t n, F f) {
  for (std::size_t i = 0; i < n; ++i) out[i] = f(a[i]);
}
template <class F>
void call_each(double* out, const double* a, const double* b, std::size_t n, F f) {
  for (std::size_t i = 0; i < n; ++i) out[i] = f(a[i], b[i]);
}

/// Everything that takes one operand but the C library's.
void run_unary(ExpressionOp op, double* out, const double* a, std::size_t n) {
  switch (op) {
    case ExpressionOp::kNegate:
      return map(out, a, n, [](Four x) { return -x; });
    case ExpressionOp::kAbs:
      return map(out, a, n, [](Four x) {
        return static_cast<Four>(_mm256_andnot_pd(_mm256_set1_pd(-0.0), x));
      });
    case ExpressionOp::kReciprocal:
      return map(out, a, n, [](Four x) { return kOnes / x; });
    case ExpressionOp::kSqrt:
      return map(out, a, n, [](Four x) { return static_cast<Four>(_mm256_sqrt_pd(x)); });
    case ExpressionOp::kSquare:
      return map(out, a, n, [](Four x) { return x * x; });
    case ExpressionOp::kCube:
      return map(out, a, n, [](Four x) { return x * x * x; });
    case ExpressionOp::kSin:
      return map(out, a, n, four_sine<0>);
    case ExpressionOp::kCos:
      return map(out, a, n, four_sine<1>);
    case ExpressionOp::kHeaviside:
      return map(out, a, n, [](Four x) { return one_where(x > kZeros); });
    case ExpressionOp::kNot:
      return map(out, a, n, [](Four x) { return one_where(x == kZeros); });
    case ExpressionOp::kClamp:
      return map(out, a, n, four_clamp);
    default:
      return;
  }
}

void run_library(ExpressionOp op, double* out, const double* a, const double* b, std::size_t n) {
  switch (op) {
    case ExpressionOp::kExp:
      return call_each(out, a, n, [](double x) { return std::exp(x); });
    case ExpressionOp::kLog:
      return call_each(out, a, n, [](double x) { return std::log(x); });
    case ExpressionOp::kLog1p:
      return call_each(out, a, n, [](double x) { return std::log1p(x); });
    case ExpressionOp::kTan:
      return call_each(out, a, n, [](double x) { return std::tan(x); });
    case ExpressionOp::kTanh:
      return call_each(out, a, n, [](double x) { return std::tanh(x); });
    case ExpressionOp::kArcsin:
      return call_each(out, a, n, [](double x) { return std::asin(x); });
    case ExpressionOp::kArccos:
      return call_each(out, a, n, [](double x) { return std::acos(x); });
    case ExpressionOp::kArctan:
      return call_each(out, a, n, [](double x) { return std::atan(x); });
    case ExpressionOp::kPower:
      return call_each(out, a, b, n, [](double x, double y) { return std::pow(x, y); });
    case ExpressionOp::kLogSumExp:
      return call_each(out, a, b, n, log_sum_exp);
    default:
      return run_unary(op, out, a, n);
  }
}

/// f's product with the adjoint, and 0 where that is: 0 x infinity would be NaN.
template <class F>
void times_adjoint(double* out, const double* adjoint, std::size_t n, F f) {
  for (std::size_t i = 0; i < n; ++i) out[i] = adjoint[i] == 0 ? 0 : adjoint[i] * f(i);
}

}  // namespace

void run_operation(ExpressionOp op, double* out, const double* a, const double* b, const double* c,
                   std::size_t n) {
  switch (op) {
    case ExpressionOp::kAdd:
      return map(out, a, b, n, [](Four x, Four y) { return x + y; });
    case ExpressionOp::kSub:
      return map(out, a, b, n, [](Four x, Four y) { return x - y; });
    case ExpressionOp::kMul:
      return map(out, a, b, n, [](Four x, Four y) { return x * y; });
    case ExpressionOp::kDiv:
      return map(out, a, b, n, [](Four x, Four y) { return x / y; });
    case ExpressionOp::kMin:
      return map(out, a, b, n, four_minimum);
    case ExpressionOp::kMax:
      return map(out, a, b, n, four_maximum);
    case ExpressionOp::kLess:
      return map(out, a, b, n, [](Four x, Four y) { return one_where(x < y); });
    case ExpressionOp::kAnd:
      return map(out, a, b, n,
                 [](Four x, Four y) { return one_where((x != kZeros) & (y != kZeros)); });
    case ExpressionOp::kOr:
      return map(out, a, b, n,
                 [](Four x, Four y) { return one_where((x != kZeros) | (y != kZeros)); });
    case ExpressionOp::kXor:
      return map(out, a, b, n,
                 [](Four x, Four y) { return one_where((x != kZeros) ^ (y != kZeros)); });
    case ExpressionOp::kNand:
      return map(out, a, b, n,
                 [](Four x, Four y) { return one_where((x == kZeros) | (y == kZeros)); });
    case ExpressionOp::kWhere:
      for (std::size_t i = 0; i < n; i += 4)
        store(out + i, load(a + i) != kZeros ? load(b + i) : load(c + i));
      return;
    default:
      return run_library(op, out, a, b, n);
  }
}

void run_derivative(ExpressionOp op, std::size_t k, const Operands& of, const double* adjoint,
                    double* out, std::size_t n) {
  const double *a = of.a, *b = of.b, *v = of.value;
  const auto times = [&](auto f) { times_adjoint(out, adjoint, n, f); };
  switch (op) {
    case ExpressionOp::kAdd:
      return times([](std::size_t) { return 1.0; });
    case ExpressionOp::kSub:
      return times([k](std::size_t) { return k == 0 ? 1.0 : -1.0; });
    case ExpressionOp::kMul:
      return times([other = k == 0 ? b : a](std::size_t i) { return other[i]; });
    case ExpressionOp::kDiv:
      if (k == 0) return times([b](std::size_t i) { return 1 / b[i]; });
      return times([=](std::size_t i) { return -v[i] / b[i]; });
    case ExpressionOp::kNegate:
      return times([](std::size_t) { return -1.0; });
    case ExpressionOp::kAbs:
      return times([a](std::size_t i) { return truth(a[i] > 0) - truth(a[i] < 0); });
    case ExpressionOp::kReciprocal:
      return times([v](std::size_t i) { return -v[i] * v[i]; });
    case ExpressionOp::kSqrt:
      return times([v](std::size_t i) { return 0.5 / v[i]; });
    case ExpressionOp::kSquare:
      return times([a](std::size_t i) { return 2 * a[i]; });
    case ExpressionOp::kCube:
      return times([a](std::size_t i) { return 3 * a[i] * a[i]; });
    case ExpressionOp::kPower:
      if (k == 0) return times([=](std::size_t i) { return b[i] * std::pow(a[i], b[i] - 1); });
      // 0 to a positive power stays 0.
      return times(
          [=](std::size_t i) { return a[i] == 0 && b[i] > 0 ? 0 : v[i] * std::log(a[i]); });
    case ExpressionOp::kExp:
      return times([v](std::size_t i) { return v[i]; });
    case ExpressionOp::kLog:
      return times([a](std::size_t i) { return 1 / a[i]; });
    case ExpressionOp::kLog1p:
      return times([a](std::size_t i) { return 1 / (1 + a[i]); });
    case ExpressionOp::kSin:
      return times([a](std::size_t i) { return cosine(a[i]); });
    case ExpressionOp::kCos:
      return times([a](std::size_t i) { return -sine(a[i]); });
    case ExpressionOp::kTan:
      return times([v](std::size_t i) { return 1 + v[i] * v[i]; });
    case ExpressionOp::kTanh:
      return times([v](std::size_t i) { return 1 - v[i] * v[i]; });
    case ExpressionOp::kArcsin:
      return times([a](std::size_t i) { return 1 / std::sqrt(1 - a[i] * a[i]); });
    case ExpressionOp::kArccos:
      return times([a](std::size_t i) { return -1 / std::sqrt(1 - a[i] * a[i]); });
    case ExpressionOp::kArctan:
      return times([a](std::size_t i) { return 1 / (1 + a[i] * a[i]); });
    case ExpressionOp::kMin:
      return times([=](std::size_t i) { return truth((a[i] <= b[i]) == (k == 0)); });
    case ExpressionOp::kMax:
      return times([=](std::size_t i) { return truth((a[i] >= b[i]) == (k == 0)); });
    case ExpressionOp::kWhere:
      if (k > 0) return times([=](std::size_t i) { return truth((a[i] != 0) == (k == 1)); });
      return fill(out, 0, n);
    case ExpressionOp::kLogSumExp:
      return times([x = k == 0 ? a : b, v](std::size_t i) { return std::exp(x[i] - v[i]); });
    case ExpressionOp::kClamp:
      return times([=](std::size_t i) { return truth(a[i] == v[i]); });
    default:
      return fill(out, 0, n);  // steps
  }
}

}  // namespace equivolve::interpreters
