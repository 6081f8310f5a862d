// validate: everything that is wrong with a configuration and its data, without running it.
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/group_running.hpp"
#include "engine/cli/instance_view.hpp"
#include "engine/cli/support.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Validate {
  CommonOptions common;
  std::string file;
  std::vector<std::string> overrides;
};

/// Text to stderr and, where asked for, an object with the places as numbers to stdout.
int refuse(const CommonOptions& common, const engine::PreparationError& error) {
  print_warnings(error.warnings);
  std::fprintf(stderr, "%s", engine::text_of(error.problems).c_str());
  if (common.json) {
    const Json out = {{"valid", false},
                      {"problems", Json::parse(engine::to_json_text(error.problems))},
                      {"warnings", Json::parse(engine::to_json_text(error.warnings))}};
    std::printf("%s\n", out.dump().c_str());
  }
  return error.exit_code;
}

std::vector<std::string> names_of(const std::vector<engine::LevelInfo>& levels) {
  std::vector<std::string> names;
  for (const engine::LevelInfo& level : levels) names.push_back(level.name);
  return names;
}

int accept(const Validate& command, const engine::Preparation& prepared) {
  print_warnings(prepared.warnings);
  const std::string context = hashing::to_hex(prepared.context);
  const engine::EvaluatorDescriptor& evaluator = prepared.module->descriptor();
  if (command.common.json) {
    const Json out = {{"valid", true},
                      {"context", context},
                      {"levels", Json(names_of(prepared.evaluator->info().levels))},
                      {"figures", figures_json(prepared.evaluator->info())},
                      {"parameters", parameters_json(*prepared.space)},
                      {"warnings", Json::parse(engine::to_json_text(prepared.warnings))}};
    std::printf("%s\n", out.dump().c_str());
  } else if (!command.common.quiet) {
    std::printf("%s is valid: evaluator %s %s, context %s\n", command.file.c_str(),
                evaluator.id.c_str(), evaluator.version.c_str(), context.c_str());
    const engine::EvaluatorInfo& info = prepared.evaluator->info();
    std::printf("%s%s", figures_text(info).c_str(), levels_text(info).c_str());
  }
  say_next(command.common, "equivolve run " + shell_word(command.file));
  return kFinished;
}

int carry_out(const Validate& command) {
  const GroupRequest group{command.common, command.file, command.overrides, {}, -1};
  if (asks_for_group(group)) return validate_group(group);
  auto read = read_file(command.common, command.file, command.overrides);
  if (!read) return refuse(command.common, {kBadInput, {read.error()}, {}});
  const auto log = [&](int severity, std::string_view text) {
    if (severity > 0 || !command.common.quiet)
      std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
  };
  const auto prepared = engine::prepare(std::move(*read), log);
  return prepared ? accept(command, *prepared) : refuse(command.common, prepared.error());
}

}  // namespace

CommandSpec validate_command() {
  auto c = std::make_shared<Validate>();
  return {
      .name = "validate",
      .part = Part::kSearch,
      .summary = "Check a YAML file and its data without running it",
      .description =
          "Reads the file, the evaluator and its data, and reports all problems and warnings with "
          "their places at once (--json: as objects). Writes nothing.",
      .options = with_common({{.name = "FILE",
                               .value = "",
                               .help = "Configuration",
                               .into = &c->file,
                               .completes = Completes::kFile,
                               .required = true},
                              {.name = "--set",
                               .value = "KEY=VALUE",
                               .help = "Override a key (may be repeated)",
                               .into = &c->overrides,
                               .completes = Completes::kSetting}},
                             c->common),
      .examples = {{"equivolve validate search.yaml", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
