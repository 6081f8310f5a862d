// Seeds of trials: from the run's seed and what is tried, never from time, thread or order.
#pragma once

#include <cstdint>

#include "hashing/digest.hpp"
#include "hashing/stream.hpp"

namespace equivolve::engine {

/// Common to all candidates in one repeat (common random numbers). Repeat 0 is the search's own.
inline std::uint64_t common_seed(std::uint64_t run_seed, std::uint32_t repeat) {
  return hashing::derive_seed(run_seed, hashing::Purpose::kCommonSeed, repeat);
}

/// The final stage's repeats, told apart from the search's; and the seed with which the test split
/// is opened.
inline std::uint64_t final_seed(std::uint64_t run_seed, std::uint32_t repeat) {
  return hashing::derive_seed(run_seed, hashing::Purpose::kFinalSeed, repeat);
}

/// One behaviour's own, keyed by its founder's digest, so that equal candidates would have drawn
/// the same.
inline std::uint64_t own_seed(std::uint64_t run_seed, const hashing::Digest& founder,
                              std::uint32_t repeat) {
  return hashing::derive_seed(run_seed ^ founder.hi, hashing::Purpose::kOwnSeed, founder.lo,
                              repeat);
}

/// Where there is no class: keyed by birth.
inline std::uint64_t own_seed(std::uint64_t run_seed, std::uint64_t birth, std::uint32_t repeat) {
  return hashing::derive_seed(~run_seed, hashing::Purpose::kOwnSeed, birth, repeat);
}

}  // namespace equivolve::engine
