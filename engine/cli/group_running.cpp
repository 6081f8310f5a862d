#include "engine/cli/group_running.hpp"

#include <cstdio>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/group_view.hpp"
#include "engine/cli/running.hpp"
#include "engine/config/vary.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

engine::ReadOptions read_options(const GroupRequest& command) {
  engine::ReadOptions options;
  options.overrides = command.overrides;
  if (command.common.store) options.store = store_path(command.common);
  return options;
}

/// A group that has been checked: its plan, and where it is to be kept.
struct CheckedGroup {
  engine::GroupPlan plan;
  engine::ConfigProblems warnings;
  std::filesystem::path store;
  bool relaxed = false;
};

using Preparations = std::vector<engine::Preparation>;

/// What was found wrong with a group, each once.
class Findings {
 public:
  void add(const engine::ConfigProblems& problems, int exit_code) {
    for (const engine::ConfigProblem& problem : problems)
      if (said_.insert(problem.text()).second) problems_.push_back(problem);
    if (exit_code_ != kBadInput) exit_code_ = exit_code;  // what a person can mend comes first
  }
  bool empty() const { return problems_.empty(); }
  int print(bool as_objects) {
    engine::in_file_order(problems_);
    std::fprintf(stderr, "%s", engine::text_of(problems_).c_str());
    if (as_objects)
      std::printf("%s\n", Json{{"valid", false},
                               {"problems", Json::parse(engine::to_json_text(problems_))},
                               {"warnings", Json::array()}}
                              .dump()
                              .c_str());
    return exit_code_;
  }

 private:
  engine::ConfigProblems problems_;
  std::set<std::string> said_;
  int exit_code_ = 0;
};

std::function<void(int, std::string_view)> log_of(const CommonOptions& common) {
  return [quiet = common.quiet](int severity, std::string_view text) {
    if (!quiet || severity > 0)
      std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
  };
}

/// All that is wrong, of `vary` and of the rest.
int refuse(const GroupRequest& command, const engine::ConfigProblems& problems) {
  Findings findings;
  findings.add(problems, kBadInput);
  if (auto first = engine::read_first_setting(command.file, read_options(command))) {
    const auto rest = engine::prepare(std::move(*first), {});
    if (!rest) findings.add(rest.error().problems, kBadInput);
  }
  return findings.print(command.problems_as_objects);
}

/// Warnings of all settings. What has no effect in some may be there for the others.
engine::ConfigProblems common_warnings(const Preparations& settings) {
  engine::ConfigProblems common;
  std::map<std::string, std::size_t> counts;
  for (const engine::Preparation& setting : settings)
    for (const engine::ConfigProblem& warning : setting.warnings) ++counts[warning.text()];
  for (const engine::Preparation& setting : settings) {
    for (engine::ConfigProblem warning : setting.warnings) {
      const std::size_t count = std::exchange(counts[warning.text()], 0);
      const bool some = count < settings.size();
      if (count == 0 || (some && warning.message.find("has no effect") != std::string::npos))
        continue;
      if (some) warning.message += fmt::format(" ({} of {} settings)", count, settings.size());
      common.push_back(std::move(warning));
    }
  }
  return common;
}

/// Prepares each setting once, with its data, so that nothing is begun that cannot be carried out.
tl::expected<CheckedGroup, int> check(const GroupRequest& command) {
  auto runs = engine::read_runs_file(command.file, read_options(command), command.seeds);
  if (!runs) return tl::unexpected<int>(refuse(command, runs.error()));
  CheckedGroup checked;
  Preparations settings;
  Findings findings;
  for (const engine::Setting& setting : runs->settings) {
    engine::ReadConfiguration read = setting.read;
    if (command.common.store) read.configuration.store.file = store_path(command.common);
    auto preparation = engine::prepare(std::move(read), log_of(command.common));
    if (!preparation) {
      findings.add(preparation.error().problems, preparation.error().exit_code);
      continue;
    }
    preparation->evaluator.reset();  // its data; the run reads them again
    settings.push_back(std::move(*preparation));
  }
  if (!findings.empty()) return tl::unexpected<int>(findings.print(command.problems_as_objects));
  const engine::Configuration& first = settings.front().config;
  checked.plan.name = first.name;
  checked.plan.config_as_written = first.as_written;
  checked.store = command.common.store ? store_path(command.common) : first.store.file;
  checked.relaxed = first.store.relaxed;
  checked.warnings = common_warnings(settings);
  print_warnings(checked.warnings);
  // Seeds outermost: a group that is cut short has as many runs of each setting.
  for (const std::uint64_t seed : runs->seeds) {
    for (std::size_t i = 0; i < settings.size(); ++i) {
      engine::Configuration& config = settings[i].config;
      config.seed = seed;
      config.name = fmt::format("{}/{}", checked.plan.name, checked.plan.runs.size() + 1);
      checked.plan.runs.push_back({config.name, seed, runs->settings[i].values_json,
                                   engine::resolved_text(settings[i]), settings[i].context});
    }
  }
  return checked;
}

/// Carries out what is left of a group.
class GroupRunner {
 public:
  GroupRunner(const CommonOptions& common, int events, GroupOverrides overrides,
              std::filesystem::path store, engine::GroupInfo group)
      : common_(common),
        events_(events),
        overrides_(std::move(overrides)),
        store_(std::move(store)),
        group_(std::move(group)) {}

  int go() {
    auto plan = read_plan();
    if (!plan) return plan.error();
    planned_ = plan->size();
    int exit_code = kFinished;
    for (std::size_t position = 0; position < plan->size(); ++position) {
      const int code = one_run((*plan)[position], position, plan->size());
      if (code == kEvaluatorTrouble) {  // of this setting; the others may do better
        exit_code = code;
        continue;
      }
      if (code != kFinished || stopped_) return stop(code);
    }
    if (summaries_.size() < plan->size()) return stop(exit_code);
    print_end();
    return exit_code;
  }

 private:
  tl::expected<std::vector<engine::PlannedRun>, int> read_plan() {
    auto reader = engine::StoreReader::open(store_);
    if (!reader) return tl::unexpected<int>(fail(kStoreTrouble, reader.error().message));
    auto plan = (*reader)->plan(group_.id);
    if (!plan) return tl::unexpected<int>(fail(kStoreTrouble, plan.error().message));
    return std::move(*plan);
  }

  /// The run at a place of the plan, as it is now; nothing when it has not begun.
  tl::expected<std::optional<engine::RunInfo>, int> begun(std::size_t position) {
    auto reader = engine::StoreReader::open(store_);
    if (!reader) return tl::unexpected<int>(fail(kStoreTrouble, reader.error().message));
    auto group = (*reader)->find_group(fmt::format("g{}", group_.id));
    if (!group) return tl::unexpected<int>(fail(kStoreTrouble, group.error().message));
    for (const auto& [place, run] : group->begun) {
      if (place != position) continue;
      auto info = (*reader)->find_run(std::to_string(run));
      if (!info) return tl::unexpected<int>(fail(kStoreTrouble, info.error().message));
      return std::optional(std::move(*info));
    }
    return std::optional<engine::RunInfo>();
  }

  int one_run(const engine::PlannedRun& planned, std::size_t position, std::size_t runs) {
    auto info = begun(position);
    if (!info) return info.error();
    if (*info && (*info)->state.status == engine::RunStatus::kFinished) {
      say(planned, position, runs, Json::parse((*info)->state.summary_json));
      return kFinished;
    }
    if (*info) {
      if (const int code = check_engine(**info); code != 0) return code;
    }
    auto read = stored_configuration(as_run(planned), store_);
    if (!read) return read.error();
    if (overrides_.workers) read->configuration.workers = *overrides_.workers;
    if (overrides_.executor) read->configuration.executor = *overrides_.executor;
    auto preparation = prepared(std::move(*read), common_.quiet);
    if (!preparation) return preparation.error();
    if (preparation->context != planned.context)
      return fail(kBadInput, "group g" + std::to_string(group_.id) +
                                 " cannot go on: its data file or evaluator has changed since it "
                                 "began");
    preparation->origin = {group_.id, position, 0};
    return carry_out(*preparation, *info, planned, position, runs);
  }

  /// What the store would say of the run before its first candidate.
  engine::RunInfo as_run(const engine::PlannedRun& planned) const {
    engine::RunInfo info;
    info.head.name = planned.name;
    info.head.config_resolved = planned.config_resolved;
    info.head.config_as_written = group_.config_as_written;
    return info;
  }

  int carry_out(const engine::Preparation& preparation, const std::optional<engine::RunInfo>& info,
                const engine::PlannedRun& planned, std::size_t position, std::size_t runs) {
    Watch watch(common_, events_, preparation.config.budget);
    watch.console.label(fmt::format("run {} of {}: ", position + 1, runs));
    watch.console.note(fmt::format("run {} of {}: {}", position + 1, runs, settings_text(planned)));
    auto outcome = info ? engine::resume_run(preparation, *info, watch.controls)
                        : engine::start_run(preparation, watch.controls);
    watch.console.finish();
    if (!outcome) return fail(outcome.error().exit_code, outcome.error().message);
    const engine::RunSummary& summary = outcome->summary;
    if (outcome->exit_code == kEvaluatorTrouble)
      return fail(kEvaluatorTrouble, fmt::format("run {}: too many trials failed "
                                                 "(evaluator.max_failed_share); the first said: {}",
                                                 summary.run, summary.first_failure));
    stopped_ = summary.status != engine::RunStatus::kFinished;
    if (!stopped_) say(planned, position, runs, Json::parse(engine::to_json(summary)));
    return outcome->exit_code;
  }

  /// One line for each finished run.
  void say(const engine::PlannedRun& planned, std::size_t position, std::size_t runs,
           const Json& summary) {
    summaries_.push_back(summary);
    if (common_.json) return;
    const std::string line = group_line(planned, position, runs, summary);
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
  }

  /// Not all runs have finished: what there is, and how to go on.
  int stop(int code) {
    print_sum();
    std::fflush(stdout);
    std::fprintf(stderr, "to go on: %s\n",
                 next_command("resume", fmt::format("g{}", group_.id), store_).c_str());
    return code;
  }

  void print_sum() {
    if (common_.json) {
      Json out{{"group", group_.id}, {"name", group_.name}, {"planned", planned_}};
      out["runs"] = summaries_;
      std::printf("%s\n", out.dump().c_str());
      return;
    }
    std::printf("group g%lld \"%s\": %zu of %zu runs finished\n", static_cast<long long>(group_.id),
                group_.name.c_str(), summaries_.size(), planned_);
  }

  void print_end() {
    print_sum();
    say_next(common_, next_command("compare", fmt::format("g{}", group_.id), store_));
  }

  const CommonOptions& common_;
  const int events_;
  const GroupOverrides overrides_;
  const std::filesystem::path store_;
  const engine::GroupInfo group_;
  std::size_t planned_ = 0;
  std::vector<Json> summaries_;  // of the runs that have finished
  bool stopped_ = false;
};

}  // namespace

bool asks_for_group(const GroupRequest& command) {
  return command.seeds || engine::varies(command.file, read_options(command));
}

int run_group(const GroupRequest& command) {
  auto checked = check(command);
  if (!checked) return checked.error();
  engine::GroupInfo group;
  {
    engine::WriterOptions options;
    options.relaxed = checked->relaxed;
    auto writer = engine::StoreWriter::open(checked->store, options);
    if (!writer) return fail(kStoreTrouble, writer.error().message);
    auto number = (*writer)->begin_group(checked->plan);
    if (!number) return fail(kStoreTrouble, number.error().message);
    group.id = *number;
  }
  group.name = checked->plan.name;
  group.config_as_written = checked->plan.config_as_written;
  return GroupRunner(command.common, command.events, {}, checked->store, std::move(group)).go();
}

int resume_group(const CommonOptions& common, int events, GroupOverrides overrides,
                 FoundGroup group) {
  group.reader.reset();
  return GroupRunner(common, events, std::move(overrides), group.store, std::move(group.info)).go();
}

int validate_group(GroupRequest command) {
  command.problems_as_objects = command.common.json;
  auto checked = check(command);
  if (!checked) return checked.error();
  if (command.common.json)
    std::printf("%s\n", Json{{"valid", true},
                             {"runs", checked->plan.runs.size()},
                             {"warnings", Json::parse(engine::to_json_text(checked->warnings))}}
                            .dump()
                            .c_str());
  else if (!command.common.quiet)
    std::printf("%s is valid: a group of %zu runs\n", command.file.c_str(),
                checked->plan.runs.size());
  say_next(command.common, "equivolve run " + shell_word(command.file));
  return kFinished;
}

}  // namespace equivolve::cli
