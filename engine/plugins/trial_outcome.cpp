#include "engine/plugins/trial_outcome.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

constexpr std::size_t kGuards = 2;
// A quiet NaN that arithmetic does not produce by itself.
constexpr std::uint64_t kUnsetBits = 0x7ff8'6571'7620'756eULL;

bool is_required(const NamedFigure& figure) {
  return figure.role == Role::kObjective || figure.role == Role::kConstraint;
}

double tidy(double value) {
  return std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value + 0.0;
}

struct Verdict {
  Status status;
  Reason reason = Reason::kNone;
  std::string message;
};

Verdict failure(Reason reason, std::string message) {
  return {Status::kFailed, reason, std::move(message)};
}

// What the figures of a trial that claims to be fine say.
Verdict read_figures(const FigureBuffer& buffer, const std::vector<NamedFigure>& figures) {
  for (std::size_t i = 0; i < buffer.size(); ++i)
    if (is_required(figures[i]) && !buffer.was_set(i))
      return failure(Reason::kWrongShape, fmt::format("figure '{}' was not set", figures[i].name));
  for (std::size_t i = 0; i < buffer.size(); ++i)
    if (is_required(figures[i]) && !std::isfinite(buffer[i]))
      return {Status::kNonFinite, Reason::kNone,
              fmt::format("figure '{}' is {}", figures[i].name, buffer[i])};
  return {Status::kOk, Reason::kNone, ""};
}

/// The search stopped it early, and it gave up or gave what it had: figures may be missing.
bool ended_pruned(int status, const FigureBuffer& buffer, const RunningTrial& trial) {
  const bool ended = status == EQV_OK || status == EQV_CANCELLED || status == EQV_NON_FINITE;
  return ended && trial.pruned.load() && buffer.shape_fault().empty();
}

Verdict verdict_of(int status, const FigureBuffer& buffer, const std::vector<NamedFigure>& figures,
                   const RunningTrial& trial, std::chrono::nanoseconds deadline) {
  if (trial.stop_asked() && (status == EQV_CANCELLED || trial.cut_short.load()))
    return {Status::kCancelled, Reason::kNone, "the run was stopped"};
  if (trial.past_deadline() || status == EQV_TIMED_OUT) {
    if (deadline.count() == 0)
      return failure(Reason::kDeadline, "the evaluator timed out by itself");
    return failure(
        Reason::kDeadline,
        fmt::format("took longer than {:g} s; allow more with the key evaluator.deadline",
                    std::chrono::duration<double>(deadline).count()));
  }
  if (trial.body_threw.load())
    return failure(Reason::kEvaluatorError, "threw an exception inside parallel_for");
  if (status == EQV_OUT_OF_MEMORY) return failure(Reason::kMemory, status_text(status));
  if (ended_pruned(status, buffer, trial)) return {Status::kPruned, Reason::kNone, ""};
  if (status == EQV_CANCELLED)
    return failure(Reason::kEvaluatorError, "gave up though nobody had asked it to");
  if (status < EQV_OK || status > EQV_NON_FINITE)
    return failure(Reason::kEvaluatorError, status_text(status));
  if (std::string fault = buffer.shape_fault(); !fault.empty())
    return failure(Reason::kWrongShape, std::move(fault));
  if (status == EQV_NON_FINITE) return {Status::kNonFinite, Reason::kNone, ""};
  if (status == EQV_INFEASIBLE) return {Status::kInfeasible, Reason::kNone, ""};
  return read_figures(buffer, figures);
}

std::string evaluators_message(const eqv_trial_result& result) {
  return one_line({result.message, strnlen(result.message, sizeof result.message)});
}

}  // namespace

FigureBuffer::FigureBuffer(std::size_t count)
    : count_(count), values_(count + kGuards, std::bit_cast<double>(kUnsetBits)), result_{} {
  result_.struct_size = sizeof result_;
  result_.figures = values_.data();
  result_.figure_count = count;
}

bool FigureBuffer::was_set(std::size_t figure) const {
  return std::bit_cast<std::uint64_t>(values_[figure]) != kUnsetBits;
}

std::string FigureBuffer::shape_fault() const {
  for (std::size_t i = count_; i < values_.size(); ++i)
    if (was_set(i)) return fmt::format("wrote past its {} figures", count_);
  if (result_.figure_count != count_ || result_.figures != values_.data())
    return fmt::format("gave {} figures instead of {}", result_.figure_count, count_);
  return "";
}

TrialResult judge_trial(int status, const FigureBuffer& buffer,
                        const std::vector<NamedFigure>& figures, const RunningTrial& trial,
                        std::chrono::nanoseconds deadline) {
  Verdict verdict = verdict_of(status, buffer, figures, trial, deadline);
  TrialResult out;
  out.status = verdict.status;
  out.reason = verdict.reason;
  out.message = std::move(verdict.message);
  if (std::string theirs = evaluators_message(buffer.result()); !theirs.empty())
    out.message += (out.message.empty() ? "" : ": ") + theirs;
  const bool has_figures = out.status != Status::kFailed && out.status != Status::kCancelled;
  for (std::size_t i = 0; i < buffer.size(); ++i)
    out.figures.push_back(has_figures ? tidy(buffer[i]) : std::numeric_limits<double>::quiet_NaN());
  out.cost = buffer.result().cost;
  return out;
}

const char* status_text(int status) {
  switch (status) {
    case EQV_OK:
      return "ok";
    case EQV_INFEASIBLE:
      return "infeasible";
    case EQV_NON_FINITE:
      return "not finite";
    case EQV_INVALID_CANDIDATE:
      return "the candidate cannot be run";
    case EQV_CANCELLED:
      return "cancelled";
    case EQV_TIMED_OUT:
      return "timed out";
    case EQV_OUT_OF_MEMORY:
      return "out of memory";
    case EQV_UNSUPPORTED:
      return "not supported by the evaluator";
    case EQV_INTERNAL:
      return "a defect in the evaluator";
    default:
      return "the evaluator gave an unknown status";
  }
}

}  // namespace equivolve::engine
