// A child of the engine: a process group of its own with three pipes, of which nothing is left when
// the object is gone. Started with posix_spawn, as fork is not safe where threads are.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace equivolve::engine {

struct ChildSettings {
  std::vector<std::string> command;  ///< the program, looked up in PATH, and its arguments
  std::vector<std::pair<std::string, std::string>> environment;  ///< beside the engine's own
  std::filesystem::path folder;                                  ///< to run in; empty: the engine's
  std::uint64_t memory = 0;     ///< bytes of address space; 0: no limit
  std::uint64_t file_size = 0;  ///< bytes of a file it may write; 0: no limit
};

/// How a child ended.
struct ChildEnd {
  int exit_code = -1;  ///< -1 where a signal ended it, or nobody knows
  int signal = 0;
  /// Bytes resident at most, of the child alone. 0: not known, but no more than this process itself
  /// had had when it started the child (which the system counts as the child's).
  std::uint64_t peak_memory = 0;
};

/// "exited with code 3", "was ended by signal 11 (Segmentation fault)".
std::string end_text(const ChildEnd& end);

/// Not thread-safe: one thread at a time.
class ChildProcess {
 public:
  /// Its signal mask is empty, signals do what they do by default, and of the engine's files it has
  /// its three pipes alone. The error says why it could not be started: "train.py: no such file or
  /// directory".
  static tl::expected<ChildProcess, std::string> start(const ChildSettings& settings);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();  ///< kills its group and waits

  /// Ends of its pipes, not blocking: stdin to write to, stdout and stderr to read from.
  int input() const { return input_; }
  int output() const { return output_; }
  int errors() const { return errors_; }
  void close_input();

  /// Can be read from (poll) once it has ended.
  int end_descriptor() const { return pidfd_; }
  pid_t id() const { return id_; }
  /// Bytes that this process had had resident when it started the child.
  std::uint64_t starters_peak() const { return starters_peak_; }

  void ask_to_end();  ///< SIGTERM to its group
  void kill();        ///< SIGKILL to its group
  /// Waits for its end; what it has started and left behind in its group is killed.
  ChildEnd wait();

 private:
  ChildProcess() = default;
  void release() noexcept;

  pid_t id_ = -1;
  int pidfd_ = -1, input_ = -1, output_ = -1, errors_ = -1;
  std::uint64_t starters_peak_ = 0;
  std::optional<ChildEnd> end_;
};

}  // namespace equivolve::engine
