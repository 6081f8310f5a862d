// Short verbs for tests over workers.
#pragma once

#include <dirent.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "engine/plugins/workers/worker_module.hpp"
#include "tests/engine/plugins/modules_support.hpp"
#include "tests/support/watched_run.hpp"

namespace equivolve::engine::test {

inline WorkerSettings quick_settings() {
  WorkerSettings settings;
  settings.deadline = std::chrono::seconds(60);
  return settings;
}

/// For workers that do not listen: nobody waits for long.
inline WorkerSettings impatient_settings() {
  WorkerSettings settings = quick_settings();
  settings.grace = {std::chrono::milliseconds(200), std::chrono::milliseconds(500)};
  return settings;
}

/// A sanitizer catches these signals itself, says so, and exits.
inline std::string caught(const char* otherwise) {
#ifdef EQUIVOLVE_SANITIZED
  (void)otherwise;
  return "";
#else
  return otherwise;
#endif
}

inline Made make_in_worker(const std::string& id, const std::string& config = "{}",
                           WorkerSettings settings = quick_settings(),
                           const std::string& from = "good") {
  Made made;
  auto module = load_plugin_in_workers(id, {folder(from)}, std::move(settings));
  if (!module) {
    made.error = module.error();
    return made;
  }
  CreateOptions options;
  options.log = [log = made.log](int, std::string_view text) { log->emplace_back(text); };
  auto evaluator = (*module)->create(config, options);
  if (evaluator)
    made.evaluator = std::move(*evaluator);
  else
    made.error = evaluator.error();
  return made;
}

inline Made make_citizen(const std::string& what, WorkerSettings settings = quick_settings()) {
  return make_in_worker("citizen", R"({"options": {"do": ")" + what + R"("}})",
                        std::move(settings));
}

/// Process ids of this process's children.
inline std::set<std::string> children() {
  std::set<std::string> all;
  DIR* tasks = opendir("/proc/self/task");
  while (const dirent* task = tasks ? readdir(tasks) : nullptr) {
    const std::string file = std::string("/proc/self/task/") + task->d_name + "/children";
    std::FILE* in = std::fopen(file.c_str(), "re");
    char id[32];
    while (in && std::fscanf(in, "%31s", id) == 1) all.insert(id);
    if (in) std::fclose(in);
  }
  if (tasks) closedir(tasks);
  return all;
}

/// The most this process has had resident since `forget_peak`, in MiB.
inline double peak_mib() {
  std::ifstream in("/proc/self/status");
  double kib = 0;
  for (std::string word; in >> word;)
    if (word == "VmHWM:") in >> kib;
  return kib / 1024;
}
inline void forget_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

/// A line of the environment that workers get: all that they start can be found by it.
inline std::pair<std::string, std::string> mark() {
  static int count = 0;
  return {"CITIZEN_MARK", std::to_string(getpid()) + "-" + std::to_string(count++)};
}
/// How many processes have it once `expected` do, or after so many seconds.
inline std::size_t count_marked(const std::pair<std::string, std::string>& mark,
                                std::size_t expected, double seconds = 1) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (true) {
    const std::size_t count = tests::processes_with(mark.first + "=" + mark.second).size();
    if (count == expected || std::chrono::steady_clock::now() > until) return count;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

inline std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* all = opendir("/proc/self/fd");
  while (all && readdir(all)) ++count;
  if (all) closedir(all);
  return count;
}

}  // namespace equivolve::engine::test
