// The host's side of the C interface: the table of functions that an evaluator calls back, and what
// they learn of each trial.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugins/evaluator.hpp"
#include "evaluators/sdk/equivolve_evaluator.h"

namespace equivolve::engine {

/// What the host keeps of a trial while it runs. Intermediate values are kept up to
/// kMostIntermediate, items up to kMostItems; the rest is dropped.
struct RunningTrial {
  static constexpr std::size_t kMostIntermediate = 10'000;
  static constexpr std::size_t kMostItems = std::size_t{1} << 24;

  // Constant while the trial runs.
  std::uint64_t number = 0;  ///< HostBridge::new_number(); 0 names no trial
  std::uint32_t split = 0, threads = 1;
  std::size_t figure_count = 0, first_objective = 0;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  const std::atomic<bool>* stop = nullptr;

  const std::function<bool(std::uint64_t, std::span<const double>)>* stops_at = nullptr;

  std::atomic<bool> cut_short{
      false};                       ///< report answered "stop": the result is of part of the work
  std::atomic<bool> pruned{false};  ///< the same, because of what was reported
  std::atomic<bool> body_threw{false};

  std::mutex lock;  // protects the two below, and calls of stops_at
  std::vector<double> items;
  std::vector<IntermediateValue> intermediate;

  bool stop_asked() const { return stop && stop->load(std::memory_order_relaxed); }
  bool past_deadline() const { return std::chrono::steady_clock::now() > deadline; }
};

/// Where an evaluator's messages go; called by any thread, one at a time. `severity` is EQV_LOG_...
using LogSink = std::function<void(int severity, std::string_view text)>;

/// Outlives the handle made with table(). [any-thread]
class HostBridge {
 public:
  HostBridge(std::string evaluator_id, LogSink log);
  HostBridge(const HostBridge&) = delete;
  HostBridge& operator=(const HostBridge&) = delete;

  const eqv_host* table() const { return &table_; }
  /// Hands a message on: one line, at most 4 KiB. Without a LogSink it goes to stderr under the
  /// evaluator's id.
  void log(int severity, std::string_view text);

  /// For a trial of the calling thread; no trial had it before. [any-thread]
  std::uint64_t new_number();

  /// While it lives the host's functions know the trial by its number, which new_number gave.
  class Registration {
   public:
    Registration(HostBridge& bridge, RunningTrial& trial);
    ~Registration();
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

   private:
    HostBridge& bridge_;
    RunningTrial& trial_;
  };

 private:
  struct Callbacks;

  const std::string id_;
  const LogSink log_;
  const eqv_host table_;
  std::mutex log_lock_;

  /// The trials of a few threads. Each thread's lie together, so that short trials on several
  /// threads do not wait for each other.
  struct alignas(128) Shelf {
    std::atomic<std::uint64_t> numbers{0};  // given so far
    std::shared_mutex lock;  // protects trials; held shared while one of them is used
    std::vector<RunningTrial*> trials;
  };
  static constexpr std::size_t kShelves = 64;
  Shelf& shelf_of(std::uint64_t number) { return shelves_[number % kShelves]; }
  std::array<Shelf, kShelves> shelves_;
};

}  // namespace equivolve::engine
