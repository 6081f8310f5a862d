// The search loop: ask -> [vary + probe]* -> look up -> [evaluate]* -> settle + tell. What is
// marked * runs on the executor's threads; everything that decides runs in the sequencer, in ticket
// order, so that a seed gives the same run on any number of workers. The sequencer is a role, not a
// thread: a ring of `lookahead` slots and a baton; whoever finishes a task and finds the baton free
// looks up, tells and asks what is due, and takes one of the new tasks itself.
//
// Determinism: request n is asked after exactly the tells up to n - lookahead (an algorithm that
// answers "nothing yet" is asked again after each further tell); look-ups happen in ticket order;
// the cache's answer at n depends on look-ups below n alone; an outcome is told only after all
// earlier ones.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/plugins/evaluator.hpp"
#include "engine/run/budget.hpp"
#include "engine/run/executor.hpp"
#include "engine/run/leaderboard.hpp"
#include "engine/run/probe_time.hpp"
#include "engine/run/replay.hpp"
#include "engine/run/running_time.hpp"
#include "engine/run/warm_start.hpp"
#include "engine/store/run_digests.hpp"
#include "engine/store/writer.hpp"
#include "hashing/equivalence_cache.hpp"
#include "search/algorithms/searcher.hpp"

namespace equivolve::engine {

/// What a run is, beside its evaluator and searcher. All of it is part of the run's identity but
/// max_failed_share, deadline and earlier_probes.
struct PipelineSettings {
  std::uint64_t seed = 0;
  std::uint64_t probe_seed = 0;  ///< of the evaluation context: the same for every run in it
  std::uint32_t lookahead = 16;
  hashing::Policy policy = hashing::Policy::kReuse;
  bool record_digests = false;        ///< with Policy::kOff: probe and store classes all the same
  double forget_probability = 0.1;    ///< of Policy::kForget, as in hashing::CacheSettings
  std::uint64_t forget_after = 0;     ///< the same
  std::uint32_t max_evaluations = 5;  ///< of Policy::kAggregate, the same
  bool two_keys = false;              ///< probes have a digest on each of two grids
  std::uint64_t capacity = 1'000'000;
  std::uint32_t repeats = 1;  ///< trials at the last level, as the searcher's schedule has it
  bool prunes = false;        ///< the searcher looks at what trials report on their way
  /// A mutation that behaves like its parent is bred again, at most so often; 0: never.
  std::uint32_t functional_change = 0;
  /// A child of a class that was seen so often already is bred again; 0: never ...
  std::uint64_t tabu_limit = 0;
  std::uint32_t tabu_attempts = 10;  ///< ... at most so often for one child
  /// Tickets from here on are not probed: where an earlier session decided so.
  std::optional<std::uint64_t> probes_end;
  bool probes_differ = false;                   ///< ... as one candidate had two digests
  std::shared_ptr<const WarmStart> warm_start;  ///< what earlier runs found out; may be null
  double verify_fraction = 0.005;
  std::uint32_t leaders_kept = 10;  ///< for the final stage
  double max_failed_share = 0.5;
  std::chrono::nanoseconds deadline{0};
  ProbeTime earlier_probes;  ///< of former sessions
  /// The outcomes of a run that this one repeats: children are asked for where they were there, and
  /// the run ends where it did. Null: as the budget has it.
  const std::vector<OutcomeRow>* repeats_run = nullptr;
};

/// Sums over a run. The first block is equal for equal runs; measured times are not.
struct PipelineTotals {
  std::uint64_t told = 0;         ///< requests told
  std::uint64_t candidates = 0;   ///< births told
  std::uint64_t decided = 0;      ///< of these, those that are not tried again
  std::uint64_t evaluations = 0;  ///< evaluator calls of told requests; verifications are apart
  std::vector<std::uint64_t> evaluations_at;  ///< the same by level; as long as the highest needs
  std::uint64_t pruned = 0;                   ///< of these, ended by `search.pruning`
  std::uint64_t failed = 0;                   ///< told outcomes with Status::kFailed
  std::map<Reason, std::uint64_t> failed_by;  ///< the same by reason
  std::uint64_t tried = 0;                    ///< candidates decided by a trial of their own
  std::uint64_t tried_in_vain = 0;            ///< trials of told requests that failed
  std::uint64_t verified = 0;
  std::uint64_t classes = 0;       ///< founded by told requests
  std::uint64_t partial_hits = 0;  ///< told requests whose class was known, but not at their level
  std::uint64_t cut_by_machine = 0;  ///< told outcomes that a deadline or memory limit decided
  std::uint64_t wrong_hits = 0;
  std::uint64_t warm_hits = 0;  ///< told requests that an earlier run had evaluated
  double largest_error = 0;     ///< of a wrong hit, relative
  std::uint64_t replayed = 0;   ///< told from the store
  std::string first_failure;    ///< what the first failed trial said

  std::uint64_t probes = 0;         ///< that the requests looked up needed, in any session
  ProbeTime probe_time;             ///< of those that were timed
  double look_up_seconds = 0;       ///< of all requests: a replay looks up again
  double evaluation_seconds = 0;    ///< of told evaluations
  double verification_seconds = 0;  ///< of told verifications
};

/// Whether what a behaviour is worth changes when it is seen again.
inline bool outcomes_change(hashing::Policy policy) {
  return policy == hashing::Policy::kForget || policy == hashing::Policy::kAggregate;
}

/// A bred genome with the digest of its class, by which a child that behaves like its parent is
/// known. The digest is written by the sequencer before anyone can be asked to breed from it.
struct ProbedGenome : search::Genome {
  std::optional<hashing::Digest> digest;
};

class Pipeline {
 public:
  /// `writer` may be null (nothing is stored); `replay` may be null (a fresh run). `time` is let go
  /// with the first work that is no replay. References
  /// outlive the pipeline; the executor must be idle when it is destroyed.
  Pipeline(PipelineSettings settings, search::Searcher searcher, Evaluator& evaluator,
           Executor& executor, RunningTime& time, BudgetMeter budget, StoreWriter* writer,
           const ReplayIndex* replay);

  void start();

  /// Waits until the search ended and nothing is in flight, or until `timeout`. True when ended.
  bool wait(std::chrono::milliseconds timeout);

  void stop(StopCause cause);  ///< no more asking; what is in flight is finished and told or stored
                               ///< [any-thread]
  void pause(bool paused);     ///< nothing is decided while paused; what is in flight is finished
                               ///< [any-thread]
  void cancel_trials();        ///< asks trials in flight to give up [any-thread]
  void stop_probing();         ///< what is asked from now on has no class; stored as an event, so
                               ///< that a replay does the same [any-thread]

  /// Live figures for a progress line. [any-thread]
  struct Progress {
    std::uint64_t told = 0, evaluations = 0, hits = 0;
    std::uint64_t decided = 0;                ///< candidates that are not tried again
    std::uint64_t replayed = 0;               ///< of those told, from the store
    std::uint64_t trying = 0;                 ///< trials that run, or wait for a thread
    std::optional<double> best;               ///< first objective, as the evaluator gives it
    std::optional<double> speed_up;           ///< by hashing, measured so far (speed_up.hpp)
    StopCause stopped_by = StopCause::kNone;  ///< why no more is asked
  };
  Progress progress() const;

  // After wait() returned true and the executor is idle (destroyed, or running something else):
  const PipelineTotals& totals() const { return totals_; }
  hashing::Accounting accounting() const { return cache_.accounting(); }
  const Leaderboard& leaders() const { return leaders_; }
  const search::Searcher& searcher() const { return searcher_; }
  const RunDigests& digests() const { return digests_; }
  StopCause stopped_by() const { return stopped_by_; }
  /// The first ticket that was not probed, when probing was stopped.
  std::optional<std::uint64_t> probes_end() const { return probes_end_; }
  /// A candidate that was probed twice had two digests, which ends probing. [any-thread]
  bool probes_differ() const { return probes_differ_.load(); }
  const std::string& defect() const {
    return defect_;
  }  ///< why replay, evaluator or workers made going on impossible; else empty

 private:
  enum class Stage : std::uint8_t { kFree, kBreeding, kProbed, kEvaluating, kReady };

  /// Neighbours are worked on by different threads: none shares a cache line.
  struct alignas(128) Slot {
    std::atomic<Stage> stage{Stage::kFree};
    search::Request request;
    search::Candidate candidate;
    std::shared_ptr<ProbedGenome> genome;  // a child's own
    std::uint64_t checksum = 0;            // of the genome
    std::uint32_t attempt = 0;             // at breeding it
    std::uint32_t refusals = 0;            // for being of a class seen too often
    bool probes = true;
    bool abandoned = false;  // the run was stopped while it was bred
    ProbeResult probe;
    std::optional<double> probe_seconds;  // when one was made
    hashing::Verdict verdict;
    bool merged = false;       // a hit: takes the class's outcome
    bool verify = false;       // a hit whose trial is repeated
    std::uint32_t repeat = 0;  // of the trial: the request's, and those of its class before it
    std::uint64_t common_seed = 0, own_seed = 0;
    bool seeds_follow = false;  // from the run's seed and the row that the store keeps of the trial
    const TrialRow* stored = nullptr;  // the trial, when the store has it
    TrialResult trial;
  };

  /// What telling an outcome came to.
  struct Worth {
    search::Told told;
    search::Outcome outcome;  // the trial's; of a candidate that was repeated in full, the mean
  };

  Slot& slot(std::uint64_t ticket) { return ring_[ticket % ring_.size()]; }

  // On the executor's threads.
  static void run_task(void* self, std::uint64_t ticket);
  void work(std::uint64_t ticket);
  bool do_task(Slot& slot);
  std::optional<std::uint64_t> take_waiting();
  void breed(Slot& slot);
  void breed_stored(Slot& slot, const OutcomeRow& row);
  void take(Slot& slot, search::Bred bred);
  void take_again(Slot& slot);
  void probe(Slot& slot);
  void check_probe(Slot& slot);
  bool repeats_parent(const Slot& slot) const;
  void evaluate(Slot& slot);
  std::optional<std::uint64_t> advance();
  void poke();

  // In the sequencer, with the baton.
  void step();
  void ask_more();
  bool wants_child() const;
  StopCause count(const Slot& slot, const Worth& worth);
  std::uint32_t stage(const Slot& slot) const;
  bool refuses(Slot& slot);
  void look_up(Slot& slot);
  bool shares_class(const Slot& slot) const;
  void set_seeds(Slot& slot, const WarmClass* warm);
  const WarmClass* warm_class(const Slot& slot) const;
  void offer_leader(const Slot& slot, const OutcomeRow& row, const Worth& worth);
  void reserve(Slot& slot);
  bool tell(Slot& slot);
  OutcomeRow outcome_of(Slot& slot);
  Worth tell_searcher(const Slot& slot, OutcomeRow& row);
  void check_verification(const Slot& slot, OutcomeRow& row);
  void store_told(const Slot& slot, const OutcomeRow& row);
  static const std::vector<double>& figures_of(const Slot& slot, const Worth& worth);
  void count_evaluation(const OutcomeRow& row);
  void after_tell(const Slot& slot, const OutcomeRow& row, const Worth& worth);
  void dispatch(std::uint64_t ticket, Stage stage);
  void end(StopCause cause);
  void fail(std::string defect, StopCause cause = StopCause::kDefect);
  void publish();
  double hashing_seconds() const;

  const PipelineSettings settings_;
  search::Searcher searcher_;
  Evaluator& evaluator_;
  Executor& executor_;
  RunningTime& time_;
  const Clock& clock_;
  StoreWriter* const writer_;
  const ReplayIndex* const replay_;
  const std::vector<NamedFigure>& figures_;
  const std::vector<std::size_t> told_figures_;  // positions of the figures that are told
  const bool classes_;                           // candidates get a digest and a class

  // The sequencer's: touched only with the baton.
  std::vector<Slot> ring_;
  hashing::EquivalenceCache cache_;
  BudgetMeter budget_;
  Leaderboard leaders_;
  RunDigests digests_;
  PipelineTotals totals_;
  std::uint64_t children_asked_ = 0;
  std::uint64_t next_ask_ = 0, next_look_up_ = 0, next_tell_ = 0;
  std::optional<std::uint64_t> probes_end_;
  bool searching_ = false;  // work that is no replay has begun
  bool ended_ = false;
  StopCause stopped_by_ = StopCause::kNone;
  std::string defect_;
  std::optional<std::uint64_t> mine_;  // a task the holder of the baton keeps for itself

  // All threads write these, so nothing else lies on their lines.
  alignas(128) std::atomic<std::uint32_t> calls_{0};   // the baton: who raises it from 0 holds it
  alignas(128) std::atomic<std::uint32_t> active_{0};  // tasks handed out and not finished
  std::atomic<bool> trials_are_short_{false};          // as the last one that ended
  alignas(128) std::atomic<StopCause> stop_wish_{StopCause::kNone};
  std::atomic<bool> paused_{false};
  std::atomic<bool> probing_wanted_{true}, probes_differ_{false};
  std::atomic<bool> cancelled_{false};
  std::atomic<std::uint64_t> seen_told_{0}, seen_decided_{0}, seen_evaluations_{0}, seen_hits_{0},
      seen_replayed_{0};
  std::atomic<double> seen_best_{0};
  std::atomic<double> seen_hashing_{-1}, seen_evaluating_{0}, seen_saved_{0};  // seconds
  std::atomic<StopCause> seen_stop_{StopCause::kNone};
  std::atomic<bool> has_best_{false};

  std::mutex mutex_;
  std::condition_variable finished_changed_;
  bool finished_ = false;  // protected by mutex_
};

}  // namespace equivolve::engine
