#include "tests/engine/run/shuffling_executor.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "hashing/stream.hpp"

namespace equivolve::engine::test {
namespace {

class ShufflingExecutor final : public Executor {
 public:
  explicit ShufflingExecutor(std::uint64_t seed)
      : stream_(seed, hashing::Purpose::kTest, 0), thread_([this] { work(); }) {}
  ~ShufflingExecutor() override {
    {
      std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  void submit(Task task) override {
    {
      std::lock_guard lock(mutex_);
      tasks_.push_back(task);
    }
    wake_.notify_all();
  }
  std::optional<Task> take(const void* context) override {
    std::lock_guard lock(mutex_);
    for (const Task& task : tasks_)
      if (task.context != context) return std::nullopt;
    return drawn();
  }
  unsigned width() const override { return 1; }

 private:
  /// With mutex_ held.
  std::optional<Task> drawn() {
    if (tasks_.empty()) return std::nullopt;
    std::swap(tasks_[stream_.below(tasks_.size())], tasks_.back());
    const Task task = tasks_.back();
    tasks_.pop_back();
    return task;
  }

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
      const std::optional<Task> task = drawn();
      if (!task) return;
      lock.unlock();
      task->run(task->context, task->argument);
      lock.lock();
    }
  }

  hashing::Stream stream_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Task> tasks_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Executor> make_shuffling_executor(std::uint64_t seed) {
  return std::make_unique<ShufflingExecutor>(seed);
}

}  // namespace equivolve::engine::test
