#include "engine/run/pipeline.hpp"

#include <algorithm>
#include <cmath>

#include "engine/run/seeds.hpp"
#include "engine/run/speed_up.hpp"
#include "engine/store/fault_point.hpp"

namespace equivolve::engine {
namespace {

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::vector<std::size_t> told_positions(const std::vector<NamedFigure>& figures) {
  std::vector<std::size_t> told;
  for (std::size_t i = 0; i < figures.size(); ++i)
    if (figures[i].role != Role::kMetric) told.push_back(i);
  return told;
}

bool has_objective(const std::vector<NamedFigure>& figures, std::size_t at) {
  return figures[at].role == Role::kObjective;
}

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

/// Candidates get a digest and a class.
bool has_classes(const PipelineSettings& settings) {
  return settings.policy != hashing::Policy::kOff || settings.record_digests ||
         settings.functional_change > 0 || settings.tabu_limit > 0;
}

bool is_among(const hashing::Digest& digest, const hashing::ProbeDigest& probe) {
  return digest == probe.key || std::find(probe.alternatives.begin(), probe.alternatives.end(),
                                          digest) != probe.alternatives.end();
}

hashing::CacheSettings cache_settings(const PipelineSettings& settings, const EvaluatorInfo& info) {
  hashing::CacheSettings cache;
  cache.policy = settings.policy;
  // Recorded classes are those that would be reused.
  if (settings.policy == hashing::Policy::kOff && has_classes(settings))
    cache.policy = hashing::Policy::kReuse;
  cache.forget_probability = settings.forget_probability;
  cache.forget_after = settings.forget_after;
  cache.max_evaluations = settings.max_evaluations;
  cache.seed = settings.seed;
  cache.two_keys = settings.two_keys;
  cache.capacity = settings.capacity;
  cache.lookahead = settings.lookahead;
  cache.levels = static_cast<std::uint32_t>(info.levels.size());
  cache.figures = static_cast<std::uint32_t>(info.figures.size());
  return cache;
}

TrialResult result_of(const TrialRow& row) {
  TrialResult result;
  result.status = row.status;
  result.reason = row.reason;
  result.message = row.message;
  result.figures = row.figures;
  result.seconds = row.seconds;
  result.cost = row.cost;
  return result;
}

}  // namespace

Pipeline::Pipeline(PipelineSettings settings, search::Searcher searcher, Evaluator& evaluator,
                   Executor& executor, RunningTime& time, BudgetMeter budget, StoreWriter* writer,
                   const ReplayIndex* replay)
    : settings_(settings),
      searcher_(std::move(searcher)),
      evaluator_(evaluator),
      executor_(executor),
      time_(time),
      clock_(time.clock()),
      writer_(writer),
      replay_(replay),
      figures_(evaluator.info().figures),
      told_figures_(told_positions(figures_)),
      classes_(has_classes(settings)),
      ring_(settings.lookahead),
      cache_(cache_settings(settings, evaluator.info())),
      budget_(std::move(budget)),
      leaders_(settings.leaders_kept) {
  totals_.probe_time = settings_.earlier_probes;
  probes_end_ = settings_.probes_end;
  if (settings_.warm_start) cache_.warm_start(outcomes_of(*settings_.warm_start));
}

// ---- from any thread
// -------------------------------------------------------------------------------------------------

void Pipeline::start() {
  poke();
}

bool Pipeline::wait(std::chrono::milliseconds timeout) {
  {
    std::unique_lock lock(mutex_);
    if (finished_changed_.wait_for(lock, timeout, [this] { return finished_; })) return true;
  }
  // Time may be up while a long trial keeps anyone from telling.
  const bool replaying = replay_ && seen_told_.load() < replay_->told();
  if (!replaying && budget_.time_is_up(time_)) stop(StopCause::kTime);
  return false;
}

void Pipeline::stop(StopCause cause) {
  StopCause none = StopCause::kNone;
  stop_wish_.compare_exchange_strong(none, cause);
  poke();
}

void Pipeline::pause(bool paused) {
  paused_.store(paused);
  poke();
}

void Pipeline::stop_probing() {
  probing_wanted_.store(false);
  poke();
}

/// Has the sequencer look at what changed, without lending it this thread for a task.
void Pipeline::poke() {
  if (const std::optional<std::uint64_t> task = advance())
    executor_.submit({run_task, this, *task});
}

void Pipeline::cancel_trials() {
  cancelled_.store(true);
}

Pipeline::Progress Pipeline::progress() const {
  Progress p;
  p.told = seen_told_.load();
  p.evaluations = seen_evaluations_.load();
  p.hits = seen_hits_.load();
  p.replayed = seen_replayed_.load();
  p.stopped_by = seen_stop_.load();
  if (const double speed_up = seen_speed_up_.load(); speed_up > 0) p.speed_up = speed_up;
  if (has_best_.load()) p.best = seen_best_.load();
  return p;
}

// ---- on the executor's threads
// ---------------------------------------------------------------------------------------

void Pipeline::run_task(void* self, std::uint64_t ticket) {
  static_cast<Pipeline*>(self)->work(ticket);
}

/// Does the task of a slot, passes the baton on, and goes on with whatever the sequencer kept for
/// this thread.
void Pipeline::work(std::uint64_t ticket) {
  for (std::optional<std::uint64_t> next = ticket; next; next = advance()) {
    Slot& s = slot(*next);
    if (s.stage.load(std::memory_order_acquire) == Stage::kBreeding) {
      breed(s);
      EQV_FAULT_POINT("run.bred");
      s.stage.store(Stage::kProbed, std::memory_order_release);
    } else {
      evaluate(s);
      EQV_FAULT_POINT("run.evaluated");
      s.stage.store(Stage::kReady, std::memory_order_release);
    }
    active_.fetch_sub(1, std::memory_order_acq_rel);
  }
}

void Pipeline::breed(Slot& s) {
  s.probe_seconds.reset();
  if (const OutcomeRow* row = replay_ ? replay_->outcome(s.request.ticket) : nullptr)
    return breed_stored(s, *row);
  for (std::uint32_t tries = settings_.functional_change;; --tries, ++s.attempt) {
    take(s, searcher_.vary(s.request, s.attempt));
    probe(s);
    if (tries == 0 || !repeats_parent(s)) return;
  }
}

void Pipeline::take(Slot& s, search::Bred bred) {
  s.checksum = hashing::checksum64(bred.genome.flat);
  s.candidate.birth = s.request.birth;
  s.candidate.first_parent = s.request.recipe.first_parent;
  s.candidate.second_parent = s.request.recipe.second_parent;
  s.candidate.op = bred.op;
  s.genome = std::make_shared<ProbedGenome>(ProbedGenome{std::move(bred.genome), {}});
  s.candidate.genome = s.genome;
  s.probe = {};
}

/// The attempt that the store's genome came of; and the class the store knows stands for the probe:
/// its founder's digest finds or founds the same class again.
void Pipeline::breed_stored(Slot& s, const OutcomeRow& row) {
  const std::uint32_t attempts =
      (settings_.functional_change + 1) *
      (settings_.tabu_limit > 0 ? settings_.tabu_attempts + 1 : std::uint32_t{1});
  for (s.attempt = 0; s.attempt < attempts; ++s.attempt) {
    take(s, searcher_.vary(s.request, s.attempt));
    if (s.checksum == row.genome_checksum) break;
  }
  if (!classes_) return;
  // What the second grid says of a candidate is not stored.
  if (settings_.two_keys) return probe(s);
  const ClassRow* known = row.cls == kNone64 ? nullptr : replay_->find_class(row.cls);
  s.probe.status = known ? Status::kOk : Status::kFailed;
  if (known) s.probe.digest.key = known->digest;
}

void Pipeline::probe(Slot& s) {
  if (!classes_ || !s.probes) return;
  if (!evaluator_.descriptor().offers_probe) {  // equality is by genome
    s.probe.status = Status::kOk;
    s.probe.digest.key = hashing::digest_bytes(s.candidate.genome->flat);
    return;
  }
  const auto before = clock_.now();
  s.probe = evaluator_.probe({s.candidate.genome->representation, s.candidate.genome->flat, {}},
                             settings_.probe_seed);
  s.probe_seconds = s.probe_seconds.value_or(0) + seconds(clock_.now() - before);
}

/// A mutation without effect.
bool Pipeline::repeats_parent(const Slot& s) const {
  const search::Recipe& recipe = s.request.recipe;
  if (recipe.kind != search::Recipe::Kind::kMutation || s.probe.status != Status::kOk) return false;
  // All genomes of this run were made by take().
  const auto& parent = static_cast<const ProbedGenome&>(*recipe.first);
  return parent.digest && is_among(*parent.digest, s.probe.digest);
}

void Pipeline::evaluate(Slot& s) {
  TrialRequest request;
  request.level = s.request.level;
  request.repeat = s.repeat;
  request.common_seed = s.common_seed;
  request.own_seed = s.own_seed;
  request.deadline = settings_.deadline;
  s.trial = evaluator_.evaluate({s.candidate.genome->representation, s.candidate.genome->flat, {}},
                                request, cancelled_);
  s.trial.figures.resize(figures_.size(), std::numeric_limits<double>::quiet_NaN());
  if (!writer_ || s.trial.status == Status::kCancelled) return;
  TrialRow row;
  row.kind = s.verify ? TrialKind::kVerification : TrialKind::kSearch;
  row.subject = s.request.ticket;
  row.birth = s.request.birth;
  row.cls = s.verdict.cls;
  row.level = s.request.level;
  row.repeat = s.repeat;
  row.common_seed = s.common_seed;
  row.own_seed = s.own_seed;
  row.status = s.trial.status;
  row.reason = s.trial.reason;
  row.figures = s.trial.figures;
  row.seconds = s.trial.seconds;
  row.cost = s.trial.cost;
  row.genome_checksum = s.checksum;
  row.message = s.trial.message;
  row.intermediate = std::move(s.trial.intermediate);
  writer_->push(std::move(row));
}

/// Takes the baton if it is free and does all that is due; else leaves word for its holder, who
/// will look again. Returns a task the caller should go on with.
std::optional<std::uint64_t> Pipeline::advance() {
  if (calls_.fetch_add(1, std::memory_order_acq_rel) != 0) return std::nullopt;
  std::optional<std::uint64_t> mine;
  std::uint32_t seen = 0;
  do {
    seen = calls_.load(std::memory_order_acquire);
    step();
    if (!mine) mine = std::exchange(mine_, std::nullopt);
    if (mine && mine_) executor_.submit({run_task, this, *std::exchange(mine_, std::nullopt)});
  } while (!calls_.compare_exchange_strong(seen, 0, std::memory_order_acq_rel));
  return mine;
}

// ---- in the sequencer
// ------------------------------------------------------------------------------------------------

void Pipeline::step() {
  // What the store holds is told first: a stop in a replay must not leave less than there was.
  const bool replaying = replay_ && next_tell_ < replay_->told();
  if (const StopCause wish = stop_wish_.load(); wish != StopCause::kNone && !replaying) end(wish);
  if (writer_ && !ended_ && writer_->failure()) end(StopCause::kStore);
  if (!probing_wanted_.load() && !probes_end_ && !replaying) {
    probes_end_ = next_ask_;
    if (writer_) writer_->push(probing_stopped_event(*probes_end_));
  }
  const bool paused = paused_.load();
  bool moved = !paused;
  if (moved) ask_more();
  while (moved) {
    moved = false;
    while (next_look_up_ < next_ask_ &&
           slot(next_look_up_).stage.load(std::memory_order_acquire) == Stage::kProbed && !ended_) {
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

bool Pipeline::wants_child() const {
  return budget_.wants_child(next_ask_) || (replay_ && next_ask_ < replay_->told());
}

void Pipeline::ask_more() {
  while (!ended_ && next_ask_ - next_tell_ < settings_.lookahead && wants_child()) {
    std::optional<search::Request> request = searcher_.ask(next_ask_);
    if (!request) {
      if (next_ask_ == next_tell_) end(StopCause::kExhausted);
      return;
    }
    Slot& s = slot(next_ask_);
    s.request = std::move(*request);
    s.attempt = s.refusals = 0;
    s.probes = !probes_end_ || next_ask_ < *probes_end_;
    dispatch(next_ask_, Stage::kBreeding);
    ++next_ask_;
  }
  if (next_ask_ == next_tell_ && !wants_child()) end(StopCause::kCandidates);
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
  const auto before = clock_.now();
  const std::uint64_t ticket = s.request.ticket;
  s.verdict = {};
  const bool has_digest = classes_ && s.probe.status == Status::kOk;
  if (has_digest) s.verdict = cache_.look_up(s.probe.digest, s.request.level, ticket);
  s.merged = has_digest && settings_.policy != hashing::Policy::kOff &&
             s.verdict.kind != hashing::Verdict::Kind::kEvaluate;
  if (has_digest) s.genome->digest = s.verdict.digest;
  if (s.verdict.warm)
    warm_classes_[s.verdict.cls] = find(*settings_.warm_start, s.verdict.digest, s.request.level);
  totals_.probes += classes_ && s.probes && evaluator_.descriptor().offers_probe ? 1 : 0;
  totals_.probe_time.probes += s.probe_seconds ? 1 : 0;
  totals_.probe_time.seconds += s.probe_seconds.value_or(0);
  totals_.look_up_seconds += seconds(clock_.now() - before);
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

/// Those of the trial that this request makes; of a hit, those of the trial behind it.
void Pipeline::set_seeds(Slot& s) {
  const bool has_class =
      s.verdict.cls != hashing::kNoClass && settings_.policy != hashing::Policy::kOff;
  s.repeat = s.request.repeat + s.verdict.trial;
  s.common_seed = common_seed(settings_.seed, s.repeat);
  s.own_seed = has_class ? own_seed(settings_.seed, s.verdict.digest, s.repeat)
                         : own_seed(settings_.seed, s.request.birth, s.repeat);
  // A forgotten behaviour that comes again draws anew.
  if (has_class && settings_.policy == hashing::Policy::kForget)
    s.own_seed = own_seed(s.own_seed, s.verdict.founder, s.repeat);
  if (const WarmClass* warm = warm_class(s)) {
    s.common_seed = warm->common_seed;
    s.own_seed = warm->own_seed;
  }
}

/// Of a hit whose outcome an earlier run found; null for others.
const WarmClass* Pipeline::warm_class(const Slot& s) const {
  if (!s.merged || warm_classes_.empty()) return nullptr;
  const auto at = warm_classes_.find(s.verdict.cls);
  return at == warm_classes_.end() ? nullptr : at->second;
}

/// Sees to it that the slot becomes ready: at once, from the store, or by an evaluation.
void Pipeline::reserve(Slot& s) {
  const std::uint64_t ticket = s.request.ticket;
  set_seeds(s);
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
  if (replay_)
    s.stored = replay_->trial(s.verify ? TrialKind::kVerification : TrialKind::kSearch, ticket, 0,
                              s.repeat);
  if (s.stored && s.stored->genome_checksum == s.checksum) {
    s.trial = result_of(*s.stored);
    s.trial.figures.resize(figures_.size(), std::numeric_limits<double>::quiet_NaN());
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
  if ((!s.merged || s.verify) && s.trial.status == Status::kCancelled) return false;
  const bool leads = !s.merged;
  const bool settles =
      leads && s.verdict.cls != hashing::kNoClass && settings_.policy != hashing::Policy::kOff;
  if (settles)
    cache_.settle(s.verdict.cls, s.request.level, static_cast<std::uint8_t>(s.trial.status),
                  static_cast<std::uint8_t>(s.trial.reason), s.trial.figures, s.trial.seconds);
  if (settles && settings_.policy == hashing::Policy::kAggregate) tell_aggregate(s);
  OutcomeRow row = outcome_of(s);
  if (!defect_.empty()) return false;
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
  after_tell(s, row);
  EQV_FAULT_POINT("run.told");
  return true;
}

/// The mean over the trials of its class so far stands for the trial.
void Pipeline::tell_aggregate(Slot& s) {
  const hashing::Recalled* known = cache_.recall(s.verdict.cls, s.request.level);
  if (!known) return;
  s.trial.status = static_cast<Status>(known->status);
  s.trial.reason = static_cast<Reason>(known->reason);
  if (known->count > 0) s.trial.figures.assign(known->mean.begin(), known->mean.end());
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
    const hashing::Recalled* known = cache_.recall(s.verdict.cls, s.request.level);
    if (!known) {
      fail("class " + std::to_string(s.verdict.cls) + " has no outcome at ticket " +
           std::to_string(row.ticket));
      return row;
    }
    s.trial = {};
    s.trial.status = static_cast<Status>(known->status);
    s.trial.reason = static_cast<Reason>(known->reason);
    s.trial.figures.assign(known->mean.begin(), known->mean.end());
    cache_.credit(s.verdict.cls, s.request.level);
  }
  row.status = s.trial.status;
  row.reason = s.trial.reason;
  row.told.reserve(told_figures_.size());
  for (std::size_t i : told_figures_) row.told.push_back(s.trial.figures[i]);
  return row;
}

/// Compares a repeated trial with the stored one: equal status, and figures within 1e-9 relative.
void Pipeline::check_verification(const Slot& s, OutcomeRow& row) {
  const hashing::Recalled* known = cache_.recall(s.verdict.cls, s.request.level);
  if (!known) return;
  ++totals_.verified;
  totals_.verification_seconds += s.trial.seconds;
  double error = static_cast<Status>(known->status) == s.trial.status
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
  GenomeRow genome;
  genome.birth = s.candidate.birth;
  genome.parent = s.candidate.first_parent;
  genome.second_parent = s.candidate.second_parent;
  genome.operator_id = static_cast<std::uint8_t>(s.candidate.op);
  genome.flat = s.candidate.genome->flat;
  writer_->push(std::move(genome));
  writer_->push(row);
}

void Pipeline::after_tell(const Slot& s, const OutcomeRow& row) {
  search::Outcome outcome;
  outcome.ranked = row.status == Status::kOk;
  for (std::size_t i = 0; outcome.ranked && i < figures_.size(); ++i)
    if (has_objective(figures_, i))
      outcome.objectives.push_back(figures_[i].minimize ? -s.trial.figures[i] : s.trial.figures[i]);
  outcome.ranked = outcome.ranked && !outcome.objectives.empty();
  for (std::size_t i = 0; outcome.ranked && i < figures_.size(); ++i) {
    const double figure = s.trial.figures[i];
    if (figures_[i].role == Role::kConstraint)
      outcome.violation += std::max(0.0, figures_[i].minimize ? figure : -figure);
    if (figures_[i].role == Role::kDescriptor) outcome.descriptors.push_back(figure);
  }
  searcher_.tell(s.request, s.candidate, outcome);
  digests_.add(row);

  const bool child = s.request.kind == search::Request::Kind::kChild;
  ++totals_.told;
  totals_.candidates += child ? 1 : 0;
  totals_.evaluations += s.merged ? 0 : 1;
  totals_.evaluation_seconds += s.merged ? 0 : s.trial.seconds;
  totals_.failed += row.status == Status::kFailed ? 1 : 0;
  totals_.cut_by_machine +=
      row.reason == Reason::kDeadline || row.reason == Reason::kMemory ? 1 : 0;
  totals_.classes += s.verdict.founded ? 1 : 0;
  totals_.partial_hits += s.verdict.partial ? 1 : 0;
  if (row.status == Status::kFailed && totals_.first_failure.empty())
    totals_.first_failure = s.trial.message;
  totals_.warm_hits += s.verdict.warm ? 1 : 0;
  offer_leader(s, row, outcome);
  const StopCause cause = budget_.count(
      child, !s.merged || s.verdict.warm,
      outcome.ranked && outcome.violation == 0 ? s.trial.figures : std::vector<double>{}, time_);
  // What the store holds was told, whatever the budget is now; one that is spent ends the run with
  // the last of it.
  const bool replaying = replay_ && row.ticket + 1 < replay_->told();
  if (cause != StopCause::kNone && !replaying) end(cause);
  const bool all_failed = totals_.told == 10 && totals_.failed == 10;
  const bool too_many =
      totals_.told >= 50 && static_cast<double>(totals_.failed) >
                                settings_.max_failed_share * static_cast<double>(totals_.told);
  if (all_failed || too_many) end(StopCause::kFailures);
}

void Pipeline::offer_leader(const Slot& s, const OutcomeRow& row, const search::Outcome& outcome) {
  if (!outcome.ranked) return;
  const bool has_class = settings_.policy != hashing::Policy::kOff && row.cls != hashing::kNoClass;
  const std::uint64_t identity = has_class ? s.verdict.digest.lo : row.genome_checksum;
  // A behaviour that was evaluated again is worth what was told last.
  const bool again = !s.merged && (settings_.policy == hashing::Policy::kForget ||
                                   settings_.policy == hashing::Policy::kAggregate);
  if (again) leaders_.withdraw(identity);
  if (!leaders_.would_enter(outcome.objectives.front(), outcome.violation)) return;
  Leader leader;
  leader.birth = row.birth;
  leader.cls = row.cls;
  leader.identity = identity;
  leader.digest = s.verdict.digest;
  leader.has_digest = has_class;
  leader.score = outcome.objectives.front();
  leader.violation = outcome.violation;
  leader.figures = s.trial.figures;
  leader.genome = s.candidate.genome;
  leaders_.offer(std::move(leader));
}

void Pipeline::end(StopCause cause) {
  if (ended_) return;
  ended_ = true;
  stopped_by_ = cause;
}

void Pipeline::fail(std::string defect) {
  if (defect_.empty()) defect_ = std::move(defect);
  end(StopCause::kDefect);
}

/// By hashing, as far as it can be measured.
std::optional<double> Pipeline::speed_up() const {
  const std::optional<double> probe_seconds = totals_.probe_time.of_all(totals_.probes);
  if (settings_.policy == hashing::Policy::kOff || !probe_seconds) return std::nullopt;
  return measured_speed_up(*probe_seconds + totals_.look_up_seconds + totals_.verification_seconds,
                           totals_.evaluation_seconds, cache_.accounting().seconds_saved);
}

void Pipeline::publish() {
  seen_told_.store(totals_.told, std::memory_order_relaxed);
  seen_evaluations_.store(totals_.evaluations, std::memory_order_relaxed);
  seen_hits_.store(totals_.told - totals_.evaluations, std::memory_order_relaxed);
  seen_replayed_.store(totals_.replayed, std::memory_order_relaxed);
  seen_speed_up_.store(speed_up().value_or(0), std::memory_order_relaxed);
  seen_stop_.store(stopped_by_, std::memory_order_relaxed);
  if (!leaders_.leaders().empty() && !figures_.empty()) {
    const Leader& best = leaders_.leaders().front();
    for (std::size_t i = 0; i < figures_.size(); ++i)
      if (has_objective(figures_, i)) {
        seen_best_.store(best.figures[i], std::memory_order_relaxed);
        has_best_.store(true, std::memory_order_relaxed);
        break;
      }
  }
}

}  // namespace equivolve::engine
