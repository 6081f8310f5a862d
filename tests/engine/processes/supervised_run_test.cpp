#include "engine/processes/supervised_run.hpp"

#include <signal.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace equivolve::engine::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Told {
  SupervisedEnd end;
  std::vector<std::string> lines;
};

Told run(const std::string& script, Supervision supervision = {},
         const std::function<bool(std::string_view)>& goes_on = {}) {
  Told told;
  const std::atomic<bool> stop{false};
  supervision.on_line = [&](std::string_view line) {
    told.lines.emplace_back(line);
    return !goes_on || goes_on(line);
  };
  auto end = run_supervised({.command = {"sh", "-c", script}, .environment = {}, .folder = {}},
                            supervision, stop);
  EXPECT_TRUE(end) << end.error();
  told.end = std::move(*end);
  return told;
}

TEST(SupervisedRun, HandsOutLinesAndKeepsTheLog) {
  const Told told = run("echo one; echo oops >&2; printf 'two\\r\\nthree'; exit 4");
  EXPECT_THAT(told.lines, ElementsAre("one", "two", "three"));
  EXPECT_EQ(told.end.log, "oops\n");
  EXPECT_EQ(told.end.end.exit_code, 4);
  EXPECT_EQ(told.end.by, EndedBy::kItself);
}

TEST(SupervisedRun, ItsInputIsAtAnEnd) {
  EXPECT_THAT(run("cat; echo done").lines, ElementsAre("done"));
}

TEST(SupervisedRun, MegabytesArePassedOn) {
  std::size_t count = 0;
  const Told told =
      run("i=0; while [ $i -lt 20000 ]; do echo 'a line of some forty bytes, more or "
          "less'; i=$((i+1)); done; head -c 3000000 /dev/zero | tr '\\0' 'e' >&2",
          {}, [&count](std::string_view) { return ++count > 0; });
  EXPECT_EQ(count, 20000u);
  EXPECT_EQ(told.end.log, std::string(64 * 1024, 'e'));
  EXPECT_EQ(told.end.log_dropped, 3'000'000u - 64 * 1024);
}

TEST(SupervisedRun, LinesWithoutEndTakeNoMemory) {
  Supervision supervision;
  supervision.longest_line = 1000;
  const Told told = run("head -c 20000000 /dev/zero | tr '\\0' 'x'; echo; echo end", supervision);
  EXPECT_THAT(told.lines, ElementsAre("end"));
  EXPECT_EQ(told.end.overlong_lines, 1u);
}

TEST(SupervisedRun, TheDeadlineEndsIt) {
  Supervision supervision;
  supervision.deadline = 2s;
  const Told told = run("echo begun; sleep 1000; echo never", supervision);
  EXPECT_EQ(told.end.by, EndedBy::kDeadline);
  EXPECT_EQ(told.end.end.signal, SIGTERM);
  EXPECT_THAT(told.lines, ElementsAre("begun"));
  EXPECT_LT(told.end.seconds, 100);
}

TEST(SupervisedRun, WhoDoesNotListenIsKilled) {
  Supervision supervision;
  supervision.patience = 200ms;
  const Told told = run("trap '' TERM; echo ready; while true; do sleep 0.05; done", supervision,
                        [](std::string_view line) { return line != "ready"; });
  EXPECT_EQ(told.end.by, EndedBy::kReader);
  EXPECT_EQ(told.end.end.signal, SIGKILL);
}

TEST(SupervisedRun, TheReaderEndsIt) {
  const Told told = run("for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 0.1; done", {},
                        [](std::string_view line) { return line != "3"; });
  EXPECT_EQ(told.end.by, EndedBy::kReader);
  EXPECT_THAT(told.lines, ElementsAre("1", "2", "3"));
}

TEST(SupervisedRun, AStopFromElsewhereEndsIt) {
  std::atomic<bool> stop{false};
  std::thread other([&stop] {
    std::this_thread::sleep_for(100ms);
    stop = true;
  });
  const auto end =
      run_supervised({.command = {"sleep", "1000"}, .environment = {}, .folder = {}}, {}, stop);
  other.join();
  ASSERT_TRUE(end) << end.error();
  EXPECT_EQ(end->by, EndedBy::kStop);
}

// What it leaves behind in the background holds its pipes open; nobody waits for that.
TEST(SupervisedRun, GrandchildrenAreNotWaitedFor) {
  const Told told = run("sleep 1000 & echo begun");
  EXPECT_EQ(told.end.by, EndedBy::kItself);
  EXPECT_EQ(told.end.end.exit_code, 0);
  EXPECT_THAT(told.lines, ElementsAre("begun"));
  EXPECT_LT(told.end.seconds, 100);
}

TEST(SupervisedRun, ManyAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([t, &right] {
      for (int i = 0; i < 10; ++i) {
        const int code = (t * 10 + i) % 200;
        const Told told = run("echo " + std::to_string(code) + "; exit " + std::to_string(code));
        right += told.end.end.exit_code == code && told.lines.size() == 1 &&
                         told.lines[0] == std::to_string(code)
                     ? 1
                     : 0;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 80);
}

}  // namespace
}  // namespace equivolve::engine::test
