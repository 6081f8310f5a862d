#include "engine/config/reader.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/config/contradictions.hpp"
#include "engine/config/keys.hpp"
#include "engine/config/node_json.hpp"
#include "engine/config/script_form.hpp"
#include "engine/config/search_keys_in_use.hpp"
#include "engine/config/spaces/space_section.hpp"
#include "engine/plugins/nearest_name.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/scripts/script_evaluator.hpp"

namespace equivolve::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// One walk over the tree. Collects problems and goes on.
class Walk {
 public:
  Walk(const Document& document, PathBase folders)
      : document_(document), folders_(std::move(folders)) {}

  void run();
  void complain(const Mark& mark, std::string message) {
    faulty_sections.insert(section_);
    if (is_full()) return;
    problems.push_back(document_.problem_at(mark, std::move(message)));
  }

  bool is_full() const { return problems.size() >= kMostProblems; }

  Configuration configuration;
  ConfigProblems problems;
  std::set<std::string> faulty_sections;
  UnreadKeys unread_keys;

 private:
  void read_root();
  void read_top(const Entry& entry);
  void read_key(const Section& section, const Key& key, const Node& value);
  void read_section(const Section& section, const Entry& entry);
  void read_keys(const Section& section, const Node& map);
  json read_free(const Section& section, const Entry& entry);
  void read_space(const Entry& entry, json space);

  const Document& document_;
  const PathBase folders_;
  std::string section_;  // being read; "" at the top
  json data_ = json::object(), options_ = json::object();
};

std::string dotted(const Section& section, const std::string& key) {
  return section.name.empty() ? key : section.name + "." + key;
}

void Walk::run() {
  read_root();
  configuration.evaluator.config_json = json{{"data", data_}, {"options", options_}}.dump();
}

void Walk::read_root() {
  const Node& root = document_.root();
  if (root.kind == Node::Kind::kNull) {
    complain({1, 1, -1}, "there is nothing in it; expected at least 'evaluator: ID'");
    return;
  }
  if (!root.is_map()) {
    complain(root.mark, fmt::format("the text {}; expected a map with at least 'evaluator: ID'",
                                    describe(root)));
    return;
  }
  bool evaluator_is_misspelt = false;
  for (const Entry& entry : root.entries) {
    if (is_full()) return;
    const Section* section = find_section(entry.key);
    section_ = section ? section->name : "";
    read_top(entry);
    evaluator_is_misspelt |= !section && nearest_name(entry.key, top_names()) == "evaluator";
  }
  section_ = "";
  if (!root.find("evaluator") && !evaluator_is_misspelt)
    complain({1, 1, -1},
             "there is no key 'evaluator'; expected 'evaluator: ID' (`equivolve evaluators list` "
             "prints the ids)");
}

void Walk::read_top(const Entry& entry) {
  for (const Key& key : sections().front().keys)
    if (key.name == entry.key) return read_key(sections().front(), key, entry.value);
  if (const Section* section = find_section(entry.key); section && !entry.key.empty())
    return read_section(*section, entry);
  complain(entry.key_mark,
           fmt::format("unknown key '{}'; expected one of {}{}", one_line(entry.key, 60),
                       fmt::join(top_names(), ", "), suggestion(entry.key, top_names())));
}

void Walk::read_key(const Section& section, const Key& key, const Node& value) {
  const auto complaint = key.read(value, folders_, configuration);
  if (!complaint) return;
  unread_keys.insert(dotted(section, key.name));
  complain(complaint->mark,
           fmt::format("{} {}; expected {}{}", dotted(section, key.name), complaint->found,
                       complaint->expected.empty() ? key.expected : complaint->expected,
                       complaint->suggestion));
}

void Walk::read_section(const Section& section, const Entry& entry) {
  const Node& value = entry.value;
  if (value.kind == Node::Kind::kNull)
    return complain(
        entry.key_mark,
        fmt::format("{} is empty; expected a value, or the line left out", section.name));
  if (section.free_form) {
    json content = read_free(section, entry);
    if (section.name == "data")
      data_ = std::move(content);
    else if (section.name == "options")
      options_ = std::move(content);
    else
      read_space(entry, std::move(content));
    return;
  }
  if (section.name == "vary") {
    if (!value.is_map())
      complain(value.mark,
               fmt::format("vary {}; expected a map of keys, each with a list of values",
                           describe(value)));
    else if (!value.entries.empty())  // vary.cpp reads it, and takes it out
      complain(entry.key_mark,
               "vary makes a group of runs, which `equivolve run` carries out; expected the "
               "configuration of one run, without it (or with --set 'vary={}' over it)");
    return;
  }
  if (value.is_map()) return read_keys(section, value);
  if (value.is_scalar() && !section.short_form.empty()) {
    for (const Key& key : section.keys)
      if (key.name == section.short_form) return read_key(section, key, value);
  }
  complain(value.mark, fmt::format("{} {}; expected a map of {}", section.name, describe(value),
                                   fmt::join(key_names(section), ", ")));
}

void Walk::read_keys(const Section& section, const Node& map) {
  for (const Entry& entry : map.entries) {
    if (is_full()) return;
    const Key* found = nullptr;
    for (const Key& key : section.keys)
      if (key.name == entry.key) found = &key;
    if (found && found->kind == KeyKind::kNotYet)
      complain(entry.key_mark, fmt::format("{} is not available yet in this version; expected {}",
                                           dotted(section, entry.key), found->expected));
    else if (found)
      read_key(section, *found, entry.value);
    else
      complain(entry.key_mark,
               fmt::format("unknown key '{}' in {}; expected one of {}{}", one_line(entry.key, 60),
                           section.name, fmt::join(key_names(section), ", "),
                           suggestion(entry.key, key_names(section))));
  }
  const bool needs_id = section.name == "evaluator" && !map.find("command");
  if (needs_id && !map.find("id"))
    complain(map.mark, "evaluator has no key 'id'; expected {id: ID}");
}

// Values under `file` become absolute; other paths are known only to the evaluator's schema
// (schema_check.hpp).
void make_files_absolute(json& value, const fs::path& folder) {
  if (value.is_array())
    for (json& item : value) make_files_absolute(item, folder);
  if (!value.is_object()) return;
  for (auto& [key, item] : value.items()) {
    if (key == "file" && item.is_string() && !item.get_ref<const std::string&>().empty())
      item = (folder / item.get<std::string>()).lexically_normal().string();
    else
      make_files_absolute(item, folder);
  }
}

json Walk::read_free(const Section& section, const Entry& entry) {
  json value = json_of(entry.value, [&](const Mark& mark, std::string message) {
    complain(mark, section.name + ": " + std::move(message));
  });
  if (entry.value.is_scalar() && !section.short_form.empty())
    value = {{section.short_form, entry.value.text}};
  if (!value.is_object()) {
    complain(entry.value.mark,
             fmt::format("{} {}; expected a map{}", section.name, describe(entry.value),
                         section.short_form.empty() ? "" : " or the name of a file"));
    return json::object();
  }
  if (section.name == "data") make_files_absolute(value, folders_.file_folder);
  return value;
}

void Walk::read_space(const Entry& entry, json space) {
  configuration.space_json = space.dump();
  if (!space.contains("representation")) return;
  const Node& node = *entry.value.find("representation");
  std::vector<std::string> names;
  for (const SpaceSection& section : space_sections())
    names.emplace_back(search::representation_name(section.representation));
  if (space["representation"].is_string() &&
      std::find(names.begin(), names.end(), node.text) != names.end()) {
    configuration.representation = node.text;
    return;
  }
  unread_keys.insert("space.representation");
  complain(node.mark, fmt::format("space.representation {}; expected {}{}", describe(node),
                                  fmt::join(names, ", "), suggestion(node.text, names)));
}

// ---- what a file need not say
// ---------------------------------------------------------------------------------------

/// A program's trials may take any time, and it runs in processes of its own whatever is said.
void fill_evaluator_defaults(EvaluatorConfig& evaluator, const Document& document) {
  if (evaluator.command.empty() && evaluator.id != kScriptId) return;
  if (find_deepest(document.root(), {"evaluator", "deadline"}).parts < 2)
    evaluator.deadline = std::chrono::nanoseconds(0);
  if (evaluator.isolation.empty()) evaluator.isolation = "process";
}

void fill_dependent_defaults(Configuration& c, const Document& document) {
  fill_search_defaults(c.search, document);
  fill_evaluator_defaults(c.evaluator, document);
  if (!c.launcher.empty() && find_deepest(document.root(), {"workers", "prefetch"}).parts < 2)
    c.prefetch = 16;
  BudgetConfig& budget = c.budget;
  if (!budget.candidates && !budget.evaluations && !budget.time && budget.target.empty())
    budget.candidates = kDefaultBudgetCandidates;
}

void fill_places(Configuration& configuration, const PathBase& folders,
                 const std::string& default_name, const ReadOptions& options) {
  if (configuration.name.empty()) configuration.name = default_name;
  if (!configuration.store.file.empty()) return;
  const char* environment = std::getenv("EQUIVOLVE_STORE");
  fs::path store = environment && *environment ? environment : "equivolve.db";
  if (options.store) store = *options.store;
  configuration.store.file = (folders.current_folder / store).lexically_normal();
}

}  // namespace

std::string default_run_name(const fs::path& file) {
  const std::string stem = one_line(file.stem().string(), 190);
  const bool ambiguous =
      stem.find_first_not_of("0123456789") == std::string::npos || stem == "latest";
  return ambiguous ? "run-" + stem : stem;
}

ReadConfiguration walk_document(Document document, const fs::path& folder,
                                const std::string& default_name, const ReadOptions& options) {
  ConfigProblems problems;
  for (const std::string& assignment : options.overrides)
    if (auto set = document.set(assignment); !set) problems.push_back(set.error());
  add_new(problems, expand_script_form(document));
  PathBase folders{folder,
                   options.current_folder.empty() ? fs::current_path() : options.current_folder};
  Walk walk(document, folders);
  walk.run();
  Configuration& configuration = walk.configuration;
  fill_dependent_defaults(configuration, document);
  fill_places(configuration, folders, default_name, options);
  configuration.as_written = document.text();
  add_new(problems, std::move(walk.problems));
  add_new(problems, contradictions(document, configuration, walk.unread_keys));
  ConfigProblems warnings = oddities(document, configuration, walk.unread_keys);
  in_file_order(problems);
  in_file_order(warnings);
  return {std::move(configuration),
          std::move(document),
          std::move(warnings),
          std::move(problems),
          std::move(walk.faulty_sections),
          std::move(walk.unread_keys)};
}

tl::expected<ReadConfiguration, ConfigProblems> read_document(Document document,
                                                              const fs::path& folder,
                                                              const std::string& default_name,
                                                              const ReadOptions& options) {
  ReadConfiguration read = walk_document(std::move(document), folder, default_name, options);
  if (!read.problems.empty()) return tl::unexpected(std::move(read.problems));
  return read;
}

tl::expected<ReadConfiguration, ConfigProblems> read_configuration_text(
    const std::string& text, const std::string& place, const fs::path& folder,
    const ReadOptions& options) {
  auto document = Document::parse(text, place);
  if (!document) return tl::unexpected(ConfigProblems{document.error()});
  return read_document(std::move(*document), folder, "run", options);
}

tl::expected<ReadConfiguration, ConfigProblem> read_as_far_as_it_goes(const fs::path& file,
                                                                      const ReadOptions& options) {
  auto document = Document::read(file);
  if (!document) return tl::unexpected(document.error());
  const fs::path start =
      options.current_folder.empty() ? fs::current_path() : options.current_folder;
  const fs::path absolute = (start / file).lexically_normal();
  ReadConfiguration read =
      walk_document(std::move(*document), absolute.parent_path(), default_run_name(file), options);
  read.configuration.file = absolute;
  return read;
}

tl::expected<ReadConfiguration, ConfigProblems> read_configuration_file(
    const fs::path& file, const ReadOptions& options) {
  auto read = read_as_far_as_it_goes(file, options);
  if (!read) return tl::unexpected(ConfigProblems{read.error()});
  if (!read->problems.empty()) return tl::unexpected(std::move(read->problems));
  return std::move(*read);
}

}  // namespace equivolve::engine
