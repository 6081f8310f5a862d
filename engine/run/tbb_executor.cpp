#include "engine/run/tbb_executor.hpp"

#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <deque>
#include <mutex>

namespace equivolve::engine {
namespace {

/// What is done with the lock takes less than falling asleep and being woken.
std::unique_lock<std::mutex> locked(std::mutex& mutex) {
  std::unique_lock lock(mutex, std::try_to_lock);
  for (int i = 0; i < 100 && !lock; ++i) {
    __builtin_ia32_pause();
    lock.try_lock();
  }
  if (!lock) lock.lock();
  return lock;
}

/// A queue of its own, and as many runners in the arena as there is work for: oneTBB is asked for
/// a thread only where one is missing.
class TbbExecutor final : public Executor {
 public:
  explicit TbbExecutor(unsigned width)
      : limit_(tbb::global_control::max_allowed_parallelism, width + 1),
        arena_(static_cast<int>(width), 0),
        width_(width) {}
  TbbExecutor(const TbbExecutor&) = delete;
  TbbExecutor& operator=(const TbbExecutor&) = delete;

  ~TbbExecutor() noexcept override {
    arena_.execute([this] { group_.wait(); });
  }

  void submit(Task task) override {
    {
      const auto lock = locked(mutex_);
      tasks_.push_back(task);
      if (runners_ == width_) return;
      ++runners_;
    }
    arena_.enqueue(group_.defer([this] { run(); }));
  }

  std::optional<Task> take(const void* context) override {
    const auto lock = locked(mutex_);
    if (tasks_.empty() || tasks_.front().context != context) return std::nullopt;
    return next();
  }

  unsigned width() const override { return width_; }

 private:
  /// With mutex_ held.
  std::optional<Task> next() {
    if (tasks_.empty()) return std::nullopt;
    const Task task = tasks_.front();
    tasks_.pop_front();
    return task;
  }

  std::optional<Task> next_or_end() {
    const auto lock = locked(mutex_);
    std::optional<Task> task = next();
    if (!task) --runners_;
    return task;
  }

  void run() {
    while (const std::optional<Task> task = next_or_end()) task->run(task->context, task->argument);
  }

  tbb::global_control limit_;  // oneTBB would otherwise give no more workers than cores
  tbb::task_arena arena_;
  unsigned width_;
  tbb::task_group group_;

  std::mutex mutex_;
  // protected by mutex_
  std::deque<Task> tasks_;
  unsigned runners_ = 0;
};

}  // namespace

std::unique_ptr<Executor> make_tbb_executor(unsigned width) {
  return std::make_unique<TbbExecutor>(width);
}

}  // namespace equivolve::engine
