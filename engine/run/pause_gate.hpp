// Holds work back while a run is paused.
#pragma once

#include <condition_variable>
#include <mutex>

namespace equivolve::engine {

class PauseGate {
 public:
  void set(bool closed) {  ///< [any-thread]
    {
      std::lock_guard lock(mutex_);
      closed_ = closed;
    }
    if (!closed) opened_.notify_all();
  }
  void pass() {  ///< returns once the gate is open [any-thread]
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return !closed_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool closed_ = false;
};

}  // namespace equivolve::engine
