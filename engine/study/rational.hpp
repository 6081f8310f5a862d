// Exact fractions of whole numbers up to 2^53, so that each is the nearest double's business only
// when it is written down. What does not fit is no number, and neither is anything made of it.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numeric>

namespace equivolve::study {

struct Rational {
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;  ///< > 0 and without common divisor; 0: does not fit
  bool fits() const { return denominator != 0; }
  double value() const { return static_cast<double>(numerator) / static_cast<double>(denominator); }
  bool operator==(const Rational&) const = default;
};

inline constexpr Rational kDoesNotFit{0, 0};

namespace detail {
inline constexpr std::int64_t kMostWhole = std::int64_t{1} << 53;

inline Rational reduced(std::int64_t numerator, std::int64_t denominator) {
  const std::int64_t common = std::gcd(numerator, denominator);
  const Rational out{numerator / common, denominator / common};
  return std::abs(out.numerator) <= kMostWhole && out.denominator <= kMostWhole ? out : kDoesNotFit;
}
}  // namespace detail

inline Rational operator*(const Rational& a, const Rational& b) {
  std::int64_t numerator = 0, denominator = 0;
  if (!a.fits() || !b.fits() || __builtin_mul_overflow(a.numerator, b.numerator, &numerator) ||
      __builtin_mul_overflow(a.denominator, b.denominator, &denominator))
    return kDoesNotFit;
  return detail::reduced(numerator, denominator);
}

inline Rational operator+(const Rational& a, const Rational& b) {
  std::int64_t left = 0, right = 0, numerator = 0, denominator = 0;
  if (!a.fits() || !b.fits() || __builtin_mul_overflow(a.numerator, b.denominator, &left) ||
      __builtin_mul_overflow(b.numerator, a.denominator, &right) ||
      __builtin_add_overflow(left, right, &numerator) ||
      __builtin_mul_overflow(a.denominator, b.denominator, &denominator))
    return kDoesNotFit;
  return detail::reduced(numerator, denominator);
}

inline Rational operator-(const Rational& a) {
  return {-a.numerator, a.denominator};
}

}  // namespace equivolve::study
