// How long a run has been running: over all its sessions, and without the time it was paused.
#pragma once

#include <chrono>
#include <mutex>

#include "engine/run/clock.hpp"

namespace equivolve::engine {

class RunningTime {
 public:
  /// Runs from now on; `earlier` is what former sessions of the run took. The clock outlives it.
  explicit RunningTime(const Clock& clock, std::chrono::nanoseconds earlier = {})
      : clock_(clock), earlier_(earlier), since_(clock.now()) {}

  void pause(bool paused) {  ///< [any-thread]
    std::lock_guard lock(mutex_);
    if (paused == paused_) return;
    const auto now = clock_.now();
    if (paused) ran_ += now - since_;
    since_ = now;
    paused_ = paused;
  }

  std::chrono::nanoseconds session() const {  ///< [any-thread]
    std::lock_guard lock(mutex_);
    return paused_ ? ran_ : ran_ + (clock_.now() - since_);
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
  bool paused_ = false;
};

}  // namespace equivolve::engine
