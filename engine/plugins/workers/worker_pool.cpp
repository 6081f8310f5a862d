#include "engine/plugins/workers/worker_pool.hpp"

#include <algorithm>
#include <array>

namespace equivolve::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatienceAtEnd = 2s;
/// Before a further start: what is short now (processes, memory) may not be so then.
constexpr std::array<std::chrono::milliseconds, 2> kWaitsBetweenStarts{100ms, 1s};

/// False: stopped on the way.
bool waited(std::chrono::milliseconds time, const std::atomic<bool>& stop) {
  std::mutex lock;
  std::condition_variable never;
  std::unique_lock guard(lock);
  for (auto left = time; left > 0ms && !stop.load(); left -= kLookForStop)
    never.wait_for(guard, std::min<std::chrono::milliseconds>(left, kLookForStop));
  return !stop.load();
}

}  // namespace

WorkerPool::~WorkerPool() {
  std::vector<WorkerProcess*> processes;
  for (const Leased& worker : workers_) processes.push_back(worker->process.get());
  WorkerProcess::end(processes, kPatienceAtEnd);
}

void WorkerPool::add(WorkerStarter::Greeted greeted) {
  auto worker = std::make_shared<Worker>(starter_, std::move(greeted));
  const std::lock_guard guard(lock_);
  workers_.push_back(std::move(worker));
}

/// The one with the least to do, of these the one used last: its memory is warm.
WorkerPool::Leased WorkerPool::with_room() const {
  Leased best;
  for (auto worker = workers_.rbegin(); worker != workers_.rend(); ++worker) {
    if ((*worker)->retires_ || (*worker)->asked_ >= settings().prefetch) continue;
    if (!best || (*worker)->asked_ < best->asked_) best = *worker;
    if (best->asked_ == 0) break;
  }
  return best;
}

tl::expected<WorkerPool::Leased, WorkerPool::None> WorkerPool::lease(const std::atomic<bool>& stop,
                                                                     bool fresh) {
  std::unique_lock lock(lock_);
  while (!stop.load()) {
    if (!broken_.empty()) return tl::unexpected(None{false, broken_});
    const std::uint32_t most = settings().most_workers;
    const bool may_start = most == 0 || workers_.size() + starting_ < most;
    Leased worker = fresh ? nullptr : with_room();
    if (worker && worker->asked_ == 0 && !worker->process->is_alive()) {
      take_out(*worker);
      continue;
    }
    if (worker && (worker->asked_ == 0 || !may_start)) {
      ++worker->asked_;
      return worker;
    }
    if (fresh || may_start) return start(lock, stop);
    changed_.wait_for(lock, kLookForStop);
  }
  return tl::unexpected(None{true, "the run was stopped"});
}

tl::expected<WorkerPool::Leased, WorkerPool::None> WorkerPool::start(
    std::unique_lock<std::mutex>& lock, const std::atomic<bool>& stop) {
  ++starting_;
  lock.unlock();
  auto worker = start_once(stop);
  for (const auto wait : kWaitsBetweenStarts)
    if (!worker && waited(wait, stop)) worker = start_once(stop);
  lock.lock();
  --starting_;
  changed_.notify_all();
  if (!worker && stop.load()) return tl::unexpected(None{true, "the run was stopped"});
  if (!worker) {
    broken_ = worker.error().message;
    return tl::unexpected(None{false, broken_});
  }
  (*worker)->asked_ = 1;
  workers_.push_back(*worker);
  return std::move(*worker);
}

tl::expected<WorkerPool::Leased, EvaluatorError> WorkerPool::start_once(
    const std::atomic<bool>& stop) const {
  auto greeted = starter_->start(stop);
  if (!greeted) return tl::unexpected(std::move(greeted.error()));
  auto worker = std::make_shared<Worker>(starter_, std::move(*greeted));
  if (auto ready = make_ready_(*worker->process, stop); !ready)
    return tl::unexpected(std::move(ready.error()));
  return worker;
}

void WorkerPool::take_out(const Worker& worker) {
  std::erase_if(workers_, [&](const Leased& one) { return one.get() == &worker; });
}

void WorkerPool::give_back(Leased worker) {
  WorkerProcess& process = *worker->process;
  const bool is_spent = process.is_spent();
  {
    const std::lock_guard guard(lock_);
    --worker->asked_;
    worker->retires_ = worker->retires_ || is_spent;
    changed_.notify_one();
    if (worker->asked_ > 0) return;
    take_out(*worker);
    if (!worker->retires_) return workers_.push_back(std::move(worker));
  }
  const std::array<WorkerProcess*, 1> one{&process};
  WorkerProcess::end(one, kPatienceAtEnd);
}

void WorkerPool::drop(Leased worker) {
  const std::lock_guard guard(lock_);
  --worker->asked_;
  worker->retires_ = true;
  take_out(*worker);
  changed_.notify_one();
}

void WorkerPool::drop_idle() {
  std::vector<Leased> idle;
  const std::lock_guard guard(lock_);
  std::erase_if(workers_, [&](const Leased& worker) {
    if (worker->asked_ == 0) idle.push_back(worker);
    return worker->asked_ == 0;
  });
}

}  // namespace equivolve::engine
