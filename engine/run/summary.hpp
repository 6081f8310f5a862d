// What a run came to: the values behind `run --json`, `show` and the printed summary.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/run/final_stage.hpp"
#include "engine/run/pipeline.hpp"

namespace equivolve::engine {

using Figures = std::map<std::string, double>;

struct ReferenceSummary {
  std::string name;
  Figures validation, confirmed, test;
  std::optional<Interval> confirmed_interval, test_interval;  ///< of the objective
  std::optional<Interval> confirmed_difference;  ///< found minus reference, more is better
  std::optional<Interval> test_difference;
  std::uint64_t repeats = 0;         ///< of the final stage
  std::uint64_t failed_repeats = 0;  ///< of these, without figures: in no mean
  std::string problem;
};

struct BestSummary {
  std::uint64_t birth = 0;
  std::string digest;  ///< 32 hex digits; "" without classes
  std::string text;    ///< the genome's readable form
  Figures validation, confirmed, test;
  /// Of the objective: over the repeats (Student's t), and over the rows of the test split
  /// (bootstrap) where its value is their mean.
  std::optional<Interval> confirmed_interval, test_interval;
  std::uint64_t repeats = 0;         ///< of the final stage
  std::uint64_t failed_repeats = 0;  ///< of these, without figures
  std::string problem;               ///< why one failed
  /// Constraints that its confirmed figures miss, or those of the search where none was confirmed.
  Figures missed_constraints;
};

/// What the search spent on a level of the evaluator.
struct LevelSummary {
  std::string name;
  std::uint64_t evaluations = 0;
  double relative_cost = 1;  ///< of one evaluation, the last level's is 1
};

/// How much of its grid map_elites has filled.
struct ArchiveSummary {
  std::uint64_t filled = 0, cells = 1;
};

struct RunSummary {
  RunId run = 0;
  std::string name;
  std::uint64_t seed = 0;
  RunStatus status = RunStatus::kFinished;
  std::string stopped_by;
  std::uint64_t stopped_at = 0;  ///< tickets told
  std::uint64_t candidates = 0, evaluations = 0, cache_hits = 0, partial_hits = 0, classes = 0,
                evictions = 0, failed = 0;
  std::map<std::string, std::uint64_t> failed_by_reason;  ///< of `failed`
  /// Candidates that an earlier run had evaluated; classes dropped by `hashing.policy: forget`;
  /// evaluations of a known class by `aggregate`.
  std::uint64_t warm_hits = 0, forgotten = 0, evaluated_again = 0;
  std::vector<LevelSummary> levels;      ///< where the search used more than one
  std::uint64_t pruned = 0;              ///< evaluations ended by `search.pruning`
  bool pruning_without_reports = false;  ///< there was nothing that it could go by
  std::string algorithm;                 ///< that searched; "" where it is not known
  bool algorithm_is_default = false;     ///< `search.algorithm: auto` chose it
  std::optional<ArchiveSummary> archive;
  std::uint64_t verified = 0, wrong_hits = 0;
  double largest_error = 0;
  std::uint64_t final_trials = 0;
  double seconds = 0;  ///< of searching: all sessions, without pauses
  /// Nothing where no session that could time its probes came to its end.
  std::optional<double> probe_seconds;
  double look_up_seconds = 0, evaluation_seconds = 0, verification_seconds = 0;
  double seconds_saved = 0;  ///< what the trials behind the hits took, summed over hits
  std::optional<double> predicted_speed_up;         ///< break-even formula
  std::optional<double> measured_speed_up;          ///< speed_up.hpp
  std::vector<std::string> irreproducible_because;  ///< empty: a rerun gives the same
  /// `hashing.policy: off` would change nothing but the time taken.
  bool hashing_only_saves = true;
  bool offers_probe = true;   ///< else only equal genomes are known again
  bool offers_apply = true;   ///< the evaluator turns results into files
  std::string first_failure;  ///< what the first failed trial said
  std::string result_digest, trajectory_digest;
  std::string objective;  ///< name of the first objective
  std::optional<BestSummary> best;
  std::vector<ReferenceSummary> references;
  std::string best_reference;
  bool improved = false;
  /// How often runs of this store have opened the test split of these data, this one included;
  /// nothing when it has none or the store does not say.
  std::optional<std::uint64_t> test_openings;
  std::string defect;
};

/// One line of JSON; keys as in docs/commands.md.
std::string to_json(const RunSummary& summary);

/// Several lines for people. `command` is the next one to type.
std::string to_text(const RunSummary& summary);

/// "+0.0120 [-0.0040, +0.0280]"; without spread the reason stands in place of the interval:
/// "+0.0120 (one repeat: no interval)". `of`: what was repeated, "repeat" or "row".
std::string difference_text(const Interval& difference, std::string_view of);

/// "improvement over the best reference, ridge"; or that there is none, or that nothing says so.
/// The differences are those from that reference.
std::string verdict_text(bool improved, const std::string& reference,
                         const std::optional<Interval>& confirmed,
                         const std::optional<Interval>& test);

/// "screening 812, full 203; as much work as 243.6 full ones"; "" of fewer than two levels.
std::string levels_text(const std::vector<LevelSummary>& levels);

/// " (crash 9, deadline 6)", to stand behind a count of failures; "" without one.
std::string reasons_text(const std::map<std::string, std::uint64_t>& failed_by_reason);

/// "12 of 100 niches filled (12.0 %)".
std::string archive_text(const ArchiveSummary& archive);

/// Why pruning did nothing where no trial reported anything.
inline constexpr std::string_view kPruningWithoutReports =
    "ended no trial: none that ended well reported a value on its way, which search.pruning goes "
    "by";

/// "misses a constraint: latency is 1.2000"; "" where none is missed.
std::string missed_text(const Figures& missed_constraints);

/// " (2 of 10 repeats ended well)", to stand behind a confirmed figure; "" when all did.
std::string failures_text(std::uint64_t failed, std::uint64_t repeats);

/// "test split opened 14 times in this store: expect optimism"; "" before the second time.
std::string openings_text(std::uint64_t openings);

std::string run_status_name(
    RunStatus status);  ///< "running", "paused", "stopped", "finished", "failed"

/// 95 % Wilson interval of a share of `part` in `whole`. Source: Wilson 1927.
Interval wilson_interval(std::uint64_t part, std::uint64_t whole);

}  // namespace equivolve::engine
