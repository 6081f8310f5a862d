// Counter-based random streams: the n-th number of a stream is a pure function of (seed, purpose,
// index, ordinal), so nothing depends on which thread draws, or on what was drawn elsewhere.
// Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"
// (Philox4x32-10).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace equivolve::hashing {

/// Philox4x32-10: one block of four words. [any-thread]
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

/// Streams of different purpose never share a number. Values are part of the results; never
/// renumber.
enum class Purpose : std::uint32_t {
  kAsk = 1,         ///< an algorithm's choices for one ticket
  kVary = 2,        ///< breeding one child
  kProbe = 3,       ///< random instructions during a probe
  kEvaluate = 4,    ///< random instructions during an evaluation
  kCommonSeed = 5,  ///< seeds common to all candidates of one repeat
  kOwnSeed = 6,     ///< seeds of one candidate in one repeat
  kFinalSeed = 7,   ///< seeds of the final stage
  kVerify = 8,      ///< which hits are verified
  kForget = 9,      ///< which hits are forgotten
  kSplit = 10,      ///< splitting data
  kTask = 11,       ///< synthetic tasks and probe inputs
  kBootstrap = 12,  ///< resampling for intervals
  kTest = 13,       ///< tests only
  kWeights = 16,    ///< first weights of a network
  kDropout = 17,    ///< which numbers a dropout layer zeroes
  kStudy = 20,      ///< samples of `equivolve study`
  kCluster = 21,    ///< starts of clusterings
};

/// A cheap value; copying it copies its place. Not synchronised: one stream belongs to one user at
/// a time.
class Stream {
 public:
  /// `index` names the item (a ticket, a birth, a row...), `ordinal` the draw to start from.
  Stream(std::uint64_t seed, Purpose purpose, std::uint64_t index, std::uint32_t ordinal = 0);

  /// Uniform over all 64-bit integers.
  std::uint64_t next() {
    if (used_ == numbers_.size()) draw();
    return numbers_[used_++];
  }
  double uniform();                          ///< [0, 1), multiples of 2^-53
  double uniform(double low, double high);   ///< [low, high)
  std::uint64_t below(std::uint64_t bound);  ///< 0 <= result < bound, without bias; bound >= 1
  double gaussian();  ///< mean 0, standard deviation 1 (Box-Muller; takes two numbers)
  bool chance(double probability);  ///< true with that probability

 private:
  static constexpr std::size_t kAtOnce = 8;  // numbers of four blocks
  void draw();

  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;  // {ordinal, purpose, index low, index high}
  std::array<std::uint64_t, kAtOnce> numbers_{};
  std::size_t used_ = kAtOnce;  // of numbers_, given out already
};

/// A seed derived from others: next() of the stream (seed, purpose, index) at `ordinal`.
std::uint64_t derive_seed(std::uint64_t seed, Purpose purpose, std::uint64_t index,
                          std::uint32_t ordinal = 0);

}  // namespace equivolve::hashing
