// Reads a results file while a run may be writing it, and files of older schemas. Read transactions
// are short; nothing here writes, but request().
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "engine/store/records.hpp"
#include "engine/store/writer.hpp"

namespace equivolve::engine {

/// A run as `list` and `show` see it.
struct RunInfo {
  RunId id = 0;
  RunHead head;
  RunState state;         ///< told: what is committed, not what the last heartbeat said
  std::string created;    ///< ISO 8601, UTC
  std::string heartbeat;  ///< ISO 8601, UTC; "" before the first
  bool locked = false;    ///< a live process holds the run
};

/// A group of runs as `list` and `compare` see it.
struct GroupInfo {
  GroupId id = 0;
  std::string name;
  std::string config_as_written;
  std::string created;                                 ///< ISO 8601, UTC
  std::uint64_t planned = 0;                           ///< runs of the plan
  std::vector<std::pair<std::uint64_t, RunId>> begun;  ///< (position in the plan, run), rising
};

inline constexpr std::uint32_t kObjectiveRole = 0;
inline constexpr std::uint32_t kConstraintRole = 1;
inline constexpr std::uint32_t kMetricRole = 3;  ///< figures of the roles below it are told
/// The name of the first objective; "" where there is none.
std::string objective_of(const RunHead& head);

/// What the committed outcomes of a run come to, whether it is running or was killed.
struct RunCounts {
  std::uint64_t told = 0, candidates = 0, evaluations = 0, cache_hits = 0, classes = 0;
  std::uint64_t failed = 0, verified = 0, wrong_hits = 0;
  std::optional<OutcomeRow> best;              ///< in the first told figure; of equals the earliest
  std::optional<hashing::Digest> best_digest;  ///< of its class
};

/// Everything that replay needs, in memory, in order.
struct ReplayData {
  std::vector<ClassRow> classes;     ///< by class id
  std::vector<OutcomeRow> outcomes;  ///< by ticket, from 0 without gaps
  std::vector<TrialRow> trials;      ///< in order of insertion; told and untold, all kinds
};

struct VerifiedRun {
  RunId run = 0;
  std::string name;
  std::uint64_t outcomes = 0;
  std::string result_digest, trajectory_digest;  ///< recomputed from the rows, 32 hex digits; ""
                                                 ///< when the run has no outcome
};

struct VerifyReport {
  std::vector<std::string> problems;  ///< one line each; empty: all is well
  std::uint64_t rows = 0;             ///< rows whose checksum was recomputed
  std::vector<VerifiedRun> runs;      ///< by number
};

class StoreReader {
 public:
  /// `patience`: how long a call waits for a program that keeps the file to itself.
  static tl::expected<std::unique_ptr<StoreReader>, StoreError> open(
      const std::filesystem::path& file, std::chrono::milliseconds patience = kPatience);
  static constexpr std::chrono::milliseconds kPatience{10'000};
  ~StoreReader();

  /// Without half_deleted_runs.
  tl::expected<std::vector<RunInfo>, StoreError> runs() const;
  /// Runs whose deletion was interrupted, or is going on: gone for everyone but `delete`.
  tl::expected<std::vector<RunInfo>, StoreError> half_deleted_runs() const;
  /// By number, name (the latest of that name) or "latest".
  tl::expected<RunInfo, StoreError> find_run(const std::string& run) const;

  /// Groups of runs, rising; none in a file of schema 1.
  tl::expected<std::vector<GroupInfo>, StoreError> groups() const;
  /// By "g" and number, or by name (the latest of that name).
  tl::expected<GroupInfo, StoreError> find_group(const std::string& group) const;
  /// All that the group is to hold, by position.
  tl::expected<std::vector<PlannedRun>, StoreError> plan(GroupId group) const;

  /// How often the test split of these data was opened by runs of this file. Nothing in a file of
  /// schema 1, which kept no count.
  tl::expected<std::optional<std::uint64_t>, StoreError> test_openings(
      const TestOpeningRow& opening) const;

  /// Reads every outcome of the run once, in short transactions; with `before`, what was counted
  /// earlier, only those told since.
  tl::expected<RunCounts, StoreError> counts(const RunInfo& run, RunCounts before = {}) const;
  /// Of tickets first..last: the one that RunCounts takes for the best; none where none is ok. One
  /// short read transaction that reads them all.
  tl::expected<std::optional<OutcomeRow>, StoreError> best_between(const RunInfo& run,
                                                                   std::uint64_t first,
                                                                   std::uint64_t last) const;

  /// A number that changes whenever another connection has committed to the file (SQLite's PRAGMA
  /// data_version): cheap enough to be asked several times a second.
  tl::expected<std::int64_t, StoreError> data_version() const;

  /// For those who follow a run: at most `most` rows, the first of them number `first` (a ticket; a
  /// trial's place among all trials) or the next one after it. One short read transaction.
  tl::expected<std::vector<OutcomeRow>, StoreError> outcomes(RunId run, std::uint64_t first,
                                                             std::size_t most) const;
  tl::expected<std::vector<TrialRow>, StoreError> trials(RunId run, std::uint64_t first,
                                                         std::size_t most) const;
  /// Of all kinds, in the order in which they ended; at most the last `most`.
  tl::expected<std::vector<TrialRow>, StoreError> failed_trials(RunId run, std::size_t most) const;
  /// The class with that number; none where the run has none such.
  tl::expected<std::optional<ClassRow>, StoreError> class_row(RunId run, std::uint64_t cls) const;

  tl::expected<ReplayData, StoreError> replay(RunId run) const;
  /// Digests of the run's classes, by class.
  tl::expected<std::vector<hashing::Digest>, StoreError> class_digests(RunId run) const;
  /// Trials of the final stage and of references, in order of insertion.
  tl::expected<std::vector<TrialRow>, StoreError> final_trials(RunId run) const;
  tl::expected<GenomeRow, StoreError> genome(RunId run, std::uint64_t birth) const;
  /// Without the logs of trials.
  tl::expected<std::vector<ArtefactRow>, StoreError> artefacts(RunId run) const;
  /// Of failed trials, in the order in which they ended; at most the last `most`.
  tl::expected<std::vector<TrialLog>, StoreError> trial_logs(RunId run, std::size_t most) const;
  tl::expected<std::vector<EventRow>, StoreError> events(RunId run) const;
  /// In the order in which they were written; none of a file of schema 1, which has to be migrated.
  tl::expected<std::vector<IntermediateRow>, StoreError> intermediate_values(RunId run) const;

  /// Streams candidates for `export`: outcome, genome, and the trial that settled it (null for
  /// hits), in ticket order.
  tl::expected<void, StoreError> each_candidate(
      RunId run,
      const std::function<void(const OutcomeRow&, const GenomeRow&, const TrialRow*)>& visit) const;

  /// The same without genomes, which is faster.
  tl::expected<void, StoreError> each_outcome(
      RunId run, const std::function<void(const OutcomeRow&, const TrialRow*)>& visit) const;

  /// SQLite's own integrity check, every row checksum, references between tables, and both run
  /// digests. All runs when empty.
  tl::expected<VerifyReport, StoreError> verify(std::optional<RunId> run) const;

  /// Writes a wish that the run polls ("pause", "stop", "continue"). Opens a short write
  /// transaction of its own.
  tl::expected<void, StoreError> request(RunId run, const std::string& wish) const;

 private:
  StoreReader();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace equivolve::engine
