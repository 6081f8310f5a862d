#include "engine/processes/brief_wait.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>
#include <thread>

#include <gtest/gtest.h>

namespace equivolve::engine {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct Pipe {
  Pipe() { EXPECT_EQ(pipe(ends.data()), 0); }
  ~Pipe() {
    for (const int end : ends) close(end);
  }
  std::array<pollfd, 1> to_read() const { return {pollfd{ends[0], POLLIN, 0}}; }
  void say() const { EXPECT_EQ(write(ends[1], "x", 1), 1); }
  void hear() const {
    char one;
    EXPECT_EQ(read(ends[0], &one, 1), 1);
  }
  std::array<int, 2> ends{-1, -1};
};

/// Of this thread.
std::chrono::nanoseconds cpu_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

TEST(BriefWait, FindsWhatIsThereAndWhatIsNot) {
  const Pipe pipe;
  BriefWait wait;
  auto all = pipe.to_read();
  EXPECT_EQ(wait.poll(all, 0ns), 0);
  pipe.say();
  EXPECT_EQ(wait.poll(all, 0ns), 1);
  EXPECT_EQ(all[0].revents, POLLIN);
  EXPECT_EQ(wait.poll(all, -1ns), 1);
}

TEST(BriefWait, WaitsAsLongAsItIsTold) {
  const Pipe pipe;
  BriefWait wait;
  for (const auto longest : {std::chrono::nanoseconds(20us), std::chrono::nanoseconds(30ms)}) {
    auto all = pipe.to_read();
    const auto began = Clock::now();
    EXPECT_EQ(wait.poll(all, longest), 0);
    EXPECT_GE(Clock::now() - began, longest);
  }
}

TEST(BriefWait, SleepsAtOnceAfterALongWaitAndLooksAgainAfterAShortOne) {
  const Pipe pipe;
  BriefWait wait;
  EXPECT_TRUE(wait.looks_first());
  auto all = pipe.to_read();
  const auto cpu_before = cpu_time();
  {
    std::jthread later([&] {
      std::this_thread::sleep_for(300ms);
      pipe.say();
    });
    EXPECT_EQ(wait.poll(all, -1ns), 1);
  }
  EXPECT_LT(cpu_time() - cpu_before, 50ms);
  EXPECT_FALSE(wait.looks_first());
  // What is there already has come soon, unless the machine holds this thread up meanwhile.
  bool looks_first = false;
  for (int i = 0; i < 1000 && !looks_first; ++i) {
    EXPECT_EQ(wait.poll(all, -1ns), 1);
    looks_first = wait.looks_first();
  }
  EXPECT_TRUE(looks_first);
  pipe.hear();
  EXPECT_EQ(wait.poll(all, 1ms), 0);
  EXPECT_FALSE(wait.looks_first());
}

TEST(BriefWait, HearsAnEndAndPassesOverWhatIsNone) {
  Pipe pipe;
  close(pipe.ends[1]);
  std::array<pollfd, 2> all{pollfd{-1, POLLIN, 0}, pipe.to_read()[0]};
  BriefWait wait;
  EXPECT_EQ(wait.poll(all, -1ns), 1);
  EXPECT_EQ(all[0].revents, 0);
  EXPECT_NE(all[1].revents & POLLHUP, 0);
  pipe.ends[1] = -1;
}

}  // namespace
}  // namespace equivolve::engine
