// Sine and cosine as additions and products, so that one number and four side by side give the same
// bits, on every machine. All is in an unnamed namespace, as in sigmoid_formula.hpp.
#pragma once

#include <cstdint>

namespace equivolve::interpreters {
namespace {

/// Beyond, the multiple of pi / 2 next to x is no exact product any more.
constexpr double kMostReduced = 0x1p18;

/// sin(x + turns pi / 2), |x| <= kMostReduced: 0 gives the sine, 1 the cosine. x is r + n pi / 2
/// with |r| <= pi / 4 (pi / 2 in three parts, the first two short enough for n times each to be
/// exact, and what the subtraction of the second rounds off kept beside r: Cody and Waite, Software
/// Manual for the Elementary Functions, 1980, chapter 8; the sum's error: Knuth, The Art of
/// Computer Programming 2, 4.2.2). There Taylor's series to r^17 and r^18 are exact to 1e-19. The
/// result is within one unit in the last place.
///
/// Real is double or a vector of doubles, Whole the unsigned integer type of the same size.
template <class Whole, class Real>
inline __attribute__((always_inline)) Real sine_of(Real x, std::uint64_t turns) {
  constexpr double kFirst = 0x1.921fb544p+0, kSecond = 0x1.0b4611a6p-34,
                   kThird = 0x1.3198a2e037073p-69, kOverHalfPi = 0x1.45f306dc9c883p-1;
  // Adding it leaves a whole number in the lowest bits.
  constexpr double kToWhole = 0x1.8p52;
  const Real shifted = x * kOverHalfPi + kToWhole;
  const Real n = shifted - kToWhole;
  const Real first = x - n * kFirst, second = n * kSecond;
  const Real difference = first - second, part = first - difference;
  const Real error = (first - (difference + part)) + (part - second);
  const Real rest = error - n * kThird;
  const Real r = difference + rest;
  const Real low = (difference - r) + rest;

  const Real z = r * r, zz = z * z, half = z * 0.5;
  Real odd = Real{} + 1.0 / 355687428096000;  // 1 / 17!
  Real other = Real{} - 1.0 / 1307674368000;
  odd = odd * zz + 1.0 / 6227020800;
  other = other * zz - 1.0 / 39916800;
  odd = odd * zz + 1.0 / 362880;
  other = other * zz - 1.0 / 5040;
  odd = odd * zz + 1.0 / 120;
  other = other * zz - 1.0 / 6;
  const Real sine = r + (r * z * (other + z * odd) + (low - low * half));

  Real even = Real{} - 1.0 / 6402373705728000;  // 1 / 18!
  Real beside = Real{} + 1.0 / 20922789888000;
  even = even * zz - 1.0 / 87178291200;
  beside = beside * zz + 1.0 / 479001600;
  even = even * zz - 1.0 / 3628800;
  beside = beside * zz + 1.0 / 40320;
  even = even * zz - 1.0 / 720;
  beside = beside * zz + 1.0 / 24;
  const Real near = 1.0 - half;
  const Real cosine = near + (((1.0 - near) - half) + (zz * (beside + z * even) - r * low));

  Whole quarter, sine_bits, cosine_bits;
  __builtin_memcpy(&quarter, &shifted, sizeof quarter);
  __builtin_memcpy(&sine_bits, &sine, sizeof sine_bits);
  __builtin_memcpy(&cosine_bits, &cosine, sizeof cosine_bits);
  quarter += turns;
  const Whole is_cosine = Whole{} - (quarter & 1);
  const Whole bits = ((sine_bits & ~is_cosine) | (cosine_bits & is_cosine)) ^ ((quarter & 2) << 62);
  Real result;
  __builtin_memcpy(&result, &bits, sizeof result);
  if (turns == 0) result = x == 0 ? x : result;  // the sign of 0 is lost on the way
  return result;
}

}  // namespace
}  // namespace equivolve::interpreters
