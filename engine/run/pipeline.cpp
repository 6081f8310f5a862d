#include "engine/run/pipeline.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/run/speed_up.hpp"
#include "engine/run/worth.hpp"
#include "engine/store/fault_point.hpp"

namespace equivolve::engine {
namespace {

std::vector<std::size_t> told_positions(const std::vector<NamedFigure>& figures) {
  std::vector<std::size_t> told;
  for (std::size_t i = 0; i < figures.size(); ++i)
    if (figures[i].role != Role::kMetric) told.push_back(i);
  return told;
}

/// Candidates get a digest and a class.
bool has_classes(const PipelineSettings& settings) {
  return settings.policy != hashing::Policy::kOff || settings.record_digests ||
         settings.functional_change > 0 || settings.tabu_limit > 0;
}

/// Where outcomes change with further trials, those that a lucky one pushed out must still be there
/// when it falls.
std::size_t room_for_leaders(const PipelineSettings& settings) {
  return outcomes_change(settings.policy) ? 10 * std::size_t{settings.leaders_kept} + 1000
                                          : settings.leaders_kept;
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
  cache.levels = static_cast<std::uint32_t>(info.levels.size()) + settings.repeats - 1;
  cache.figures = static_cast<std::uint32_t>(info.figures.size());
  return cache;
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
      leaders_(room_for_leaders(settings)) {
  totals_.probe_time = settings_.earlier_probes;
  probes_end_ = settings_.probes_end;
  probes_differ_.store(settings_.probes_differ);
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
  p.decided = seen_decided_.load();
  p.evaluations = seen_evaluations_.load();
  p.hits = seen_hits_.load();
  p.replayed = seen_replayed_.load();
  p.stopped_by = seen_stop_.load();
  for (const Slot& slot : ring_) p.trying += slot.stage.load() == Stage::kEvaluating ? 1 : 0;
  if (const double price = seen_hashing_.load(); price >= 0)
    p.speed_up = measured_speed_up(price, seen_evaluating_.load(), seen_saved_.load());
  if (has_best_.load()) p.best = seen_best_.load();
  return p;
}

// ---- on the executor's threads
// ---------------------------------------------------------------------------------------

void Pipeline::run_task(void* self, std::uint64_t ticket) {
  static_cast<Pipeline*>(self)->work(ticket);
}

/// Does the task of a slot, and goes on with whatever the sequencer has for this thread. What the
/// sequencer works on moves from core to core with the baton, which takes longer than a short task:
/// after such a one it is called only when nothing else waits. Not where evaluations take long: who
/// takes one would keep what it has bred from those that have nothing to do.
void Pipeline::work(std::uint64_t ticket) {
  for (std::optional<std::uint64_t> next = ticket; next;) {
    const bool was_short = do_task(slot(*next));
    const bool goes_on = was_short && trials_are_short_.load(std::memory_order_relaxed);
    next = goes_on ? take_waiting() : std::nullopt;
    if (!next) next = advance();
  }
}

/// Whether it was done in less than a hand-over is worth.
bool Pipeline::do_task(Slot& s) {
  constexpr double kShort = 50e-6;  // seconds
  double seconds = 0;
  if (s.stage.load(std::memory_order_acquire) == Stage::kBreeding) {
    breed(s);
    seconds = s.probe_seconds.value_or(0);
    EQV_FAULT_POINT("run.bred");
    s.stage.store(Stage::kProbed, std::memory_order_release);
  } else {
    evaluate(s);
    seconds = s.trial.seconds;
    trials_are_short_.store(seconds < kShort, std::memory_order_relaxed);
    EQV_FAULT_POINT("run.evaluated");
    s.stage.store(Stage::kReady, std::memory_order_release);
  }
  active_.fetch_sub(1, std::memory_order_acq_rel);
  return seconds < kShort;
}

/// Another task of this pipeline that nobody has begun.
std::optional<std::uint64_t> Pipeline::take_waiting() {
  const std::optional<Executor::Task> task = executor_.take(this);
  return task ? std::optional(task->argument) : std::nullopt;
}

void Pipeline::breed(Slot& s) {
  s.probe_seconds.reset();
  if (s.request.kind == search::Request::Kind::kAgain) return take_again(s);
  if (const OutcomeRow* row = replay_ ? replay_->outcome(s.request.ticket) : nullptr)
    return breed_stored(s, *row);
  for (std::uint32_t tries = settings_.functional_change;; --tries, ++s.attempt) {
    take(s, searcher_.vary(s.request, s.attempt));
    probe(s);
    check_probe(s);
    if (tries == 0 || !repeats_parent(s)) return;
    s.abandoned = stop_wish_.load() != StopCause::kNone;
    if (s.abandoned) return;
  }
}

void Pipeline::take(Slot& s, search::Bred bred) {
  if (evaluator_.info().refines_genomes)
    if (auto refined =
            evaluator_.refine({bred.genome.representation, bred.genome.flat, {}}, cancelled_);
        !refined.empty())
      bred.genome.flat = std::move(refined);
  s.checksum = hashing::checksum64(bred.genome.flat);
  s.candidate.birth = s.request.birth;
  s.candidate.first_parent = s.request.recipe.first_parent;
  s.candidate.second_parent = s.request.recipe.second_parent;
  s.candidate.op = bred.op;
  s.genome = std::make_shared<ProbedGenome>(ProbedGenome{std::move(bred.genome), {}});
  s.candidate.genome = s.genome;
  s.probe = {};
}

/// A candidate that is tried again is what it was, and its founder's digest finds its class.
void Pipeline::take_again(Slot& s) {
  s.candidate = s.request.candidate;
  s.genome = nullptr;
  s.checksum = hashing::checksum64(s.candidate.genome->flat);
  s.probe = {};
  // All genomes of this run were made by take().
  const auto& genome = static_cast<const ProbedGenome&>(*s.candidate.genome);
  if (!classes_ || !s.probes || !genome.digest) return;
  s.probe.status = Status::kOk;
  s.probe.digest.key = *genome.digest;
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
                             settings_.probe_seed, cancelled_);
  s.probe_seconds = s.probe_seconds.value_or(0) + as_seconds(clock_.now() - before);
}

/// Equal digests stand for equal behaviour. An evaluator that gives one candidate two of them means
/// something else by it, so that none of them is asked for any more.
void Pipeline::check_probe(Slot& s) {
  constexpr std::uint64_t kProbesBetween = 1000;
  const bool is_checked = s.request.ticket % kProbesBetween == 0 && s.attempt == 0;
  if (!is_checked || !classes_ || !s.probes || s.probe.status != Status::kOk) return;
  const ProbeResult first = s.probe;
  probe(s);
  if (s.probe.status == Status::kOk && !(s.probe.digest == first.digest)) {
    probes_differ_.store(true);
    probing_wanted_.store(false);
  }
  s.probe = first;
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
  if (s.verdict.cls != hashing::kNoClass) request.behaviour = s.verdict.digest;
  std::optional<search::PruningWatch> watch;
  if (s.request.pruning && !s.verify) {
    watch.emplace(*s.request.pruning);
    request.stops_at = [&](std::uint64_t step, std::span<const double> figures) {
      const std::vector<double> objectives = objectives_of(figures_, figures);
      return !objectives.empty() && watch->stops(step, objectives);
    };
    request.starts_anew = [&] { watch.emplace(*s.request.pruning); };
  }
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
  if (!s.seeds_follow) {
    row.common_seed = s.common_seed;
    row.own_seed = s.own_seed;
  }
  row.status = s.trial.status;
  row.reason = s.trial.reason;
  row.figures = s.trial.figures;
  row.seconds = s.trial.seconds;
  row.cost = s.trial.cost;
  row.genome_checksum = static_cast<std::uint32_t>(s.checksum);
  row.message = s.trial.message;
  row.log = std::move(s.trial.log);
  row.intermediate = s.trial.intermediate;
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

}  // namespace equivolve::engine
