// What the operations of `expression` mean, one number at a time: the definition that the batched
// machine and every exported formula are held against. Words: search/genome/expression_ops.hpp.
#pragma once

#include <cmath>
#include <span>

#include "search/genome/expression.hpp"

namespace equivolve::interpreters {

/// IEEE 754-2019 minimum and maximum: NaN where either is, -0 below +0.
inline double minimum(double a, double b) {
  if (a < b) return a;
  if (b < a) return b;
  return a == b ? (std::signbit(a) ? a : b) : a + b;
}
inline double maximum(double a, double b) {
  if (a > b) return a;
  if (b > a) return b;
  return a == b ? (std::signbit(a) ? b : a) : a + b;
}
inline double log_sum_exp(double a, double b) {
  const double high = maximum(a, b);
  return std::isfinite(high) ? high + std::log1p(std::exp(minimum(a, b) - high)) : high;
}
/// Within one unit in the last place, by sine_formula.hpp; the C library's for |x| > 2^18.
double sine(double x);
double cosine(double x);
/// Of what is true: 1, else 0.
inline double truth(bool value) {
  return value ? 1 : 0;
}

/// op(a, b, c); operands beyond its arity are not looked at. [any-thread]
double operation_value(search::ExpressionOp op, double a, double b, double c);

/// Of a valid expression, one number an input. [any-thread]
double expression_value(search::ExpressionView expression, std::span<const double> inputs);

}  // namespace equivolve::interpreters
