#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/cli/changes.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/group_running.hpp"
#include "engine/cli/run_view.hpp"
#include "engine/cli/running.hpp"
#include "engine/cli/support.hpp"
#include "engine/config/resolved.hpp"

namespace equivolve::cli {
namespace {

struct Resume {
  CommonOptions common;
  std::string run;
  std::vector<std::string> overrides;
  std::optional<std::uint32_t> workers;
  std::optional<std::string> executor;
  bool fork = false;
  std::optional<std::string> seed;  // as typed: checked like the key
  int events = -1;
};

/// What the command line asks for, "+" values worked out.
tl::expected<std::vector<std::string>, int> overrides_of(const Resume& command,
                                                         const engine::Configuration& stored) {
  auto overrides = add_to_present(command.overrides, stored.budget);
  if (!overrides) return tl::unexpected<int>(fail(kBadInput, overrides.error()));
  if (command.seed) overrides->push_back("seed=" + *command.seed);
  if (command.workers) overrides->push_back("workers.count=" + std::to_string(*command.workers));
  if (command.executor) overrides->push_back("workers.executor=" + *command.executor);
  return std::move(*overrides);
}

/// Of a figure that is searched for; a target that names another is refused elsewhere.
bool reached(const engine::RunInfo& info, const nlohmann::json& best, const std::string& name,
             double target) {
  const auto figure = std::find_if(info.head.figures.begin(), info.head.figures.end(),
                                   [&](const engine::FigureRow& f) { return f.name == name; });
  if (figure == info.head.figures.end() || !best.contains(name) || !best[name].is_number())
    return false;
  const double value = best[name].get<double>();
  return figure->minimize ? value <= target : value >= target;
}

Spent spent_of(const FoundRun& found, const engine::BudgetConfig& changed) {
  const auto summary = nlohmann::json::parse(summary_json_of(*found.reader, found.info));
  const auto count = [&](const char* key) {
    return summary[key].is_number() ? summary[key].get<std::uint64_t>() : 0;
  };
  Spent spent;
  spent.candidates = count("candidates");
  spent.evaluations = count("evaluations");
  spent.time = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(found.info.state.seconds));
  if (summary["best"].is_object())
    spent.reaches_target =
        !changed.target.empty() &&
        std::all_of(changed.target.begin(), changed.target.end(), [&](const auto& target) {
          return reached(found.info, summary["best"]["validation"], target.first, target.second);
        });
  return spent;
}

/// The stored configuration with what the command line changes. Only what leaves the run the same
/// run may change.
tl::expected<engine::ReadConfiguration, int> changed_configuration(const Resume& command,
                                                                   const FoundRun& found) {
  auto stored = stored_configuration(found.info, found.store);
  if (!stored) return stored;
  const std::string before = engine::to_json_text(stored->configuration);
  auto overrides = overrides_of(command, stored->configuration);
  if (!overrides) return tl::unexpected<int>(overrides.error());
  auto read = stored_configuration(found.info, found.store, *overrides);
  if (!read) return read;
  std::vector<std::string> forbidden;
  for (const std::string& key : changed_keys(before, engine::to_json_text(read->configuration)))
    if (!may_change(key)) forbidden.push_back(key);
  const engine::BudgetConfig& changed = read->configuration.budget;
  if (const std::string why =
          overspent(stored->configuration.budget, changed, spent_of(found, changed));
      forbidden.empty() && !why.empty())
    return tl::unexpected<int>(
        fail(kBadInput, fmt::format("run {} has gone further than that: {}; expected a budget it "
                                    "has not spent (or --fork, for a new run with this one)",
                                    found.info.id, why)));
  if (forbidden.empty()) return read;
  return tl::unexpected<int>(fail(
      kBadInput,
      fmt::format(
          "run {} would not be the same run with other values of {}; only "
          "budget, workers, store, evaluator.deadline, isolation, memory, "
          "cpu_time and open_files, and data.file may change. With --fork a new run starts from it",
          found.info.id, fmt::join(forbidden, ", "))));
}

/// A new run. Nothing is taken over but the configuration: what the parent found was found under
/// other settings.
int fork_run(const Resume& command) {
  auto found = find_run(command.common, command.run);
  if (!found) return found.error();
  auto stored = stored_configuration(found->info, found->store);
  if (!stored) return stored.error();
  auto overrides = overrides_of(command, stored->configuration);
  if (!overrides) return overrides.error();
  auto read = stored_configuration(found->info, found->store, *overrides);
  if (!read) return read.error();
  const bool same_settings = changed_keys(engine::to_json_text(stored->configuration),
                                          engine::to_json_text(read->configuration))
                                 .empty();
  auto preparation = prepared(std::move(*read), command.common.quiet);
  if (!preparation) return preparation.error();
  // Other data or another evaluator are a change too.
  if (same_settings && preparation->context == found->info.head.context)
    return fail(
        kBadInput,
        fmt::format("a fork without a change would be run {0} again; change something with "
                    "--set or --seed, or repeat it: {1}",
                    found->info.id,
                    next_command("reproduce", std::to_string(found->info.id), found->store)));
  preparation->origin.parent = found->info.id;
  found->reader.reset();
  Watch watch(command.common, command.events, preparation->config.budget);
  print_warnings(preparation->warnings);
  auto outcome = engine::start_run(*preparation, watch.controls);
  watch.console.finish();
  return report(outcome, command.common, found->store);
}

int carry_out(const Resume& command) {
  if (const int code = check_events(command.events); code != 0) return code;
  if (command.fork) return fork_run(command);
  if (command.seed)
    return fail(kBadInput, "--seed needs --fork: with another seed it is another run");
  if (auto group = find_group(command.common, command.run)) {
    if (!command.overrides.empty())
      return fail(kBadInput, "--set changes one run; name it by its number (equivolve list)");
    return resume_group(command.common, command.events, {command.workers, command.executor},
                        std::move(*group));
  }
  auto found = find_run(command.common, command.run);
  if (!found) return found.error();
  const bool finished = found->info.state.status == engine::RunStatus::kFinished;
  if (finished && command.overrides.empty())
    return print_run(command.common, *found->reader, found->info, found->store);
  if (const int code = check_engine(found->info); code != 0) return code;
  auto read = changed_configuration(command, *found);
  if (!read) return read.error();
  auto preparation = prepared_stored(std::move(*read), command.common.quiet);
  if (!preparation) return preparation.error();
  if (const int code = check_context(found->info, *preparation); code != 0) return code;
  found->reader.reset();
  Watch watch(command.common, command.events, preparation->config.budget);
  auto outcome = engine::resume_run(*preparation, found->info, watch.controls);
  watch.console.finish();
  return report(outcome, command.common, found->store);
}

}  // namespace

CommandSpec resume_command() {
  auto c = std::make_shared<Resume>();
  return {
      .name = "resume",
      .part = Part::kSearch,
      .summary =
          "Go on with a run that was stopped, killed or interrupted, or give it a larger "
          "budget",
      .description =
          "Repeats the run from its stored outcomes, which takes microseconds each, and goes on "
          "where it was left: the result is that of a run that was never stopped. A finished run "
          "prints its summary. Of a group the unfinished runs go on, and those that have not begun "
          "begin.\n\n"
          "With --set the run goes on under another budget, also when it had finished: the result "
          "is that of one run with that budget, and one that it has spent already is refused. `+` "
          "stands for the present value and more. Only "
          "`budget`, `workers`, `store`, `evaluator.deadline`, `evaluator.isolation`, "
          "`evaluator.memory`, `evaluator.cpu_time`, `evaluator.open_files` and `data.file` (the "
          "same bytes elsewhere) may change; with anything else it would be another run.\n\n"
          "That other run starts with --fork: a new run in the same store, from the configuration "
          "of RUN (in whatever state it is) with the changes of --set and --seed. It begins anew, "
          "with RUN's seed unless --seed gives another; where its data file or its evaluator have "
          "changed since, also with no other change. `list` and `show` say where it comes from.",
      .options = with_common(
          {run_or_group_argument(c->run),
           {.name = "--set",
            .value = "KEY=VALUE",
            .help = "Change the budget, or what has no part in the result; with --fork any key "
                    "(may be repeated)",
            .into = &c->overrides,
            .completes = Completes::kSetting},
           {.name = "--fork",
            .value = "",
            .help = "Start a new run from this one's configuration, with changes of any key",
            .into = &c->fork},
           {.name = "--seed",
            .value = "N",
            .help = "With --fork: another seed than the run's",
            .into = &c->seed},
           workers_option(c->workers),
           {.name = "--executor",
            .value = "KIND",
            .help = "Override workers.executor",
            .into = &c->executor,
            .words = {"tbb", "threads"}},
           events_option(c->events)},
          c->common),
      .examples = {{"equivolve resume latest --store runs.db", ""},
                   {"equivolve resume g3", "a group of runs"},
                   {"equivolve resume 3 --set budget.evaluations=+50000", "50,000 more"},
                   {"equivolve resume 3 --fork --set search.population_size=500",
                    "a new run that differs in one setting"},
                   {"equivolve resume 3 --set data.file=/new/place/iris.csv",
                    "the data file has been moved"}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
