#include "engine/cli/running.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/cli/signals.hpp"
#include "engine/cli/support.hpp"

namespace equivolve::cli {

Watch::Watch(const CommonOptions& common, int events_descriptor, const engine::BudgetConfig& budget)
    : console(common.quiet) {
  if (events_descriptor >= 0) events = std::make_unique<EventStream>(events_descriptor);
  controls.signal = &watch_signals();
  controls.notice = [this](const std::string& line) { console.note(line); };
  controls.progress = [this, &budget](const engine::ProgressReport& report) {
    console.progress(report, budget);
  };
  if (!events) return;
  controls.started = [this](engine::RunId run) { events->run_started(run); };
  controls.committed = [this](const std::vector<engine::OutcomeRow>& outcomes) {
    events->committed(outcomes);
  };
}

int report(const tl::expected<engine::RunOutcome, engine::RunError>& outcome,
           const CommonOptions& common, const std::filesystem::path& store) {
  if (!outcome) {
    fail(outcome.error().exit_code, outcome.error().message);
    // The same command would fail again where the file cannot be written.
    const bool writable =
        access(store.c_str(), W_OK) == 0 && access(store.parent_path().c_str(), W_OK) == 0;
    if (outcome.error().run != 0)
      std::fprintf(stderr, "to go on%s: %s\n",
                   writable ? "" : ", once the file and its folder can be written",
                   next_command("resume", std::to_string(outcome.error().run), store).c_str());
    return outcome.error().exit_code;
  }
  const engine::RunSummary& summary = outcome->summary;
  const std::string run = std::to_string(summary.run);
  if (common.json)
    std::printf("%s\n", engine::to_json(summary).c_str());
  else
    std::printf("%s", engine::to_text(summary).c_str());
  if (summary.status != engine::RunStatus::kFinished) {
    std::fflush(stdout);
    if (outcome->exit_code == kEvaluatorTrouble)
      fail(kEvaluatorTrouble,
           "too many trials failed (evaluator.max_failed_share); the first said: " +
               summary.first_failure);
    std::fprintf(stderr, "to go on: %s\n", next_command("resume", run, store).c_str());
    return outcome->exit_code;
  }
  if (!common.quiet && !common.json) {
    if (!summary.best && summary.stopped_by == "time")
      std::printf("  search on for longer: %s --set budget.time=+%.0fs\n",
                  next_command("resume", run, store).c_str(),
                  std::max(1.0, std::ceil(summary.seconds)));
    if (summary.best && !summary.best_reference.empty() && !summary.improved)
      std::printf("  search on with as many again: %s --set budget.candidates=+%llu\n",
                  next_command("resume", run, store).c_str(),
                  static_cast<unsigned long long>(summary.candidates));
    std::printf("stored in %s\n", store.c_str());
  }
  const bool applies = summary.best && summary.offers_apply;
  say_next(common,
           next_command(applies ? "apply" : "show", run, store) + (applies ? " --out result" : ""));
  return outcome->exit_code;
}

OptionSpec events_option(int& descriptor) {
  return {.name = "--events",
          .value = "FD",
          .help = "Write a JSON line to this descriptor for every durable outcome",
          .into = &descriptor};
}

OptionSpec workers_option(std::optional<std::uint32_t>& workers) {
  return {.name = "--workers",
          .value = "N",
          .help = "Override workers.count (0: all cores)",
          .into = &workers,
          .range = std::pair(0u, 4096u)};
}

int check_events(int descriptor) {
  if (descriptor < 0 || write(descriptor, "", 0) == 0) return 0;
  return fail(kBadInput,
              "--events: descriptor " + std::to_string(descriptor) + " is not open for writing");
}

}  // namespace equivolve::cli
