// Reads what another program has written with distrust: every member's kind is looked at.
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include <nlohmann/json.hpp>

#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/protocol/base64.hpp"
#include "engine/plugins/protocol/messages.hpp"

namespace equivolve::engine::protocol {
namespace {

using nlohmann::json;

constexpr std::size_t kDeepest = 64;
constexpr std::size_t kMostValues = 1'000'000;
constexpr std::size_t kLongestText = 4096;  // of what is kept of a message for people

/// Of a member that is missing or of the wrong kind; caught in decode().
struct Wrong {
  std::string message;
};

/// Parsing takes memory for every value and, when it is undone, for every level.
bool is_within_bounds(std::string_view line) {
  std::size_t depth = 0, values = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (in_text) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_text = false;
      continue;
    }
    in_text = c == '"';
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (c == ',' || c == '[' || c == '{') ++values;
    if (depth > kDeepest || values > kMostValues) return false;
  }
  return true;
}

/// The members of one object.
class Members {
 public:
  explicit Members(const json& object) : object_(object) {
    if (!object.is_object()) throw Wrong{"something is no object that has to be one"};
  }

  const json* find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }
  const json& get(const char* key) const {
    const json* found = find(key);
    if (!found) throw Wrong{std::string("has no '") + key + "'"};
    return *found;
  }

  std::string text(const char* key) const { return text_in(get(key), key); }
  std::string text(const char* key, std::string otherwise) const {
    const json* found = find(key);
    return found ? text_in(*found, key) : otherwise;
  }
  bool flag(const char* key, bool otherwise) const {
    const json* found = find(key);
    if (found && !found->is_boolean())
      throw Wrong{std::string("'") + key + "' is not true or false"};
    return found ? found->get<bool>() : otherwise;
  }
  std::uint64_t whole(const char* key, std::uint64_t otherwise) const {
    const json* found = find(key);
    return found ? whole_in(*found, key) : otherwise;
  }
  std::uint32_t small(const char* key, std::uint32_t otherwise) const {
    const std::uint64_t value = whole(key, otherwise);
    if (value > std::numeric_limits<std::uint32_t>::max())
      throw Wrong{std::string("'") + key + "' is too large"};
    return static_cast<std::uint32_t>(value);
  }
  double number(const char* key, double otherwise) const {
    const json* found = find(key);
    return found ? number_in(*found, key) : otherwise;
  }
  std::vector<double> numbers(const char* key) const {
    std::vector<double> out;
    for (const json& item : list(key)) out.push_back(number_in(item, key));
    return out;
  }
  /// Empty where there is none.
  const json& list(const char* key) const {
    static const json kNone = json::array();
    const json* found = find(key);
    if (found && !found->is_array()) throw Wrong{std::string("'") + key + "' is no list"};
    return found ? *found : kNone;
  }
  std::vector<std::byte> bytes(const char* key) const {
    auto out = from_base64(text(key, ""));
    if (!out) throw Wrong{std::string("'") + key + "' is no base64"};
    return std::move(*out);
  }
  /// An object, as text.
  std::string object(const char* key) const {
    const json* found = find(key);
    if (!found) return "{}";
    if (!found->is_object()) throw Wrong{std::string("'") + key + "' is no object"};
    return found->dump();
  }
  hashing::Digest digest(const char* key) const { return digest_in(get(key), key); }

  template <class Value>
  Value named(const char* key, const std::map<std::string, Value>& names, Value otherwise) const {
    if (!find(key)) return otherwise;
    const auto found = names.find(text(key));
    if (found == names.end())
      throw Wrong{std::string("'") + key + "' is '" + one_line(text(key), 40) + "'"};
    return found->second;
  }

  static std::string text_in(const json& value, const char* key) {
    if (!value.is_string()) throw Wrong{std::string("'") + key + "' is no text"};
    return value.get<std::string>();
  }
  static std::uint64_t whole_in(const json& value, const char* key) {
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    std::uint64_t out = 0;
    if (value.is_string()) {
      const auto& text = value.get_ref<const std::string&>();
      const char* const end = text.data() + text.size();
      if (const auto read = std::from_chars(text.data(), end, out);
          read.ec == std::errc() && read.ptr == end)
        return out;
    }
    throw Wrong{std::string("'") + key + "' is no whole number of 64 bits"};
  }
  static double number_in(const json& value, const char* key) {
    if (value.is_number()) return value.get<double>();
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const std::string text = value.is_string() ? value.get<std::string>() : "";
    if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (text == "inf") return kInfinity;
    if (text == "-inf") return -kInfinity;
    throw Wrong{std::string("'") + key + "' is no number"};
  }
  static hashing::Digest digest_in(const json& value, const char* key) {
    const std::string text = text_in(value, key);
    hashing::Digest out;
    const auto read = [&](std::size_t at, std::uint64_t& half) {
      const char* const end = text.data() + at + 16;
      const auto parsed = std::from_chars(text.data() + at, end, half, 16);
      return parsed.ec == std::errc() && parsed.ptr == end;
    };
    if (text.size() != 32 || !read(0, out.hi) || !read(16, out.lo))
      throw Wrong{std::string("'") + key + "' is no digest of 32 hexadecimal digits"};
    return out;
  }

 private:
  const json& object_;
};

const std::map<std::string, Status>& statuses() {
  static const std::map<std::string, Status> names = [] {
    std::map<std::string, Status> all;
    for (auto s : {Status::kOk, Status::kInfeasible, Status::kNonFinite, Status::kFailed,
                   Status::kCancelled, Status::kPruned})
      all.emplace(status_name(s), s);
    return all;
  }();
  return names;
}

const std::map<std::string, Reason>& reasons() {
  static const std::map<std::string, Reason> names = [] {
    std::map<std::string, Reason> all;
    for (auto r : {Reason::kNone, Reason::kWrongShape, Reason::kEvaluatorError, Reason::kCrash,
                   Reason::kDeadline, Reason::kMemory, Reason::kProtocol, Reason::kLostWorker})
      all.emplace(reason_name(r), r);
    return all;
  }();
  return names;
}

WireCandidate candidate_in(const Members& message) {
  const Members in(message.get("candidate"));
  WireCandidate out;
  out.reference = in.text("reference", "");
  out.representation = in.text("representation", "");
  out.flat = in.bytes("flat");
  out.text = in.text("text", "");
  if (in.find("values")) out.values_json = in.object("values");
  return out;
}

EvaluatorDescriptor descriptor_in(const Members& in) {
  EvaluatorDescriptor out;
  out.id = in.text("id");
  out.version = one_line(in.text("version"), 200);
  out.summary = one_line(in.text("summary", ""), 500);
  out.thread_safe = in.flag("thread_safe", false);
  out.deterministic = in.flag("deterministic", false);
  out.offers_probe = in.flag("probe", false);
  out.offers_apply = in.flag("apply", false);
  for (const json& name : in.list("representations"))
    out.representations.push_back(Members::text_in(name, "representations"));
  return out;
}

NamedFigure figure_in(const Members& in) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  NamedFigure out;
  out.name = in.text("name");
  out.unit = in.text("unit", "");
  out.role = in.named<Role>("role",
                            {{"objective", Role::kObjective},
                             {"constraint", Role::kConstraint},
                             {"descriptor", Role::kDescriptor},
                             {"metric", Role::kMetric}},
                            Role::kMetric);
  out.minimize = in.named<bool>("direction", {{"minimize", true}, {"maximize", false}}, false);
  out.low = in.number("low", -kInfinity);
  out.high = in.number("high", kInfinity);
  out.reproducible = in.flag("reproducible", true);
  return out;
}

Info info_in(const Members& in) {
  Info out;
  for (const json& figure : in.list("figures"))
    out.info.figures.push_back(figure_in(Members(figure)));
  for (const json& item : in.list("levels")) {
    const Members level(item);
    out.info.levels.push_back(
        {level.text("name"), level.number("cost", 1), level.flag("comparable_with_next", false)});
  }
  if (out.info.levels.empty()) out.info.levels.push_back({"full", 1, false});
  out.info.offers_test_split = in.flag("test_split", false);
  out.info.typical_seconds = in.number("typical_seconds", 0);
  if (in.find("data_digest")) out.info.data_digest = in.digest("data_digest");
  const std::uint32_t bits = in.small("probe_mantissa_bits", 24);
  if (bits > 52) throw Wrong{"'probe_mantissa_bits' is not one of 0 to 52"};
  out.info.sink.mantissa_bits = static_cast<int>(bits == 0 ? 24 : bits);
  out.info.sink.exact = in.flag("probe_exact", false);
  out.info.refines_genomes = in.flag("refines_genomes", false);
  return out;
}

References references_in(const Members& in) {
  References out;
  for (const json& item : in.list("references")) {
    const Members one(item);
    out.references.push_back({one_line(one.text("name"), 200),
                              one_line(one.text("summary", ""), 500), one.text("genome", "")});
    if (out.references.back().name.empty()) throw Wrong{"a reference has no name"};
  }
  return out;
}

ProbeAnswer probe_answer_in(const Members& in) {
  ProbeAnswer out;
  out.status = in.named("status", statuses(), Status::kOk);
  out.message = one_line(in.text("message", ""), kLongestText);
  if (in.find("outputs"))
    out.outputs_json = in.list("outputs").dump();
  else if (out.status == Status::kOk)
    out.digest.key = in.digest("digest");
  for (const json& digest : in.list("alternatives"))
    out.digest.alternatives.push_back(Members::digest_in(digest, "alternatives"));
  return out;
}

/// A list in the order of the figures, or an object by name.
void read_figures(const Members& in, std::vector<double>& figures, std::string& named_json) {
  const json* found = in.find("figures");
  if (found && found->is_object())
    named_json = in.object("figures");
  else
    figures = in.numbers("figures");
}

std::vector<double> items_in(const Members& in) {
  const std::vector<std::byte> bytes = in.bytes("items");
  if (bytes.size() % sizeof(double) != 0) throw Wrong{"'items' are no doubles"};
  std::vector<double> out(bytes.size() / sizeof(double));
  if (!out.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
  for (double value : out)
    if (!std::isfinite(value)) throw Wrong{"'items' are not finite"};
  return out;
}

Result result_in(const Members& in) {
  Result out;
  TrialResult& trial = out.trial;
  trial.status = in.named("status", statuses(), Status::kOk);
  const Reason otherwise =
      trial.status == Status::kFailed ? Reason::kEvaluatorError : Reason::kNone;
  trial.reason = in.named("reason", reasons(), otherwise);
  if (trial.status != Status::kFailed) trial.reason = Reason::kNone;
  read_figures(in, trial.figures, out.named_json);
  trial.items = items_in(in);
  for (const json& item : in.list("intermediate")) {
    const Members value(item);
    trial.intermediate.push_back(
        {value.whole("step", 0), value.small("figure", 0), value.number("value", 0)});
  }
  trial.seconds = in.number("seconds", 0);
  if (!std::isfinite(trial.seconds) || trial.seconds < 0)
    throw Wrong{"'seconds' is no number from 0"};
  trial.cost = in.whole("cost", 0);
  trial.message = one_line(in.text("message", ""), kLongestText);
  return out;
}

Evaluate evaluate_in(const Members& in) {
  Evaluate out;
  out.candidate = candidate_in(in);
  out.level = in.small("level", 0);
  out.repeat = in.small("repeat", 0);
  out.split = in.named<std::uint32_t>("split", {{"validation", 0}, {"test", 1}}, 0);
  out.threads = in.small("threads", 1);
  out.common_seed = in.whole("common_seed", 0);
  out.own_seed = in.whole("own_seed", 0);
  out.deadline = in.number("deadline", 0);
  if (!(out.deadline >= 0 && out.deadline < 1e9)) throw Wrong{"'deadline' is no time in seconds"};
  out.wants_control = in.flag("wants_control", false);
  return out;
}

Configure configure_in(const Members& in) {
  Configure out;
  out.config_json = in.object("config");
  out.mantissa_bits = in.small("mantissa_bits", 0);
  if (out.mantissa_bits > 52) throw Wrong{"'mantissa_bits' is not one of 0 to 52"};
  if (in.find("grid"))
    out.grid = in.named<hashing::GridKind>("grid",
                                           {{"scaled", hashing::GridKind::kScaled},
                                            {"published", hashing::GridKind::kPublished},
                                            {"shifted", hashing::GridKind::kShifted}},
                                           hashing::GridKind::kScaled);
  out.marks_log = in.flag("marks_log", false);
  return out;
}

HelloOk hello_ok_in(const Members& in) {
  HelloOk out;
  out.protocol = in.small("protocol", 0);
  out.build = one_line(in.text("build", ""), 200);
  out.descriptor = descriptor_in(Members(in.get("descriptor")));
  out.config_schema = in.object("config_schema");
  out.apply_schema = in.object("apply_schema");
  out.takes_flat = in.flag("flat_genomes", false);
  out.hashes_probes = in.flag("digests", false);
  return out;
}

using Reader = Body (*)(const Members&);

const std::map<std::string, Reader>& readers() {
  static const std::map<std::string, Reader> table{
      {"hello",
       [](const Members& in) -> Body {
         return Hello{in.small("protocol", 0), one_line(in.text("engine", ""), 200)};
       }},
      {"configure", [](const Members& in) -> Body { return configure_in(in); }},
      {"space", [](const Members& in) -> Body { return AskSpace{in.text("representation")}; }},
      {"bind", [](const Members& in) -> Body { return Bind{in.object("space")}; }},
      {"references", [](const Members&) -> Body { return AskReferences{}; }},
      {"refine", [](const Members& in) -> Body { return Refine{candidate_in(in)}; }},
      {"probe",
       [](const Members& in) -> Body {
         return Probe{candidate_in(in), in.whole("seed", 0)};
       }},
      {"evaluate", [](const Members& in) -> Body { return evaluate_in(in); }},
      {"apply",
       [](const Members& in) -> Body {
         return Apply{candidate_in(in), in.object("options"), in.whole("common_seed", 0)};
       }},
      {"control", [](const Members& in) -> Body { return Control{in.flag("stop", false)}; }},
      {"cancel", [](const Members&) -> Body { return Cancel{}; }},
      {"ping", [](const Members&) -> Body { return Ping{}; }},
      {"goodbye", [](const Members&) -> Body { return Goodbye{}; }},
      {"hello_ok", [](const Members& in) -> Body { return hello_ok_in(in); }},
      {"info", [](const Members& in) -> Body { return info_in(in); }},
      {"space_ok", [](const Members& in) -> Body { return SpaceText{in.object("space")}; }},
      {"references_ok", [](const Members& in) -> Body { return references_in(in); }},
      {"refine_ok", [](const Members& in) -> Body { return Refined{in.bytes("flat")}; }},
      {"probe_ok", [](const Members& in) -> Body { return probe_answer_in(in); }},
      {"progress",
       [](const Members& in) -> Body {
         Progress out{in.whole("step", 0), in.whole("total", 0), {}, ""};
         read_figures(in, out.figures, out.named_json);
         return out;
       }},
      {"result", [](const Members& in) -> Body { return result_in(in); }},
      {"items", [](const Members& in) -> Body { return ItemsPart{items_in(in)}; }},
      {"artefact",
       [](const Members& in) -> Body {
         return ArtefactPart{in.text("name"), one_line(in.text("media_type", ""), 100),
                             in.bytes("content")};
       }},
      {"done", [](const Members&) -> Body { return Done{}; }},
      {"pong", [](const Members&) -> Body { return Pong{}; }},
      {"log",
       [](const Members& in) -> Body {
         return Log{in.small("severity", 0), one_line(in.text("text"), kLongestText)};
       }},
      {"error", [](const Members& in) -> Body {
         return Failure{{one_line(in.text("pointer", ""), 250),
                         one_line(in.text("message", ""), kLongestText),
                         in.flag("bad_input", false)}};
       }}};
  return table;
}

}  // namespace

tl::expected<Message, DecodeError> decode(std::string_view line) {
  DecodeError error;
  if (line.size() > kLongestMessage || !is_within_bounds(line)) {
    error.message = "a message is too long, too deep or has too many values";
    return tl::unexpected(error);
  }
  const json value = json::parse(line, nullptr, false);
  try {
    if (!value.is_object()) throw Wrong{"a line is no JSON object: " + one_line(line, 100)};
    const Members in(value);
    error.id = in.whole("id", 0);
    const std::string type = in.text("type");
    const auto reader = readers().find(type);
    error.unknown_type = reader == readers().end();
    if (error.unknown_type)
      throw Wrong{"a message is of unknown type '" + one_line(type, 40) + "'"};
    return Message{error.id, reader->second(in)};
  } catch (const Wrong& wrong) {
    // What a message quotes need not be text.
    error.message = wrong.message;
  } catch (const json::exception& thrown) {
    error.message = one_line(thrown.what(), 200);
  }
  return tl::unexpected(error);
}

}  // namespace equivolve::engine::protocol
