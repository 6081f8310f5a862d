#include "engine/config/keys.hpp"

namespace equivolve::engine {
namespace {

Section free_section(std::string name, std::string help, std::string short_form) {
  Section section;
  section.name = std::move(name);
  section.help = std::move(help);
  section.short_form = std::move(short_form);
  section.free_form = true;
  return section;
}

Section vary_section() {
  Section section;
  section.name = "vary";
  section.help =
      "Makes a group of runs: keys as `--set` takes them, each with a list of values; one run for "
      "each combination. See [groups.md](groups.md).";
  return section;
}

std::vector<Section> all_sections() {
  return {
      top_keys(),
      evaluator_keys(),
      free_section("data",
                   "The data, as the evaluator accepts them. A lone text is the file; `file` and "
                   "other paths are "
                   "relative to the configuration's folder.",
                   "file"),
      free_section("options", "The evaluator's own options, checked against its schema.", ""),
      free_section(
          "space",
          "What candidates look like: only what differs from the evaluator's default space.", ""),
      search_keys(),
      hashing_keys(),
      budget_keys(),
      final_keys(),
      vary_section(),
      plugins_keys(),
      workers_keys(),
      store_keys()};
}

}  // namespace

const std::vector<Section>& sections() {
  static const std::vector<Section> all = all_sections();
  return all;
}

const Section* find_section(std::string_view name) {
  for (const Section& section : sections())
    if (section.name == name) return &section;
  return nullptr;
}

std::vector<std::string> key_names(const Section& section) {
  std::vector<std::string> names;
  for (const Key& key : section.keys)
    if (key.kind != KeyKind::kNotYet) names.push_back(key.name);
  return names;
}

std::vector<std::string> top_names() {
  std::vector<std::string> names = key_names(sections().front());
  for (const Section& section : sections())
    if (!section.name.empty()) names.push_back(section.name);
  return names;
}

}  // namespace equivolve::engine
