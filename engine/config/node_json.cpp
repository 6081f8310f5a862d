#include "engine/config/node_json.hpp"

#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/config/units.hpp"
#include "engine/config/yaml_tree.hpp"

namespace equivolve::engine {
namespace {

using nlohmann::json;
using Report = std::function<void(const Mark&, std::string)>;

bool is_digits(const std::string& text) {
  const std::size_t from = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  return text.size() > from && text.find_first_not_of("0123456789", from) == std::string::npos;
}

bool is_special_number(const std::string& text) {
  for (const char* name : {".inf", "-.inf", "+.inf", ".Inf", "-.Inf", "+.Inf", ".INF", "-.INF",
                           "+.INF", ".nan", ".NaN", ".NAN"})
    if (text == name) return true;
  return false;
}

std::optional<json> whole_number(const std::string& text) {
  if (const auto value = parse_integer(text)) return json(*value);
  if (text[0] != '-') return std::nullopt;
  const auto magnitude = parse_integer(text.substr(1));
  constexpr std::uint64_t kMost = std::uint64_t{1} << 63;
  if (!magnitude || *magnitude > kMost) return std::nullopt;
  return json(static_cast<std::int64_t>(0 - *magnitude));
}

json scalar(const Node& node, const Report& problem) {
  const std::string& text = node.text;
  if (node.quoted) return text;
  if (text == "true" || text == "false") return text == "true";
  if (is_digits(text)) {
    if (auto value = whole_number(text)) return *value;
    problem(node.mark,
            fmt::format(
                "'{}' is no safe number; expected one without leading zeros or plus, below 2^64, "
                "or quotes where it is a text",
                text.substr(0, 60)));
    return nullptr;
  }
  if (is_special_number(text)) {
    problem(node.mark, fmt::format("'{}' is not finite; expected a finite number", text));
    return nullptr;
  }
  // from_chars would also take "inf" and "nan", which YAML reads as text.
  const bool number_like = text.find_first_of("0123456789") != std::string::npos &&
                           text.find_first_not_of("0123456789+-.eE") == std::string::npos;
  if (const auto value = parse_number(text); number_like && value) return *value;
  return text;
}

Node node_at(const json& value, std::size_t depth) {
  Node node;
  if (value.is_null() || depth > YamlLimits::kDepth) return node;
  if (value.is_object()) {
    node.kind = Node::Kind::kMap;
    for (const auto& [key, item] : value.items())
      node.entries.push_back({key, Mark{}, node_at(item, depth + 1)});
  } else if (value.is_array()) {
    node.kind = Node::Kind::kSequence;
    for (const auto& item : value) node.items.push_back(node_at(item, depth + 1));
  } else {
    node.kind = Node::Kind::kScalar;
    node.quoted = value.is_string();
    node.text = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return node;
}

}  // namespace

json json_of(const Node& node, const Report& problem) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return nullptr;
    case Node::Kind::kScalar:
      return scalar(node, problem);
    case Node::Kind::kSequence: {
      json out = json::array();
      for (const Node& item : node.items) out.push_back(json_of(item, problem));
      return out;
    }
    case Node::Kind::kMap:
      break;
  }
  json out = json::object();
  for (const Entry& entry : node.entries) out[entry.key] = json_of(entry.value, problem);
  return out;
}

Node node_of(const json& value) {
  return node_at(value, 0);
}

}  // namespace equivolve::engine
