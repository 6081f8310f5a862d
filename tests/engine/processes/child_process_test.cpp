#include "engine/processes/child_process.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
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

/// Numbers of processes, a line each.
std::vector<pid_t> ids_from(int descriptor, std::size_t count) {
  std::vector<pid_t> ids;
  std::string text;
  pollfd one{descriptor, POLLIN, 0};
  for (char c = 0; ids.size() < count && poll(&one, 1, 20'000) > 0 && read(descriptor, &c, 1) == 1;)
    if (c != '\n') {
      text += c;
    } else {
      ids.push_back(static_cast<pid_t>(std::stol(text)));
      text.clear();
    }
  return ids;
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

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

// Until its exec a child has its starter's memory, which the system takes for the child's own peak.
TEST(ChildProcess, ItsPeakIsNotTheEngines) {
  std::vector<char> much(300 * kMiB, 1);
  auto child = ChildProcess::start(shell("exit 3"));
  ASSERT_TRUE(child) << child.error();
  const std::uint64_t peak = child->wait().peak_memory;
  EXPECT_GT(peak, kMiB / 4);
  EXPECT_LT(peak, 20 * kMiB);
  EXPECT_EQ(much.back(), 1);
}

// Also where it lies deeper: below a shell that waits, and one that does not.
TEST(ChildProcess, ItsPeakIsThatOfItsLargest) {
  const std::string large = "dd if=/dev/zero of=/dev/null bs=50M count=1 2>/dev/null";
  for (const std::string& script :
       {large + "; echo 1; read x", "(" + large + "; true) & wait; echo 1; read x",
        "setsid sh -c '" + large + "; echo 1; sleep 1000' & read x; exit 7"}) {
    auto child = ChildProcess::start(shell(script));
    ASSERT_TRUE(child) << child.error();
    EXPECT_EQ(ids_from(child->output(), 1).size(), 1u);
    child->close_input();
    const ChildEnd end = child->wait();
    EXPECT_EQ(end.signal, 0);
    EXPECT_GT(end.peak_memory, 50 * kMiB) << script;
    EXPECT_LT(end.peak_memory, 100 * kMiB) << script;
  }
}

TEST(ChildProcess, ItsTimeIsThatOfAll) {
  auto child = ChildProcess::start(
      shell("dd if=/dev/zero of=/dev/null bs=1M count=20000 2>&1 & wait; exit 4"));
  ASSERT_TRUE(child) << child.error();
  const ChildEnd end = child->wait();
  EXPECT_EQ(end.exit_code, 4);
  EXPECT_GT(end.cpu_seconds, 0.05);
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

/// A copy of this test that lies elsewhere, and is told to start something there.
class Elsewhere : public testing::Test {
 protected:
  Elsewhere() {
    std::string name = (std::filesystem::temp_directory_path() / "elsewhere-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    std::filesystem::copy_file("/proc/self/exe", folder_ / "copy");
  }
  ~Elsewhere() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path keeper() const { return folder_ / "equivolve-keeper"; }
  void put_keeper(const std::string& script) const {
    std::ofstream(keeper()) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(keeper(), std::filesystem::perms::owner_all);
  }
  /// What the copy says of a start: "started" or why not.
  std::string words_of_copy() const {
    ChildSettings settings;
    settings.command = {(folder_ / "copy").string(), "--gtest_filter=Copy.StartsSomething"};
    settings.environment = {{"EQUIVOLVE_TEST_COPY", "1"}};
    auto child = ChildProcess::start(settings);
    if (!child) return child.error();
    std::string words = output_of(*child);
    child->wait();
    return words;
  }

  std::filesystem::path folder_;
};

TEST(Copy, StartsSomething) {
  const auto child = ChildProcess::start(shell("exit 0"));
  printf("%s\n", child ? "started" : child.error().c_str());
  EXPECT_TRUE(child || getenv("EQUIVOLVE_TEST_COPY") != nullptr);
}

TEST_F(Elsewhere, StartsSomethingAsWell) {
  std::filesystem::copy_file(keeper_program(), keeper());
  EXPECT_THAT(words_of_copy(), HasSubstr("started\n"));
}

TEST_F(Elsewhere, AMissingKeeperIsNamed) {
  EXPECT_THAT(words_of_copy(),
              HasSubstr(keeper().string() +
                        " is missing, which belongs beside this program; install it again\n"));
}

TEST_F(Elsewhere, AKeeperOfAnotherVersionIsNamed) {
  const std::string says = keeper().string() + " is not the one of this version (" EQUIVOLVE_VERSION
                                               "); install both together again\n";
  put_keeper("exit 2");
  EXPECT_THAT(words_of_copy(), HasSubstr(says));
  // As of those that asked for no version: nothing named "0" could be started.
  put_keeper(R"(printf '\001\0\0\0\002\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >&3)");
  EXPECT_THAT(words_of_copy(), HasSubstr(says));
  put_keeper("kill -KILL $$");
  EXPECT_THAT(words_of_copy(), HasSubstr("equivolve-keeper ended at once\n"));
}

TEST(Keeper, DoesNothingForAnotherVersion) {
  const auto said = [](const std::string& version) {
    auto child = ChildProcess::start(shell("exec 3<&0 2>&1; " + keeper_program().string() + " " +
                                           version + " 0 0 0 0 0 echo done"));
    if (!child) return child.error();
    return output_of(*child) + std::to_string(child->wait().exit_code);
  };
  EXPECT_THAT(said(EQUIVOLVE_VERSION), HasSubstr("done"));
  EXPECT_EQ(said("0.0.1"), "equivolve-keeper: started by equivolve " EQUIVOLVE_VERSION
                           " for programs that it starts\n2");
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

TEST(ChildProcess, LimitsHoldFromTheStart) {
  ChildSettings settings =
      shell("ulimit -v; ulimit -d; ulimit -c; ulimit -f; ulimit -t; ulimit -n");
  settings.memory = 512 * kMiB;
  settings.data = 256 * kMiB;
  settings.file_size = kMiB;
  settings.cpu_seconds = 77;
  settings.open_files = 55;
  auto child = ChildProcess::start(settings);
  ASSERT_TRUE(child) << child.error();
  EXPECT_EQ(output_of(*child), "524288\n262144\n0\n2048\n77\n55\n");
  child->wait();
}

TEST(ChildProcess, TheTimeOfAProcessorIsLimited) {
  ChildSettings settings = shell("while :; do :; done");
  settings.cpu_seconds = 1;
  auto child = ChildProcess::start(settings);
  ASSERT_TRUE(child) << child.error();
  const ChildEnd end = child->wait();
  EXPECT_EQ(end.signal, SIGXCPU);
  EXPECT_GE(end.cpu_seconds, 0.5);
  EXPECT_NE(cpu_time_text(end, 1), "");
  EXPECT_EQ(cpu_time_text(end, 0), "") << "there is no limit";
  ChildEnd from_outside;
  from_outside.signal = SIGKILL;
  from_outside.cpu_seconds = 100;
  EXPECT_EQ(cpu_time_text(from_outside, 1), "") << "a worker's whole life is no trial's";
}

/// Whether a process is there that is no zombie.
bool is_there(pid_t id) {
  std::ifstream in("/proc/" + std::to_string(id) + "/stat");
  std::string line;
  return std::getline(in, line) && line.find(") Z ") == std::string::npos;
}

bool is_gone_soon(pid_t id) {
  for (int wait = 0; wait < 1000 && is_there(id); ++wait)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return !is_there(id);
}

/// What is deaf, has a session of its own, and whose parent has left.
const char* const kFleeing =
    "setsid sh -c 'trap \"\" TERM HUP INT; sh -c \"echo \\$\\$; while :; do sleep 1000; done\" & "
    "echo "
    "$$; trap \"\" TERM; wait' & ";

TEST(ChildProcess, WhoHasFledEndsWithIt) {
  for (const std::string end : {"exit 3", "kill -SEGV $$", "sleep 1000"}) {
    auto child = ChildProcess::start(shell(kFleeing + ("read x; " + end)));
    ASSERT_TRUE(child) << child.error();
    const auto ids = ids_from(child->output(), 2);
    ASSERT_EQ(ids.size(), 2u);
    for (const pid_t id : ids) EXPECT_TRUE(is_there(id));
    if (end == "sleep 1000")
      child->kill();
    else
      child->close_input();
    child->wait();
    for (const pid_t id : ids) EXPECT_FALSE(is_there(id)) << "when it has been waited for";
  }
}

TEST(ChildProcess, AllEndsWithItsStarter) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t starter = fork();
  if (starter == 0) {
    auto child = ChildProcess::start(shell(kFleeing + std::string("echo $$; sleep 1000")));
    if (!child) _exit(1);
    for (const pid_t id : ids_from(child->output(), 3)) dprintf(ends[1], "%d\n", id);
    dprintf(ends[1], "%d\n", child->keeper());
    pause();
  }
  const auto ids = ids_from(ends[0], 4);
  ASSERT_EQ(ids.size(), 4u);
  for (const pid_t id : ids) EXPECT_TRUE(is_there(id));
  kill(starter, SIGKILL);
  waitpid(starter, nullptr, 0);
  for (const pid_t id : ids) EXPECT_TRUE(is_gone_soon(id));
  for (const int end : ends) close(end);
}

TEST(ChildProcess, AKeeperHearsNobodyElse) {
  auto child = ChildProcess::start(shell("echo $$; read x; exit 3"));
  ASSERT_TRUE(child) << child.error();
  ASSERT_EQ(ids_from(child->output(), 1), std::vector<pid_t>{child->id()});
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGUSR1})
    kill(child->keeper(), number);
  child->close_input();
  EXPECT_EQ(child->wait().exit_code, 3);
}

TEST(ChildProcess, AKeeperThatIsKilledTakesTheProgramAlong) {
  auto child = ChildProcess::start(shell("sleep 1000 & echo $!; wait"));
  ASSERT_TRUE(child) << child.error();
  const auto ids = ids_from(child->output(), 1);
  ASSERT_EQ(ids.size(), 1u);
  kill(child->keeper(), SIGKILL);
  const ChildEnd end = child->wait();
  EXPECT_EQ(end.exit_code, -1);
  EXPECT_EQ(end.signal, 0);
  EXPECT_TRUE(is_gone_soon(child->id()));
  EXPECT_TRUE(is_gone_soon(ids[0]));
}

TEST(ChildProcess, AStoppedKeeperIsKilledAsWell) {
  auto child = ChildProcess::start(shell("sleep 1000"));
  ASSERT_TRUE(child) << child.error();
  kill(child->keeper(), SIGSTOP);
  child->kill();
  EXPECT_EQ(child->wait().signal, SIGKILL);
}

TEST(ChildProcess, AskedToEndItMayTidyUp) {
  auto child =
      ChildProcess::start(shell("trap 'exit 9' TERM; echo $$; while :; do sleep 0.01; done"));
  ASSERT_TRUE(child) << child.error();
  ASSERT_EQ(ids_from(child->output(), 1).size(), 1u);
  child->ask_to_end();
  EXPECT_EQ(child->wait().exit_code, 9);
}

// A process beside each program has to be small.
TEST(ChildProcess, AKeeperIsSmall) {
  auto child = ChildProcess::start(shell("echo $$; read x"));
  ASSERT_TRUE(child) << child.error();
  ASSERT_EQ(ids_from(child->output(), 1).size(), 1u);
  std::ifstream in("/proc/" + std::to_string(child->keeper()) + "/statm");
  std::uint64_t all = 0, resident = 0;
  in >> all >> resident;
  ASSERT_GT(resident, 0u);
  resident *= static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
#ifdef EQUIVOLVE_KEEPER_IS_STATIC
  EXPECT_LT(resident, kMiB);
#else
  EXPECT_LT(resident, 8 * kMiB);
#endif
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
