#include "engine/processes/child_groups.hpp"

#include <signal.h>

#include <array>
#include <atomic>

namespace equivolve::engine {
namespace {

// A signal handler has nothing but what is global.
std::array<std::atomic<pid_t>, 4096> groups{};
static_assert(std::atomic<pid_t>::is_always_lock_free, "read in a signal handler");

}  // namespace

void remember_group(pid_t group) {
  for (std::atomic<pid_t>& place : groups) {
    pid_t none = 0;
    if (place.load(std::memory_order_relaxed) == 0 && place.compare_exchange_strong(none, group))
      return;
  }
}

void forget_group(pid_t group) {
  for (std::atomic<pid_t>& place : groups) {
    pid_t expected = group;
    if (place.compare_exchange_strong(expected, 0)) return;
  }
}

void kill_remembered_groups() {
  for (const std::atomic<pid_t>& place : groups)
    if (const pid_t group = place.load(std::memory_order_relaxed); group > 0)
      ::kill(-group, SIGKILL);
}

}  // namespace equivolve::engine
