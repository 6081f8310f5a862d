// What the engine and a worker say to each other: one message is one line of JSON
// (docs/workers.md). The engine asks, each question with a number of its own; the worker answers
// under that number. Here messages are values; encode and decode are their only way to text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "engine/plugins/evaluator.hpp"

namespace equivolve::engine::protocol {

inline constexpr std::uint32_t kVersion = 1;
/// Bytes of a line, without its end.
inline constexpr std::size_t kLongestMessage = std::size_t{16} << 20;

/// A candidate: `flat` for workers that take a genome's bytes, else `text` and, of a configuration,
/// its values as a JSON object; or a reference's name alone.
struct WireCandidate {
  std::string representation;
  std::vector<std::byte> flat;
  std::string text;
  std::string values_json;
  std::string reference;
};

// ---- what the engine asks

struct Hello {
  std::uint32_t protocol = kVersion;
  std::string engine;
};
struct Configure {
  std::string config_json;
  std::uint32_t mantissa_bits = 0;
  std::optional<hashing::GridKind> grid;
  /// Questions may wait: before each, the worker writes a mark to its log (workers/question_logs).
  bool marks_log = false;
};
struct AskSpace {
  std::string representation;
};
struct Bind {
  std::string space_json;
};
struct AskReferences {};
struct Refine {
  WireCandidate candidate;
};
struct Probe {
  WireCandidate candidate;
  std::uint64_t seed = 0;
};
struct Evaluate {
  WireCandidate candidate;
  std::uint32_t level = 0, repeat = 0, split = 0, threads = 1;
  std::uint64_t common_seed = 0, own_seed = 0;
  double deadline = 0;         ///< seconds from now; 0: none
  bool wants_control = false;  ///< each progress waits for a control
};
struct Apply {
  WireCandidate candidate;
  std::string options_json;
  std::uint64_t common_seed = 0;
};
struct Control {
  bool stop = false;
};
struct Cancel {};  ///< of the trial that runs
struct Ping {};
struct Goodbye {};

// ---- what the worker answers

struct HelloOk {
  std::uint32_t protocol = kVersion;
  std::string build;
  EvaluatorDescriptor descriptor;
  std::string config_schema = "{}", apply_schema = "{}";
  bool takes_flat = false;     ///< genomes as bytes; else as text
  bool hashes_probes = false;  ///< a probe's answer is a digest; else its outputs
};
/// `info.sink` says only how fine (mantissa_bits, exact) the evaluator wants outputs told apart.
struct Info {
  EvaluatorInfo info;
};
struct SpaceText {
  std::string space_json;
};
struct References {
  std::vector<ReferenceCandidate> references;
};
struct Refined {
  std::vector<std::byte> flat;  ///< empty: it stays as it was bred
};
struct ProbeAnswer {
  Status status = Status::kFailed;
  hashing::ProbeDigest digest;
  std::string outputs_json;  ///< of workers that do not hash: a list of groups; else ""
  std::string message;
};
struct Progress {
  std::uint64_t step = 0, total = 0;
  std::vector<double> figures;
  std::string named_json;  ///< instead of `figures`: an object of values by name; else ""
};
struct Result {
  TrialResult trial;
  std::string named_json;  ///< instead of `trial.figures`, as in Progress
};
/// Values per item that do not fit into the result's message: they come before it, in pieces.
struct ItemsPart {
  std::vector<double> items;
};
/// A piece of an artefact; those of one name follow each other.
struct ArtefactPart {
  std::string name, media_type;
  std::vector<std::byte> content;
};
struct Done {};
struct Pong {};
struct Log {
  std::uint32_t severity = 0;  ///< EQV_LOG_...
  std::string text;
};
struct Failure {
  EvaluatorError error;
};

using Body =
    std::variant<Hello, Configure, AskSpace, Bind, AskReferences, Refine, Probe, Evaluate, Apply,
                 Control, Cancel, Ping, Goodbye, HelloOk, Info, SpaceText, References, Refined,
                 ProbeAnswer, Progress, ItemsPart, Result, ArtefactPart, Done, Pong, Log, Failure>;

struct Message {
  std::uint64_t id = 0;  ///< of the question; an answer has its question's. 0: of none (log)
  Body body;
};

/// Whether it may stand as the answer to that question: of its kind, or a Failure.
bool is_answer_to(const Body& question, const Body& answer);

/// One line, without its end.
std::string encode(const Message& message);

struct DecodeError {
  std::string message;   ///< what is wrong, one line
  std::uint64_t id = 0;  ///< of the line, where it has one
  bool unknown_type = false;
};
/// Members that it does not know are passed over. Takes lines of any bytes; what is nested deeper
/// than 64, or has more than a million values, is refused.
tl::expected<Message, DecodeError> decode(std::string_view line);

/// "ok", "non_finite", ...; "crash", "lost_worker", ...
std::string_view status_name(Status status);
std::string_view reason_name(Reason reason);

}  // namespace equivolve::engine::protocol
