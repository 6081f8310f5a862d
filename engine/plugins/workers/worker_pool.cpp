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
  ++living_;
  workers_.push_back(counted(std::move(worker)));
}

/// From now on its end makes room for another.
WorkerPool::Leased WorkerPool::counted(Leased worker) {
  worker->living_ = &living_;
  return worker;
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
    // Those who need a fresh one come first.
    const std::uint32_t before = fresh ? 0 : fresh_wanted_;
    const bool may_start = most == 0 || living_ + before < most;
    Leased worker = fresh ? nullptr : with_room();
    if (worker && worker->asked_ == 0 && !worker->process->is_alive()) {
      take_out(*worker);
      continue;
    }
    if (worker && (worker->asked_ == 0 || !may_start)) {
      ++worker->asked_;
      return worker;
    }
    if (may_start) return start(lock, stop);
    if (fresh) ++fresh_wanted_, make_room(lock);
    changed_.wait_for(lock, kLookForStop);
    if (fresh) --fresh_wanted_;
  }
  return tl::unexpected(None{true, "the run was stopped"});
}

/// One with nothing to do ends; else the one with the least to do takes no more.
void WorkerPool::make_room(std::unique_lock<std::mutex>& lock) {
  const auto retires = [](const Leased& worker) { return worker->retires_; };
  if (workers_.empty()) return;
  Leased goes = *std::ranges::min_element(workers_, {}, &Worker::asked_);
  if (goes->asked_ > 0 && std::ranges::any_of(workers_, retires)) return;
  goes->retires_ = true;
  if (goes->asked_ > 0) return;
  take_out(*goes);
  lock.unlock();
  const std::array<WorkerProcess*, 1> one{goes->process.get()};
  WorkerProcess::end(one, kPatienceAtEnd);
  goes.reset();
  lock.lock();
}

tl::expected<WorkerPool::Leased, WorkerPool::None> WorkerPool::start(
    std::unique_lock<std::mutex>& lock, const std::atomic<bool>& stop) {
  ++living_;
  lock.unlock();
  auto worker = start_once(stop);
  for (const auto wait : kWaitsBetweenStarts)
    if (!worker && waited(wait, stop)) worker = start_once(stop);
  lock.lock();
  changed_.notify_all();
  if (worker) {
    (*worker)->asked_ = 1;
    workers_.push_back(counted(*worker));
    return std::move(*worker);
  }
  --living_;
  if (stop.load()) return tl::unexpected(None{true, "the run was stopped"});
  broken_ = worker.error().message;
  return tl::unexpected(None{false, broken_});
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
