#include "engine/config/key_table.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/config/units.hpp"
#include "engine/plugins/nearest_name.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "engine/processes/shell_text.hpp"

namespace equivolve::engine {
namespace {

namespace fs = std::filesystem;
using MaybeComplaint = std::optional<Complaint>;

std::string as_json(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Complaint complain(const Node& node, const std::string& why = "") {
  return {describe(node) + (why.empty() ? "" : ", which " + why), "", "", node.mark};
}

// A plain scalar's text, or why the node is none.
bool is_plain(const Node& node) {
  return node.is_scalar() && !node.quoted;
}

Complaint complain_of_number(const Node& node, const std::string& why) {
  if (node.quoted) return complain(node, "is a text because of its quotes");
  return complain(node, why);
}

fs::path absolute_in(const fs::path& folder, const std::string& text) {
  return (folder / text).lexically_normal();
}

MaybeComplaint refuse_path(const Node& node) {
  if (!node.is_scalar() || node.text.empty()) return complain(node);
  return std::nullopt;
}

constexpr const char* kLineWords =
    "a list of texts, the first one a program; or a line, parted as by a shell";

/// Of a list of texts, or of a line.
tl::expected<std::vector<std::string>, Complaint> texts_of(const Node& node) {
  std::vector<std::string> texts;
  if (node.is_scalar()) {
    auto words = words_of(node.text);
    if (!words || words->empty()) return tl::unexpected(complain(node, words ? "" : words.error()));
    return std::move(*words);
  }
  if (node.kind != Node::Kind::kSequence || node.items.empty())
    return tl::unexpected(complain(node));
  for (const Node& item : node.items) {
    if (!item.is_scalar() || (texts.empty() && item.text.empty())) {
      Complaint complaint = complain(item);
      complaint.found = "has an item that " + complaint.found;
      return tl::unexpected(std::move(complaint));
    }
    texts.push_back(item.text);
  }
  return texts;
}

std::function<std::string(const Configuration&)> write_texts(
    Field<std::vector<std::string>> value) {
  return [value = std::move(value)](const Configuration& in) {
    const std::vector<std::string> texts = value.get(in);
    return texts.empty() ? std::string() : nlohmann::json(texts).dump();
  };
}

bool is_variable_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && is_letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

Key make(std::string name, KeyKind kind, std::string expected, std::string help) {
  Key key;
  key.name = std::move(name);
  key.kind = kind;
  key.expected = std::move(expected);
  key.help = std::move(help);
  return key;
}

}  // namespace

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "is empty";
    case Node::Kind::kSequence:
      return "is a list";
    case Node::Kind::kMap:
      return "is a map";
    case Node::Kind::kScalar:
      break;
  }
  const std::string shown = one_line(node.text, 60) + (node.text.size() > 60 ? "..." : "");
  return node.quoted ? fmt::format("is the text \"{}\"", shown) : fmt::format("is '{}'", shown);
}

Key integer_key(std::string name, std::uint64_t low, std::uint64_t high, std::string help,
                Field<std::optional<std::uint64_t>> value) {
  Key key = make(std::move(name), KeyKind::kInteger,
                 low == high ? fmt::format("{} (the only one in this version)", low)
                             : fmt::format("an integer from {} to {}", low, high),
                 std::move(help));
  key.least = low;
  key.most = high;
  key.read = [low, high, value](const Node& node, const PathBase&,
                                Configuration& out) -> MaybeComplaint {
    if (!is_plain(node)) return complain_of_number(node, "");
    const auto number = parse_integer(node.text);
    if (!number) return complain_of_number(node, number.error());
    if (*number < low || *number > high) return complain(node);
    value.set(out, *number);
    return std::nullopt;
  };
  key.write = [value](const Configuration& in) {
    const auto number = value.get(in);
    return number ? fmt::format("{}", *number) : "";
  };
  return key;
}

Key number_key(std::string name, double low, double high, std::string help, Field<double> value) {
  Key key = make(std::move(name), KeyKind::kNumber,
                 fmt::format("a number from {} to {}", low, high), std::move(help));
  key.low = low;
  key.high = high;
  key.read = [low, high, value](const Node& node, const PathBase&,
                                Configuration& out) -> MaybeComplaint {
    if (!is_plain(node)) return complain_of_number(node, "");
    const auto number = parse_number(node.text);
    if (!number) return complain_of_number(node, number.error());
    if (*number < low || *number > high) return complain(node);
    value.set(out, *number);
    return std::nullopt;
  };
  key.write = [value](const Configuration& in) { return nlohmann::json(value.get(in)).dump(); };
  return key;
}

Key boolean_key(std::string name, std::string help, Field<bool> value) {
  Key key = make(std::move(name), KeyKind::kBoolean, "true or false", std::move(help));
  key.read = [value](const Node& node, const PathBase&, Configuration& out) -> MaybeComplaint {
    if (!is_plain(node) || (node.text != "true" && node.text != "false")) return complain(node);
    value.set(out, node.text == "true");
    return std::nullopt;
  };
  key.write = [value](const Configuration& in) { return value.get(in) ? "true" : "false"; };
  return key;
}

Key choice_key(std::string name, std::vector<std::string> choices, std::vector<std::string> later,
               std::string help, Field<std::size_t> value) {
  Key key = make(std::move(name), KeyKind::kChoice, fmt::format("{}", fmt::join(choices, " or ")),
                 std::move(help));
  key.choices = choices;
  key.later = later;
  key.read = [choices, later, value](const Node& node, const PathBase&,
                                     Configuration& out) -> MaybeComplaint {
    if (!node.is_scalar()) return complain(node);
    const auto found = std::find(choices.begin(), choices.end(), node.text);
    if (found != choices.end()) {
      value.set(out, static_cast<std::size_t>(found - choices.begin()));
      return std::nullopt;
    }
    Complaint complaint = complain(node);
    if (std::find(later.begin(), later.end(), node.text) != later.end())
      complaint.found += ", which is not available yet in this version";
    else
      complaint.suggestion = suggestion(node.text, choices);
    return complaint;
  };
  key.write = [choices, value](const Configuration& in) { return as_json(choices[value.get(in)]); };
  return key;
}

Key text_choice_key(std::string name, std::vector<std::string> choices,
                    std::vector<std::string> later, std::string help, Field<std::string> value) {
  const Field<std::size_t> position{
      [choices, value](const Configuration& in) {
        const auto found = std::find(choices.begin(), choices.end(), value.get(in));
        return static_cast<std::size_t>(found == choices.end() ? 0 : found - choices.begin());
      },
      [choices, value](Configuration& out, std::size_t i) { value.set(out, choices[i]); }};
  return choice_key(std::move(name), choices, std::move(later), std::move(help), position);
}

Key duration_key(std::string name, bool zero_allowed, std::string help,
                 Field<std::optional<std::chrono::nanoseconds>> value) {
  Key key = make(std::move(name), KeyKind::kDuration,
                 std::string(kDurationWords) + (zero_allowed ? ", or 0 for none" : ", more than 0"),
                 std::move(help));
  key.zero_allowed = zero_allowed;
  key.read = [zero_allowed, value](const Node& node, const PathBase&,
                                   Configuration& out) -> MaybeComplaint {
    if (!node.is_scalar()) return complain(node);
    const auto duration = parse_duration(node.text);
    if (!duration) return complain(node, duration.error());
    if (duration->count() == 0 && !zero_allowed) return complain(node);
    value.set(out, *duration);
    return std::nullopt;
  };
  key.write = [value](const Configuration& in) {
    const auto duration = value.get(in);
    return duration ? as_json(format_duration(*duration)) : "";
  };
  return key;
}

Key size_key(std::string name, std::string help, Field<std::optional<std::uint64_t>> value) {
  Key key = make(std::move(name), KeyKind::kSize, std::string(kSizeWords) + ", or 0 for no limit",
                 std::move(help));
  key.read = [value](const Node& node, const PathBase&, Configuration& out) -> MaybeComplaint {
    if (!node.is_scalar()) return complain(node);
    const auto size = parse_size(node.text);
    if (!size) return complain(node, size.error());
    value.set(out, *size);
    return std::nullopt;
  };
  key.write = [value](const Configuration& in) {
    const auto size = value.get(in);
    return size ? as_json(*size == 0 ? "0" : format_size(*size)) : "";
  };
  return key;
}

Key command_key(std::string name, std::string help, Field<std::vector<std::string>> value,
                Field<fs::path> folder) {
  Key key = make(std::move(name), KeyKind::kCommand, kLineWords, std::move(help));
  key.default_words = "none";
  key.read = [value, folder](const Node& node, const PathBase& folders,
                             Configuration& out) -> MaybeComplaint {
    auto texts = texts_of(node);
    if (!texts) return texts.error();
    value.set(out, std::move(*texts));
    if (folder.get(out).empty()) folder.set(out, folders.file_folder);
    return std::nullopt;
  };
  key.write = write_texts(value);
  return key;
}

Key line_key(std::string name, std::string help, Field<std::vector<std::string>> value) {
  Key key = make(std::move(name), KeyKind::kTexts, kLineWords, std::move(help));
  key.default_words = "none";
  key.read = [value](const Node& node, const PathBase&, Configuration& out) -> MaybeComplaint {
    auto texts = texts_of(node);
    if (!texts) return texts.error();
    value.set(out, std::move(*texts));
    return std::nullopt;
  };
  key.write = write_texts(value);
  return key;
}

Key variables_key(std::string name, std::string help,
                  Field<std::map<std::string, std::string>> value) {
  Key key =
      make(std::move(name), KeyKind::kVariables,
           "a map of names and texts, as in {CUDA_VISIBLE_DEVICES: \"{slot}\"}", std::move(help));
  key.default_words = "none";
  key.read = [value](const Node& node, const PathBase&, Configuration& out) -> MaybeComplaint {
    if (!node.is_map()) return complain(node);
    std::map<std::string, std::string> variables;
    for (const Entry& entry : node.entries) {
      if (!is_variable_name(entry.key))
        return Complaint{fmt::format("names '{}'", one_line(entry.key, 60)),
                         "names of variables: [A-Za-z_][A-Za-z0-9_]*", "", entry.key_mark};
      if (!entry.value.is_scalar()) return complain(entry.value);
      variables[entry.key] = entry.value.text;
    }
    value.set(out, std::move(variables));
    return std::nullopt;
  };
  key.write = [value](const Configuration& in) {
    const auto variables = value.get(in);
    return variables.empty() ? "" : nlohmann::json(variables).dump();
  };
  return key;
}

Key metrics_key(std::string name, std::string help) {
  Key key = make(std::move(name), KeyKind::kMetrics,
                 "a map of names, each minimize, maximize or record, with a command and no id",
                 std::move(help));
  key.default_words = "none";
  key.read = [](const Node& node, const PathBase&, Configuration&) -> MaybeComplaint {
    return complain(node, "is for scripts alone");
  };
  key.write = [](const Configuration&) { return std::string(); };
  return key;
}

Key text_key(std::string name, std::string expected, std::string help,
             std::function<std::string(const std::string&)> refused, Field<std::string> value) {
  Key key = make(std::move(name), KeyKind::kText, std::move(expected), std::move(help));
  key.read = [refused, value](const Node& node, const PathBase&,
                              Configuration& out) -> MaybeComplaint {
    if (!node.is_scalar()) return complain(node);
    if (std::string why = refused(node.text); !why.empty()) return complain(node, why);
    value.set(out, node.text);
    return std::nullopt;
  };
  key.write = [value](const Configuration& in) {
    const std::string text = value.get(in);
    return text.empty() ? "" : as_json(text);
  };
  return key;
}

Key path_key(std::string name, RelativeTo base, std::string help,
             Field<std::filesystem::path> value) {
  Key key = make(std::move(name), KeyKind::kPath, "a path", std::move(help));
  key.read = [base, value](const Node& node, const PathBase& folders,
                           Configuration& out) -> MaybeComplaint {
    if (auto complaint = refuse_path(node)) return complaint;
    value.set(out,
              absolute_in(base == RelativeTo::kFile ? folders.file_folder : folders.current_folder,
                          node.text));
    return std::nullopt;
  };
  key.write = [value](const Configuration& in) {
    const fs::path path = value.get(in);
    return path.empty() ? "" : as_json(path.string());
  };
  return key;
}

Key paths_key(std::string name, std::string help, Field<std::vector<std::filesystem::path>> value) {
  Key key = make(std::move(name), KeyKind::kPaths, "a list of paths", std::move(help));
  key.read = [value](const Node& node, const PathBase& folders,
                     Configuration& out) -> MaybeComplaint {
    if (node.kind != Node::Kind::kSequence) return complain(node);
    std::vector<fs::path> paths;
    for (const Node& item : node.items) {
      if (auto complaint = refuse_path(item)) {
        complaint->found = "has an item that " + complaint->found;
        return complaint;
      }
      paths.push_back(absolute_in(folders.file_folder, item.text));
    }
    value.set(out, std::move(paths));
    return std::nullopt;
  };
  key.write = [value](const Configuration& in) {
    nlohmann::json list = nlohmann::json::array();
    for (const fs::path& path : value.get(in)) list.push_back(path.string());
    return list.dump();
  };
  return key;
}

Key figures_key(std::string name, std::string help, Field<std::map<std::string, double>> value) {
  Key key = make(std::move(name), KeyKind::kFigures,
                 "a map of figures and numbers, as in {accuracy: 0.99}", std::move(help));
  key.read = [value](const Node& node, const PathBase&, Configuration& out) -> MaybeComplaint {
    if (!node.is_map()) return complain(node);
    std::map<std::string, double> figures;
    for (const Entry& entry : node.entries) {
      if (!is_plugin_name(entry.key))
        return Complaint{fmt::format("names '{}'", one_line(entry.key, 60)),
                         "names of figures: [A-Za-z][A-Za-z0-9_.-]{0,63}", "", entry.key_mark};
      if (!is_plain(entry.value)) return complain_of_number(entry.value, "");
      const auto number = parse_number(entry.value.text);
      if (!number) return complain_of_number(entry.value, number.error());
      figures[entry.key] = *number;
    }
    value.set(out, std::move(figures));
    return std::nullopt;
  };
  key.write = [value](const Configuration& in) {
    const auto figures = value.get(in);
    return figures.empty() ? "" : nlohmann::json(figures).dump();
  };
  return key;
}

Key not_yet_key(std::string name, std::string instead) {
  Key key = make(std::move(name), KeyKind::kNotYet, std::move(instead),
                 "Not available yet in this version.");
  key.read = [](const Node& node, const PathBase&, Configuration&) -> MaybeComplaint {
    return Complaint{"is not available yet in this version", "", "", node.mark};
  };
  key.write = [](const Configuration&) { return ""; };
  return key;
}

Key with_default(Key key, std::string words) {
  key.default_words = std::move(words);
  return key;
}

Key with_pattern(Key key, std::string pattern) {
  key.pattern = std::move(pattern);
  return key;
}

}  // namespace equivolve::engine
