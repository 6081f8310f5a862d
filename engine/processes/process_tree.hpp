// All that descends from a process, as the system tells it now: what a launcher that waits for its
// program (`sh -c "program; ..."`, srun) has below it is not to be seen from itself.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

namespace equivolve::engine {

/// Without `root` itself. What comes or goes meanwhile may be missing. [any-thread]
std::vector<pid_t> processes_below(pid_t root);

/// Each of them may use so many seconds of CPU time from now on, and then gets SIGXCPU; 0: any
/// time. [any-thread]
void limit_cpu_time_below(pid_t root, std::uint64_t seconds);

/// What the largest process below another one takes. Cheap enough to be asked after each trial:
/// which one is the largest is looked for 10 times a second. [any-thread]
class LargestProcess {
 public:
  enum class Of : std::uint8_t {
    kAddressSpace,  ///< what RLIMIT_AS bounds
    kData           ///< what RLIMIT_DATA bounds, and the stack
  };
  LargestProcess(pid_t root, Of of) : root_(root), of_(of) {}
  ~LargestProcess();
  LargestProcess(const LargestProcess&) = delete;
  LargestProcess& operator=(const LargestProcess&) = delete;

  std::uint64_t bytes();  ///< 0: not known

 private:
  using Clock = std::chrono::steady_clock;
  void look_for_it();
  std::uint64_t read_from(int file) const;

  const pid_t root_;
  const Of of_;
  std::mutex lock_;  // protects the rest
  int file_ = -1;    // of the largest one, which stays that process's
  Clock::time_point looked_;
};

}  // namespace equivolve::engine
