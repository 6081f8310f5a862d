#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/changes.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/running.hpp"
#include "engine/cli/support.hpp"
#include "engine/config/resolved.hpp"
#include "engine/store/run_digests.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Reproduce {
  CommonOptions common;
  std::string run;
  std::vector<std::string> overrides;
  std::optional<std::uint32_t> workers;
  bool check = false;
};

/// A folder for a results file that nobody keeps.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "equivolve-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string outcome_text(const engine::OutcomeRow& o) {
  std::string text =
      fmt::format("birth {}, genome {:016x}, class {}, {}, {}", o.birth, o.genome_checksum,
                  o.cls == engine::kNone64 ? "none" : std::to_string(o.cls),
                  o.hit ? "known" : "evaluated", status_name(o.status));
  for (double value : o.told) text += fmt::format(", {}", value);
  return text;
}

std::string digest_of(const engine::OutcomeRow& outcome) {
  engine::RunDigests digests;
  digests.add(outcome);
  return digests.result_digest();
}

/// The new outcomes against the stored ones, as they become durable.
struct Comparison {
  std::vector<engine::OutcomeRow> stored;
  std::uint64_t compared = 0;
  std::optional<engine::OutcomeRow> differs;  // the first that does
  engine::RunDigests digests;

  void take(const std::vector<engine::OutcomeRow>& outcomes) {
    for (const engine::OutcomeRow& o : outcomes) {
      digests.add(o);
      if (!differs && o.ticket < stored.size() &&
          digest_of(o) != digest_of(stored[static_cast<std::size_t>(o.ticket)]))
        differs = o;
      ++compared;
    }
  }
  bool equal() const { return !differs && compared == stored.size(); }
};

/// The stored run's settings, made to end where the stored run did.
tl::expected<engine::ReadConfiguration, int> settings_of(
    const Reproduce& command, const FoundRun& found, const std::vector<engine::OutcomeRow>& told) {
  auto read = stored_configuration(found.info, found.store, command.overrides);
  if (!read) return read;
  engine::Configuration& config = read->configuration;
  for (const std::string& key :
       changed_keys(found.info.head.config_resolved, engine::to_json_text(config)))
    if (!may_change(key) || key.starts_with("budget."))
      return tl::unexpected<int>(
          fail(kBadInput, "with another " + key + " it would not be the same run"));
  config.budget.time.reset();
  std::uint64_t births = 0;
  for (const engine::OutcomeRow& o : told) births = std::max(births, o.birth + 1);
  config.budget.candidates = births;
  if (command.workers) config.workers = *command.workers;
  return read;
}

int print_comparison(const Reproduce& command, const FoundRun& found, const Comparison& comparison,
                     std::optional<engine::RunId> made) {
  engine::RunDigests stored;
  for (const engine::OutcomeRow& o : comparison.stored) stored.add(o);
  const bool equal = comparison.equal();
  const std::string run = std::to_string(found.info.id);
  if (command.common.json) {
    Json out{{"run", found.info.id},
             {"equal", equal},
             {"tickets", comparison.compared},
             {"stored_tickets", comparison.stored.size()},
             {"result_digest", comparison.digests.result_digest()},
             {"stored_result_digest", stored.result_digest()},
             {"trajectory_digest", comparison.digests.trajectory_digest()},
             {"stored_trajectory_digest", stored.trajectory_digest()}};
    out["first_difference"] = comparison.differs ? Json(comparison.differs->ticket) : Json();
    out["new_run"] = made ? Json(*made) : Json();
    std::printf("%s\n", out.dump().c_str());
    return equal ? kFinished : kDefect;
  }
  if (equal) {
    std::printf(
        "equal: run %s repeats, %llu tickets\nresult_digest      %s\ntrajectory_digest  %s\n",
        run.c_str(), static_cast<unsigned long long>(comparison.compared),
        stored.result_digest().c_str(), stored.trajectory_digest().c_str());
    say_next(command.common, next_command("show", made ? std::to_string(*made) : run, found.store));
    return kFinished;
  }
  if (comparison.differs) {
    const auto at = static_cast<std::size_t>(comparison.differs->ticket);
    std::printf(
        "different: run %s does not repeat; the first ticket that differs is %zu\n"
        "  stored  %s\n  now     %s\n",
        run.c_str(), at, outcome_text(comparison.stored[at]).c_str(),
        outcome_text(*comparison.differs).c_str());
  } else {
    std::printf("different: run %s has %zu tickets, now there are %llu\n", run.c_str(),
                comparison.stored.size(), static_cast<unsigned long long>(comparison.compared));
  }
  say_next(command.common, next_command("store verify", run, found.store));
  return kDefect;
}

/// A signal or a wish came first: how far it went, and how to go on.
int stopped_early(const Reproduce& command, const FoundRun& found, const Comparison& comparison,
                  const engine::RunOutcome& outcome) {
  fail(outcome.exit_code,
       fmt::format("stopped after {} of {} tickets; {}", comparison.compared,
                   comparison.stored.size(),
                   comparison.differs ? "they differ" : "so far they are equal"));
  const std::string next =
      command.check
          ? next_command("reproduce", std::to_string(found.info.id), found.store) + " --check"
          : next_command("resume", std::to_string(outcome.summary.run), found.store);
  std::fprintf(stderr, "to go on: %s\n", next.c_str());
  return outcome.exit_code;
}

int carry_out(const Reproduce& command) {
  auto found = find_run(command.common, command.run);
  if (!found) return found.error();
  if (found->info.locked)
    return fail(kBadInput, "run " + std::to_string(found->info.id) + " is still running; next: " +
                               next_command("stop", std::to_string(found->info.id), found->store));
  if (const int code = check_engine(found->info); code != 0) return code;
  auto stored = found->reader->replay(found->info.id);
  if (!stored) return fail(kStoreTrouble, stored.error().message);
  Comparison comparison;
  comparison.stored = std::move(stored->outcomes);
  if (comparison.stored.empty())
    return fail(kBadInput, "run " + std::to_string(found->info.id) + " has no candidate to repeat");
  auto read = settings_of(command, *found, comparison.stored);
  if (!read) return read.error();
  std::optional<ScratchFolder> scratch;
  if (command.check) {
    scratch.emplace();
    if (scratch->path().empty()) return fail(kStoreTrouble, "cannot make a folder for --check");
    read->configuration.store.file = scratch->path() / "check.db";
  }
  auto preparation = prepared_stored(std::move(*read), command.common.quiet);
  if (!preparation) return preparation.error();
  if (const int code = check_context(found->info, *preparation); code != 0) return code;
  if (!preparation->evaluator->descriptor().deterministic)
    std::fprintf(stderr, "warning: the evaluator says that it is not deterministic\n");
  auto origins = engine::origins_of(*found->reader, found->info.id);
  if (!origins) return fail(kStoreTrouble, origins.error().message);
  Watch watch(command.common, -1, preparation->config.budget);
  watch.controls.origins = std::move(*origins);
  watch.controls.repeats_run = &comparison.stored;
  watch.controls.committed = [&](const std::vector<engine::OutcomeRow>& outcomes) {
    comparison.take(outcomes);
  };
  auto outcome = engine::start_run(*preparation, watch.controls);
  watch.console.finish();
  if (!outcome) return fail(outcome.error().exit_code, outcome.error().message);
  if (outcome->summary.status == engine::RunStatus::kStopped)
    return stopped_early(command, *found, comparison, *outcome);
  return print_comparison(command, *found, comparison,
                          command.check ? std::nullopt : std::optional(outcome->summary.run));
}

}  // namespace

CommandSpec reproduce_command() {
  auto c = std::make_shared<Reproduce>();
  return {
      .name = "reproduce",
      .part = Part::kSearch,
      .summary = "Run a stored run again, and compare every outcome",
      .description =
          "Repeats the stored configuration as a new run, up to the ticket at which the stored run "
          "ended (also when a time budget, a signal or a wish ended it), and compares the two "
          "digests. Exit code 0: equal. Exit code 1: different, and the first ticket that differs "
          "is named; that is a defect, unless the evaluator is not deterministic or a trial was "
          "cut by a deadline or for memory. With --check the new run is not kept.",
      .options = with_common(
          {run_argument(c->run),
           {.name = "--check",
            .value = "",
            .help = "Keep nothing: use a temporary results file",
            .into = &c->check},
           {.name = "--set",
            .value = "KEY=VALUE",
            .help = "Override a key: --set data.file=PATH where the data file has been moved",
            .into = &c->overrides,
            .completes = Completes::kSetting},
           workers_option(c->workers)},
          c->common),
      .examples = {{"equivolve reproduce latest", ""}, {"equivolve reproduce 3 --check", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
