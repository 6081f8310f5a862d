#include "evaluators/sensitivity_sampling/threads.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace equivolve::sensitivity_sampling {
namespace {

void run_on(std::size_t threads, std::size_t n, const std::function<void(std::size_t)>& body) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr first;
  const auto work = [&] {
    for (std::size_t i = next++; i < n; i = next++) {
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!first) first = std::current_exception();
        next = n;
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    while (helpers.size() + 1 < std::min(threads, n)) helpers.emplace_back(work);
    work();
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace

row_sampling::ParallelFor on_threads(unsigned threads) {
  const std::size_t width =
      threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency());
  return [width](std::size_t n, const std::function<void(std::size_t)>& body) {
    run_on(width, n, body);
  };
}

}  // namespace equivolve::sensitivity_sampling
