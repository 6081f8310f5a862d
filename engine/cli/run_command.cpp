#include <unistd.h>

#include <cstdio>
#include <memory>

#include "engine/cli/commands.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/event_stream.hpp"
#include "engine/cli/signals.hpp"
#include "engine/cli/support.hpp"
#include "engine/run/kernel.hpp"
#include "engine/run/run.hpp"

namespace equivolve::cli {
namespace {

/// Progress, notices and events of one session.
struct Watch {
  Console console;
  std::unique_ptr<EventStream> events;
  engine::RunControls controls;

  Watch(const CommonOptions& common, int events_descriptor, const engine::BudgetConfig& budget)
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
};

int report(const tl::expected<engine::RunOutcome, engine::RunError>& outcome,
           const CommonOptions& common, const std::filesystem::path& store) {
  if (!outcome) {
    fail(outcome.error().exit_code, outcome.error().message);
    if (outcome.error().run != 0)
      std::fprintf(stderr, "to go on: %s\n",
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
  } else if (!common.json && !common.quiet) {
    const bool applies = summary.best && summary.offers_apply;
    std::printf("next: %s%s\n", next_command(applies ? "apply" : "show", run, store).c_str(),
                applies ? " --out result" : "");
  }
  return outcome->exit_code;
}

bool bad_descriptor(int events) {
  return events >= 0 && write(events, "", 0) != 0;
}

}  // namespace

int run(const RunCommand& command) {
  if (bad_descriptor(command.events))
    return fail(kBadInput, "--events: descriptor " + std::to_string(command.events) +
                               " is not open for writing");
  auto read = read_file(command);
  if (!read) {
    std::fprintf(stderr, "%s", engine::text_of({read.error()}).c_str());
    return kBadInput;
  }
  auto preparation = prepared(std::move(*read), command.common.quiet);
  if (!preparation) return preparation.error();
  Watch watch(command.common, command.events, preparation->config.budget);
  print_warnings(preparation->warnings);
  auto outcome = engine::start_run(*preparation, watch.controls);
  watch.console.finish();
  return report(outcome, command.common, preparation->config.store.file);
}

int resume(const ResumeCommand& command) {
  auto found = find_run(command.common, command.run);
  if (!found) return found.error();
  if (found->info.state.status == engine::RunStatus::kFinished) {
    ShowCommand instead;
    instead.common = command.common;
    instead.run = std::to_string(found->info.id);
    return show(instead);
  }
  const engine::RunHead& head = found->info.head;
  if (head.engine_version != EQUIVOLVE_VERSION || head.kernel != engine::kernel_kind())
    return fail(kBadInput, "run " + std::to_string(found->info.id) + " was begun by Equivolve " +
                               head.engine_version + " (" + head.kernel + "), this is " +
                               EQUIVOLVE_VERSION + " (" + engine::kernel_kind() +
                               "): its results would not be the same");
  auto read = stored_configuration(found->info, found->store);
  if (!read) return read.error();
  if (command.workers) read->configuration.workers = *command.workers;
  if (command.executor) read->configuration.executor = *command.executor;
  auto preparation = prepared(std::move(*read), command.common.quiet);
  if (!preparation) return preparation.error();
  if (preparation->context != found->info.head.context)
    return fail(kBadInput, "run " + std::to_string(found->info.id) +
                               " cannot go on: its data file or evaluator has changed since it "
                               "began (stored context " +
                               hashing::to_hex(found->info.head.context) + ", now " +
                               hashing::to_hex(preparation->context) + ")");
  found->reader.reset();
  Watch watch(command.common, command.events, preparation->config.budget);
  auto outcome = engine::resume_run(*preparation, found->info, watch.controls);
  watch.console.finish();
  return report(outcome, command.common, found->store);
}

}  // namespace equivolve::cli
