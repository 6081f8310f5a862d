// Waiting for another process that mostly answers soon. To sleep, and to wake a processor that has
// gone to sleep, takes tens of microseconds on a virtual machine: more than many an answer.
#pragma once

#include <poll.h>

#include <chrono>
#include <span>

namespace equivolve::engine {

/// Looks again and again for a moment before it sleeps, as long as that has been worth it: what
/// came later than `kSoon` the last time is slept for at once. Others that want the processor get
/// it between two looks. Of one thread at a time.
class BriefWait {
 public:
  static constexpr std::chrono::microseconds kMoment{50};  ///< looked for so long without sleep
  static constexpr std::chrono::microseconds kSoon{100};  ///< a wait after which that is done again

  /// As ppoll; a negative `longest` waits for ever. Descriptors that can be ignored have the
  /// number -1.
  int poll(std::span<pollfd> all, std::chrono::nanoseconds longest);

  bool looks_first() const { return looks_first_; }

 private:
  bool looks_first_ = true;
};

}  // namespace equivolve::engine
