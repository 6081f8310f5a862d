// SplitMix64 (Steele, Lea, Flood 2014) with the draws that landscapes are defined by: their numbers
// are part of what an Ehrlich or NK function is, so they do not come from the project's own
// streams.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>

namespace equivolve::sequence_design {

class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : x_(seed) {}

  std::uint64_t next() {
    x_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = x_;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return z ^ z >> 31;
  }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }  ///< [0, 1)
  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(uniform() * static_cast<double>(n));
  }
  double normal() {
    const double u1 = uniform(), u2 = uniform();
    return std::sqrt(-2 * std::log(1 - u1)) * std::cos(2 * std::numbers::pi * u2);
  }
  /// By the probabilities p, which add up to 1.
  std::size_t categorical(std::span<const double> p) {
    const double u = uniform();
    double sum = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      sum += p[i];
      if (sum > u) return i;
      if (p[i] > 0) last = i;
    }
    return last;
  }

 private:
  std::uint64_t x_;
};

}  // namespace equivolve::sequence_design
