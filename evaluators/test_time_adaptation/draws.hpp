// Which random numbers are for what: one stream for each purpose and place, so that nothing depends
// on what was drawn elsewhere, or on which thread drew it.
#pragma once

#include <cstdint>

#include "hashing/stream.hpp"

namespace equivolve::test_time_adaptation {

/// Values are part of the results; never renumber.
enum class Draw : std::uint8_t {
  kStreamSplit = 1,      ///< which samples are trained on, searched on, reported on
  kSampleOrder = 2,      ///< of a stream
  kCorruptionOrder = 3,  ///< of the test stream
  kOneSample = 4,        ///< a corruption's draws for one sample
  kAllSamples = 5,       ///< a corruption's draws that all samples share
  kLabelOrder = 6,       ///< Dirichlet shares
  kTrainingOrder = 7,
  kTrainingView = 8,
  kView = 9,  ///< augmented views while adapting
  kRestoration = 10,
  kMixedOrder = 11,
  kProbe = 12,  ///< made-up weights and batches that rules are tried on
};

/// `major` below 2^24 and `minor` below 2^32 name the place.
inline hashing::Stream draws(std::uint64_t seed, Draw what, std::uint32_t major = 0,
                             std::uint32_t minor = 0) {
  const std::uint64_t place = static_cast<std::uint64_t>(what) << 56 |
                              static_cast<std::uint64_t>(major & 0xffffffU) << 32 | minor;
  return {seed, hashing::Purpose::kTask, place};
}

}  // namespace equivolve::test_time_adaptation
