#include <array>
#include <bit>

#include <nlohmann/json.hpp>

#include "engine/plugins/protocol/json_writer.hpp"
#include "engine/plugins/protocol/messages.hpp"

namespace equivolve::engine::protocol {
namespace {

constexpr std::array<std::string_view, 7> kStatusNames{
    "ok", "infeasible", "non_finite", "failed", "cancelled", "pruned", "partial"};
constexpr std::array<std::string_view, 8> kReasonNames{"none",     "wrong_shape", "evaluator_error",
                                                       "crash",    "deadline",    "memory",
                                                       "protocol", "lost_worker"};
constexpr std::array<std::string_view, 4> kRoleNames{"objective", "constraint", "descriptor",
                                                     "metric"};
constexpr std::array<std::string_view, 3> kGridNames{"scaled", "published", "shifted"};

static_assert(std::endian::native == std::endian::little, "vectors cross as little-endian doubles");

JsonWriter begin(const Message& message, std::string_view type) {
  JsonWriter out;
  out.text("type", type).whole("id", message.id);
  return out;
}

/// A list of JSON values that `one` writes.
template <class Items, class One>
std::string list_of(const Items& items, One one) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ',';
    out += one(item);
  }
  return out + ']';
}

std::string text_of(std::string_view text) {
  std::string out;
  append_json_text(text, out);
  return out;
}

/// An evaluator's own document, on one line; what is no object is an empty one.
std::string object_of(const std::string& text) {
  const auto value = nlohmann::json::parse(text, nullptr, false);
  return value.is_object() ? value.dump() : "{}";
}

std::string candidate_of(const WireCandidate& candidate) {
  JsonWriter out;
  if (!candidate.reference.empty()) {
    out.text("reference", candidate.reference);
    return std::move(out).object();
  }
  out.text("representation", candidate.representation);
  if (!candidate.flat.empty()) out.base64("flat", candidate.flat);
  if (!candidate.text.empty()) out.text("text", candidate.text);
  if (!candidate.values_json.empty()) out.json("values", candidate.values_json);
  return std::move(out).object();
}

std::string descriptor_of(const EvaluatorDescriptor& d) {
  JsonWriter out;
  out.text("id", d.id).text("version", d.version).text("summary", d.summary);
  out.flag("thread_safe", d.thread_safe).flag("deterministic", d.deterministic);
  out.flag("probe", d.offers_probe).flag("apply", d.offers_apply);
  out.json("representations", list_of(d.representations, text_of));
  return std::move(out).object();
}

std::string figure_of(const NamedFigure& f) {
  JsonWriter out;
  out.text("name", f.name).text("unit", f.unit);
  out.text("role", kRoleNames[static_cast<std::size_t>(f.role)]);
  out.text("direction", f.minimize ? "minimize" : "maximize");
  out.number("low", f.low).number("high", f.high).flag("reproducible", f.reproducible);
  return std::move(out).object();
}

std::string level_of(const LevelInfo& level) {
  JsonWriter out;
  out.text("name", level.name).number("cost", level.relative_cost);
  out.flag("comparable_with_next", level.comparable_with_next);
  return std::move(out).object();
}

std::string reference_of(const ReferenceCandidate& reference) {
  JsonWriter out;
  out.text("name", reference.name).text("summary", reference.summary);
  if (!reference.genome_text.empty()) out.text("genome", reference.genome_text);
  return std::move(out).object();
}

std::string intermediate_of(const IntermediateValue& value) {
  JsonWriter out;
  out.whole("step", value.step).small("figure", value.figure).number("value", value.value);
  return std::move(out).object();
}

std::string digest_text(const hashing::Digest& digest) {
  return text_of(hashing::to_hex(digest));
}

std::string line_of(const Message& m, const Hello& b) {
  return std::move(begin(m, "hello").small("protocol", b.protocol).text("engine", b.engine))
      .object();
}
std::string line_of(const Message& m, const Configure& b) {
  JsonWriter out = begin(m, "configure");
  out.json("config", object_of(b.config_json)).small("mantissa_bits", b.mantissa_bits);
  if (b.grid) out.text("grid", kGridNames[static_cast<std::size_t>(*b.grid)]);
  if (b.marks_log) out.flag("marks_log", true);
  return std::move(out).object();
}
std::string line_of(const Message& m, const AskSpace& b) {
  return std::move(begin(m, "space").text("representation", b.representation)).object();
}
std::string line_of(const Message& m, const Bind& b) {
  return std::move(begin(m, "bind").json("space", object_of(b.space_json))).object();
}
std::string line_of(const Message& m, const AskReferences&) {
  return std::move(begin(m, "references")).object();
}
std::string line_of(const Message& m, const Refine& b) {
  return std::move(begin(m, "refine").json("candidate", candidate_of(b.candidate))).object();
}
std::string line_of(const Message& m, const Probe& b) {
  JsonWriter out = begin(m, "probe");
  out.json("candidate", candidate_of(b.candidate)).whole("seed", b.seed);
  return std::move(out).object();
}
std::string line_of(const Message& m, const Evaluate& b) {
  JsonWriter out = begin(m, "evaluate");
  out.json("candidate", candidate_of(b.candidate)).small("level", b.level);
  out.small("repeat", b.repeat).text("split", b.split == 0 ? "validation" : "test");
  out.small("threads", b.threads).whole("common_seed", b.common_seed);
  out.whole("own_seed", b.own_seed).number("deadline", b.deadline);
  out.flag("wants_control", b.wants_control);
  return std::move(out).object();
}
std::string line_of(const Message& m, const Apply& b) {
  JsonWriter out = begin(m, "apply");
  out.json("candidate", candidate_of(b.candidate)).json("options", object_of(b.options_json));
  out.whole("common_seed", b.common_seed);
  return std::move(out).object();
}
std::string line_of(const Message& m, const Control& b) {
  return std::move(begin(m, "control").flag("stop", b.stop)).object();
}
std::string line_of(const Message& m, const Cancel&) {
  return std::move(begin(m, "cancel")).object();
}
std::string line_of(const Message& m, const Ping&) {
  return std::move(begin(m, "ping")).object();
}
std::string line_of(const Message& m, const Goodbye&) {
  return std::move(begin(m, "goodbye")).object();
}
std::string line_of(const Message& m, const HelloOk& b) {
  JsonWriter out = begin(m, "hello_ok");
  out.small("protocol", b.protocol).text("build", b.build);
  out.json("descriptor", descriptor_of(b.descriptor));
  out.json("config_schema", object_of(b.config_schema));
  out.json("apply_schema", object_of(b.apply_schema));
  out.flag("flat_genomes", b.takes_flat).flag("digests", b.hashes_probes);
  return std::move(out).object();
}
std::string line_of(const Message& m, const Info& b) {
  JsonWriter out = begin(m, "info");
  out.json("figures", list_of(b.info.figures, figure_of));
  out.json("levels", list_of(b.info.levels, level_of));
  out.flag("test_split", b.info.offers_test_split);
  out.number("typical_seconds", b.info.typical_seconds);
  out.json("data_digest", digest_text(b.info.data_digest));
  out.small("probe_mantissa_bits", static_cast<std::uint32_t>(b.info.sink.mantissa_bits));
  out.flag("probe_exact", b.info.sink.exact).flag("refines_genomes", b.info.refines_genomes);
  return std::move(out).object();
}
std::string line_of(const Message& m, const SpaceText& b) {
  return std::move(begin(m, "space_ok").json("space", object_of(b.space_json))).object();
}
std::string line_of(const Message& m, const References& b) {
  return std::move(
             begin(m, "references_ok").json("references", list_of(b.references, reference_of)))
      .object();
}
std::string line_of(const Message& m, const Refined& b) {
  return std::move(begin(m, "refine_ok").base64("flat", b.flat)).object();
}
std::string line_of(const Message& m, const ProbeAnswer& b) {
  JsonWriter out = begin(m, "probe_ok");
  out.text("status", status_name(b.status));
  if (!b.outputs_json.empty()) {
    out.json("outputs", b.outputs_json);
  } else if (b.status == Status::kOk) {
    out.json("digest", digest_text(b.digest.key));
    if (!b.digest.alternatives.empty())
      out.json("alternatives", list_of(b.digest.alternatives, digest_text));
  }
  if (!b.message.empty()) out.text("message", b.message);
  return std::move(out).object();
}
std::string line_of(const Message& m, const Progress& b) {
  JsonWriter out = begin(m, "progress");
  out.whole("step", b.step).whole("total", b.total);
  if (b.named_json.empty())
    out.numbers("figures", b.figures);
  else
    out.json("figures", b.named_json);
  return std::move(out).object();
}
std::string line_of(const Message& m, const ItemsPart& b) {
  return std::move(begin(m, "items").base64("items", std::as_bytes(std::span(b.items)))).object();
}
std::string line_of(const Message& m, const Result& b) {
  const TrialResult& trial = b.trial;
  JsonWriter out = begin(m, "result");
  out.text("status", status_name(trial.status));
  if (trial.reason != Reason::kNone) out.text("reason", reason_name(trial.reason));
  if (b.named_json.empty())
    out.numbers("figures", trial.figures);
  else
    out.json("figures", b.named_json);
  if (!trial.items.empty()) out.base64("items", std::as_bytes(std::span(trial.items)));
  if (!trial.intermediate.empty())
    out.json("intermediate", list_of(trial.intermediate, intermediate_of));
  out.number("seconds", trial.seconds);
  if (trial.cost != 0) out.whole("cost", trial.cost);
  if (!trial.message.empty()) out.text("message", trial.message);
  return std::move(out).object();
}
std::string line_of(const Message& m, const ArtefactPart& b) {
  JsonWriter out = begin(m, "artefact");
  out.text("name", b.name).text("media_type", b.media_type).base64("content", b.content);
  return std::move(out).object();
}
std::string line_of(const Message& m, const Done&) {
  return std::move(begin(m, "done")).object();
}
std::string line_of(const Message& m, const Pong&) {
  return std::move(begin(m, "pong")).object();
}
std::string line_of(const Message& m, const Log& b) {
  return std::move(begin(m, "log").small("severity", b.severity).text("text", b.text)).object();
}
std::string line_of(const Message& m, const Failure& b) {
  JsonWriter out = begin(m, "error");
  out.text("pointer", b.error.json_pointer).text("message", b.error.message);
  out.flag("bad_input", b.error.bad_input);
  return std::move(out).object();
}

}  // namespace

std::string_view status_name(Status status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}

std::string_view reason_name(Reason reason) {
  return kReasonNames[static_cast<std::size_t>(reason)];
}

bool is_answer_to(const Body& question, const Body& answer) {
  const auto answers = [&]<class Wanted>() {
    return std::holds_alternative<Wanted>(answer) || std::holds_alternative<Failure>(answer);
  };
  if (std::holds_alternative<Hello>(question)) return answers.operator()<HelloOk>();
  if (std::holds_alternative<Configure>(question)) return answers.operator()<Info>();
  if (std::holds_alternative<AskSpace>(question)) return answers.operator()<SpaceText>();
  if (std::holds_alternative<AskReferences>(question)) return answers.operator()<References>();
  if (std::holds_alternative<Refine>(question)) return answers.operator()<Refined>();
  if (std::holds_alternative<Probe>(question)) return answers.operator()<ProbeAnswer>();
  if (std::holds_alternative<Evaluate>(question)) return answers.operator()<Result>();
  if (std::holds_alternative<Ping>(question)) return answers.operator()<Pong>();
  return answers.operator()<Done>();  // bind, apply
}

std::string encode(const Message& message) {
  return std::visit([&](const auto& body) { return line_of(message, body); }, message.body);
}

}  // namespace equivolve::engine::protocol
