#include "engine/processes/child_process.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>

namespace equivolve::engine::test {
namespace {

using ::testing::HasSubstr;

ChildSettings shell(const std::string& script) {
  return {.command = {"sh", "-c", script}, .environment = {}, .folder = {}};
}

/// All that it prints; it has to end by itself.
std::string output_of(ChildProcess& child) {
  std::string out;
  char piece[4096];
  pollfd one{child.output(), POLLIN, 0};
  while (poll(&one, 1, 10'000) > 0) {
    const ssize_t count = read(child.output(), piece, sizeof piece);
    if (count <= 0) break;
    out.append(piece, static_cast<std::size_t>(count));
  }
  return out;
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator("/proc/self/fd"))
    ++count;
  return count;
}

TEST(ChildProcess, SaysHowItEnded) {
  auto child = ChildProcess::start(shell("exit 3"));
  ASSERT_TRUE(child) << child.error();
  const ChildEnd end = child->wait();
  EXPECT_EQ(end.exit_code, 3);
  EXPECT_EQ(end.signal, 0);
  EXPECT_EQ(end_text(end), "exited with code 3");
  EXPECT_EQ(child->wait().exit_code, 3);

  child = ChildProcess::start(shell("kill -SEGV $$"));
  const ChildEnd crash = child->wait();
  EXPECT_EQ(crash.signal, SIGSEGV);
  EXPECT_EQ(end_text(crash), "was ended by signal 11 (Segmentation fault)");
}

// Until its exec a child has the engine's memory, which the system takes for the child's own peak.
TEST(ChildProcess, ItsPeakIsNotTheEngines) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "sanitizers hold much memory themselves";
#endif
  std::vector<char> much(std::size_t{300} << 20, 1);
  auto child = ChildProcess::start(shell("exit 3"));
  ASSERT_TRUE(child) << child.error();
  EXPECT_LT(child->wait().peak_memory, std::size_t{100} << 20);
  EXPECT_EQ(much.back(), 1);
}

TEST(ChildProcess, WhatCannotBeStartedIsNamed) {
  const auto none =
      ChildProcess::start({.command = {"no-such-program"}, .environment = {}, .folder = {}});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error(), "no-such-program: No such file or directory");
  EXPECT_FALSE(ChildProcess::start({}));
  ChildSettings nowhere = shell("true");
  nowhere.folder = "/no/such/folder";
  EXPECT_FALSE(ChildProcess::start(nowhere));
}

TEST(ChildProcess, HasItsFolderItsEnvironmentAndNoOtherFiles) {
  setenv("EQUIVOLVE_TEST_KEPT", "kept", 1);
  setenv("EQUIVOLVE_TEST_SLOT", "old", 1);
  ChildSettings settings = shell(
      "pwd; echo $EQUIVOLVE_TEST_KEPT $EQUIVOLVE_TEST_SLOT; for f in /proc/self/fd/*; do echo "
      "${f##*/}; done | grep -c '^[3-9]$'");
  settings.folder = "/";
  settings.environment = {{"EQUIVOLVE_TEST_SLOT", "7"}};
  const int others[] = {dup(0), dup(0), dup(0)};
  auto child = ChildProcess::start(settings);
  ASSERT_TRUE(child) << child.error();
  // The shell that lists the folder has it open.
  EXPECT_EQ(output_of(*child), "/\nkept 7\n1\n");
  child->wait();
  for (int one : others) close(one);
}

TEST(ChildProcess, SignalsDoWhatTheyDoByDefault) {
  signal(SIGUSR1, SIG_IGN);
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  auto child = ChildProcess::start(shell("kill -USR1 $$; exit 0"));
  EXPECT_EQ(child->wait().signal, SIGUSR1);
  pthread_sigmask(SIG_UNBLOCK, &blocked, nullptr);
  signal(SIGUSR1, SIG_DFL);
}

TEST(ChildProcess, LimitsHold) {
  ChildSettings settings = shell("ulimit -v; ulimit -c");
  settings.memory = 512 * 1024 * 1024;
  // It may be on its way before the limit is there, so it waits for its input's end.
  settings.command[2] = "read x; " + settings.command[2];
  auto child = ChildProcess::start(settings);
  ASSERT_TRUE(child) << child.error();
  child->close_input();
  EXPECT_EQ(output_of(*child), "524288\n0\n");
  child->wait();
}

// Ten times, with what it has started in the background.
TEST(ChildProcess, NothingOfItIsLeft) {
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 10; ++i) {
    pid_t grandchild = 0;
    {
      auto child = ChildProcess::start(shell("sleep 1000 & echo $!; wait"));
      ASSERT_TRUE(child) << child.error();
      char text[32] = {};
      pollfd one{child->output(), POLLIN, 0};
      ASSERT_GT(poll(&one, 1, 10'000), 0);
      ASSERT_GT(read(child->output(), text, sizeof text - 1), 0);
      grandchild = static_cast<pid_t>(std::stol(text));
      ChildProcess moved = std::move(*child);
      EXPECT_EQ(kill(grandchild, 0), 0);
    }
    // Killed; whoever inherits it may take a moment to notice.
    std::string state = "?";
    for (int wait = 0; wait < 500 && state != "gone"; ++wait) {
      char path[64];
      snprintf(path, sizeof path, "/proc/%d/stat", grandchild);
      char line[256] = {};
      FILE* file = fopen(path, "r");
      if (file == nullptr) {
        state = "gone";
        break;
      }
      const bool got = fgets(line, sizeof line, file) != nullptr;
      fclose(file);
      if (!got || std::string(line).find(") Z ") != std::string::npos) state = "gone";
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_EQ(state, "gone");
  }
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace equivolve::engine::test
