// What programs that measure have in common.
#pragma once

#include <algorithm>
#include <ctime>
#include <vector>

namespace equivolve::benchmarks {

/// CPU time of this thread.
inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Not empty; the upper one of an even number.
inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace equivolve::benchmarks
