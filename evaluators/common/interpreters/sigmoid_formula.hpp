// The sigmoid as additions, products and one division, so that one number and many side by side
// give the same bits. Included by sigmoid.cpp and, like lane_vectors.hpp, by the files that are
// compiled for one instruction set: all is in an unnamed namespace, so that each has its own.
#pragma once

#include <cstdint>

namespace equivolve::interpreters {
namespace {

/// e^y = 2^n e^r with n the whole number next to y / ln 2, so that |r| <= ln 2 / 2, where Taylor's
/// series to r^13 is exact to 5e-18 (Cody and Waite, Software Manual for the Elementary Functions,
/// 1980, chapter 6, with the series in the place of their quotient). ln 2 is taken in two parts,
/// the first short enough for n times it to be exact. NaN gives NaN. |y| is at most 708: 2^n and
/// the result are normal numbers there.
///
/// Real is double or a vector of doubles, Whole the integer type of the same size.
template <class Whole, class Real>
inline __attribute__((always_inline)) Real exponential_of(Real y) {
  constexpr double kLog2E = 1.4426950408889634, kLn2High = 6.93145751953125e-1,
                   kLn2Low = 1.42860682030941723212e-6;
  // Adding it leaves a whole number in the lowest bits.
  constexpr double kToWhole = 0x1.8p52;
  const Real shifted = y * kLog2E + kToWhole;
  const Real n = shifted - kToWhole;
  const Real r = (y - n * kLn2High) - n * kLn2Low;
  const Real square = r * r;
  Real even = Real{} + 1.0 / 479001600;  // 1 / 12!
  even = even * square + 1.0 / 3628800;
  even = even * square + 1.0 / 40320;
  even = even * square + 1.0 / 720;
  even = even * square + 1.0 / 24;
  even = even * square + 1.0 / 2;
  Real odd = Real{} + 1.0 / 6227020800;  // 1 / 13!
  odd = odd * square + 1.0 / 39916800;
  odd = odd * square + 1.0 / 362880;
  odd = odd * square + 1.0 / 5040;
  odd = odd * square + 1.0 / 120;
  odd = odd * square + 1.0 / 6;
  const Real of_r = (r + square * (even + r * odd)) + 1.0;

  Whole bits;
  __builtin_memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;  // 2^n
  Real scale;
  __builtin_memcpy(&scale, &bits, sizeof scale);
  return of_r * scale;
}

/// 1 / (1 + e^-x), with x taken as +-708 beyond that.
template <class Whole, class Real>
inline __attribute__((always_inline)) Real sigmoid_of(Real x) {
  const Real most = Real{} + 708.0;
  Real y = -x;
  y = y > most ? most : y;
  y = y < -most ? -most : y;
  return (Real{} + 1.0) / (exponential_of<Whole>(y) + 1.0);
}

}  // namespace
}  // namespace equivolve::interpreters
