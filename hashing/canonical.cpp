#include "hashing/canonical.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace equivolve::hashing {
namespace {

constexpr std::uint64_t kMagnitudeMask = 0x7fffffffffffffff;
constexpr std::uint64_t kInfinityBits = 0x7ff0000000000000;

}  // namespace

std::uint64_t non_finite_word(double value) {
  if (std::isnan(value)) return kNanWord;
  return value > 0 ? kPlusInfinityWord : kMinusInfinityWord;
}

std::uint64_t own_scale_word(double value, int mantissa_bits, bool shifted) {
  std::uint64_t magnitude = exact_word(value) & kMagnitudeMask;
  const int cut = 52 - mantissa_bits;
  // Magnitudes order like their bits, so a carry out of the mantissa is the next exponent.
  if (shifted && cut > 0 && magnitude < kInfinityBits)
    magnitude = std::min(magnitude + (std::uint64_t{1} << (cut - 1)), kInfinityBits - 1);
  return (magnitude >> cut) << 1 | (value < 0 ? 1 : 0);
}

double largest_finite(std::span<const double> group) {
  // Magnitudes order like their bits.
  std::uint64_t largest = 0;
  for (const double value : group) {
    const std::uint64_t magnitude = std::bit_cast<std::uint64_t>(value) & kMagnitudeMask;
    largest = std::max(largest, magnitude < kInfinityBits ? magnitude : 0);
  }
  return std::bit_cast<double>(largest);
}

int exponent_of(double magnitude) {
  const auto biased = static_cast<int>(std::bit_cast<std::uint64_t>(magnitude) >> 52);
  return biased == 0 ? std::ilogb(magnitude) : biased - 1023;
}

Grid::Grid(int exponent, int mantissa_bits) {
  const int power = mantissa_bits - exponent;
  const int first = std::clamp(power, -1022, 1023);
  factor_ = power_of_two(first);
  rest_ = power_of_two(power - first);
}

ScaleNeighbour scale_neighbour(double largest, int exponent, double margin) {
  // In two steps: 2^-exponent may not be a double where 2^exponent is.
  const int half = -exponent / 2;
  const double share = largest * power_of_two(half) * power_of_two(-exponent - half);  // [1, 2)
  if (share - 1 <= margin) return {true, exponent - 1, share - 1};
  if (2 - share <= margin) return {true, exponent + 1, 2 - share};
  return {};
}

void dense_ranks(std::span<const double> group, double tie, std::span<std::uint64_t> ranks,
                 std::span<std::uint64_t> scratch) {
  std::iota(scratch.begin(), scratch.end(), std::uint64_t{0});
  const auto end = std::partition(scratch.begin(), scratch.end(),
                                  [&](std::uint64_t i) { return !std::isnan(group[i]); });
  std::for_each(end, scratch.end(), [&](std::uint64_t i) { ranks[i] = kNanWord; });
  std::sort(scratch.begin(), end,
            [&](std::uint64_t a, std::uint64_t b) { return group[a] < group[b]; });
  std::uint64_t rank = 0;
  for (auto at = scratch.begin(); at != end; ++at) {
    if (at != scratch.begin()) {
      const double low = group[*(at - 1)];
      const double high = group[*at];
      if (low != high && !(high - low < tie)) ++rank;
    }
    ranks[*at] = rank;
  }
}

void rename_by_first_appearance(std::span<const std::int64_t> names,
                                std::span<std::uint64_t> renamed,
                                std::span<std::uint64_t> scratch) {
  std::iota(scratch.begin(), scratch.end(), std::uint64_t{0});
  std::sort(scratch.begin(), scratch.end(), [&](std::uint64_t a, std::uint64_t b) {
    return names[a] != names[b] ? names[a] < names[b] : a < b;
  });
  // Each position learns where its name first stands; then positions are numbered from left to
  // right.
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < scratch.size(); ++i) {
    if (i == 0 || names[scratch[i]] != names[scratch[i - 1]]) first = scratch[i];
    renamed[scratch[i]] = first;
  }
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < renamed.size(); ++i) {
    renamed[i] = renamed[i] == i ? next++ : renamed[renamed[i]];
  }
}

}  // namespace equivolve::hashing
