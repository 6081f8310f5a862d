#include "engine/processes/machine_memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace equivolve::engine {
namespace {

namespace fs = std::filesystem;

/// "0::/user.slice/job": below the folder where groups are mounted.
fs::path own_group() {
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("0::/")) return line.substr(4);
  return {};
}

}  // namespace

std::uint64_t machine_memory() {
  const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || size <= 0) return 0;
  std::uint64_t least = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size);
  // Each group keeps within those above it.
  for (fs::path group = own_group();; group = group.parent_path()) {
    std::uint64_t most = 0;
    if (std::ifstream in(fs::path("/sys/fs/cgroup") / group / "memory.max"); in >> most)
      least = std::min(least, most);
    if (group.empty()) return least;
  }
}

}  // namespace equivolve::engine
