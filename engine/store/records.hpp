// What the engine writes to a results file: one struct a table row. docs/results-file.md explains
// every column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "hashing/digest.hpp"

namespace equivolve::engine {

using RunId = std::int64_t;
using GroupId = std::int64_t;

/// Status of a told outcome or a trial. Stored as its number.
enum class Status : std::uint8_t {
  kOk = 0,
  kInfeasible = 1,
  kNonFinite = 2,
  kFailed = 3,
  kCancelled = 4,
  kPruned = 5,  ///< the search stopped it early; its figures are of the part that ran
  kPartial = 6  ///< of outcomes only: of a lower level, or one of several repeats. What the
                ///< candidate is worth is told later, or nobody asked for it
};
/// Why a trial failed (reliability.md section 3); kNone for the rest. Stored as its number.
enum class Reason : std::uint8_t {
  kNone = 0,
  kWrongShape = 1,
  kEvaluatorError = 2,
  kCrash = 3,
  kDeadline = 4,
  kMemory = 5,
  kProtocol = 6,
  kLostWorker = 7
};
enum class TrialKind : std::uint8_t { kSearch = 0, kVerification = 1, kFinal = 2, kReference = 3 };

inline constexpr std::uint64_t kNone64 = std::numeric_limits<std::uint64_t>::max();

/// A class as it was founded. Never updated.
struct ClassRow {
  std::uint64_t cls = 0;
  std::uint64_t founder = 0;  ///< ticket
  hashing::Digest digest;
};

/// What a trial reported on its way.
struct IntermediateValue {
  std::uint64_t step = 0;    ///< the evaluator's count
  std::uint32_t figure = 0;  ///< its position among the figures
  double value = 0;
};

/// One evaluation. Appended when it ends, told or not. (kind, subject, level, split, repeat) is
/// unique in a run.
struct TrialRow {
  TrialKind kind = TrialKind::kSearch;
  std::uint64_t subject =
      0;  ///< search, verification: ticket; final: birth; reference: its position
  std::uint64_t birth = kNone64;  ///< kNone64 for references without a genome
  std::uint64_t cls = kNone64;
  std::uint32_t level = 0;
  std::uint32_t split = 0;  ///< 0 validation, 1 test
  std::uint32_t repeat = 0;
  /// None where they follow from the run's seed, the class (without one: the birth) and the repeat
  /// as docs/reproducibility.md says.
  std::optional<std::uint64_t> common_seed, own_seed;
  Status status = Status::kOk;
  Reason reason = Reason::kNone;
  std::vector<double>
      figures;  ///< in the evaluator's order; NaN where there is none (stored as NULL)
  std::vector<double>
      items;  ///< per-item values of the first objective, test split only; else empty
  double seconds = 0;
  std::uint64_t cost = 0;
  std::uint32_t genome_checksum = 0;  ///< the lower half of what the outcome has
  std::string message;
  std::uint64_t number = 0;                     ///< of readers: its place among all trials
  std::vector<IntermediateValue> intermediate;  ///< for the writer; readers get them by
                                                ///< StoreReader::intermediate_values
  std::string log;  ///< of a failed one: the last of what its process printed; for the writer, as
                    ///< above (StoreReader::trial_logs)
};

/// One told request.
struct OutcomeRow {
  std::uint64_t ticket = 0;
  std::uint64_t birth = 0;
  std::uint64_t cls = kNone64;
  std::uint32_t level = 0;
  bool hit = false;
  bool verified = false;  ///< a hit whose trial was repeated
  bool wrong = false;     ///< ... and differed
  Status status = Status::kOk;
  Reason reason = Reason::kNone;
  std::vector<double>
      told;  ///< figures with role objective, constraint or descriptor, in order; NaN: none
  std::uint64_t genome_checksum = 0;
};

struct GenomeRow {
  std::uint64_t birth = 0;
  std::uint64_t parent = kNone64;  ///< births
  std::uint64_t second_parent = kNone64;
  std::uint8_t operator_id = 0;
  std::vector<std::byte> flat;
};

/// An intermediate value as the store has it.
struct IntermediateRow {
  std::uint64_t trial = 0;  ///< the trial's number in its run: its place among all trials
  IntermediateValue value;
};

/// The last of what the process of a failed trial printed, as it was.
struct TrialLog {
  std::uint64_t trial = 0;  ///< the trial's number in its run
  std::string text;
};

struct EventRow {
  std::string
      kind;  ///< "started", "resumed", "paused", "stopped", "finished", "warning", "wrong_hit", ...
  std::string detail;  ///< JSON
};

struct ArtefactRow {
  std::string name;
  std::string media_type;
  std::string content;
};

/// Logs of failed trials are artefacts of this kind, `trial-NUMBER.log`.
inline constexpr const char* kLogMediaType = "text/x-log";

/// The run opened its test split for a winner. Kept once for each winner in a row, and kept when
/// the run is deleted. `data` is zero where the evaluator names no data.
struct TestOpeningRow {
  hashing::Digest data;
  hashing::Digest context;
  std::uint64_t winner = kNone64;  ///< its birth; kNone64 where only references were tried
};

using Record =
    std::variant<ClassRow, TrialRow, OutcomeRow, GenomeRow, EventRow, ArtefactRow, TestOpeningRow>;

/// A named figure of a run's evaluator, as stored.
struct FigureRow {
  std::string name, unit;
  std::uint32_t role = 0;  ///< EQV_OBJECTIVE...
  bool minimize = false;
  bool reproducible = true;
};

/// Where a run comes from.
struct RunOrigin {
  GroupId group = 0;           ///< 0: none
  std::uint64_t position = 0;  ///< 0-based, in the group's plan
  RunId parent = 0;            ///< the run it was forked from; 0: none. May have been deleted since
};

/// What a run is from its start on.
struct RunHead {
  std::string name;
  std::uint64_t seed = 0;
  std::string evaluator, evaluator_version;
  std::string representation;
  std::string config_as_written;
  std::string config_resolved;  ///< JSON, all defaults filled in, space included
  hashing::Digest context;      ///< evaluation context
  hashing::Digest data;         ///< of the data's bytes; zero: unknown, or there are none
  std::vector<FigureRow> figures;
  std::string engine_version, kernel;
  RunOrigin origin;
};

/// One run that a group is to hold.
struct PlannedRun {
  std::string name;
  std::uint64_t seed = 0;
  std::string settings;         ///< JSON: what is varied -> its value here, without the seed
  std::string config_resolved;  ///< as of RunHead
  hashing::Digest context;
};

/// A group before any of its runs has begun.
struct GroupPlan {
  std::string name;
  std::string config_as_written;
  std::vector<PlannedRun> runs;  ///< in the order in which they are carried out
};

enum class RunStatus : std::uint8_t {
  kRunning = 0,
  kPaused = 1,
  kStopped = 2,
  kFinished = 3,
  kFailed = 4
};

/// What changes of a run: written at its end, at stops, and as a heartbeat.
struct RunState {
  RunStatus status = RunStatus::kRunning;
  std::string stopped_by;    ///< "candidates", "evaluations", "time", "target", "exhausted",
                             ///< "signal", "wish", "failures", ""
  std::uint64_t told = 0;    ///< tickets told
  double seconds = 0;        ///< of all sessions
  std::string summary_json;  ///< the object `--json` prints; "" until the end
};

}  // namespace equivolve::engine
