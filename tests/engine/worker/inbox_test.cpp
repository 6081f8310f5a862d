#include "engine/worker/inbox.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace equivolve::engine {
namespace {

using namespace std::chrono_literals;

/// The engine's end of the line, in the same process.
class Engine {
 public:
  Engine() { EXPECT_EQ(pipe(ends_.data()), 0); }
  ~Engine() {
    hang_up();
    close(ends_[0]);
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  int worker_end() const { return ends_[0]; }
  void say(std::uint64_t id, protocol::Body body) const {
    say(protocol::encode({id, std::move(body)}) + '\n');
  }
  void say(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = write(ends_[1], bytes.data(), bytes.size());
      ASSERT_GT(count, 0);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void hang_up() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

/// The number of the next question, 0 at the end.
std::uint64_t next_id(Inbox& inbox) {
  const auto item = inbox.next();
  return item && *item ? (*item)->id : 0;
}

/// From now on the worker works on this question.
void begin(std::uint64_t id, const Engine& engine, Inbox& inbox) {
  engine.say(id, protocol::Ping{});
  EXPECT_EQ(next_id(inbox), id);
}

bool comes_true(const std::atomic<bool>& what) {
  for (int i = 0; i < 60'000 && !what.load(); ++i) std::this_thread::sleep_for(1ms);
  return what.load();
}

TEST(Inbox, HandsOutQuestionsInTurnHoweverTheyCome) {
  Engine engine;
  Inbox inbox(engine.worker_end());
  engine.say(1, protocol::Ping{});
  engine.say(2, protocol::Ping{});
  EXPECT_EQ(next_id(inbox), 1u);
  EXPECT_EQ(next_id(inbox), 2u);
  std::jthread later([&] {
    const std::string line = protocol::encode({3, protocol::Ping{}}) + '\n';
    std::this_thread::sleep_for(10ms);
    engine.say(line.substr(0, 5));
    std::this_thread::sleep_for(10ms);
    engine.say(line.substr(5));
  });
  EXPECT_EQ(next_id(inbox), 3u);
  engine.hang_up();
  EXPECT_EQ(next_id(inbox), 0u);
}

TEST(Inbox, ACancelIsHeardWhileItsQuestionIsWorkedOn) {
  Engine engine;
  Inbox inbox(engine.worker_end());
  for (std::uint64_t id = 1; id <= 3; ++id) {
    begin(id, engine, inbox);
    const std::atomic<bool>& stop = inbox.watch(id);
    EXPECT_FALSE(stop.load());
    std::this_thread::sleep_for(20ms);  // longer than one look
    EXPECT_FALSE(stop.load());
    engine.say(id, protocol::Cancel{});
    EXPECT_TRUE(comes_true(stop));
  }
}

TEST(Inbox, AQuestionIsCancelledBeforeItsTurnAndNotAfterIt) {
  Engine engine;
  Inbox inbox(engine.worker_end());
  for (std::uint64_t id = 1; id <= 3; ++id) engine.say(id, protocol::Ping{});
  engine.say(1, protocol::Cancel{});
  engine.say(3, protocol::Cancel{});
  EXPECT_EQ(next_id(inbox), 1u);
  EXPECT_TRUE(inbox.watch(1).load());
  EXPECT_EQ(next_id(inbox), 2u);
  EXPECT_FALSE(inbox.watch(2).load());
  EXPECT_EQ(next_id(inbox), 3u);
  EXPECT_TRUE(inbox.watch(3).load());
}

TEST(Inbox, ProgressIsAnsweredToManyThreads) {
  Engine engine;
  Inbox inbox(engine.worker_end());
  begin(1, engine, inbox);
  inbox.watch(1);
  std::atomic<int> stops{0}, answers{0};
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread)
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          stops += inbox.wait_for_control(1) ? 1 : 0;
          ++answers;
        }
      });
    engine.say(7, protocol::Control{true});  // to nobody
    for (int i = 0; i < 200; ++i) engine.say(1, protocol::Control{i % 4 == 0});
  }
  EXPECT_EQ(answers.load(), 200);
  EXPECT_EQ(stops.load(), 50);
  engine.say(2, protocol::Ping{});
  EXPECT_EQ(next_id(inbox), 2u);
}

TEST(Inbox, WhoWaitsForAControlHearsACancelAndTheEnd) {
  Engine engine;
  Inbox inbox(engine.worker_end());
  begin(1, engine, inbox);
  const std::atomic<bool>& stop = inbox.watch(1);
  std::jthread later([&] {
    std::this_thread::sleep_for(20ms);
    engine.say(1, protocol::Cancel{});
  });
  EXPECT_FALSE(inbox.wait_for_control(1));
  EXPECT_TRUE(stop.load());
  later.join();
  inbox.watch(2);
  engine.hang_up();
  EXPECT_FALSE(inbox.wait_for_control(2));
  EXPECT_TRUE(stop.load());
}

TEST(Inbox, WhoReportsForAQuestionThatIsOverHoldsUpNobody) {
  Engine engine;
  Inbox inbox(engine.worker_end());
  begin(1, engine, inbox);
  inbox.watch(1);
  std::jthread stray([&] { EXPECT_TRUE(inbox.wait_for_control(1)); });
  std::this_thread::sleep_for(20ms);
  inbox.watch(2);
  stray.join();
  engine.say(2, protocol::Control{true});
  EXPECT_TRUE(inbox.wait_for_control(2));
}

TEST(Inbox, ACancelBehindLargeQuestionsIsHeardSoon) {
  Engine engine;
  Inbox inbox(engine.worker_end());
  begin(1, engine, inbox);
  const std::atomic<bool>& stop = inbox.watch(1);
  const auto began = std::chrono::steady_clock::now();
  std::jthread talk([&] {
    const std::string large = std::string(std::size_t{8} << 20, ' ') + "\n";
    for (int i = 0; i < 8; ++i) engine.say(large);
    engine.say(1, protocol::Cancel{});
  });
  EXPECT_TRUE(comes_true(stop));
#ifndef EQUIVOLVE_SANITIZED
  // At 64 KiB a look it took ten seconds.
  EXPECT_LT(std::chrono::steady_clock::now() - began, 8s);
#else
  (void)began;
#endif
}

/// A module may close what is not its own: that is not the engine's end.
TEST(Inbox, ALineThatCannotBeReadIsNoEndOfTheEngine) {
  Engine engine;
  const int mine = dup(engine.worker_end());
  Inbox inbox(mine);
  engine.say(1, protocol::Ping{});
  EXPECT_EQ(next_id(inbox), 1u);
  const std::atomic<bool>& stop = inbox.watch(1);
  close(mine);
  std::this_thread::sleep_for(1300ms);  // more than what is left to work when the engine is gone
  EXPECT_FALSE(stop.load());
  EXPECT_EQ(next_id(inbox), 0u);
}

TEST(Inbox, WhoWaitsSleeps) {
  Engine engine;
  Inbox inbox(engine.worker_end());
  std::jthread later([&] {
    std::this_thread::sleep_for(300ms);
    engine.say(1, protocol::Ping{});
  });
  const auto cpu = [] {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  };
  const auto before = cpu();
  EXPECT_EQ(next_id(inbox), 1u);
  EXPECT_LT(cpu() - before, 50ms);
}

TEST(Inbox, AfterAGoodbyeNothingIsHeard) {
  Engine engine;
  Inbox inbox(engine.worker_end());
  engine.say(1, protocol::Ping{});
  engine.say(2, protocol::Goodbye{});
  engine.say(3, protocol::Ping{});
  EXPECT_EQ(next_id(inbox), 1u);
  EXPECT_EQ(next_id(inbox), 0u);
  EXPECT_EQ(next_id(inbox), 0u);
}

TEST(InboxDeathTest, WhatIsWorkedOnEndsSoonAfterTheEngine) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        Engine engine;
        Inbox inbox(engine.worker_end());
        engine.say(1, protocol::Ping{});
        next_id(inbox);
        engine.hang_up();
        std::this_thread::sleep_for(60s);
      },
      testing::ExitedWithCode(1), "");
}

}  // namespace
}  // namespace equivolve::engine
