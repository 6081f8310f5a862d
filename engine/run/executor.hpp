// Where tasks run: oneTBB, or plain threads (so that the thread sanitizer needs no instrumented
// oneTBB). A run gives the same result on either, with any width.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <tl/expected.hpp>

namespace equivolve::engine {

class Executor {
 public:
  /// A task is a function and what it works on; nothing is allocated to hand it over.
  struct Task {
    void (*run)(void* context, std::uint64_t argument);
    void* context;
    std::uint64_t argument;
  };
  virtual ~Executor() = default;  ///< waits for every submitted task
  /// Runs the task soon, on another thread. [any-thread]
  virtual void submit(Task task) = 0;
  /// A submitted task on this context that nobody has begun, for the caller to run at once; nothing
  /// where none comes next. So whoever has done a short task goes on without handing over to
  /// anybody. [any-thread]
  virtual std::optional<Task> take(const void* context) = 0;
  virtual unsigned width() const = 0;  ///< tasks that run at once
};

/// `width` threads and one queue.
std::unique_ptr<Executor> make_thread_executor(unsigned width);

/// "tbb" or "threads"; the error says what is offered. width >= 1.
tl::expected<std::unique_ptr<Executor>, std::string> make_executor(const std::string& kind,
                                                                   unsigned width);

/// Cores this process may use, at least 1.
unsigned available_cores();

}  // namespace equivolve::engine
