#include "engine/processes/brief_wait.hpp"

#include <sched.h>

#include <algorithm>

namespace equivolve::engine {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

int slept_for(std::span<pollfd> all, nanoseconds longest) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const timespec wait{longest.count() / kSecond, longest.count() % kSecond};
  return ppoll(all.data(), all.size(), longest.count() < 0 ? nullptr : &wait, nullptr);
}

}  // namespace

int BriefWait::poll(std::span<pollfd> all, nanoseconds longest) {
  const auto began = Clock::now();
  const bool for_ever = longest.count() < 0;
  const nanoseconds moment = for_ever ? kMoment : std::min<nanoseconds>(kMoment, longest);
  nanoseconds waited{0};
  while (looks_first_ && waited < moment) {
    if (const int ready = ::poll(all.data(), all.size(), 0); ready != 0) return ready;
    sched_yield();
    waited = Clock::now() - began;
  }
  const int ready = slept_for(all, for_ever ? longest : std::max(longest - waited, nanoseconds(0)));
  looks_first_ = ready != 0 && Clock::now() - began <= kSoon;
  return ready;
}

}  // namespace equivolve::engine
