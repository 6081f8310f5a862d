// Time, replaceable in tests. Nothing that is decided depends on it but budget.time.
#pragma once

#include <chrono>

namespace equivolve::engine {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::nanoseconds now() const = 0;  ///< monotonic, from any origin [any-thread]
};

class SteadyClock final : public Clock {
 public:
  std::chrono::nanoseconds now() const override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
};

inline double as_seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace equivolve::engine
