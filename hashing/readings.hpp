// The readings of a probe: the plain one, and those in which one or more numbers near an edge fell
// on the other side. Internal to hashing/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace equivolve::hashing::detail {

/// One place where rounding could have gone the other way.
struct Choice {
  enum class Kind : std::uint8_t {
    kScale,  ///< group's scale: its scale code and all its cells change to those at spare[other]
    kValue,  ///< word `word` becomes `other`; possible under the group's plain scale only
    kRescaledValue,  ///< the same, under the group's neighbouring scale only
  };
  Kind kind = Kind::kValue;
  std::size_t group = 0;  ///< index of the group's header word
  std::size_t word = 0;   ///< first word that changes
  std::size_t count = 1;  ///< words that change
  std::uint64_t other = 0;
  double distance = 0;  ///< to the edge, relative to the scale
};

inline constexpr std::size_t kReadings = 16;

/// Which choices are taken. No more than four can be: five have sixteen cheaper combinations.
struct Reading {
  double distance = 0;  ///< sum over the choices taken
  std::uint32_t size = 0;
  std::array<std::uint32_t, 4> taken{};
};

/// The kReadings most ambiguous readings (smallest sum of distances, then fewest choices, then
/// first choices first). The first is the plain one. A group's kScale choice must stand before its
/// kRescaledValue choices.
std::vector<Reading> most_ambiguous(std::span<const Choice> choices);

/// Rewrites `words`, a copy of the plain reading, into `reading`.
void apply_reading(const Reading& reading, std::span<const Choice> choices,
                   std::span<const std::uint64_t> spare, std::span<std::uint64_t> words);

}  // namespace equivolve::hashing::detail
