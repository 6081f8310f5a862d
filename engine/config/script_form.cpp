#include "engine/config/script_form.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "engine/plugins/scripts/script_evaluator.hpp"
#include "engine/processes/shell_text.hpp"

namespace equivolve::engine {
namespace {

constexpr std::array<std::string_view, 3> kMoved = {"command", "folder", "metrics"};

/// A line as a list of its words, each at the line's place.
std::optional<std::string> part_line(Node& command) {
  if (!command.is_scalar()) return std::nullopt;
  auto words = words_of(command.text);
  if (!words) return words.error();
  Node list;
  list.kind = Node::Kind::kSequence;
  list.mark = command.mark;
  for (std::string& word : *words) {
    Node item;
    item.kind = Node::Kind::kScalar;
    item.quoted = true;
    item.text = std::move(word);
    item.mark = command.mark;
    list.items.push_back(std::move(item));
  }
  command = std::move(list);
  return std::nullopt;
}

bool is_moved(const Entry& entry) {
  return std::ranges::find(kMoved, entry.key) != kMoved.end();
}

}  // namespace

ConfigProblems expand_script_form(Document& document) {
  const Node* found = document.root().find("evaluator");
  if (!found || !found->is_map() || !found->find("metrics")) return {};
  // The metrics of anything else are refused where they are read.
  if (const Node* id = found->find("id"); id && id->text != kScriptId) return {};
  Node evaluator = *found;
  const Mark mark = find_deepest(document.root(), {"evaluator"}).key_mark;
  ConfigProblems problems;
  const auto refuse = [&](const Mark& at, std::string message) {
    problems.push_back(document.problem_at(at, std::move(message)));
  };
  for (Entry& entry : evaluator.entries) {
    if (!is_moved(entry)) continue;
    const Node* options = document.root().find("options");
    if (options && options->find(entry.key))
      refuse(entry.key_mark, fmt::format("evaluator.{0} and options.{0} say the same; expected one "
                                         "of them",
                                         entry.key));
    if (entry.key == "command")
      if (const auto fault = part_line(entry.value))
        refuse(entry.value.mark, fmt::format("evaluator.command {}; expected a line as it is "
                                             "typed, or a list of texts",
                                             *fault));
    if (auto set = document.set("options." + entry.key, entry.value, entry.key_mark); !set)
      problems.push_back(set.error());
  }
  std::erase_if(evaluator.entries, is_moved);
  if (!evaluator.find("id")) {
    Node id;
    id.kind = Node::Kind::kScalar;
    id.text = kScriptId;
    id.mark = evaluator.mark;
    evaluator.entries.insert(evaluator.entries.begin(), Entry{"id", mark, std::move(id)});
  }
  if (auto set = document.set("evaluator", std::move(evaluator), mark); !set)
    problems.push_back(set.error());
  return problems;
}

}  // namespace equivolve::engine
