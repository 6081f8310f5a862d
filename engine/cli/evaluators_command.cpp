#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/instance_view.hpp"
#include "engine/cli/support.hpp"
#include "engine/plugins/workers/worker_module.hpp"
#include "engine/run/preparation.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Evaluators {
  CommonOptions common;
  std::vector<std::filesystem::path> folders;
  std::string id;  // of describe; empty: list
};

std::vector<std::filesystem::path> absolute(std::vector<std::filesystem::path> folders) {
  for (std::filesystem::path& folder : folders) folder = std::filesystem::absolute(folder);
  return folders;
}

/// The folders once more, for the next command.
std::string folder_words(const Evaluators& command) {
  std::string words;
  for (const std::filesystem::path& folder : command.folders)
    words += " --folder " + shell_word(folder.string());
  return words;
}

Json json_of(const engine::FoundPlugin& p) {
  Json out{{"id", p.descriptor.id},
           {"version", p.descriptor.version},
           {"summary", p.descriptor.summary},
           {"file", p.file.string()}};
  out["representations"] = p.descriptor.representations;
  if (!p.problem.empty()) out["problem"] = p.problem;
  return out;
}

int list_evaluators(const Evaluators& command) {
  const auto found = engine::list_plugins(engine::plugin_folders(absolute(command.folders)),
                                          engine::described_in_worker);
  if (command.common.json) {
    Json out = Json::array();
    for (const auto& p : found) out.push_back(json_of(p));
    std::printf("%s\n", out.dump().c_str());
    return kFinished;
  }
  for (const auto& p : found) {
    if (p.problem.empty())
      std::printf("%-28s %-10s %s\n", p.descriptor.id.c_str(), p.descriptor.version.c_str(),
                  p.descriptor.summary.c_str());
    else
      std::printf("%-28s cannot be used: %s\n", p.file.filename().c_str(), p.problem.c_str());
  }
  const auto usable = std::ranges::find(found, std::string(), &engine::FoundPlugin::problem);
  if (usable != found.end())
    say_next(command.common,
             "equivolve evaluators describe " + usable->descriptor.id + folder_words(command));
  return kFinished;
}

bool has_properties(const Json& schema) {
  return schema.is_object() && schema.contains("properties") && !schema["properties"].empty();
}

/// One key a line; those within it follow, as "constants.fit".
void print_property(const std::string& name, const Json& property) {
  std::string line = fmt::format("  {:<24}", name);
  const auto add = [&line](const std::string& words) {
    line += (line.back() == ' ' ? "" : " ") + words;
  };
  if (property.contains("description") && property["description"].is_string())
    add(property["description"].get<std::string>());
  if (property.contains("enum")) add(fmt::format("One of {}.", property["enum"].dump()));
  if (property.contains("default")) add(fmt::format("Default {}.", property["default"].dump()));
  std::printf("%s\n", line.c_str());
  const auto print_keys = [&name](const Json& map) {
    if (!has_properties(map)) return;
    for (const auto& [key, within] : map["properties"].items())
      print_property(name + "." + key, within);
  };
  print_keys(property);
  for (const char* forms : {"oneOf", "anyOf"})
    if (property.contains(forms))
      for (const Json& form : property[forms]) print_keys(form);
}

/// `as_option`: keys are shown as they are typed.
void print_properties(const std::string& title, const Json& schema, bool as_option = false) {
  if (!has_properties(schema)) return;
  std::printf("\n%s\n", title.c_str());
  for (const auto& [name, property] : schema["properties"].items())
    print_property(as_option ? option_word(name) : name, property);
}

/// A section, or each of the forms it may take.
void print_section(const std::string& name, const Json& schema) {
  if (schema.contains("oneOf"))
    for (const Json& form : schema["oneOf"])
      print_properties(name + ", " + form.value("title", "one form") + ":", form);
  print_properties(name + ":", schema);
}

/// The evaluator with all settings left out, and its space of that representation; nothing where it
/// cannot be had without data, or without settings that only a person can choose.
std::optional<engine::Preparation> left_alone(const Evaluators& command,
                                              const std::string& representation) {
  Json file{{"evaluator", command.id}, {"space", {{"representation", representation}}}};
  for (const std::filesystem::path& folder : absolute(command.folders))
    file["plugins"]["folders"].push_back(folder.string());
  auto read = engine::read_configuration_text(file.dump(), "settings", "/");
  if (!read) return std::nullopt;
  auto prepared = engine::prepare(std::move(*read), [](int, std::string_view) {});
  if (!prepared) return std::nullopt;
  return std::move(*prepared);
}

/// What a configuration's budget.target, search.schedule and space may name.
struct Instance {
  Json figures, levels, parameters;  // null: unknown
  std::string text;
};

Instance instance_of(const Evaluators& command, const engine::EvaluatorDescriptor& descriptor) {
  Instance out;
  for (const std::string& representation : descriptor.representations) {
    const auto prepared = left_alone(command, representation);
    if (!prepared) continue;
    const engine::EvaluatorInfo& info = prepared->evaluator->info();
    if (out.figures.is_null()) {
      out.figures = figures_json(info);
      out.levels = levels_json(info);
      out.text = "\n" + figures_text(info) + levels_text(info);
    }
    if (representation != "configuration") continue;
    out.parameters = parameters_json(*prepared->space);
    out.text += "\nspace.parameters:\n" + parameters_text(*prepared->space);
  }
  if (out.figures.is_null())
    out.text =
        "\nIts figures, levels and spaces follow from the data and options: `equivolve validate "
        "FILE` names them.\n";
  return out;
}

int describe_evaluator(const Evaluators& command) {
  auto module = engine::load_plugin_to_describe(command.id,
                                                engine::plugin_folders(absolute(command.folders)));
  if (!module)
    return fail(module.error().bad_input ? kBadInput : kEvaluatorTrouble, module.error().message);
  const engine::EvaluatorDescriptor& d = (*module)->descriptor();
  const Json config = Json::parse((*module)->config_schema(), nullptr, false);
  const Json apply = Json::parse((*module)->apply_schema(), nullptr, false);
  const Instance instance = instance_of(command, d);
  if (command.common.json) {
    std::printf("%s\n", Json{{"id", d.id},
                             {"version", d.version},
                             {"summary", d.summary},
                             {"file", (*module)->file().string()},
                             {"representations", d.representations},
                             {"deterministic", d.deterministic},
                             {"thread_safe", d.thread_safe},
                             {"figures", instance.figures},
                             {"levels", instance.levels},
                             {"parameters", instance.parameters},
                             {"config_schema", config},
                             {"apply_schema", apply}}
                            .dump()
                            .c_str());
    return kFinished;
  }
  std::printf("%s %s\n%s\n%s\n", d.id.c_str(), d.version.c_str(), d.summary.c_str(),
              (*module)->file().c_str());
  std::printf("takes:");
  for (const std::string& r : d.representations) std::printf(" %s", r.c_str());
  std::printf("; %s, %s\n", d.deterministic ? "deterministic" : "not deterministic",
              d.offers_probe ? "offers a probe" : "no probe");
  if (config.is_object() && config.contains("properties"))
    for (const char* section : {"data", "options"})
      if (config["properties"].contains(section))
        print_section(section, config["properties"][section]);
  print_properties("apply:", apply, true);
  std::printf("%s\n", instance.text.c_str());
  say_next(command.common, "equivolve init " + d.id + folder_words(command));
  return kFinished;
}

int carry_out(const Evaluators& command) {
  if (const int code = check_folders(command.folders); code != 0) return code;
  return command.id.empty() ? list_evaluators(command) : describe_evaluator(command);
}

std::vector<OptionSpec> options_of(Evaluators& command) {
  return {{.name = "--folder",
           .value = "FOLDER",
           .help = "A folder to look in first (may be repeated)",
           .into = &command.folders,
           .completes = Completes::kFolder},
          json_option(command.common),
          quiet_option(command.common)};
}

}  // namespace

CommandSpec evaluators_list_command() {
  auto c = std::make_shared<Evaluators>();
  return {
      .name = "evaluators list",
      .part = Part::kHelp,
      .summary = "All evaluators that can be found",
      .description =
          "Evaluators are looked for in the folders given, then in those of "
          "EQUIVOLVE_PLUGIN_PATH, then among the built-in ones.",
      .options = options_of(*c),
      .examples = {{"equivolve evaluators list", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

CommandSpec evaluators_describe_command() {
  auto c = std::make_shared<Evaluators>();
  std::vector<OptionSpec> options = options_of(*c);
  options.insert(options.begin(), {.name = "ID",
                                   .value = "",
                                   .help = "Evaluator",
                                   .into = &c->id,
                                   .completes = Completes::kEvaluator,
                                   .required = true});
  return {
      .name = "evaluators describe",
      .part = Part::kHelp,
      .summary = "One evaluator: its data, its options, and those of apply",
      .description =
          "Also its figures (what budget.target may name), its levels (what search.schedule goes "
          "by) and the parameters of its configuration space, where they do not depend on data.",
      .options = std::move(options),
      .examples = {{"equivolve evaluators describe algorithm_discovery", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
