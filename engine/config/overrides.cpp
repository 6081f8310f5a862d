// `--set a.b=c`.
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "engine/config/document.hpp"
#include "engine/config/keys.hpp"
#include "engine/config/yaml_tree.hpp"
#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

// The '=' that ends the key: the first outside quotes.
std::size_t equals_sign(std::string_view assignment) {
  bool quoted = false;
  for (std::size_t i = 0; i < assignment.size(); ++i) {
    if (assignment[i] == '"') quoted = !quoted;
    if (assignment[i] == '=' && !quoted) return i;
  }
  return std::string_view::npos;
}

void mark_all(Node& node, const Mark& mark) {
  node.mark = mark;
  for (Node& item : node.items) mark_all(item, mark);
  for (Entry& entry : node.entries) {
    entry.key_mark = mark;
    mark_all(entry.value, mark);
  }
}

// "workers: 2" becomes {count: 2}, so that workers.executor can be set beside it.
void expand_short_form(const std::string& section_name, Node& node) {
  const Section* section = find_section(section_name);
  if (!section || section->short_form.empty() || !node.is_scalar()) return;
  Node map;
  map.kind = Node::Kind::kMap;
  map.mark = node.mark;
  map.entries.push_back({section->short_form, node.mark, std::move(node)});
  node = std::move(map);
}

// The child called `part`, made when a map has none; null when the node can have no such child.
Node* child(Node& node, const std::string& part, const Mark& mark) {
  // A list that is not there yet begins with its item 0; the number after the last appends.
  if (node.kind == Node::Kind::kNull && part == "0") node.kind = Node::Kind::kSequence;
  if (node.kind == Node::Kind::kSequence) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
    const bool whole = error == std::errc() && end == part.data() + part.size();
    if (!whole || index > node.items.size()) return nullptr;
    if (index == node.items.size()) {
      node.items.emplace_back();
      node.items.back().mark = mark;
    }
    return &node.items[index];
  }
  if (node.kind == Node::Kind::kNull) node.kind = Node::Kind::kMap;
  if (!node.is_map()) return nullptr;
  if (Node* found = node.find(part)) return found;
  Node fresh;
  fresh.mark = mark;
  node.entries.push_back({part, mark, std::move(fresh)});
  return &node.entries.back().value;
}

}  // namespace

std::optional<std::vector<std::string>> key_parts(std::string_view key) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (char c : key) {
    if (c == '"')
      quoted = !quoted;
    else if (c == '.' && !quoted)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  for (const std::string& part : parts)
    if (part.empty() || quoted) return std::nullopt;
  return parts;
}

std::string_view assigned_key(std::string_view assignment) {
  return assignment.substr(0, equals_sign(assignment));
}

tl::expected<void, ConfigProblem> Document::set(const std::string& assignment) {
  const Mark mark{0, 0, static_cast<std::int32_t>(overrides_.size())};
  overrides_.push_back(one_line(assignment, 200));
  auto refuse = [&](std::string message) {
    return tl::unexpected(problem_at(mark, std::move(message)));
  };

  const std::size_t equals = equals_sign(assignment);
  if (equals == std::string::npos)
    return refuse("there is no '='; expected KEY=VALUE, as in budget.candidates=1000");
  auto value = parse_yaml(assignment.substr(equals + 1));
  if (!value) {
    const std::string text = assignment.substr(equals + 1);
    const bool bare = text.size() < 80 && text.find_first_of("\"'[{\n") == std::string::npos;
    return refuse(
        "the value cannot be read: " +
        (bare ? fmt::format("'{}' means something else in YAML; as a text, and for the shell: "
                            "--set '{}=\"{}\"'",
                            text, assignment.substr(0, equals), text)
              : value.error().message));
  }
  mark_all(*value, mark);
  return set(assignment.substr(0, equals), std::move(*value), mark);
}

tl::expected<void, ConfigProblem> Document::set(const std::string& key, Node value,
                                                const Mark& mark) {
  auto refuse = [&](std::string message) {
    return tl::unexpected(problem_at(mark, std::move(message)));
  };
  const auto parts = key_parts(key);
  if (!parts || parts->size() > YamlLimits::kDepth)
    return refuse(
        "the key has an empty part; expected names with dots between them, as in "
        "budget.candidates");
  Node* node = &root_;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    if (i == 1) expand_short_form((*parts)[0], *node);
    Node* next = child(*node, (*parts)[i], mark);
    if (!next)
      return refuse(fmt::format(
          "'{}' cannot be set: what is around it is no map; expected a key of a map, or the "
          "number of a list item or the one after the last",
          (*parts)[i]));
    node = next;
  }
  *node = std::move(value);
  return {};
}

void Document::erase(std::string_view key) {
  std::erase_if(root_.entries, [&](const Entry& entry) { return entry.key == key; });
}

}  // namespace equivolve::engine
