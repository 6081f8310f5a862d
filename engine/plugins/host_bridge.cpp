#include "engine/plugins/host_bridge.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>

#include "engine/plugins/parallel_for.hpp"
#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

constexpr std::size_t kLongestLog = 4096;

void keep_intermediate(RunningTrial& trial, std::uint64_t step, std::span<const double> figures) {
  const std::lock_guard guard(trial.lock);
  for (std::size_t i = 0; i < figures.size(); ++i) {
    if (trial.intermediate.size() >= RunningTrial::kMostIntermediate) return;
    if (std::isfinite(figures[i]))
      trial.intermediate.push_back({step, static_cast<std::uint32_t>(i), figures[i]});
  }
}

/// Once it was stopped it stays so.
bool prunes(RunningTrial& trial, std::uint64_t step, std::span<const double> figures) {
  if (!trial.stops_at || !*trial.stops_at) return false;
  const std::lock_guard guard(trial.lock);
  if (!trial.pruned.load() && (*trial.stops_at)(step, figures)) trial.pruned.store(true);
  return trial.pruned.load();
}

void keep_items(RunningTrial& trial, std::span<const double> values) {
  // A mean over items that are no numbers would be none; without items the interval is taken over
  // repeats.
  for (double value : values)
    if (!std::isfinite(value)) return;
  const std::lock_guard guard(trial.lock);
  trial.items.assign(values.begin(), values.end());
}

}  // namespace

// Entered from code that may be C: no exception leaves.
struct HostBridge::Callbacks {
  static HostBridge& self(void* context) { return *static_cast<HostBridge*>(context); }

  // Calls `use` with the trial, or gives `otherwise` when no such trial runs. The trial cannot end
  // meanwhile.
  template <class Result, class Use>
  static Result with_trial(void* context, std::uint64_t number, Result otherwise,
                           Use use) noexcept {
    try {
      HostBridge& bridge = self(context);
      Shelf& shelf = bridge.shelf_of(number);
      const std::shared_lock guard(shelf.lock);
      const auto found = std::ranges::find(shelf.trials, number, &RunningTrial::number);
      return found == shelf.trials.end() ? otherwise : use(**found);
    } catch (...) {
      return otherwise;
    }
  }

  static void log(void* context, int severity, const char* text, std::size_t size) {
    if (!text) return;
    try {
      self(context).log(severity, {text, size});
    } catch (...) {
      // A message that cannot be kept is lost; the trial is not.
    }
  }

  static int is_cancelled(void* context, std::uint64_t number) {
    // Work that outlived its trial should end; calls outside any trial (apply) go on.
    const int otherwise = number == 0 ? 0 : 1;
    return with_trial(context, number, otherwise, [](const RunningTrial& trial) {
      return trial.stop_asked() || trial.past_deadline() || trial.pruned.load() ? 1 : 0;
    });
  }

  static int report(void* context, std::uint64_t number, std::uint64_t step, std::uint64_t total,
                    const double* figures, std::size_t count) {
    return with_trial(context, number, 1, [&](RunningTrial& trial) {
      const bool known = figures && count <= trial.figure_count;
      if (known) keep_intermediate(trial, step, {figures, count});
      // After the last step there is nothing left to save.
      const bool goes_on = total == 0 || step < total;
      if (known && goes_on && prunes(trial, step, {figures, count})) return 1;
      if (!trial.stop_asked() && !trial.past_deadline()) return 0;
      trial.cut_short.store(true);
      return 1;
    });
  }

  static void items(void* context, std::uint64_t number, std::size_t figure, const double* values,
                    std::size_t count) {
    with_trial(context, number, 0, [&](RunningTrial& trial) {
      const bool wanted = trial.split == EQV_TEST && figure == trial.first_objective;
      if (wanted && values && count <= RunningTrial::kMostItems) keep_items(trial, {values, count});
      return 0;
    });
  }

  static void parallel_for(void* context, std::uint64_t number, std::size_t n,
                           void (*body)(void*, std::size_t), void* body_context) {
    // Bodies take long: the lock is not held while they run.
    const std::uint32_t threads = with_trial(
        context, number, std::uint32_t{1}, [](const RunningTrial& trial) { return trial.threads; });
    if (engine::parallel_for(threads, n, body, body_context)) return;
    with_trial(context, number, 0, [](RunningTrial& trial) {
      trial.body_threw.store(true);
      return 0;
    });
  }
};

HostBridge::HostBridge(std::string evaluator_id, LogSink log)
    : id_(std::move(evaluator_id)), log_(std::move(log)), table_{sizeof(eqv_host),
                                                                 this,
                                                                 &Callbacks::log,
                                                                 &Callbacks::is_cancelled,
                                                                 &Callbacks::report,
                                                                 &Callbacks::items,
                                                                 &Callbacks::parallel_for} {}

void HostBridge::log(int severity, std::string_view text) {
  const std::string line = one_line(text, kLongestLog);
  const std::lock_guard guard(log_lock_);
  if (log_)
    log_(severity, line);
  else
    std::fprintf(stderr, "%s: %s\n", id_.c_str(), line.c_str());
}

std::uint64_t HostBridge::new_number() {
  static std::atomic<std::uint64_t> threads{0};
  thread_local const std::uint64_t thread = ++threads;
  const std::uint64_t shelf = thread % kShelves;
  return (++shelves_[shelf].numbers) * kShelves + shelf;
}

HostBridge::Registration::Registration(HostBridge& bridge, RunningTrial& trial)
    : bridge_(bridge), trial_(trial) {
  Shelf& shelf = bridge_.shelf_of(trial_.number);
  const std::unique_lock guard(shelf.lock);
  shelf.trials.push_back(&trial_);
}

HostBridge::Registration::~Registration() {
  Shelf& shelf = bridge_.shelf_of(trial_.number);
  const std::unique_lock guard(shelf.lock);
  std::erase(shelf.trials, &trial_);
}

}  // namespace equivolve::engine
