// schema: the form of a configuration file, for editors.
#include <cstdio>

#include "engine/cli/commands.hpp"
#include "engine/cli/support.hpp"
#include "engine/config/file_schema.hpp"
#include "engine/plugins/workers/worker_module.hpp"

namespace equivolve::cli {
namespace {

struct Schema {
  CommonOptions common;
  std::vector<std::filesystem::path> folders;
  std::string evaluator;  // empty: every one that is found
};

engine::SchemaOfEvaluator schema_of(const engine::PluginModule& module) {
  return {module.descriptor().id, module.descriptor().summary, module.config_schema(),
          module.descriptor().representations.front()};
}

/// Of every evaluator that can be used; of the others is said why not.
std::vector<engine::SchemaOfEvaluator> all_schemas(
    const std::vector<std::filesystem::path>& folders) {
  std::vector<engine::SchemaOfEvaluator> schemas;
  for (const engine::FoundPlugin& found :
       engine::list_plugins(folders, engine::described_in_worker)) {
    std::string problem = found.problem;
    if (problem.empty()) {
      const auto module = engine::load_plugin_to_describe(found.descriptor.id, folders);
      if (module)
        schemas.push_back(schema_of(**module));
      else
        problem = module.error().message;
    }
    if (!problem.empty())
      std::fprintf(stderr, "warning: %s is left out: %s\n", found.file.filename().c_str(),
                   problem.c_str());
  }
  return schemas;
}

int carry_out(const Schema& command) {
  if (const int code = check_folders(command.folders); code != 0) return code;
  const auto folders = engine::plugin_folders(command.folders);
  std::vector<engine::SchemaOfEvaluator> schemas;
  if (command.evaluator.empty()) {
    schemas = all_schemas(folders);
  } else {
    const auto module = engine::load_plugin_to_describe(command.evaluator, folders);
    if (!module)
      return fail(module.error().bad_input ? kBadInput : kEvaluatorTrouble, module.error().message);
    schemas.push_back(schema_of(**module));
  }
  std::printf("%s\n", engine::file_schema(schemas, !command.evaluator.empty()).c_str());
  if (!command.common.quiet)
    std::fprintf(
        stderr,
        "next: keep it (equivolve schema > equivolve.schema.json) and begin a configuration with\n"
        "# yaml-language-server: $schema=equivolve.schema.json\n");
  return kFinished;
}

}  // namespace

CommandSpec schema_command() {
  auto c = std::make_shared<Schema>();
  return {
      .name = "schema",
      .part = Part::kHelp,
      .summary = "Print the JSON Schema of configuration files, for editors",
      .options = {{.name = "EVALUATOR",
                   .value = "",
                   .help = "For files of this evaluator only",
                   .into = &c->evaluator,
                   .completes = Completes::kEvaluator},
                  {.name = "--folder",
                   .value = "FOLDER",
                   .help = "A folder to look in first (may be repeated)",
                   .into = &c->folders,
                   .completes = Completes::kFolder},
                  quiet_option(c->common)},
      .examples = {{"equivolve schema > equivolve.schema.json", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
