#include "engine/plugins/parallel_for.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "engine/plugins/crash_notes.hpp"

namespace equivolve::engine {

bool parallel_for(std::uint32_t threads, std::size_t n, void (*body)(void* context, std::size_t i),
                  void* context) noexcept {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> threw{false};
  auto work = [&] {
    while (!threw.load(std::memory_order_relaxed)) {
      const std::size_t i = next.fetch_add(1, std::memory_order_relaxed);
      if (i >= n) return;
      try {
        body(context, i);
      } catch (...) {
        threw.store(true, std::memory_order_relaxed);
      }
    }
  };
  const Tried* const tried = Trying::now();
  auto help = [&] {
    if (!tried) return work();
    const Trying here(tried);
    work();
  };
  std::vector<std::jthread> helpers;
  const std::size_t width = std::min<std::size_t>(std::max<std::uint32_t>(threads, 1), n);
  try {
    while (helpers.size() + 1 < width) helpers.emplace_back(help);
  } catch (...) {
    // Out of threads or memory: those that did start, and this one, do it all.
  }
  work();
  helpers.clear();  // joins
  return !threw.load();
}

}  // namespace equivolve::engine
