// A child process of a test: started with posix_spawn, talked to through pipes, reaped.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace equivolve::tests {

class HelperProcess {
 public:
  /// `environment` is added to ours.
  explicit HelperProcess(const std::vector<std::string>& arguments,
                         const std::vector<std::string>& environment = {});
  ~HelperProcess();  ///< kills what still runs
  HelperProcess(const HelperProcess&) = delete;
  HelperProcess& operator=(const HelperProcess&) = delete;

  /// The next line of its standard output without the newline; "" at the end.
  std::string read_line();
  std::vector<std::string> read_lines();  ///< to the end
  void close_input();
  void kill_now();
  /// Waits for its end; the exit status, or minus the signal that ended it.
  int wait();
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  bool reaped_ = false;
  int status_ = 0;
  int input_ = -1, output_ = -1;
  std::string buffer_;
};

}  // namespace equivolve::tests
