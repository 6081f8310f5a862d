// How workers come into being: started, limited, greeted.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/plugins/evaluator.hpp"
#include "engine/plugins/workers/worker_process.hpp"
#include "engine/processes/slots.hpp"

namespace equivolve::engine {

/// How workers are started and kept.
struct WorkerSettings {
  /// `{slot}` in its environment's values is a number from 0, of each worker that lives another
  /// one. `memory`, or else `data`, is what they are judged by.
  ChildSettings child;
  /// Stands before the command: what starts it elsewhere, or within something (srun, bwrap).
  std::vector<std::string> launcher;
  /// Of probes and all that is no trial and no start, which have none of their own; 0: any time.
  std::chrono::nanoseconds deadline = std::chrono::minutes(10);
  std::chrono::nanoseconds start_deadline = std::chrono::minutes(1);  ///< until it has greeted
  Grace grace;
  std::uint32_t prefetch = 1;      ///< questions that a worker has at once, the first in work
  std::uint32_t most_workers = 0;  ///< 0: one for each thread that asks
};

/// Starts workers that have been greeted. [any-thread]
class WorkerStarter {
 public:
  struct Greeted {
    std::unique_ptr<WorkerProcess> process;
    protocol::HelloOk hello;
    std::uint32_t slot;
  };

  explicit WorkerStarter(WorkerSettings settings) : settings_(std::move(settings)) {}
  const WorkerSettings& settings() const { return settings_; }

  /// Gives up soon after `stop`.
  tl::expected<Greeted, EvaluatorError> start(const std::atomic<bool>& stop = kNeverStops);
  void free_slot(std::uint32_t slot) { slots_.give_back(slot); }

 private:
  const WorkerSettings settings_;
  Slots slots_;
};

}  // namespace equivolve::engine
