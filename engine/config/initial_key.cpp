#include "engine/config/initial_key.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/config/units.hpp"
#include "engine/plugins/nearest_name.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "search/space/parameter.hpp"

namespace equivolve::engine {
namespace {

using MaybeComplaint = std::optional<Complaint>;

constexpr const char* kFormOfInitial =
    "candidates, references and from, as in {candidates: [TEXT, ...], from: {run: latest, top: "
    "10}}";
constexpr const char* kFormOfFrom = "a run, or {run: RUN, top: 10, store: FILE}";

bool is_text(const Node& node) {
  return node.is_scalar() && !node.text.empty();
}

/// One line of a configuration's text form. Inside of it quotes mean what they mean in YAML.
MaybeComplaint add_line(const Entry& entry, const std::string& which, std::string& out) {
  if (!search::is_parameter_name(entry.key))
    return Complaint{fmt::format("has {} with '{}'", which, one_line(entry.key, 60)),
                     "names of parameters", "", entry.key_mark};
  const Node& value = entry.value;
  if (!value.is_scalar())
    return Complaint{fmt::format("has {}, whose {} {}", which, entry.key, describe(value)),
                     "a value (a text in quotes where it would mean nothing)", "", value.mark};
  const std::string text = value.quoted ? search::quoted_text(value.text) : value.text;
  out += entry.key + ": " + text + "\n";
  return std::nullopt;
}

MaybeComplaint read_candidates(const Node& list, InitialConfig& out) {
  if (list.kind != Node::Kind::kSequence)
    return Complaint{"has candidates, which " + describe(list), "a list of candidates", "",
                     list.mark};
  for (const Node& item : list.items) {
    const std::string which = fmt::format("candidate {}", out.candidates.size() + 1);
    std::string& text = out.candidates.emplace_back();
    if (is_text(item)) {
      text = item.text;
      continue;
    }
    if (!item.is_map() || item.entries.empty())
      return Complaint{fmt::format("has {}, which {}", which, describe(item)),
                       "a candidate's text, or a map of a configuration's values", "", item.mark};
    for (const Entry& entry : item.entries)
      if (auto complaint = add_line(entry, which, text)) return complaint;
  }
  return std::nullopt;
}

MaybeComplaint read_from_map(const Node& from, const PathBase& folders, InitialConfig& out) {
  for (const Entry& part : from.entries) {
    const Node& value = part.value;
    const auto complain = [&](const char* expected) {
      return Complaint{fmt::format("has from, whose {} {}", part.key, describe(value)), expected,
                       "", value.mark};
    };
    if (part.key == "run") {
      if (!is_text(value)) return complain("a run's number or name, or latest");
      out.run = value.text;
    } else if (part.key == "top") {
      const auto top = parse_integer(value.is_scalar() && !value.quoted ? value.text : "");
      if (!top || *top < 1 || *top > kMostEarlierCandidates)
        return complain("an integer from 1 to 1000");
      out.top = static_cast<std::uint32_t>(*top);
    } else if (part.key == "store") {
      if (!is_text(value)) return complain("a path");
      out.store = (folders.current_folder / value.text).lexically_normal();
    } else {
      return Complaint{fmt::format("has from with the key '{}'", one_line(part.key, 60)),
                       "run, top or store", suggestion(part.key, {"run", "top", "store"}),
                       part.key_mark};
    }
  }
  if (out.run.empty()) return Complaint{"has from without a run", kFormOfFrom, "", from.mark};
  return std::nullopt;
}

MaybeComplaint read_from(const Node& from, const PathBase& folders, InitialConfig& out) {
  if (from.is_map()) return read_from_map(from, folders, out);
  if (!is_text(from))
    return Complaint{"has from, which " + describe(from), kFormOfFrom, "", from.mark};
  out.run = from.text;
  return std::nullopt;
}

MaybeComplaint read_references(const Node& node, InitialConfig& out) {
  const bool is_plain = node.is_scalar() && !node.quoted;
  if (!is_plain || (node.text != "true" && node.text != "false"))
    return Complaint{"has references, which " + describe(node), "true or false", "", node.mark};
  out.references = node.text == "true";
  return std::nullopt;
}

MaybeComplaint read_initial(const Node& node, const PathBase& folders, InitialConfig& out) {
  if (!node.is_map()) return Complaint{describe(node), "", "", node.mark};
  for (const Entry& part : node.entries) {
    MaybeComplaint complaint;
    if (part.key == "candidates")
      complaint = read_candidates(part.value, out);
    else if (part.key == "references")
      complaint = read_references(part.value, out);
    else if (part.key == "from")
      complaint = read_from(part.value, folders, out);
    else
      complaint = Complaint{
          fmt::format("has the key '{}'", one_line(part.key, 60)), "candidates, references or from",
          suggestion(part.key, {"candidates", "references", "from"}), part.key_mark};
    if (complaint) return complaint;
  }
  return std::nullopt;
}

std::string initial_text(const InitialConfig& initial) {
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  if (!initial.candidates.empty()) out["candidates"] = initial.candidates;
  if (initial.references) out["references"] = true;
  if (!initial.run.empty()) {
    out["from"] = {{"run", initial.run}, {"top", initial.top}};
    if (!initial.store.empty()) out["from"]["store"] = initial.store.string();
  }
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// ---- where in the file a place of a candidate's text is
// ---------------------------------------------------------------

/// A line, counted from 1, without its break; "" beyond the end.
std::string_view nth_line(std::string_view text, std::size_t line) {
  for (; line > 1; --line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

/// The place as the file has it, where the text stands there as it is; else none.
std::optional<Mark> place_in_text(const Document& document, const Node& node,
                                  const search::Error& error) {
  if (node.mark.line == 0 || node.mark.override_number >= 0 || error.line == 0) return std::nullopt;
  const std::string_view head = nth_line(document.text(), node.mark.line);
  const std::size_t before = node.mark.column - 1;
  const bool is_block = before < head.size() && (head[before] == '|' || head[before] == '>');
  const std::size_t line = node.mark.line + error.line - (is_block ? 0 : 1);
  const std::string_view wanted = nth_line(node.text, error.line);
  const std::size_t from = !is_block && error.line == 1 ? before : 0;
  const std::size_t at = nth_line(document.text(), line).find(wanted, from);
  if (wanted.empty() || at == std::string_view::npos) return std::nullopt;
  return Mark{static_cast<std::uint32_t>(line),
              static_cast<std::uint32_t>(at + std::max<std::size_t>(error.column, 1)), -1};
}

}  // namespace

Key initial_key(std::string name, std::string help, Field<InitialConfig> value) {
  Key key;
  key.name = std::move(name);
  key.kind = KeyKind::kInitial;
  key.expected = kFormOfInitial;
  key.help = std::move(help);
  key.read = [value](const Node& node, const PathBase& folders,
                     Configuration& out) -> MaybeComplaint {
    InitialConfig initial;
    if (auto complaint = read_initial(node, folders, initial)) return complaint;
    value.set(out, std::move(initial));
    return std::nullopt;
  };
  key.write = [value](const Configuration& in) { return initial_text(value.get(in)); };
  return key;
}

ConfigProblem problem_of_candidate(const Document& document, std::size_t candidate,
                                   const search::Error& error) {
  std::string message =
      fmt::format("search.initial: candidate {}: {}", candidate + 1, error.message);
  const Found found =
      find_deepest(document.root(), {"search", "initial", "candidates", std::to_string(candidate)});
  const Node& node = *found.node;
  if (found.parts != 4) return document.problem_at(found.key_mark, std::move(message));
  if (node.is_map()) {
    // A line of the text is an entry of the map.
    if (error.line == 0 || error.line > node.entries.size())
      return document.problem_at(node.mark, std::move(message));
    const Entry& entry = node.entries[error.line - 1];
    return document.problem_at(error.column > 1 ? entry.value.mark : entry.key_mark,
                               std::move(message));
  }
  if (const auto place = place_in_text(document, node, error))
    return document.problem_at(*place, std::move(message));
  if (error.line > 1)
    message += fmt::format(" (line {}, column {} of its text)", error.line, error.column);
  return document.problem_at(node.mark, std::move(message));
}

}  // namespace equivolve::engine
