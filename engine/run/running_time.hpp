// How long a run has been searching: over all its sessions, without the time it was paused, and
// without what comes before and after (start-up, replay, final stage). This is what budget.time
// means.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include "engine/run/clock.hpp"

namespace equivolve::engine {

class RunningTime {
 public:
  /// Why it stands still.
  enum class Hold : std::uint8_t { kPaused = 1, kNotSearching = 2 };

  /// Runs from now on; `earlier` is what former sessions of the run took. The clock outlives it.
  explicit RunningTime(const Clock& clock, std::chrono::nanoseconds earlier = {})
      : clock_(clock), earlier_(earlier), since_(clock.now()) {}

  /// It runs while no reason holds it. [any-thread]
  void hold(Hold why, bool held) {
    std::lock_guard lock(mutex_);
    const auto now = clock_.now();
    if (holds_ == 0) ran_ += now - since_;
    since_ = now;
    const auto bit = static_cast<unsigned>(why);
    holds_ = held ? holds_ | bit : holds_ & ~bit;
  }

  std::chrono::nanoseconds session() const {  ///< [any-thread]
    std::lock_guard lock(mutex_);
    return holds_ != 0 ? ran_ : ran_ + (clock_.now() - since_);
  }
  std::chrono::nanoseconds total() const { return earlier_ + session(); }  ///< [any-thread]

  const Clock& clock() const { return clock_; }

 private:
  const Clock& clock_;
  const std::chrono::nanoseconds earlier_;

  mutable std::mutex mutex_;
  // protected by mutex_
  std::chrono::nanoseconds ran_{0};  // until since_
  std::chrono::nanoseconds since_;   // of the last change
  unsigned holds_ = 0;               // a bit for each reason
};

}  // namespace equivolve::engine
