// The workers of one evaluator: who may ask which of them. A thread gets a worker that has nothing
// to do, or a new one; where workers take several questions at once (WorkerSettings::prefetch),
// threads share them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/plugins/workers/worker_starter.hpp"

namespace equivolve::engine {

/// [any-thread]
class WorkerPool {
 public:
  /// A worker, held by those who ask it. Its slot is free again when all have let it go.
  class Worker {
   public:
    Worker(std::shared_ptr<WorkerStarter> starter, WorkerStarter::Greeted greeted)
        : process(std::move(greeted.process)), starter_(std::move(starter)), slot_(greeted.slot) {}
    ~Worker() {
      process.reset();
      starter_->free_slot(slot_);
      if (living_) living_->fetch_sub(1);
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    std::unique_ptr<WorkerProcess> process;

   private:
    friend class WorkerPool;
    std::uint32_t asked_ = 0;  // questions that are open; protected by the pool's lock
    bool retires_ = false;     // takes no more; protected by the pool's lock
    const std::shared_ptr<WorkerStarter> starter_;
    const std::uint32_t slot_;
    std::atomic<std::uint32_t>* living_ = nullptr;  // the pool's, which counts it
  };
  using Leased = std::shared_ptr<Worker>;
  /// Makes a new worker fit to be asked.
  using MakeReady = std::function<tl::expected<void, EvaluatorError>(
      WorkerProcess& worker, const std::atomic<bool>& stop)>;
  struct None {
    bool was_stopped = false;
    std::string message;
  };

  WorkerPool(std::shared_ptr<WorkerStarter> starter, MakeReady make_ready)
      : starter_(std::move(starter)), make_ready_(std::move(make_ready)) {}
  ~WorkerPool();  ///< says goodbye to all

  const WorkerSettings& settings() const { return starter_->settings(); }

  /// Adds one that is ready.
  void add(WorkerStarter::Greeted greeted);
  /// A worker with room for a question; `fresh`: one that nobody has asked before, for which
  /// another has to go where no more may live. A start that fails is tried three times; then there
  /// are no more workers, now and later.
  tl::expected<Leased, None> lease(const std::atomic<bool>& stop, bool fresh = false);
  /// After its answer. One that is short of memory is let go.
  void give_back(Leased worker);
  /// One that is lost, or not believed any more.
  void drop(Leased worker);
  void drop_idle();

 private:
  Leased with_room() const;
  tl::expected<Leased, None> start(std::unique_lock<std::mutex>& lock,
                                   const std::atomic<bool>& stop);
  tl::expected<Leased, EvaluatorError> start_once(const std::atomic<bool>& stop) const;
  Leased counted(Leased worker);
  void take_out(const Worker& worker);
  void make_room(std::unique_lock<std::mutex>& lock);

  const std::shared_ptr<WorkerStarter> starter_;
  const MakeReady make_ready_;
  /// That start, or have a slot still; counted up with the lock held.
  std::atomic<std::uint32_t> living_{0};

  std::mutex lock_;  // protects the rest
  std::condition_variable changed_;
  std::vector<Leased> workers_;     // the one used last behind
  std::uint32_t fresh_wanted_ = 0;  // threads that wait for one that nobody has asked
  std::string broken_;              // why none can be started
};

}  // namespace equivolve::engine
