#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/run/executor.hpp"

namespace equivolve::engine {
namespace {

class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(unsigned width) {
    threads_.reserve(width);
    for (unsigned i = 0; i < width; ++i) threads_.emplace_back([this] { work(); });
  }
  ThreadExecutor(const ThreadExecutor&) = delete;
  ThreadExecutor& operator=(const ThreadExecutor&) = delete;

  ~ThreadExecutor() override {
    {
      std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void submit(Task task) override {
    {
      std::lock_guard lock(mutex_);
      tasks_.push_back(task);
    }
    wake_.notify_one();
  }

  std::optional<Task> take(const void* context) override {
    std::lock_guard lock(mutex_);
    if (tasks_.empty() || tasks_.front().context != context) return std::nullopt;
    const Task task = tasks_.front();
    tasks_.pop_front();
    return task;
  }

  unsigned width() const override { return static_cast<unsigned>(threads_.size()); }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const Task task = tasks_.front();
      tasks_.pop_front();
      lock.unlock();
      task.run(task.context, task.argument);
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;  // protected by mutex_
  bool ending_ = false;     // protected by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor(unsigned width) {
  return std::make_unique<ThreadExecutor>(width);
}

}  // namespace equivolve::engine
