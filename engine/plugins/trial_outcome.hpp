// What a trial was worth: reads an evaluator's answer with distrust.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "engine/plugins/evaluator.hpp"
#include "engine/plugins/host_bridge.hpp"
#include "evaluators/sdk/equivolve_evaluator.h"

namespace equivolve::engine {

/// Room for an evaluator's figures. They are handed in as a NaN of our own, so that a figure never
/// set can be told from one that came out as NaN, with two guards behind them.
class FigureBuffer {
 public:
  explicit FigureBuffer(std::size_t count);
  eqv_trial_result* result() { return &result_; }
  const eqv_trial_result& result() const { return result_; }

  /// What is wrong with its form ("" for nothing): too many or too few figures, memory behind them
  /// written to.
  std::string shape_fault() const;
  bool was_set(std::size_t figure) const;
  double operator[](std::size_t figure) const { return values_[figure]; }
  std::size_t size() const { return count_; }

 private:
  std::size_t count_;
  std::vector<double> values_;
  eqv_trial_result result_;
};

/// Applies, first match wins:
///   the run was stopped and the evaluator gave up or was cut short     kCancelled
///   timed out, or the deadline is past                                 kFailed / kDeadline
///   out of memory                                                      kFailed / kMemory
///   the search stopped it early, and it gave up or what it had         kPruned
///   invalid candidate, unsupported, internal, unknown, threw           kFailed / kEvaluatorError
///   wrong number of figures, or EQV_OK with one that is required unset kFailed / kWrongShape
///   EQV_NON_FINITE, or EQV_OK with an objective or constraint that is not finite   kNonFinite
///   EQV_INFEASIBLE                                                     kInfeasible
///   else                                                               kOk
/// Figures: -0 becomes 0, every NaN the same NaN; failed and cancelled trials have none (all NaN).
/// `deadline` is for the message only.
TrialResult judge_trial(int status, const FigureBuffer& buffer,
                        const std::vector<NamedFigure>& figures, const RunningTrial& trial,
                        std::chrono::nanoseconds deadline);

/// "out of memory" and so on.
const char* status_text(int status);

}  // namespace equivolve::engine
