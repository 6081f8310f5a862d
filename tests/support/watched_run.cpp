#include "tests/support/watched_run.hpp"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/support/equivolve.hpp"

namespace equivolve::tests {
namespace {

std::size_t descriptors_of(pid_t id) {
  std::size_t count = 0;
  DIR* all = opendir(("/proc/" + std::to_string(id) + "/fd").c_str());
  while (all && readdir(all)) ++count;
  if (all) closedir(all);
  return count < 2 ? 0 : count - 2;  // without . and ..
}

double resident_mib(pid_t id) {
  std::ifstream in("/proc/" + std::to_string(id) + "/statm");
  double all = 0, resident = 0;
  in >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

std::set<int> processes_with(const std::string& name_and_value) {
  std::set<int> found;
  DIR* all = opendir("/proc");
  while (const dirent* entry = all ? readdir(all) : nullptr) {
    const int id = std::atoi(entry->d_name);
    if (id <= 0) continue;
    std::ifstream in("/proc/" + std::string(entry->d_name) + "/environ", std::ios::binary);
    const std::string environment{std::istreambuf_iterator<char>(in), {}};
    if (('\0' + environment).find('\0' + name_and_value + '\0') != std::string::npos)
      found.insert(id);
  }
  if (all) closedir(all);
  return found;
}

Watched watch_run(const std::vector<std::string>& arguments) {
  static std::atomic<int> runs{0};
  const std::string mark = std::to_string(getpid()) + "-" + std::to_string(runs++);
  Watched out;
  const auto began = std::chrono::steady_clock::now();
  Child child(equivolve_command(arguments), {{"EQUIVOLVE_TEST_MARK", mark}});
  std::vector<double> resident;
  std::atomic<bool> has_ended{false};
  std::thread watcher([&, id = child.pid()] {
    while (!has_ended.load()) {
      resident.push_back(resident_mib(id));
      out.most_descriptors = std::max(out.most_descriptors, descriptors_of(id));
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  out.finished = child.wait();
  has_ended.store(true);
  watcher.join();
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const auto quarter = static_cast<std::ptrdiff_t>(resident.size() / 4);
  out.early_mib = median({resident.begin() + quarter, resident.begin() + 2 * quarter});
  out.late_mib = median({resident.end() - quarter, resident.end()});
  if (!resident.empty()) out.most_mib = *std::max_element(resident.begin(), resident.end());
  out.left = processes_with("EQUIVOLVE_TEST_MARK=" + mark);
  return out;
}

}  // namespace equivolve::tests
