// SplitMix64: the generator of this folder's matrices and samples, so that anybody can make the
// same ones in a few lines of any language. Source: Steele, Lea, Flood 2014, "Fast splittable
// pseudorandom number generators", OOPSLA.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace equivolve::row_sampling {

/// A cheap value; not synchronised.
class SplitMix {
 public:
  explicit SplitMix(std::uint64_t state) : state_(state) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  /// [0, 1), multiples of 2^-53.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  /// Mean 0, standard deviation 1: Box and Muller's cosine; takes two uniforms.
  double normal() {
    const double a = 1 - uniform(), b = uniform();
    return std::sqrt(-2 * std::log(a)) * std::cos(2 * std::numbers::pi * b);
  }

 private:
  std::uint64_t state_;
};

}  // namespace equivolve::row_sampling
