// evaluators check: whether a program speaks the worker protocol.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/support.hpp"
#include "engine/run/conformance.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Check {
  CommonOptions common;
  std::vector<std::string> command;
  std::optional<std::filesystem::path> config;
  std::optional<std::uint32_t> patience;  // seconds
};

/// The configuration that was named, with the command in its program's place.
tl::expected<engine::ReadConfiguration, std::string> configuration_of(const Check& command) {
  engine::ReadConfiguration read;
  if (command.config) {
    auto file = read_file(command.common, command.config->string(), {});
    if (!file) return tl::unexpected(engine::text_of({file.error()}));
    read = std::move(*file);
  } else {
    auto text =
        engine::read_configuration_text(Json{{"evaluator", {{"command", command.command}}}}.dump(),
                                        "settings", std::filesystem::current_path());
    if (!text) return tl::unexpected(engine::text_of(text.error()));
    read = std::move(*text);
  }
  if (!read.problems.empty()) return tl::unexpected(engine::text_of(read.problems));
  engine::EvaluatorConfig& evaluator = read.configuration.evaluator;
  if (!command.command.empty()) {
    evaluator.command = command.command;
    evaluator.folder = std::filesystem::current_path();
  }
  return read;
}

bool is_wrong(const engine::ConformanceStep& step) {
  return !step.is_left_out && !step.is_refused && !step.fault.empty();
}

bool is_refused(const engine::ConformanceStep& step) {
  return step.is_refused;
}

const char* verdict(const engine::ConformanceStep& step) {
  if (step.is_left_out) return "left out";
  if (step.is_refused) return "refused";
  return is_wrong(step) ? "wrong" : "right";
}

std::string conclusion(const Check& command, const engine::ConformanceReport& report) {
  if (std::ranges::any_of(report.steps, is_wrong))
    return "the program does not speak the protocol as docs/workers.md has it";
  if (std::ranges::none_of(report.steps, is_refused)) return "the program was not asked for trials";
  return command.config ? "the configuration does not fit the program"
                        : "the program needs more than its defaults; name a configuration with "
                          "--config";
}

int print(const Check& command, const engine::ConformanceReport& report) {
  const bool any_is_wrong = std::ranges::any_of(report.steps, is_wrong);
  const int code = report.is_conformant() ? kFinished
                   : any_is_wrong         ? kEvaluatorTrouble
                                          : kBadInput;
  if (command.common.json) {
    Json steps = Json::array();
    for (const engine::ConformanceStep& step : report.steps)
      steps.push_back({{"asked", step.asked},
                       {"left_out", step.is_left_out},
                       {"refused", step.is_refused},
                       {"fault", step.fault}});
    std::printf("%s\n", Json{{"conformant", code == kFinished}, {"steps", steps}}.dump().c_str());
    return code;
  }
  for (const engine::ConformanceStep& step : report.steps) {
    std::printf("%-9s %s%s%s\n", verdict(step), step.asked.c_str(), step.fault.empty() ? "" : ": ",
                step.fault.c_str());
  }
  std::fflush(stdout);
  if (code == kFinished) return code;
  const bool ends_within_line = !report.log.empty() && !report.log.ends_with('\n');
  std::fprintf(stderr, "%s%s", report.log.c_str(), ends_within_line ? "\n" : "");
  return fail(code, conclusion(command, report));
}

int carry_out(const Check& command) {
  if (command.command.empty() && !command.config)
    return fail(kBadInput, "what is to be checked? expected a command, or --config FILE");
  auto read = configuration_of(command);
  if (!read) {
    std::fprintf(stderr, "%s", read.error().c_str());
    return kBadInput;
  }
  if (read->configuration.evaluator.command.empty())
    return fail(kBadInput,
                "the configuration's evaluator is no program; expected evaluator.command");
  const std::chrono::seconds patience(command.patience.value_or(60));
  return print(command, engine::check_conformance(std::move(*read), patience));
}

}  // namespace

CommandSpec evaluators_check_command() {
  auto c = std::make_shared<Check>();
  return {
      .name = "evaluators check",
      .part = Part::kHelp,
      .summary = "Whether a program speaks the worker protocol (docs/workers.md)",
      .description =
          "Starts the program and asks it what a run would ask, with what a later version might "
          "say in between: members and questions that it does not know, several at once, a stop. "
          "Says which question was answered wrongly, and how; then the exit code is 4. Where the "
          "configuration does not fit the program, it is 2.\n\n"
          "Candidates are drawn from the space that the program offers, or from that of the "
          "configuration named with --config, whose data and options it gets as well.",
      .options = {{.name = "COMMAND",
                   .value = "",
                   .help = "The program and its arguments, behind --; left out: evaluator.command",
                   .into = &c->command,
                   .completes = Completes::kFile},
                  {.name = "--config",
                   .value = "FILE",
                   .help = "A configuration, for its space, data and options",
                   .into = &c->config,
                   .completes = Completes::kFile},
                  {.name = "--patience",
                   .value = "SECONDS",
                   .help = "How long each answer may take (default 60)",
                   .into = &c->patience,
                   .range = std::pair<std::uint32_t, std::uint32_t>{1, 86400}},
                  json_option(c->common)},
      .examples = {{"equivolve evaluators check -- python3 tune.py", ""},
                   {"equivolve evaluators check --config tune.yaml", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
