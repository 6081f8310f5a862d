#include "engine/run/batch.hpp"

#include <condition_variable>
#include <mutex>

namespace equivolve::engine {
namespace {

struct Batch {
  const std::function<void(std::size_t)>& body;
  std::size_t left;
  std::mutex mutex;
  std::condition_variable done;

  static void run(void* self, std::uint64_t i) {
    Batch& batch = *static_cast<Batch*>(self);
    batch.body(i);
    std::lock_guard lock(batch.mutex);
    if (--batch.left == 0) batch.done.notify_all();
  }
};

}  // namespace

void run_batch(Executor& executor, std::size_t count,
               const std::function<void(std::size_t)>& body) {
  Batch batch{body, count, {}, {}};
  for (std::size_t i = 0; i < count; ++i) executor.submit({Batch::run, &batch, i});
  std::unique_lock lock(batch.mutex);
  batch.done.wait(lock, [&] { return batch.left == 0; });
}

}  // namespace equivolve::engine
