// A program that the engine starts, with three pipes. A keeper (engine/keeper) stands between the
// two: nothing of the program, nor of what it has started, is left when the object is gone, or the
// engine. Started with posix_spawn, as fork is not safe where threads are.
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
  // Limits on each of its processes; 0: none.
  std::uint64_t memory = 0;       ///< bytes of address space
  std::uint64_t data = 0;         ///< bytes of memory of its own that it can write to
  std::uint64_t file_size = 0;    ///< bytes of a file it may write
  std::uint64_t cpu_seconds = 0;  ///< then it gets SIGXCPU, and SIGKILL 5 s later
  std::uint64_t open_files = 0;   ///< descriptors
};

/// How a child ended.
struct ChildEnd {
  int exit_code = -1;  ///< -1 where a signal ended it, or nobody knows
  int signal = 0;
  /// Bytes that it, or any one process that it had started, had resident at most; 0: not known.
  std::uint64_t peak_memory = 0;
  double cpu_seconds = 0;  ///< of all of them
};

/// "exited with code 3", "was ended by signal 11 (Segmentation fault)".
std::string end_text(const ChildEnd& end);

/// "took more than 5 s of CPU time; allow more with ..."; "" where it was not that limit that ended
/// it.
std::string cpu_time_text(const ChildEnd& end, std::uint64_t cpu_seconds);

/// Not thread-safe: one thread at a time.
class ChildProcess {
 public:
  /// It is the leader of a process group of its own, its signal mask is empty, signals do what they
  /// do by default, and of the engine's files it has its three pipes alone. The error says why it
  /// could not be started: "train.py: No such file or directory".
  static tl::expected<ChildProcess, std::string> start(const ChildSettings& settings);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();  ///< kills the whole tree and waits

  /// Ends of its pipes, not blocking: stdin to write to, stdout and stderr to read from.
  int input() const { return input_; }
  int output() const { return output_; }
  int errors() const { return errors_; }
  void close_input();

  /// Can be read from (poll) once it has ended, and all that it had started.
  int end_descriptor() const { return control_; }
  pid_t id() const { return id_; }
  pid_t keeper() const { return keeper_; }  ///< of whose descendants all of them are

  void ask_to_end();  ///< SIGTERM to it and its group
  void kill();        ///< SIGKILL to the whole tree
  /// Waits for its end; what it has started and left behind is killed, wherever it has gone.
  ChildEnd wait();

 private:
  ChildProcess() = default;
  void release() noexcept;
  void order(char what) const;

  pid_t keeper_ = -1, id_ = -1;
  int control_ = -1, input_ = -1, output_ = -1, errors_ = -1;
  std::optional<ChildEnd> end_;
};

/// The keeper's program: `equivolve-keeper` beside this program's own file.
std::filesystem::path keeper_program();

}  // namespace equivolve::engine
