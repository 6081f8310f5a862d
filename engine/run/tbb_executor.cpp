#include "engine/run/tbb_executor.hpp"

#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

namespace equivolve::engine {
namespace {

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
    arena_.enqueue(group_.defer([task] { task.run(task.context, task.argument); }));
  }

  unsigned width() const override { return width_; }

 private:
  tbb::global_control limit_;  // oneTBB would otherwise give no more workers than cores
  tbb::task_arena arena_;
  unsigned width_;
  tbb::task_group group_;
};

}  // namespace

std::unique_ptr<Executor> make_tbb_executor(unsigned width) {
  return std::make_unique<TbbExecutor>(width);
}

}  // namespace equivolve::engine
