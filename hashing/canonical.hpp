// Canonical numbers: what two spellings of one behaviour have in common. Pure functions; the sink
// composes them. Internal to hashing/.
//
// A group of values shares a scale, the power of two at or below its largest finite magnitude. A
// value's cell is round(value / (scale x 2^-mantissa_bits)); so 0 and 1e-17 beside values of order
// 1 are equal, which a cell relative to the value itself can never give.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <span>

namespace equivolve::hashing {

/// Words that stand for what has no cell. No cell reaches them: cells lie within +-2^54.
inline constexpr std::uint64_t kNanWord = 0x8000000000000000;
inline constexpr std::uint64_t kPlusInfinityWord = 0x8000000000000001;
inline constexpr std::uint64_t kMinusInfinityWord = 0x8000000000000002;

/// Scale code of a group whose finite values are all zero (or that has none).
inline constexpr std::uint64_t kZeroScale = 0;

/// Scale code of the scale 2^exponent; exponent is -1075..1024.
constexpr std::uint64_t scale_code(int exponent) {
  return static_cast<std::uint64_t>(std::int64_t{exponent} + 2048);
}

/// 2^power, rounded to 0 or infinity outside the range of doubles.
inline double power_of_two(int power) {
  if (power < -1022 || power > 1023) return std::ldexp(1.0, power);
  return std::bit_cast<double>(static_cast<std::uint64_t>(power + 1023) << 52);
}

/// The bits of a value with one zero and one NaN.
inline std::uint64_t exact_word(double value) {
  constexpr std::uint64_t kOneNan = 0x7ff8000000000000;
  return value != value ? kOneNan : std::bit_cast<std::uint64_t>(value + 0.0);  // -0 + 0 is 0
}

/// The word of a value that is not finite.
std::uint64_t non_finite_word(double value);

/// A value's exponent and its top `mantissa_bits`, the rest cut off; with half a cell added
/// first where `shifted`. Infinities and the one NaN have words of their own; the sign of what is
/// not 0 is kept. mantissa_bits 1..52.
std::uint64_t own_scale_word(double value, int mantissa_bits, bool shifted);

/// Largest magnitude among the finite values; 0 when there is none.
double largest_finite(std::span<const double> group);

/// floor(log2(magnitude)), magnitude finite and positive.
int exponent_of(double magnitude);

/// The grid of one scale, 2^exponent, with cells of 2^(exponent - mantissa_bits).
class Grid {
 public:
  struct Place {
    std::int64_t cell;
    double edge;  ///< distance to the nearest edge in cells, 0..0.5
    int side;     ///< the neighbour across that edge is cell + side
  };

  /// mantissa_bits 1..52.
  Grid(int exponent, int mantissa_bits);

  /// `value` finite, at most about twice the scale.
  Place place(double value) const {
    // Products with powers of two are exact, but for values so small that their cell is 0 anyway.
    const double position = value * factor_ * rest_;
    const double centre = std::nearbyint(position);
    const double offset = position - centre;
    return {static_cast<std::int64_t>(centre), 0.5 - std::abs(offset), offset < 0 ? -1 : 1};
  }

 private:
  double factor_;  // factor_ x rest_ = 2^(mantissa_bits - exponent), which one double may not hold
  double rest_;
};

/// The neighbouring scale when `largest` is within `margin` (relative to its scale) of a power of
/// two.
struct ScaleNeighbour {
  bool exists = false;
  int exponent = 0;
  double distance = 0;  ///< relative to the scale
};
ScaleNeighbour scale_neighbour(double largest, int exponent, double margin);

/// Dense ranks from 0 (the lowest) into `ranks`; neighbours in order that are equal or closer than
/// `tie` share one. NaN has no rank: it gets kNanWord. `ranks` and `scratch` are as long as
/// `group`.
void dense_ranks(std::span<const double> group, double tie, std::span<std::uint64_t> ranks,
                 std::span<std::uint64_t> scratch);

/// Names replaced by 0, 1, ... in the order in which they first appear. Lengths as above.
void rename_by_first_appearance(std::span<const std::int64_t> names,
                                std::span<std::uint64_t> renamed, std::span<std::uint64_t> scratch);

}  // namespace equivolve::hashing
