// The standard normals that setup draws, kept from program to program. All candidates of a repeat
// have the same seeds, so what one has drawn the next needs again, and drawing them can take longer
// than all the rest of setup.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "hashing/stream.hpp"

namespace equivolve::interpreters {

/// Not synchronised. At most 4 MiB.
class SetupDraws {
 public:
  /// Draws 0 .. count - 1 of the stream (seed, purpose, ordinal) of each seed: draw e of lane l at
  /// [e * lanes + l]. Valid until the next call.
  std::span<const double> normals(std::span<const std::uint64_t> seeds, hashing::Purpose purpose,
                                  std::uint32_t ordinal, std::size_t count);

 private:
  struct Entry {
    std::vector<std::uint64_t> seeds;
    hashing::Purpose purpose = hashing::Purpose::kTest;
    std::uint32_t ordinal = 0;
    std::vector<double> numbers;
  };
  static constexpr std::size_t kMostKept = 8192;  // numbers of one draw

  std::array<Entry, 64> entries_;
  Entry large_;  // a draw too large to keep
};

}  // namespace equivolve::interpreters
