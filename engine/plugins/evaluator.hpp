// An evaluator as the engine sees it, whatever stands behind it: a module in this process, a pool
// of workers, a script.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/store/records.hpp"
#include "hashing/digest.hpp"
#include "hashing/sink.hpp"
#include "search/genome/genome.hpp"
#include "search/space/space.hpp"

namespace equivolve::engine {

enum class Role : std::uint32_t { kObjective = 0, kConstraint = 1, kDescriptor = 2, kMetric = 3 };

struct NamedFigure {
  std::string name, unit;
  Role role = Role::kObjective;
  bool minimize = false;
  double low = 0, high = 0;
  bool reproducible = true;
};

struct LevelInfo {
  std::string name;
  double relative_cost = 1;
  bool comparable_with_next = false;
};

struct EvaluatorDescriptor {
  std::string id, version, summary;
  bool thread_safe = false, deterministic = false, offers_probe = false, offers_apply = false;
  std::vector<std::string> representations;  ///< names ("program"); the first is the default
};

struct EvaluatorInfo {
  std::vector<NamedFigure> figures;
  std::vector<LevelInfo> levels;
  bool offers_test_split = false;
  double typical_seconds = 0;
  hashing::Digest data_digest;
  hashing::Digest program;       ///< of a program: its command, and what its files hold; zero: none
  hashing::SinkSettings sink;    ///< how its probe outputs are told apart
  bool refines_genomes = false;  ///< bred genomes are to go through refine
};

/// A hand-made rival. `genome_text` is empty for those known by name only.
struct ReferenceCandidate {
  std::string name, summary, genome_text;
};

/// What goes in for one candidate: a genome, or a reference's name.
struct CandidateView {
  search::Representation representation = search::Representation::kProgram;
  search::GenomeView genome;  ///< data aligned to 8 bytes
  std::string_view reference;
};

struct TrialRequest {
  std::uint32_t level = 0;
  std::uint32_t repeat = 0;
  std::uint32_t split = 0;  ///< 0 validation, 1 test
  std::uint32_t threads = 1;
  std::uint64_t common_seed = 0;
  std::uint64_t own_seed = 0;
  std::chrono::nanoseconds deadline{0};  ///< from now; 0: none
  /// Of the candidate's class, where it has one: what behaves alike is set aside together.
  std::optional<hashing::Digest> behaviour;
  /// Whether to stop at a step with these figures (NaN: unknown), called by one thread at a time;
  /// empty: never.
  std::function<bool(std::uint64_t step, std::span<const double> figures)> stops_at;
  /// The trial starts anew, elsewhere: what `stops_at` has seen is void. May be empty.
  std::function<void()> starts_anew;
};

struct TrialResult {
  Status status = Status::kFailed;
  Reason reason = Reason::kNone;
  std::vector<double> figures;  ///< one a named figure, NaN where there is none; on kOk every
                                ///< objective and constraint is finite
  std::vector<double> items;    ///< of the first objective, when the evaluator gave them
  std::vector<IntermediateValue> intermediate;
  double seconds = 0;
  std::uint64_t cost = 0;
  std::string message;
  std::string log;  ///< of a failed one: the last of what its process printed
  /// There is nobody to try it: why. Then it is kCancelled, and the run cannot go on.
  std::string no_worker;
};

struct ProbeResult {
  Status status = Status::kFailed;  ///< only kOk has a digest
  hashing::ProbeDigest digest;
  std::string message;
};

/// Where the trouble lies in the configuration: pointer into config_json or space_json, "" when
/// nowhere in particular.
struct EvaluatorError {
  std::string json_pointer;
  std::string message;
  bool bad_input =
      false;  ///< options or data are at fault (exit 2), not the evaluator itself (exit 4)
};

struct Artefact {
  std::string name, media_type, content;
};

/// For those who wait to the end.
inline const std::atomic<bool> kNeverStops{false};

class Evaluator {
 public:
  virtual ~Evaluator() = default;
  virtual const EvaluatorDescriptor& descriptor() const = 0;
  virtual const EvaluatorInfo& info() const = 0;
  virtual std::string default_space(
      const std::string& representation) const = 0;  ///< JSON; "{}" when not offered
  /// Before any candidate. `space` gives genomes their readable form; the evaluator sees the text.
  virtual tl::expected<void, EvaluatorError> bind_space(std::shared_ptr<const search::Space> space,
                                                        const std::string& space_json) = 0;
  virtual std::vector<ReferenceCandidate> reference_candidates() const = 0;

  /// [any-thread] Lamarckian inheritance: the genome that takes a bred one's place before anything
  /// else is done with it, empty where it stays. It lies in the bound space and follows from the
  /// bred one alone.
  virtual std::vector<std::byte> refine(const CandidateView& bred,
                                        const std::atomic<bool>& stop) = 0;
  /// [any-thread] Digest of a candidate's behaviour; serialised inside when the evaluator is not
  /// thread-safe. Both give up soon after `stop`, where they wait for another process.
  virtual ProbeResult probe(const CandidateView& candidate, std::uint64_t seed,
                            const std::atomic<bool>& stop) = 0;
  std::vector<std::byte> refine(const CandidateView& bred) { return refine(bred, kNeverStops); }
  ProbeResult probe(const CandidateView& candidate, std::uint64_t seed) {
    return probe(candidate, seed, kNeverStops);
  }
  /// [any-thread] One trial. Never throws; whatever goes wrong is a status and a reason. `stop` is
  /// polled through the host.
  virtual TrialResult evaluate(const CandidateView& candidate, const TrialRequest& request,
                               const std::atomic<bool>& stop) = 0;
  /// [any-thread] Before further trials: one of an earlier session of the run, as it was stored.
  /// What it has cost is not paid again.
  virtual void take_note(const CandidateView& candidate,
                         const std::optional<hashing::Digest>& behaviour,
                         const TrialResult& stored) {
    (void)candidate, (void)behaviour, (void)stored;
  }
  virtual tl::expected<std::vector<Artefact>, EvaluatorError> apply(const CandidateView& candidate,
                                                                    const std::string& options_json,
                                                                    std::uint64_t common_seed) = 0;
};

}  // namespace equivolve::engine
