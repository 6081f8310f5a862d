// stop and pause: a wish is written into the results file, where the run's process finds it.
#include <chrono>
#include <cstdio>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/run_view.hpp"
#include "engine/cli/support.hpp"
#include "engine/config/units.hpp"

namespace equivolve::cli {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;

constexpr auto kLook = 50ms;

struct Wish {
  CommonOptions common;
  std::string run;
  std::string wait = "60s";
  bool go_on = false;  // --continue, of pause
};

bool confirmed(const std::string& wish, const engine::RunInfo& info) {
  if (!info.locked) return true;  // it has ended, whatever was asked
  if (wish == "pause") return info.state.status == engine::RunStatus::kPaused;
  return wish == "continue" && info.state.status == engine::RunStatus::kRunning;
}

/// Looks until the run has done as asked, or the time is up.
tl::expected<engine::RunInfo, int> wait_for(const FoundRun& found, const std::string& wish,
                                            std::chrono::nanoseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    auto info = found.reader->find_run(std::to_string(found.info.id));
    if (!info) return tl::unexpected<int>(fail(kStoreTrouble, info.error().message));
    if (confirmed(wish, *info) || std::chrono::steady_clock::now() >= end) return *info;
    std::this_thread::sleep_for(kLook);
  }
}

int say(const Wish& command, const FoundRun& found, const engine::RunInfo& now, bool was_running,
        const std::string& sentence) {
  const std::string next = next_for(now, found.store);
  if (command.common.json)
    std::printf("%s\n",
                Json{{"run", now.id}, {"status", status_of(now)}, {"was_running", was_running}}
                    .dump()
                    .c_str());
  else if (!command.common.quiet)
    std::printf("run %lld %s\n", static_cast<long long>(now.id), sentence.c_str());
  say_next(command.common, next);
  return kFinished;
}

/// What to say when the run did as asked.
std::string done_sentence(const std::string& wish, const engine::RunInfo& now) {
  const std::string told = fmt::format(" after {} candidates", now.state.told);
  if (now.locked) return (wish == "pause" ? "is paused" : "goes on") + told;
  return "has ended: " + status_of(now) + told;
}

int carry_out(const Wish& command, const std::string& wish) {
  const auto limit = engine::parse_duration(command.wait);
  if (!limit)
    return fail(kBadInput,
                "--wait " + command.wait + ": expected " + std::string(engine::kDurationWords));
  auto found = find_run(command.common, command.run);
  if (!found) return found.error();
  if (!found->info.locked && wish == "stop")
    return say(command, *found, found->info, false,
               "is not running: it is " + status_of(found->info));
  if (!found->info.locked)
    return fail(kBadInput,
                fmt::format("run {} is not running: it is {}; next: {}", found->info.id,
                            status_of(found->info), next_for(found->info, found->store)));
  auto asked = found->reader->request(found->info.id, wish);
  if (!asked) return fail(kStoreTrouble, asked.error().message);
  if (limit->count() == 0) return say(command, *found, found->info, true, "was asked to " + wish);
  auto now = wait_for(*found, wish, *limit);
  if (!now) return now.error();
  if (!confirmed(wish, *now))
    return fail(kStoreTrouble,
                fmt::format("run {} has not answered within {}; the wish stands, and it will {} "
                            "when its process looks; next: {}",
                            now->id, command.wait, wish, next_command("list", "", found->store)));
  return say(command, *found, *now, true, done_sentence(wish, *now));
}

OptionSpec wait_option(Wish& command) {
  return {.name = "--wait",
          .value = "DURATION",
          .help = "How long to wait for the run to answer; 0: not at all [default: 60s]",
          .into = &command.wait};
}

}  // namespace

CommandSpec stop_command() {
  auto c = std::make_shared<Wish>();
  return {
      .name = "stop",
      .part = Part::kSearch,
      .summary = "Ask a run of another process to stop, and wait until it has",
      .description =
          "The run finishes the trials in flight, stores everything and ends with exit code 0; "
          "`equivolve resume` goes on with it. A run that is not running is left as it is.",
      .options = with_common({run_argument(c->run), wait_option(*c)}, c->common),
      .examples = {{"equivolve stop latest", ""}, {"equivolve stop 3 --wait 10m", ""}},
      .action = [c] { return carry_out(*c, "stop"); },
  };
}

CommandSpec pause_command() {
  auto c = std::make_shared<Wish>();
  return {
      .name = "pause",
      .part = Part::kSearch,
      .summary = "Ask a run of another process to pause, or to continue",
      .description =
          "A paused run starts no trial; its process stays and keeps what it knows. "
          "Those in flight are finished.",
      .options = with_common({run_argument(c->run),
                              {.name = "--continue",
                               .value = "",
                               .help = "Go on with a paused run",
                               .into = &c->go_on},
                              wait_option(*c)},
                             c->common),
      .examples = {{"equivolve pause latest", ""}, {"equivolve pause latest --continue", ""}},
      .action = [c] { return carry_out(*c, c->go_on ? "continue" : "pause"); },
  };
}

}  // namespace equivolve::cli
