// What the holder of the baton decides: asking, look-ups, seeds and reservations, outcomes,
// telling. pipeline.cpp has the rest.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/run/pipeline.hpp"
#include "engine/run/seeds.hpp"
#include "engine/run/worth.hpp"
#include "engine/store/fault_point.hpp"

namespace equivolve::engine {
namespace {

/// One look-up in so many is timed and stands for all: reading the clock takes half as long as
/// looking up.
constexpr std::uint64_t kTimedLookUps = 8;

/// Relative difference of two figures; equal NaN are equal.
double relative_error(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0;
  const double error = std::abs(a - b) / std::max({std::abs(a), std::abs(b), 1e-300});
  return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
}

/// Told figures are equal bit for bit; those without a value may be left out at the end of a stored
/// row.
bool same_outcome(const OutcomeRow& a, const OutcomeRow& b) {
  if (a.genome_checksum != b.genome_checksum || a.birth != b.birth || a.cls != b.cls ||
      a.hit != b.hit || a.status != b.status)
    return false;
  for (std::size_t i = 0; i < std::max(a.told.size(), b.told.size()); ++i) {
    const double x = i < a.told.size() ? a.told[i] : std::numeric_limits<double>::quiet_NaN();
    const double y = i < b.told.size() ? b.told[i] : std::numeric_limits<double>::quiet_NaN();
    if (x != y && !(std::isnan(x) && std::isnan(y))) return false;
  }
  return true;
}

/// A class's outcome so far, in place of a trial's own.
void take_outcome(const hashing::Recalled& known, std::size_t figures, TrialResult& trial) {
  trial.status = static_cast<Status>(known.status);
  trial.reason = static_cast<Reason>(known.reason);
  trial.figures.assign(known.mean.begin(), known.mean.end());
  trial.figures.resize(figures, std::numeric_limits<double>::quiet_NaN());
}

TrialResult result_of(const TrialRow& row) {
  TrialResult result;
  result.status = row.status;
  result.reason = row.reason;
  result.message = row.message;
  result.figures = row.figures;
  result.seconds = row.seconds;
  result.cost = row.cost;
  result.intermediate = row.intermediate;
  return result;
}

}  // namespace

void Pipeline::step() {
  // What the store holds is told first: a stop in a replay must not leave less than there was.
  const bool replaying = replay_ && next_tell_ < replay_->told();
  if (const StopCause wish = stop_wish_.load(); wish != StopCause::kNone && !replaying) end(wish);
  if (writer_ && !ended_ && writer_->failure()) end(StopCause::kStore);
  if (!probing_wanted_.load() && !probes_end_ && !replaying) {
    probes_end_ = next_ask_;
    if (writer_) writer_->push(probing_stopped_event(*probes_end_, probes_differ_.load()));
  }
  const bool paused = paused_.load();
  bool moved = !paused;
  if (moved) ask_more();
  while (moved) {
    moved = false;
    while (next_look_up_ < next_ask_ &&
           slot(next_look_up_).stage.load(std::memory_order_acquire) == Stage::kProbed && !ended_) {
      if (slot(next_look_up_).abandoned) break;
      if (refuses(slot(next_look_up_))) continue;
      look_up(slot(next_look_up_));
      ++next_look_up_;
      moved = true;
    }
    while (next_tell_ < next_look_up_ &&
           slot(next_tell_).stage.load(std::memory_order_acquire) == Stage::kReady) {
      if (!tell(slot(next_tell_))) break;
      slot(next_tell_).stage.store(Stage::kFree, std::memory_order_relaxed);
      ++next_tell_;
      ask_more();
      moved = true;
    }
  }
  publish();
  if (ended_ && active_.load(std::memory_order_acquire) == 0) {
    std::lock_guard lock(mutex_);
    finished_ = true;
    finished_changed_.notify_all();
  }
}

/// In a replay the store says what was asked for then: a budget that has grown since would ask
/// earlier.
bool Pipeline::wants_child() const {
  const OutcomeRow* told = replay_ ? replay_->outcome(next_ask_) : nullptr;
  const std::vector<OutcomeRow>* as_in = settings_.repeats_run;
  if (!told && as_in) {
    if (next_ask_ >= as_in->size()) return false;
    told = &(*as_in)[next_ask_];
  }
  return told ? told->birth == children_asked_ : budget_.wants_child(children_asked_);
}

/// What the cache calls a level: each level, and each further repeat at the last one.
std::uint32_t Pipeline::stage(const Slot& s) const {
  return s.request.level + s.request.repeat;
}

void Pipeline::ask_more() {
  while (!ended_ && next_ask_ - next_tell_ < settings_.lookahead) {
    const bool wants = wants_child();
    std::optional<search::Request> request = searcher_.ask(next_ask_, wants);
    if (!request) {
      if (next_ask_ != next_tell_) return;
      if (replay_ && next_ask_ < replay_->told())
        return fail("the search has nothing more to ask at ticket " + std::to_string(next_ask_) +
                    ", which the store holds an outcome of");
      return end(wants ? StopCause::kExhausted : StopCause::kCandidates);
    }
    Slot& s = slot(next_ask_);
    s.request = std::move(*request);
    children_asked_ += s.request.kind == search::Request::Kind::kChild ? 1 : 0;
    s.attempt = s.refusals = 0;
    s.abandoned = false;
    s.probes = !probes_end_ || next_ask_ < *probes_end_;
    dispatch(next_ask_, Stage::kBreeding);
    ++next_ask_;
  }
}

void Pipeline::dispatch(std::uint64_t ticket, Stage stage) {
  if (!searching_ && (!replay_ || ticket >= replay_->told())) {
    searching_ = true;
    time_.hold(RunningTime::Hold::kNotSearching, false);
  }
  slot(ticket).stage.store(stage, std::memory_order_release);
  active_.fetch_add(1, std::memory_order_acq_rel);
  if (!mine_)
    mine_ = ticket;
  else
    executor_.submit({run_task, this, ticket});
}

/// A child of a class that was seen too often is bred once more. What the store has was not
/// refused.
bool Pipeline::refuses(Slot& s) {
  if (settings_.tabu_limit == 0 || s.refusals >= settings_.tabu_attempts) return false;
  if (s.request.kind == search::Request::Kind::kAgain) return false;
  if (s.probe.status != Status::kOk || (replay_ && replay_->outcome(s.request.ticket)))
    return false;
  if (cache_.sightings(s.probe.digest) < settings_.tabu_limit) return false;
  ++s.refusals;
  ++s.attempt;
  dispatch(s.request.ticket, Stage::kBreeding);
  return true;
}

/// Decides for one probed candidate: a known behaviour, or one to evaluate.
void Pipeline::look_up(Slot& s) {
  const std::uint64_t ticket = s.request.ticket;
  const bool timed = ticket % kTimedLookUps == 0;
  const auto before = timed ? clock_.now() : std::chrono::nanoseconds{0};
  s.verdict = {};
  const bool has_digest = classes_ && s.probe.status == Status::kOk;
  if (has_digest) s.verdict = cache_.look_up(s.probe.digest, stage(s), ticket, !s.genome);
  s.merged = has_digest && settings_.policy != hashing::Policy::kOff &&
             s.verdict.kind != hashing::Verdict::Kind::kEvaluate;
  if (has_digest && s.genome) s.genome->digest = s.verdict.digest;
  const bool needs_probe = classes_ && s.probes && s.genome;
  totals_.probes += needs_probe && evaluator_.descriptor().offers_probe ? 1 : 0;
  totals_.probe_time.probes += s.probe_seconds ? 1 : 0;
  totals_.probe_time.seconds += s.probe_seconds.value_or(0);
  if (timed) totals_.look_up_seconds += kTimedLookUps * as_seconds(clock_.now() - before);
  const ClassRow* stored =
      replay_ && s.verdict.founded ? replay_->find_class(s.verdict.cls) : nullptr;
  if (stored && stored->digest != s.verdict.digest)
    fail("ticket " + std::to_string(ticket) +
         " behaves otherwise than when the store was written (class " +
         std::to_string(s.verdict.cls) + ")");
  if (writer_ && s.verdict.founded && !stored)
    writer_->push(ClassRow{s.verdict.cls, ticket, s.verdict.digest});
  EQV_FAULT_POINT("run.look_up");
  reserve(s);
}

/// Its outcome is its class's, for others too.
bool Pipeline::shares_class(const Slot& s) const {
  return s.verdict.cls != hashing::kNoClass && settings_.policy != hashing::Policy::kOff;
}

/// Those of the trial that this request makes; of a verification, those of the trial behind it.
void Pipeline::set_seeds(Slot& s, const WarmClass* warm) {
  const bool has_class = shares_class(s);
  s.repeat = s.request.repeat + s.verdict.trial;
  s.common_seed = common_seed(settings_.seed, s.repeat);
  s.own_seed = has_class ? own_seed(settings_.seed, s.verdict.digest, s.repeat)
                         : own_seed(settings_.seed, s.request.birth, s.repeat);
  // A candidate may have a class and not share it.
  s.seeds_follow = has_class == (s.verdict.cls != hashing::kNoClass);
  // A forgotten behaviour that comes again draws anew.
  if (has_class && settings_.policy == hashing::Policy::kForget) {
    s.seeds_follow = false;
    s.own_seed = own_seed(s.own_seed, s.verdict.founder, s.repeat);
  }
  if (warm) {
    s.seeds_follow = false;
    s.common_seed = warm->common_seed;
    s.own_seed = warm->own_seed;
  }
}

/// Of a hit whose class began with an earlier run's trials; null for others.
const WarmClass* Pipeline::warm_class(const Slot& s) const {
  if (!s.merged || !s.verdict.first_is_warm) return nullptr;
  return find(*settings_.warm_start, s.verdict.digest, stage(s));
}

/// Sees to it that the slot becomes ready: at once, from the store, or by an evaluation.
void Pipeline::reserve(Slot& s) {
  const std::uint64_t ticket = s.request.ticket;
  // Noise is no wrong merge: only what is deterministic can be repeated, and a mean over an earlier
  // run's trials is no trial.
  const WarmClass* warm = warm_class(s);
  s.verify = !(warm && warm->outcome.count != 1) && s.merged && settings_.verify_fraction > 0 &&
             evaluator_.descriptor().deterministic &&
             hashing::Stream(settings_.seed, hashing::Purpose::kVerify, ticket)
                 .chance(settings_.verify_fraction);
  s.trial = {};
  s.stored = nullptr;
  if (s.merged && !s.verify) {
    s.stage.store(Stage::kReady, std::memory_order_relaxed);
    return;
  }
  set_seeds(s, warm);
  if (replay_)
    s.stored = replay_->trial(s.verify ? TrialKind::kVerification : TrialKind::kSearch, ticket, 0,
                              s.repeat);
  // A budget that was raised may have made another request of an untold ticket.
  const bool is_this_trial =
      s.stored && s.stored->genome_checksum == static_cast<std::uint32_t>(s.checksum) &&
      s.stored->birth == s.request.birth && s.stored->level == s.request.level;
  if (is_this_trial) {
    s.trial = result_of(*s.stored);
    s.trial.figures.resize(figures_.size(), std::numeric_limits<double>::quiet_NaN());
    if (s.trial.status == Status::kFailed)
      evaluator_.take_note(
          {s.candidate.genome->representation, s.candidate.genome->flat, {}},
          s.verdict.cls != hashing::kNoClass ? std::optional(s.verdict.digest) : std::nullopt,
          s.trial);
    s.stage.store(Stage::kReady, std::memory_order_relaxed);
    return;
  }
  EQV_FAULT_POINT("run.hand_out");
  dispatch(ticket, Stage::kEvaluating);
}

/// Tells one outcome. False when it has none (its trial was cancelled): what is told stays a
/// prefix.
bool Pipeline::tell(Slot& s) {
  // Past the end nothing is told; a stop from outside lets finished trials in, since a resumed run
  // would tell them too.
  const bool from_outside = stopped_by_ == StopCause::kSignal || stopped_by_ == StopCause::kWish;
  if (ended_ && !from_outside) return false;
  if ((!s.merged || s.verify) && s.trial.status == Status::kCancelled) {
    if (!s.trial.no_worker.empty()) fail(s.trial.no_worker, StopCause::kWorkers);
    return false;
  }
  if (!s.merged && shares_class(s)) {
    cache_.settle(s.verdict.cls, stage(s), static_cast<std::uint8_t>(s.trial.status),
                  static_cast<std::uint8_t>(s.trial.reason), s.trial.figures, s.trial.seconds);
    // The mean over the trials of its class so far stands for the trial.
    const bool aggregates = settings_.policy == hashing::Policy::kAggregate;
    if (const auto* known = aggregates ? cache_.recall(s.verdict.cls, stage(s)) : nullptr)
      take_outcome(*known, figures_.size(), s.trial);
  }
  OutcomeRow row = outcome_of(s);
  if (!defect_.empty()) return false;
  const Worth worth = tell_searcher(s, row);
  if (const OutcomeRow* known = replay_ ? replay_->outcome(row.ticket) : nullptr) {
    if (!same_outcome(*known, row)) {
      fail("ticket " + std::to_string(row.ticket) +
           " replays to another outcome than the store holds");
      return false;
    }
    ++totals_.replayed;
  } else {
    store_told(s, row);
  }
  EQV_FAULT_POINT("run.tell");
  after_tell(s, row, worth);
  EQV_FAULT_POINT("run.told");
  return true;
}

OutcomeRow Pipeline::outcome_of(Slot& s) {
  OutcomeRow row;
  row.ticket = s.request.ticket;
  row.birth = s.request.birth;
  row.cls = s.verdict.cls;
  row.level = s.request.level;
  row.hit = s.merged;
  row.verified = s.verify;
  row.genome_checksum = s.checksum;
  if (s.merged) {
    if (s.verify) check_verification(s, row);
    const hashing::Recalled* known = cache_.recall(s.verdict.cls, stage(s));
    if (!known) {
      fail("class " + std::to_string(s.verdict.cls) + " has no outcome at ticket " +
           std::to_string(row.ticket));
      return row;
    }
    s.trial = {};
    take_outcome(*known, figures_.size(), s.trial);
    cache_.credit(s.verdict.cls, stage(s));
  }
  row.status = s.trial.status;
  row.reason = s.trial.reason;
  row.told.reserve(told_figures_.size());
  for (std::size_t i : told_figures_) row.told.push_back(s.trial.figures[i]);
  return row;
}

/// What a candidate is worth is told in the row of its last trial at the last level; the others are
/// marked.
Pipeline::Worth Pipeline::tell_searcher(const Slot& s, OutcomeRow& row) {
  Worth worth;
  worth.outcome = worth_of(figures_, row.status, s.trial.figures);
  if (settings_.repeats > 1) worth.outcome.figures = s.trial.figures;
  if (settings_.prunes) worth.outcome.steps = steps_of(figures_, s.trial.intermediate);
  worth.told = searcher_.tell(s.request, s.candidate, worth.outcome);
  if (row.status == Status::kOk && !worth.told.is_complete) row.status = Status::kPartial;
  if (!worth.told.is_complete || worth.told.figures.empty()) return worth;
  worth.outcome = worth_of(figures_, row.status, worth.told.figures);
  worth.outcome.violation = worth.told.violation;
  row.told.clear();
  for (std::size_t i : told_figures_) row.told.push_back(worth.told.figures[i]);
  return worth;
}

/// Of a candidate that is complete: the means over its repeats, where there are several.
const std::vector<double>& Pipeline::figures_of(const Slot& s, const Worth& worth) {
  return worth.told.figures.empty() ? s.trial.figures : worth.told.figures;
}

/// Compares a repeated trial with the stored one: equal status, and figures within 1e-9 relative.
void Pipeline::check_verification(const Slot& s, OutcomeRow& row) {
  const hashing::Recalled* known = cache_.recall(s.verdict.cls, stage(s));
  if (!known) return;
  totals_.verification_seconds += s.trial.seconds;
  // Why it was stopped lies in other trials: what it would have come to is no answer.
  if (static_cast<Status>(known->first_status) == Status::kPruned) {
    row.verified = false;
    return;
  }
  ++totals_.verified;
  double error = static_cast<Status>(known->first_status) == s.trial.status
                     ? 0
                     : std::numeric_limits<double>::infinity();
  for (std::size_t i = 0;
       i < figures_.size() && i < known->first.size() && i < s.trial.figures.size(); ++i)
    if (figures_[i].reproducible)
      error = std::max(error, relative_error(known->first[i], s.trial.figures[i]));
  row.wrong = error > 1e-9;
  if (!row.wrong) return;
  ++totals_.wrong_hits;
  totals_.largest_error = std::max(totals_.largest_error, error);
  if (writer_ && !(replay_ && replay_->outcome(row.ticket)))
    writer_->push(EventRow{"wrong_hit", "{\"ticket\":" + std::to_string(row.ticket) +
                                            ",\"class\":" + std::to_string(row.cls) + "}"});
}

void Pipeline::store_told(const Slot& s, const OutcomeRow& row) {
  if (!writer_) return;
  if (!s.genome) return writer_->push(row);
  GenomeRow genome;
  genome.birth = s.candidate.birth;
  genome.parent = s.candidate.first_parent;
  genome.second_parent = s.candidate.second_parent;
  genome.operator_id = static_cast<std::uint8_t>(s.candidate.op);
  genome.flat = s.candidate.genome->flat;
  writer_->push(std::move(genome));
  writer_->push(row);
}

void Pipeline::after_tell(const Slot& s, const OutcomeRow& row, const Worth& worth) {
  digests_.add(row);

  const bool child = s.request.kind == search::Request::Kind::kChild;
  ++totals_.told;
  totals_.candidates += child ? 1 : 0;
  totals_.decided += worth.told.is_decided ? 1 : 0;
  if (!s.merged) count_evaluation(row);
  totals_.evaluation_seconds += s.merged ? 0 : s.trial.seconds;
  totals_.failed += row.status == Status::kFailed ? 1 : 0;
  if (row.status == Status::kFailed) ++totals_.failed_by[row.reason];
  totals_.cut_by_machine +=
      row.reason == Reason::kDeadline || row.reason == Reason::kMemory ? 1 : 0;
  totals_.classes += s.verdict.founded ? 1 : 0;
  totals_.partial_hits += s.verdict.partial ? 1 : 0;
  if (row.status == Status::kFailed && totals_.first_failure.empty())
    totals_.first_failure = s.trial.message;
  totals_.warm_hits += s.verdict.warm ? 1 : 0;
  offer_leader(s, row, worth);
  const StopCause cause = count(s, worth);
  // A budget that is spent with the trial that is one too many is no excuse for it. What is known
  // already is no trial, and says nothing new of how many fail.
  if (!s.merged) {
    totals_.tried += worth.told.is_decided ? 1 : 0;
    totals_.tried_in_vain += row.status == Status::kFailed ? 1 : 0;
  }
  const bool all_failed = (totals_.tried == 10 && totals_.tried_in_vain == 10) ||
                          (totals_.decided == 50 && totals_.failed == 50);
  const bool too_many =
      totals_.tried >= 50 && static_cast<double>(totals_.tried_in_vain) >
                                 settings_.max_failed_share * static_cast<double>(totals_.tried);
  if (all_failed || too_many) end(StopCause::kFailures);
  // What the store holds was told, whatever the budget is now; one that is spent ends the run with
  // the last of it.
  const bool replaying = replay_ && row.ticket + 1 < replay_->told();
  if (cause != StopCause::kNone && !replaying) end(cause);
}

void Pipeline::count_evaluation(const OutcomeRow& row) {
  ++totals_.evaluations;
  if (row.level >= totals_.evaluations_at.size()) totals_.evaluations_at.resize(row.level + 1);
  ++totals_.evaluations_at[row.level];
  totals_.pruned += row.status == Status::kPruned ? 1 : 0;
}

/// In the budget; the reason to end, if it is one.
StopCause Pipeline::count(const Slot& s, const Worth& worth) {
  static const std::vector<double> kNoFigures;
  const bool counts = worth.told.is_complete && worth.outcome.violation == 0;
  const StopCause cause = budget_.count(worth.told.is_decided, !s.merged || s.verdict.warm,
                                        counts ? figures_of(s, worth) : kNoFigures, time_);
  if (!settings_.repeats_run) return cause;
  return totals_.told == settings_.repeats_run->size() ? StopCause::kCandidates : StopCause::kNone;
}

void Pipeline::offer_leader(const Slot& s, const OutcomeRow& row, const Worth& worth) {
  const search::Outcome& outcome = worth.outcome;
  const bool has_class = shares_class(s);
  const std::uint64_t identity = has_class ? s.verdict.digest.lo : row.genome_checksum;
  // A behaviour that was evaluated again, all the way, is worth what was told last.
  const bool in_part = row.status == Status::kPartial || row.status == Status::kPruned;
  if (!s.merged && !in_part && outcomes_change(settings_.policy)) leaders_.withdraw(identity);
  if (!worth.told.is_complete ||
      !leaders_.would_enter(outcome.objectives.front(), outcome.violation))
    return;
  Leader leader;
  leader.birth = row.birth;
  leader.cls = row.cls;
  leader.identity = identity;
  leader.digest = s.verdict.digest;
  leader.has_digest = has_class;
  leader.score = outcome.objectives.front();
  leader.violation = outcome.violation;
  leader.figures = figures_of(s, worth);
  leader.genome = s.candidate.genome;
  leaders_.offer(std::move(leader));
}

void Pipeline::end(StopCause cause) {
  if (ended_) return;
  ended_ = true;
  stopped_by_ = cause;
}

void Pipeline::fail(std::string defect, StopCause cause) {
  if (defect_.empty()) defect_ = std::move(defect);
  end(cause);
}

/// Of hashing so far; negative where it cannot be measured.
double Pipeline::hashing_seconds() const {
  const std::optional<double> probe_seconds = totals_.probe_time.of_all(totals_.probes);
  if (settings_.policy == hashing::Policy::kOff || !probe_seconds) return -1;
  return *probe_seconds + totals_.look_up_seconds + totals_.verification_seconds;
}

void Pipeline::publish() {
  seen_told_.store(totals_.told, std::memory_order_relaxed);
  seen_decided_.store(totals_.decided, std::memory_order_relaxed);
  seen_evaluations_.store(totals_.evaluations, std::memory_order_relaxed);
  seen_hits_.store(totals_.told - totals_.evaluations, std::memory_order_relaxed);
  seen_replayed_.store(totals_.replayed, std::memory_order_relaxed);
  seen_hashing_.store(hashing_seconds(), std::memory_order_relaxed);
  seen_evaluating_.store(totals_.evaluation_seconds, std::memory_order_relaxed);
  seen_saved_.store(cache_.accounting().seconds_saved, std::memory_order_relaxed);
  seen_stop_.store(stopped_by_, std::memory_order_relaxed);
  if (!leaders_.leaders().empty() && !figures_.empty()) {
    const Leader& best = leaders_.leaders().front();
    for (std::size_t i = 0; i < figures_.size(); ++i)
      if (figures_[i].role == Role::kObjective) {
        seen_best_.store(best.figures[i], std::memory_order_relaxed);
        has_best_.store(true, std::memory_order_relaxed);
        break;
      }
  }
}

}  // namespace equivolve::engine
