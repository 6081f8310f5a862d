#include "engine/cli/commands.hpp"
#include "engine/cli/group_running.hpp"
#include "engine/cli/running.hpp"
#include "engine/cli/support.hpp"

namespace equivolve::cli {
namespace {

struct Run {
  CommonOptions common;
  std::string file;                    // YAML
  std::vector<std::string> overrides;  // --set a.b=c
  std::optional<std::string> seed;     // as typed: checked like the key
  std::optional<std::uint32_t> workers;
  std::optional<std::uint32_t> seeds;  // a group of so many runs
  int events = -1;
};

int carry_out(const Run& command) {
  if (const int code = check_events(command.events); code != 0) return code;
  std::vector<std::string> overrides = command.overrides;
  if (command.seed) overrides.push_back("seed=" + *command.seed);
  if (command.workers) overrides.push_back("workers.count=" + std::to_string(*command.workers));
  const GroupRequest group{command.common, command.file, overrides, command.seeds, command.events};
  if (asks_for_group(group)) return run_group(group);
  auto preparation = prepared_file(command.common, command.file, overrides);
  if (!preparation) return preparation.error();
  Watch watch(command.common, command.events, preparation->config.budget);
  print_warnings(preparation->warnings);
  auto outcome = engine::start_run(*preparation, watch.controls);
  watch.console.finish();
  return report(outcome, command.common, preparation->config.store.file);
}

}  // namespace

CommandSpec run_command() {
  auto c = std::make_shared<Run>();
  return {
      .name = "run",
      .part = Part::kSearch,
      .summary = "Start a search from a YAML file",
      .description =
          "Breeds candidates, evaluates each new behaviour once, confirms the best, and keeps "
          "everything in the results file. Progress goes to stderr, the summary to stdout. "
          "Ctrl-C stops it; `equivolve resume` goes on.\n\n"
          "With --seeds, or a `vary` section in the file, it carries out a group of runs, one "
          "after "
          "the other; `equivolve compare` sets them against each other.",
      .options =
          with_common({{.name = "FILE",
                        .value = "",
                        .help = "Configuration",
                        .into = &c->file,
                        .completes = Completes::kFile,
                        .required = true},
                       {.name = "--set",
                        .value = "KEY=VALUE",
                        .help = "Override a key: --set budget.candidates=5000 (may be repeated)",
                        .into = &c->overrides,
                        .completes = Completes::kSetting},
                       {.name = "--seed", .value = "N", .help = "Override seed", .into = &c->seed},
                       {.name = "--seeds",
                        .value = "N",
                        .help = "A group of N runs, with N seeds from the file's on",
                        .into = &c->seeds,
                        .range = std::pair(1u, 1000u)},
                       workers_option(c->workers),
                       events_option(c->events)},
                      c->common),
      .examples = {{"equivolve run examples/quickstart.yaml", ""},
                   {"equivolve run search.yaml --seed 3 --set budget.time=10m --store runs.db", ""},
                   {"equivolve run search.yaml --seeds 10", "a group of ten runs"}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
