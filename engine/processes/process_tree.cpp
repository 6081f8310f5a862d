#include "engine/processes/process_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

namespace equivolve::engine {
namespace {

constexpr std::chrono::milliseconds kLookAnew{100};

/// A process's children are those of each of its threads.
void add_children(pid_t parent, std::vector<pid_t>& all) {
  const std::string tasks = fmt::format("/proc/{}/task", parent);
  DIR* const threads = opendir(tasks.c_str());
  while (const dirent* thread = threads ? readdir(threads) : nullptr) {
    if (thread->d_name[0] == '.') continue;
    std::FILE* const list =
        std::fopen(fmt::format("{}/{}/children", tasks, thread->d_name).c_str(), "re");
    for (int id = 0; list && std::fscanf(list, "%d", &id) == 1;) all.push_back(id);
    if (list) std::fclose(list);
  }
  if (threads) closedir(threads);
}

}  // namespace

std::vector<pid_t> processes_below(pid_t root) {
  std::vector<pid_t> all;
  add_children(root, all);
  constexpr std::size_t kMost = 4096;  // one that starts them without end is ended otherwise
  for (std::size_t i = 0; i < all.size() && all.size() < kMost; ++i) add_children(all[i], all);
  return all;
}

void limit_cpu_time_below(pid_t root, std::uint64_t seconds) {
  for (const pid_t id : processes_below(root)) {
    clockid_t clock{};
    timespec used{};
    rlimit limit{};
    if (clock_getcpuclockid(id, &clock) != 0 || clock_gettime(clock, &used) != 0 ||
        prlimit(id, RLIMIT_CPU, nullptr, &limit) != 0)
      continue;
    const rlim_t most =
        seconds == 0 ? RLIM_INFINITY : static_cast<rlim_t>(used.tv_sec) + 1 + seconds;
    limit.rlim_cur = std::min(most, limit.rlim_max);
    prlimit(id, RLIMIT_CPU, &limit, nullptr);
  }
}

LargestProcess::~LargestProcess() {
  if (file_ >= 0) close(file_);
}

std::uint64_t LargestProcess::bytes() {
  const std::lock_guard guard(lock_);
  if (file_ >= 0 && Clock::now() - looked_ < kLookAnew)
    if (const std::uint64_t has = read_from(file_); has > 0) return has;  // 0: it has ended
  look_for_it();
  return file_ < 0 ? 0 : read_from(file_);
}

void LargestProcess::look_for_it() {
  looked_ = Clock::now();
  if (file_ >= 0) close(file_);
  file_ = -1;
  std::uint64_t most = 0;
  for (const pid_t id : processes_below(root_)) {
    int file = open(fmt::format("/proc/{}/statm", id).c_str(), O_RDONLY | O_CLOEXEC);
    const std::uint64_t has = file < 0 ? 0 : read_from(file);
    if (has > most) {
      most = has;
      std::swap(file, file_);
    }
    if (file >= 0) close(file);
  }
}

/// "size resident shared text lib data dt", in pages.
std::uint64_t LargestProcess::read_from(int file) const {
  char text[256] = {};
  if (pread(file, text, sizeof text - 1, 0) <= 0) return 0;
  const int field = of_ == Of::kAddressSpace ? 0 : 5;
  char* at = text;
  std::uint64_t pages = 0;
  for (int i = 0; i <= field; ++i) pages = std::strtoull(at, &at, 10);
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace equivolve::engine
