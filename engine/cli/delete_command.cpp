#include <unistd.h>

#include <cstdio>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/run_view.hpp"
#include "engine/cli/support.hpp"
#include "engine/store/maintenance.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Delete {
  CommonOptions common;
  std::vector<std::string> runs;
  bool yes = false;
};

std::string describe(const engine::RunInfo& info) {
  return fmt::format("run {} \"{}\" ({}, {} candidates)", info.id, info.head.name, status_of(info),
                     info.state.told);
}

/// All of them, each once; none is deleted when one is not there or is running.
tl::expected<std::vector<engine::RunInfo>, int> find_all(const Delete& command) {
  std::vector<engine::RunInfo> found;
  for (const std::string& run : command.runs) {
    auto one = find_run(command.common, run);
    if (!one) return tl::unexpected<int>(one.error());
    if (one->info.locked)
      return tl::unexpected<int>(
          fail(kStoreTrouble,
               fmt::format("run {} is running; next: {}", one->info.id,
                           next_command("stop", std::to_string(one->info.id), one->store))));
    bool again = false;
    for (const engine::RunInfo& info : found) again = again || info.id == one->info.id;
    if (!again) found.push_back(std::move(one->info));
  }
  return found;
}

/// 0, or the exit code of a command that was not confirmed.
int confirm(const Delete& command, const std::vector<engine::RunInfo>& runs) {
  if (command.yes) return 0;
  if (isatty(STDIN_FILENO) == 0)
    return fail(kBadInput, "delete asks before it deletes, and there is no terminal; add --yes");
  for (const engine::RunInfo& info : runs) std::fprintf(stderr, "%s\n", describe(info).c_str());
  std::fprintf(stderr, "delete %s for good? [y/N] ", runs.size() == 1 ? "it" : "them");
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") return 0;
  return fail(kBadInput, "nothing was deleted");
}

int carry_out(const Delete& command) {
  auto runs = find_all(command);
  if (!runs) return runs.error();
  if (const int code = confirm(command, *runs); code != 0) return code;
  const std::filesystem::path store = store_path(command.common);
  engine::Deleted all;
  Json numbers = Json::array();
  for (const engine::RunInfo& info : *runs) {
    auto deleted = engine::delete_run(store, info.id);
    if (!deleted) return fail(kStoreTrouble, deleted.error().message);
    all.rows += deleted->rows;
    all.free_bytes = deleted->free_bytes;
    numbers.push_back(info.id);
    if (!command.common.quiet && !command.common.json)
      std::printf("deleted %s: %llu rows\n", describe(info).c_str(),
                  static_cast<unsigned long long>(deleted->rows));
  }
  if (command.common.json)
    std::printf("%s\n",
                Json{{"deleted", numbers}, {"rows", all.rows}, {"free_bytes", all.free_bytes}}
                    .dump()
                    .c_str());
  else if (!command.common.quiet)
    std::printf("%llu bytes in %s are free for new runs\n",
                static_cast<unsigned long long>(all.free_bytes), store.c_str());
  say_next(command.common, next_command("store compact", "", store));
  return kFinished;
}

}  // namespace

CommandSpec delete_command() {
  auto c = std::make_shared<Delete>();
  return {
      .name = "delete",
      .part = Part::kResults,
      .summary = "Remove runs and all that belongs to them from a results file",
      .description =
          "Asks first, unless --yes is given. A run that is running is refused. The "
          "file keeps its size, and new runs use the space; `equivolve store compact` "
          "gives it back.",
      .options =
          with_common({{.name = "RUN",
                        .value = "",
                        .help = "Numbers, names or latest",
                        .into = &c->runs,
                        .completes = Completes::kRun,
                        .required = true},
                       {.name = "--yes", .value = "", .help = "Do not ask", .into = &c->yes}},
                      c->common),
      .examples = {{"equivolve delete 3 4", ""}, {"equivolve delete latest --yes", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
