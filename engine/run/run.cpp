#include "engine/run/run.hpp"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "engine/plugins/crash_notes.hpp"
#include "engine/plugins/set_aside.hpp"
#include "engine/plugins/threads_evaluator.hpp"
#include "engine/processes/shell_text.hpp"
#include "engine/run/clock.hpp"
#include "engine/run/kernel.hpp"
#include "engine/run/notes.hpp"
#include "engine/run/search_only.hpp"
#include "engine/run/speed_up.hpp"
#include "engine/run/summarise.hpp"
#include "engine/store/fault_point.hpp"
#include "engine/store/run_lock.hpp"

namespace equivolve::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto kPoll = 50ms;
constexpr auto kGrace = 10s;    // for trials in flight, after a stop or when time is up
constexpr auto kPatience = 2s;  // after a signal, before it is said what is waited for

RunHead head_of(const Preparation& prepared) {
  RunHead head;
  head.name = prepared.config.name;
  head.seed = prepared.config.seed;
  head.evaluator = prepared.evaluator->descriptor().id;
  head.evaluator_version = prepared.evaluator->descriptor().version;
  head.representation = prepared.config.representation;
  head.config_as_written = prepared.config.as_written;
  head.config_resolved = resolved_text(prepared);
  head.context = prepared.context;
  head.data = prepared.evaluator->info().data_digest;
  head.origin = prepared.origin;
  for (const NamedFigure& f : prepared.evaluator->info().figures)
    head.figures.push_back(
        {f.name, f.unit, static_cast<std::uint32_t>(f.role), f.minimize, f.reproducible});
  head.engine_version = EQUIVOLVE_VERSION;
  head.kernel = kernel_kind();
  return head;
}

/// One session of a run: from begin_run or resume_run to its end.
class Session {
 public:
  Session(const Preparation& prepared, const RunControls& controls,
          std::unique_ptr<StoreWriter> writer, RunId run, RunOrigins origins,
          std::unique_ptr<ReplayIndex> replay, ProbeTime earlier_probes, double earlier_seconds)
      : prepared_(prepared),
        controls_(controls),
        writer_(std::move(writer)),
        run_(run),
        origins_(std::move(origins)),
        replay_(std::move(replay)),
        earlier_probes_(earlier_probes),
        width_(executor_width(prepared.config)),
        clock_(controls.clock ? *controls.clock : machine_clock_),
        time_(clock_, std::chrono::duration_cast<std::chrono::nanoseconds>(
                          std::chrono::duration<double>(earlier_seconds))) {
    time_.hold(RunningTime::Hold::kNotSearching, true);
  }

  tl::expected<RunOutcome, RunError> go() {
    if (controls_.executor) {
      executor_ = controls_.executor(width_);
    } else {
      auto made = make_executor(prepared_.config.executor, width_);
      if (!made) return fail(2, made.error());
      executor_ = std::move(*made);
    }
    if (auto running = writer_->update_run(state_of(RunStatus::kRunning, "")); !running)
      return fail(3, running.error().message);
    PipelineSettings settings = pipeline_settings(prepared_);
    settings.earlier_probes = earlier_probes_;
    settings.warm_start = origins_.warm_start;
    settings.probes_end = origins_.probes_end;
    settings.probes_differ = origins_.probes_differ;
    settings.repeats_run = controls_.repeats_run;
    BudgetMeter budget(prepared_.config.budget, prepared_.evaluator->info().figures);
    if (prepared_.config.evaluator.isolation == "thread") note_crashes();
    pipeline_.emplace(settings, make_searcher(prepared_), evaluator(), *executor_, time_, budget,
                      writer_.get(), replay_.get());
    search();
    writer_->push(probed_event(pipeline_->totals().probe_time));
    if (auto failure = writer_->failure()) return fail(3, failure->message);
    if (pipeline_->stopped_by() == StopCause::kDefect) return fail(1, pipeline_->defect());
    if (pipeline_->stopped_by() == StopCause::kWorkers) return fail(5, pipeline_->defect());
    FinalResult final_result;
    if (goes_on_to_the_end()) {
      auto result = final_stage();
      if (!result) return fail(4, result.error());
      final_result = std::move(*result);
      if (!final_result.no_worker.empty()) return fail(5, final_result.no_worker);
    }
    return close(final_result);
  }

 private:
  tl::unexpected<RunError> fail(int exit_code, std::string message) {
    executor_.reset();  // nothing may still use the pipeline
    if (exit_code != 3) {
      writer_->push(EventRow{"failed", fmt::format("{{\"exit\":{}}}", exit_code)});
      (void)writer_->update_run(state_of(RunStatus::kFailed, ""));
    }
    return tl::unexpected<RunError>(RunError{exit_code, std::move(message), run_});
  }

  void note_crashes() {
    crash_notes_.emplace(
        store::side_file_of(prepared_.config.store.file, run_, store::kCrashes),
        fmt::format("equivolve: a trial has crashed the engine, as evaluator.isolation is thread; "
                    "run {0} can be resumed (with evaluator.isolation=process a crash costs its "
                    "own trial alone): equivolve resume {0} --store {1}\n",
                    run_, shell_word(prepared_.config.store.file.string())));
    on_threads_.emplace(*prepared_.evaluator, *crash_notes_);
    const auto notes = crash_notes_->read();
    if (!notes.empty() && controls_.notice)
      controls_.notice(fmt::format(
          "the engine has crashed in {} of this run's trials (the last time by signal {}); a "
          "behaviour that does so {} times is set aside",
          notes.size(), notes.back().signal, kMostAttempts));
  }
  Evaluator& evaluator() { return on_threads_ ? *on_threads_ : *prepared_.evaluator; }

  bool goes_on_to_the_end() const {
    switch (pipeline_->stopped_by()) {
      case StopCause::kCandidates:
      case StopCause::kEvaluations:
      case StopCause::kTime:
      case StopCause::kTarget:
      case StopCause::kExhausted:
        return true;
      default:
        return false;
    }
  }

  /// Never less than what the store already holds, however far the replay has come.
  std::uint64_t told() const {
    const std::uint64_t stored = replay_ ? replay_->told() : 0;
    return std::max(stored, pipeline_ ? pipeline_->progress().told : 0);
  }
  double all_seconds() const { return std::chrono::duration<double>(time_.total()).count(); }

  RunState state_of(RunStatus status, std::string summary) const {
    RunState state;
    state.status = status;
    state.told = told();
    state.seconds = all_seconds();
    state.stopped_by = pipeline_ ? stop_cause_name(pipeline_->stopped_by()) : "";
    state.summary_json = std::move(summary);
    return state;
  }

  double session_seconds() const { return std::chrono::duration<double>(time_.session()).count(); }

  void search() {
    pipeline_->start();
    while (!pipeline_->wait(kPoll)) poll(ProgressReport::Phase::kSearch);
    time_.hold(RunningTime::Hold::kNotSearching, true);
  }

  /// Between two waits: signals, wishes, heartbeat, progress.
  void poll(ProgressReport::Phase phase) {
    const auto now = clock_.now();
    if (controls_.signal && controls_.signal->load() != 0) ask_to_stop(StopCause::kSignal);
    cancel_what_is_late(now);
    say_what_is_waited_for(now, phase);
    if (now - last_wishes_ > 500ms) {
      last_wishes_ = now;
      for (const std::string& wish : writer_->take_wishes()) obey(wish);
    }
    if (now - last_heartbeat_ > 1s) {
      last_heartbeat_ = now;
      writer_->heartbeat(told(), all_seconds());
    }
    if (controls_.progress && now - last_progress_ > 200ms) {
      last_progress_ = now;
      controls_.progress({phase, pipeline_->progress(), all_seconds(), session_seconds(), paused_});
    }
    advise();
  }

  /// Trials in flight get some time after a stop, and when the running time is up.
  void cancel_what_is_late(std::chrono::nanoseconds now) {
    if (!time_up_since_ && pipeline_->progress().stopped_by == StopCause::kTime)
      time_up_since_ = now;
    const bool stopped = stopping_since_ && now - *stopping_since_ > kGrace;
    if (stopped || (time_up_since_ && now - *time_up_since_ > kGrace)) pipeline_->cancel_trials();
    if (stopped) final_cancel_.store(true);
  }

  /// A trial on a thread may look for a stop late, or never.
  void say_what_is_waited_for(std::chrono::nanoseconds now, ProgressReport::Phase phase) {
    if (said_waiting_ || stop_cause_ != StopCause::kSignal || now - *stopping_since_ < kPatience ||
        !controls_.notice || prepared_.config.evaluator.isolation != "thread")
      return;
    said_waiting_ = true;
    const std::uint64_t trials = phase == ProgressReport::Phase::kSearch
                                     ? std::min<std::uint64_t>(pipeline_->progress().trying, width_)
                                     : 0;  // of the final stage nobody counts them
    controls_.notice(fmt::format("waiting for {}trial{}; once more (Ctrl-C) ends at once",
                                 trials == 0 ? "" : fmt::format("{} ", trials),
                                 trials == 1 ? "" : "s"));
  }

  void advise() {
    const std::optional<double> speed_up = pipeline_->progress().speed_up;
    if (!prepared_.evaluator->descriptor().offers_probe) return;  // none to leave out
    if (origins_.probes_end || !slow_hashing_.look(time_.session(), speed_up)) return;
    const bool stops = prepared_.config.hashing.stops_probing;
    if (stops) pipeline_->stop_probing();
    if (controls_.notice && (stops || hashing_only_saves(prepared_.config)))
      controls_.notice(stops ? probing_stopped_notice(*speed_up) : slow_hashing_advice(*speed_up));
  }

  void obey(const std::string& wish) {
    if (wish == "stop") ask_to_stop(StopCause::kWish);
    if (wish == "pause" || wish == "continue") {
      paused_ = wish == "pause";
      time_.hold(RunningTime::Hold::kPaused, paused_);
      pipeline_->pause(paused_);
      gate_.set(paused_);
      writer_->push(EventRow{paused_ ? "paused" : "continued", "{}"});
      (void)writer_->update_run(state_of(paused_ ? RunStatus::kPaused : RunStatus::kRunning, ""));
      if (controls_.notice) controls_.notice(paused_ ? "paused, as asked" : "going on, as asked");
    }
  }

  void ask_to_stop(StopCause cause) {
    if (stopping_since_) return;
    stopping_since_ = clock_.now();
    stop_cause_ = cause;
    pipeline_->stop(cause);
    final_stop_.store(true);
    gate_.set(false);  // what waits there sees the stop
  }

  tl::expected<FinalResult, std::string> final_stage() {
    EQV_FAULT_POINT("run.before_final");
    const FinalStageParts parts{prepared_.config.seed,
                                prepared_.config.final_stage,
                                evaluator(),
                                *executor_,
                                writer_.get(),
                                replay_.get(),
                                final_stop_,
                                final_cancel_,
                                prepared_.config.evaluator.deadline,
                                *prepared_.space,
                                prepared_.context,
                                &gate_};
    // The stage runs on the executor; this thread goes on polling beside it.
    tl::expected<FinalResult, std::string> result;
    std::atomic<bool> done{false};
    std::mutex mutex;
    std::condition_variable changed;
    std::thread stage([&] {
      result = run_final_stage(parts, pipeline_->leaders().leaders());
      std::lock_guard lock(mutex);
      done = true;
      changed.notify_all();
    });
    {
      std::unique_lock lock(mutex);
      while (!done) {
        changed.wait_for(lock, kPoll, [&] { return done.load(); });
        lock.unlock();
        poll(ProgressReport::Phase::kFinal);
        lock.lock();
      }
    }
    stage.join();
    return result;
  }

  tl::expected<RunOutcome, RunError> close(const FinalResult& final_result) {
    executor_.reset();
    RunOutcome outcome;
    const bool finished = final_result.complete;
    const bool failures = pipeline_->stopped_by() == StopCause::kFailures;
    const RunStatus status = finished   ? RunStatus::kFinished
                             : failures ? RunStatus::kFailed
                                        : RunStatus::kStopped;
    outcome.summary = summarise(prepared_, *pipeline_, final_result, run_, all_seconds());
    outcome.summary.status = status;
    if (finished && prepared_.evaluator->info().offers_test_split)
      outcome.summary.test_openings = count_openings();
    if (!finished && stop_cause_ != StopCause::kNone)
      outcome.summary.stopped_by = stop_cause_name(stop_cause_);
    if (finished && outcome.summary.best)
      writer_->push(ArtefactRow{prepared_.config.representation + ".txt", "text/plain",
                                outcome.summary.best->text});
    writer_->push(EventRow{run_status_name(status),
                           fmt::format("{{\"stopped_by\":\"{}\"}}", outcome.summary.stopped_by)});
    EQV_FAULT_POINT("run.before_finish");
    RunState state = state_of(status, to_json(outcome.summary));
    state.stopped_by = outcome.summary.stopped_by;
    if (auto written = writer_->update_run(state); !written)
      return fail(3, written.error().message);
    EQV_FAULT_POINT("run.after_finish");
    if (auto ended = writer_->finish_run(); !ended) return fail(3, ended.error().message);
    outcome.exit_code = failures ? 4 : finished ? 0 : stop_exit_code();
    return outcome;
  }

  /// Of these data's test split, this run's own included. A belief, not a result: without an answer
  /// the summary says nothing of it.
  std::optional<std::uint64_t> count_openings() {
    if (!writer_->flush()) return std::nullopt;
    auto reader = StoreReader::open(writer_->file());
    if (!reader) return std::nullopt;
    auto count =
        (*reader)->test_openings({prepared_.evaluator->info().data_digest, prepared_.context});
    return count ? *count : std::nullopt;
  }

  int stop_exit_code() const {
    if (stop_cause_ != StopCause::kSignal || !controls_.signal) return 0;
    return 128 + (controls_.signal->load() == SIGINT ? SIGINT : SIGTERM);
  }

  const Preparation& prepared_;
  const RunControls& controls_;
  std::unique_ptr<StoreWriter> writer_;
  RunId run_;
  const RunOrigins origins_;
  std::unique_ptr<ReplayIndex> replay_;
  const ProbeTime earlier_probes_;
  const unsigned width_;  // of the executor
  const SteadyClock machine_clock_{};
  const Clock& clock_;
  RunningTime time_;
  std::optional<CrashNotes> crash_notes_;  // where trials run on threads
  std::optional<ThreadsEvaluator> on_threads_;
  std::optional<Pipeline> pipeline_;
  std::unique_ptr<Executor> executor_;  // ends before the pipeline does
  std::chrono::nanoseconds last_wishes_{0}, last_heartbeat_{0}, last_progress_{0};
  std::optional<std::chrono::nanoseconds> stopping_since_;  // asked to
  std::optional<std::chrono::nanoseconds> time_up_since_;   // budget.time
  SlowHashing slow_hashing_;
  StopCause stop_cause_ = StopCause::kNone;
  bool said_waiting_ = false;
  bool paused_ = false;
  PauseGate gate_;                         // of the final stage
  std::atomic<bool> final_stop_{false};    // it begins no trial any more
  std::atomic<bool> final_cancel_{false};  // ... and gives up those in flight
};

tl::expected<std::unique_ptr<StoreWriter>, RunError> open_store(const Preparation& prepared,
                                                                const RunControls& controls) {
  WriterOptions options;
  options.relaxed = prepared.config.store.relaxed;
  options.message = controls.notice;
  auto writer = StoreWriter::open(prepared.config.store.file, options);
  if (!writer) return tl::unexpected<RunError>(RunError{3, writer.error().message, 0});
  if (controls.committed) (*writer)->on_commit(controls.committed);
  return std::move(*writer);
}

tl::expected<std::shared_ptr<const WarmStart>, StoreError> warm_start_of(
    const StoreReader& reader, const Preparation& prepared) {
  auto gathered =
      gather_warm_start(reader, prepared.context, prepared.evaluator->info().figures.size());
  if (!gathered) return tl::unexpected(gathered.error());
  return std::make_shared<const WarmStart>(std::move(*gathered));
}

/// Before the run has a row of its own.
tl::expected<RunOrigins, StoreError> origins_of_new(const Preparation& prepared,
                                                    const RunControls& controls) {
  if (controls.origins) return *controls.origins;
  RunOrigins origins;
  if (!prepared.config.hashing.warm_start) return origins;
  auto reader = StoreReader::open(prepared.config.store.file);
  if (!reader) return tl::unexpected(reader.error());
  auto gathered = warm_start_of(**reader, prepared);
  if (!gathered) return tl::unexpected(gathered.error());
  origins.warm_start = std::move(*gathered);
  return origins;
}

/// Ahead of everything that depends on it.
void keep(StoreWriter& writer, const RunOrigins& origins) {
  if (origins.warm_start)
    writer.push(
        ArtefactRow{kWarmStartName, "application/octet-stream", encode(*origins.warm_start)});
  if (origins.probes_end)
    writer.push(probing_stopped_event(*origins.probes_end, origins.probes_differ));
}

}  // namespace

tl::expected<RunOrigins, StoreError> origins_of(const StoreReader& reader, RunId run) {
  RunOrigins origins;
  auto events = reader.events(run);
  if (!events) return tl::unexpected(events.error());
  if (const auto stopped = probing_stopped(*events)) {
    origins.probes_end = stopped->ticket;
    origins.probes_differ = stopped->digests_differ;
  }
  auto artefacts = reader.artefacts(run);
  if (!artefacts) return tl::unexpected(artefacts.error());
  for (const ArtefactRow& artefact : *artefacts) {
    if (artefact.name != kWarmStartName) continue;
    auto warm = decode_warm_start(artefact.content);
    if (!warm)
      return tl::unexpected(StoreError{
          fmt::format("run {}: its artefact '{}' {}", run, kWarmStartName, warm.error())});
    origins.warm_start = std::make_shared<const WarmStart>(std::move(*warm));
    break;
  }
  return origins;
}

tl::expected<RunOutcome, RunError> start_run(const Preparation& prepared,
                                             const RunControls& controls) {
  auto writer = open_store(prepared, controls);
  if (!writer) return tl::unexpected<RunError>(writer.error());
  auto origins = origins_of_new(prepared, controls);
  if (!origins) return tl::unexpected<RunError>(RunError{3, origins.error().message, 0});
  auto run = (*writer)->begin_run(head_of(prepared));
  if (!run) return tl::unexpected<RunError>(RunError{3, run.error().message, 0});
  if (controls.started) controls.started(*run);
  (*writer)->push(EventRow{"started", notes_json(prepared.notes)});
  keep(**writer, *origins);
  return Session(prepared, controls, std::move(*writer), *run, std::move(*origins), nullptr, {}, 0)
      .go();
}

tl::expected<RunOutcome, RunError> resume_run(const Preparation& prepared, const RunInfo& info,
                                              const RunControls& controls) {
  auto writer = open_store(prepared, controls);
  if (!writer)
    return tl::unexpected<RunError>(
        RunError{writer.error().exit_code, writer.error().message, info.id});
  if (auto taken = (*writer)->resume_run(info.id); !taken)
    return tl::unexpected<RunError>(RunError{3, taken.error().message, info.id});
  auto reader = StoreReader::open(prepared.config.store.file);
  if (!reader) return tl::unexpected<RunError>(RunError{3, reader.error().message, info.id});
  auto data = (*reader)->replay(info.id);
  if (!data) return tl::unexpected<RunError>(RunError{3, data.error().message, info.id});
  auto events = (*reader)->events(info.id);
  if (!events) return tl::unexpected<RunError>(RunError{3, events.error().message, info.id});
  // What trials reported decides which later ones were stopped.
  if (prepared.config.search.pruning != "off") {
    auto reported = (*reader)->intermediate_values(info.id);
    if (!reported) return tl::unexpected<RunError>(RunError{3, reported.error().message, info.id});
    // Both in the order of trials; a damaged file that was salvaged may lack some.
    auto trial = data->trials.begin();
    for (const IntermediateRow& row : *reported) {
      while (trial != data->trials.end() && trial->number < row.trial) ++trial;
      if (trial == data->trials.end()) break;
      if (trial->number == row.trial) trial->intermediate.push_back(row.value);
    }
  }
  if (const std::string now = head_of(prepared).config_resolved; now != info.head.config_resolved)
    if (auto changed = (*writer)->change_configuration(now); !changed)
      return tl::unexpected<RunError>(RunError{3, changed.error().message, info.id});
  auto origins = origins_of(**reader, info.id);
  if (!origins) return tl::unexpected<RunError>(RunError{3, origins.error().message, info.id});
  // It was killed before anything was kept: nothing was told either.
  if (prepared.config.hashing.warm_start && !origins->warm_start) {
    auto gathered = warm_start_of(**reader, prepared);
    if (!gathered) return tl::unexpected<RunError>(RunError{3, gathered.error().message, info.id});
    origins->warm_start = std::move(*gathered);
    keep(**writer, {origins->warm_start, std::nullopt});
  }
  if (controls.started) controls.started(info.id);
  (*writer)->push(EventRow{"resumed", fmt::format("{{\"told\":{}}}", data->outcomes.size())});
  return Session(prepared, controls, std::move(*writer), info.id, std::move(*origins),
                 std::make_unique<ReplayIndex>(std::move(*data)), last_probed(*events),
                 info.state.seconds)
      .go();
}

}  // namespace equivolve::engine
