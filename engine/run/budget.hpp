// When a search has had enough. Counted at tell, in ticket order, so that what is told is a prefix
// and the same on any machine (time excepted).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/configuration.hpp"
#include "engine/plugins/evaluator.hpp"
#include "engine/run/running_time.hpp"

namespace equivolve::engine {

enum class StopCause : std::uint8_t {
  kNone,
  kCandidates,
  kEvaluations,
  kTime,
  kTarget,
  kExhausted,
  kSignal,
  kWish,
  kFailures,
  kStore,
  kDefect,
  kWorkers
};
/// "candidates", "evaluations", "time", "target", "exhausted", "signal", "wish", "failures",
/// "store", "defect", "workers"; "" for kNone.
std::string stop_cause_name(StopCause cause);

class BudgetMeter {
 public:
  /// Target figures are looked up by name; unknown ones are a programmer's error (the
  /// configuration's check refuses them).
  BudgetMeter(const BudgetConfig& budget, const std::vector<NamedFigure>& figures);

  bool time_is_up(const RunningTime& time) const {  ///< [any-thread]
    return budget_.time && time.total() >= *budget_.time;
  }

  /// Counts one told request; the reason to end, if it is one. `figures`: of the outcome, in the
  /// evaluator's order, or empty.
  StopCause count(bool child, bool evaluated, const std::vector<double>& figures,
                  const RunningTime& time);

  /// Whether asking for one more child could still matter.
  bool wants_child(std::uint64_t asked) const {
    return !budget_.candidates || asked < *budget_.candidates;
  }

  const BudgetConfig& budget() const { return budget_; }

 private:
  struct Target {
    std::size_t figure;
    double value;
    bool minimize;
  };
  bool reached(const std::vector<double>& figures) const;

  BudgetConfig budget_;
  std::vector<Target> targets_;
  bool target_reached_ = false;  // by any request so far
  std::uint64_t candidates_ = 0;
  std::uint64_t evaluations_ = 0;
};

}  // namespace equivolve::engine
