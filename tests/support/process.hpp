// Child processes for tests: started with posix_spawn, their output read to the end or line by
// line, killed on demand.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace equivolve::tests {

struct Finished {
  int exit_code = -1;  ///< 128 + signal when it was killed
  int signal = 0;
  std::string out, err;
  std::string last_line() const;  ///< of out
};

using Environment = std::map<std::string, std::string>;

/// Runs a program to its end. Descriptor 3 and above are closed in it.
Finished run_process(const std::vector<std::string>& arguments, const Environment& extra = {},
                     const std::filesystem::path& folder = {});

/// A running child whose event stream (descriptor 3) the test reads.
class Child {
 public:
  explicit Child(const std::vector<std::string>& arguments, const Environment& extra = {});
  ~Child();  ///< kills it if need be
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The next line of its event stream; nothing at its end.
  std::optional<std::string> next_event();
  /// What it has written to stderr until now.
  std::string errors_so_far() const;
  void signal(int number);  ///< SIGSTOP: returns when the process has stopped
  Finished wait();
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int events_ = -1;
  std::filesystem::path out_, err_;
  std::string buffer_;
};

}  // namespace equivolve::tests
