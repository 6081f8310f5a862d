#include "engine/plugins/workers/worker_trial.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/plugins/host_bridge.hpp"
#include "engine/plugins/workers/program_answers.hpp"

namespace equivolve::engine {
namespace {

constexpr double kNoFigure = std::numeric_limits<double>::quiet_NaN();

double seconds_of(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string late_text(std::chrono::nanoseconds deadline) {
  return fmt::format("took longer than {:g} s; allow more with the key evaluator.deadline",
                     seconds_of(deadline));
}

/// By the worker's own clock: waiting for its turn is no fault of the trial.
bool took_too_long(const TrialResult& result, const TrialRequest& request) {
  return request.deadline.count() > 0 && result.seconds >= seconds_of(request.deadline);
}

void refuse(TrialResult& result, Reason reason, std::string message) {
  if (!result.message.empty()) message += ": " + result.message;
  result = failed_trial(reason, std::move(message));
}

/// One that answers has not been lost.
bool is_of_lost_workers(Reason reason) {
  return reason == Reason::kCrash || reason == Reason::kProtocol || reason == Reason::kLostWorker;
}

bool must_be_finite(const NamedFigure& figure) {
  return figure.role == Role::kObjective || figure.role == Role::kConstraint;
}

/// One NaN, and -0 as 0.
double tidied(double value) {
  return std::isnan(value) ? kNoFigure : value + 0.0;
}

TrialResult result_of_none(NoAnswer none) {
  TrialResult out = failed_trial(none.reason, none.message);
  out.log = std::move(none.log);
  if (none.was_stopped || none.is_no_worker) {
    out.status = Status::kCancelled;
    out.reason = Reason::kNone;
  }
  if (none.is_no_worker && !none.was_stopped) out.no_worker = std::move(none.message);
  return out;
}

}  // namespace

protocol::Evaluate WorkerTrial::question(protocol::WireCandidate candidate) const {
  protocol::Evaluate out;
  out.candidate = std::move(candidate);
  out.level = request_.level;
  out.repeat = request_.repeat;
  out.split = request_.split;
  out.threads = std::max<std::uint32_t>(request_.threads, 1);
  out.common_seed = request_.common_seed;
  out.own_seed = request_.own_seed;
  out.deadline = seconds_of(request_.deadline);
  out.wants_control = static_cast<bool>(request_.stops_at);
  return out;
}

// ---- on its way

std::optional<protocol::Body> WorkerTrial::take(protocol::Body part) {
  if (const auto* piece = std::get_if<protocol::ItemsPart>(&part)) take_items(*piece);
  auto* progress = std::get_if<protocol::Progress>(&part);
  return progress ? take_progress(std::move(*progress)) : std::nullopt;
}

std::optional<protocol::Body> WorkerTrial::take_progress(protocol::Progress progress) {
  if (!progress.named_json.empty())
    progress.figures =
        figures_by_name(progress.named_json, info_.figures, true).value_or(std::vector<double>());
  const bool fits = progress.figures.size() <= info_.figures.size();
  for (std::size_t i = 0; fits && i < progress.figures.size(); ++i)
    if (std::isfinite(progress.figures[i]) &&
        intermediate_.size() < RunningTrial::kMostIntermediate)
      intermediate_.push_back({progress.step, static_cast<std::uint32_t>(i), progress.figures[i]});
  if (!request_.stops_at) return std::nullopt;
  // After the last step there is nothing left to save.
  const bool goes_on = progress.total == 0 || progress.step < progress.total;
  if (fits && goes_on && !progress.figures.empty())
    is_pruned_ = is_pruned_ || request_.stops_at(progress.step, progress.figures);
  return protocol::Control{is_pruned_};
}

void WorkerTrial::take_items(const protocol::ItemsPart& part) {
  items_.are_too_many =
      items_.are_too_many || items_.items.size() + part.items.size() > RunningTrial::kMostItems;
  if (!items_.are_too_many)
    items_.items.insert(items_.items.end(), part.items.begin(), part.items.end());
}

void WorkerTrial::start_anew() {
  intermediate_.clear();
  items_ = {};
  is_pruned_ = false;
  if (request_.starts_anew) request_.starts_anew();
}

// ---- at its end

TrialResult WorkerTrial::result_of(tl::expected<WorkerReply, NoAnswer> answer,
                                   const std::atomic<bool>& stop) {
  if (!answer) return result_of_none(std::move(answer.error()));
  TrialResult out;
  if (auto* failure = std::get_if<protocol::Failure>(&answer->body)) {
    out = failed_trial(Reason::kEvaluatorError, std::move(failure->error.message));
  } else {
    auto& result = std::get<protocol::Result>(answer->body);
    const bool is_late = answer->was_cancelled || took_too_long(result.trial, request_);
    out = judged(std::move(result), stop.load(std::memory_order_relaxed), is_late);
  }
  if (out.status == Status::kFailed) out.log = std::move(answer->log);
  return out;
}

TrialResult WorkerTrial::judged(protocol::Result result, bool was_stopped, bool is_late) const {
  TrialResult out = std::move(result.trial);
  std::vector<IntermediateValue> steps = std::move(out.intermediate);
  if (steps.empty()) steps = intermediate_;
  if (out.items.empty() && !items_.are_too_many) out.items = items_.items;
  judge_end(out, was_stopped, is_late);
  if (out.status != Status::kFailed && out.status != Status::kCancelled)
    judge_figures(out, result.named_json);
  keep_intermediate(std::move(steps), out);
  return out;
}

/// Why it ended.
void WorkerTrial::judge_end(TrialResult& result, bool was_stopped, bool is_late) const {
  if (is_of_lost_workers(result.reason)) result.reason = Reason::kEvaluatorError;
  if (result.status == Status::kCancelled && !was_stopped) {
    if (is_pruned_)
      result.status = Status::kPruned;
    else if (!is_late)
      refuse(result, Reason::kEvaluatorError, "gave up though nobody had asked it to");
  }
  const bool may_be_late =
      !was_stopped && result.status != Status::kFailed && result.status != Status::kPruned;
  if (may_be_late && (result.status == Status::kCancelled || took_too_long(result, request_))) {
    result.message.clear();  // its clock's or our cancel's, whichever came first
    refuse(result, Reason::kDeadline, late_text(request_.deadline));
  }
  if (result.status == Status::kOk && is_pruned_) result.status = Status::kPruned;
}

void WorkerTrial::judge_figures(TrialResult& result, const std::string& named_json) const {
  const std::vector<NamedFigure>& figures = info_.figures;
  const bool in_part = result.status != Status::kOk;
  if (!named_json.empty()) {
    auto named = figures_by_name(named_json, figures, in_part);
    if (!named) return refuse(result, Reason::kWrongShape, std::move(named.error()));
    result.figures = std::move(*named);
  }
  if (result.figures.size() != figures.size() && !(in_part && result.figures.empty()))
    return refuse(
        result, Reason::kWrongShape,
        fmt::format("gave {} figures instead of {}", result.figures.size(), figures.size()));
  result.figures.resize(figures.size(), kNoFigure);
  for (std::size_t i = 0; i < figures.size() && result.status == Status::kOk; ++i)
    if (must_be_finite(figures[i]) && !std::isfinite(result.figures[i])) {
      result.status = Status::kNonFinite;
      result.message = fmt::format("figure '{}' is {}", figures[i].name, result.figures[i]);
    }
  for (double& value : result.figures) value = tidied(value);
}

void WorkerTrial::keep_intermediate(std::vector<IntermediateValue> values,
                                    TrialResult& result) const {
  std::erase_if(values, [&](const IntermediateValue& value) {
    return value.figure >= info_.figures.size() || !std::isfinite(value.value);
  });
  values.resize(std::min(values.size(), RunningTrial::kMostIntermediate));
  result.intermediate = std::move(values);
}

}  // namespace equivolve::engine
