#include "engine/processes/process_tree.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "engine/processes/child_process.hpp"
#include "engine/processes/machine_memory.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

ChildProcess started(const std::string& script) {
  auto child =
      ChildProcess::start({.command = {"sh", "-c", script}, .environment = {}, .folder = {}});
  EXPECT_TRUE(child) << child.error();
  return std::move(*child);
}

template <class Is>
bool comes_true(Is is) {
  for (int i = 0; i < 2000 && !is(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return is();
}

TEST(ProcessTree, IsAllThatDescends) {
  ChildProcess child = started("sleep 1000 & sh -c 'sleep 1000; true' & wait");
  EXPECT_TRUE(comes_true([&] { return processes_below(child.keeper()).size() == 4; }));
  EXPECT_THAT(processes_below(child.keeper()), Contains(child.id()));
  EXPECT_THAT(processes_below(getpid()), Contains(child.keeper()));
  child.kill();
  child.wait();
  EXPECT_THAT(processes_below(getpid()), IsEmpty());
}

TEST(ProcessTree, OnesOfThreadsAreSeen) {
  std::jthread thread([] {
    ChildProcess child = started("sleep 1000");
    EXPECT_THAT(processes_below(getpid()), Contains(child.keeper()));
  });
}

// Of a process that has forked this one.
TEST(LargestProcess, IsFoundWhereverItLies) {
  const pid_t launcher = fork();
  if (launcher == 0) {
    if (const pid_t worker = fork(); worker == 0) {
      mmap(nullptr, 300 * kMebibyte, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      pause();
    } else {
      waitpid(worker, nullptr, 0);
    }
    _exit(0);
  }
  LargestProcess data(getpid(), LargestProcess::Of::kData),
      space(getpid(), LargestProcess::Of::kAddressSpace);
  EXPECT_TRUE(comes_true([&] { return data.bytes() >= 300 * kMebibyte; }));
  EXPECT_TRUE(comes_true([&] { return space.bytes() > data.bytes(); }));
#ifndef EQUIVOLVE_SANITIZED
  EXPECT_LT(data.bytes(), 500 * kMebibyte);
#endif
  for (const pid_t id : processes_below(getpid())) kill(id, SIGKILL);
  waitpid(launcher, nullptr, 0);
  EXPECT_TRUE(comes_true([&] { return data.bytes() == 0; }));
}

TEST(MachineMemory, IsKnown) {
  EXPECT_GT(machine_memory(), 100 * kMebibyte);
  EXPECT_LE(machine_memory(), static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                                  static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
}

}  // namespace
}  // namespace equivolve::engine::test
