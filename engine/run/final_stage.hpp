// The end of a run: the best behaviours are tried again with fresh seeds, the winner is the one
// with the best lower confidence bound, and only then is the test split opened, once. The
// evaluator's reference candidates get the same treatment with the same seeds.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/config/configuration.hpp"
#include "engine/plugins/evaluator.hpp"
#include "engine/run/executor.hpp"
#include "engine/run/interval.hpp"
#include "engine/run/leaderboard.hpp"
#include "engine/run/pause_gate.hpp"
#include "engine/run/replay.hpp"
#include "engine/store/writer.hpp"

namespace equivolve::engine {

/// One candidate of the final stage and what it returned; figures in the evaluator's order, empty
/// where a trial failed.
struct Contender {
  std::string name;                          ///< of a reference; empty for a found candidate
  std::uint64_t subject = 0;                 ///< birth, or position of the reference
  const Leader* leader = nullptr;            ///< null for references
  search::Genome genome;                     ///< empty for references known by name only
  std::vector<double> validation;            ///< as the search saw it
  std::vector<std::vector<double>> repeats;  ///< one a repeat
  std::vector<double> test;
  std::vector<double> test_items;
  std::string problem;  ///< why a trial of it failed; empty when none did
};

/// Found minus reference in the first objective, signed so that more is better.
struct Comparison {
  std::string reference;
  Interval confirmed;  ///< over paired repeats (Student's t)
  Interval test;       ///< over test rows (bootstrap); count 0 without items
};

struct FinalResult {
  std::vector<Contender> found;  ///< in the search's order
  std::vector<Contender> references;
  int winner = -1;          ///< position in found; -1 when nothing was found
  int best_reference = -1;  ///< position in references, by confirmed mean; -1 without any. In both,
                            ///< contenders with fewer failed repeats come first
  std::vector<Comparison> comparisons;  ///< one a reference
  /// The winner's confirmed interval against the best reference lies above 0 (without spread: the
  /// interval over test rows; without either, nothing is claimed), no repeat of the two failed, and
  /// the mean difference on the test split does not say the opposite.
  bool improved = false;
  bool complete = false;             ///< false: stopped before its end
  std::uint64_t trials = 0;          ///< that ended, here or in an earlier session
  std::uint64_t cut_by_machine = 0;  ///< of these, by a deadline or for memory
  double seconds = 0;                ///< of trials
  std::string no_worker;             ///< why there was nobody to try them; else empty
};

struct FinalStageParts {
  std::uint64_t seed = 0;
  FinalConfig config;
  Evaluator& evaluator;
  Executor& executor;
  StoreWriter* writer = nullptr;
  const ReplayIndex* replay = nullptr;
  const std::atomic<bool>& stop;    ///< polled; true: no trial is begun any more
  const std::atomic<bool>& cancel;  ///< polled; true: trials in flight give up too
  std::chrono::nanoseconds deadline{0};
  const search::Space& space;  ///< to parse the references' genomes
  hashing::Digest context;     ///< evaluation context
  PauseGate* gate = nullptr;   ///< passed before each trial; null: none
};

/// The error names a reference whose genome does not parse.
tl::expected<FinalResult, std::string> run_final_stage(const FinalStageParts& parts,
                                                       const std::vector<Leader>& leaders);

/// Repeats without figures.
std::size_t failed_repeats(const Contender& contender);

/// Position of the first figure with role objective.
std::size_t objective_position(const std::vector<NamedFigure>& figures);

}  // namespace equivolve::engine
