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

/// The run of that number whose deletion was interrupted.
std::optional<engine::RunInfo> half_deleted(const Delete& command, const std::string& run) {
  auto reader = engine::StoreReader::open(store_path(command.common));
  if (!reader) return std::nullopt;
  auto runs = (*reader)->half_deleted_runs();
  if (!runs) return std::nullopt;
  for (engine::RunInfo& info : *runs)
    if (std::to_string(info.id) == run) return std::move(info);
  return std::nullopt;
}

/// What goes: runs, and groups whose runs are among them.
struct Doomed {
  std::vector<engine::RunInfo> runs;
  std::vector<engine::GroupId> groups;
};

/// All of them, each once; none is deleted when one is not there or is running.
tl::expected<Doomed, int> find_all(const Delete& command) {
  Doomed doomed;
  std::vector<std::string> names;
  for (const std::string& word : command.runs) {
    const auto group = find_group(command.common, word);
    if (!group) {
      names.push_back(word);
      continue;
    }
    doomed.groups.push_back(group->info.id);
    for (const auto& entry : group->info.begun) names.push_back(std::to_string(entry.second));
  }
  for (const std::string& run : names) {
    std::optional<engine::RunInfo> one = half_deleted(command, run);
    if (!one) {
      auto whole = find_run(command.common, run);
      if (!whole) return tl::unexpected<int>(whole.error());
      one = std::move(whole->info);
    }
    if (one->locked)
      return tl::unexpected<int>(fail(
          kStoreTrouble,
          fmt::format("run {} is running; next: {}", one->id,
                      next_command("stop", std::to_string(one->id), store_path(command.common)))));
    bool again = false;
    for (const engine::RunInfo& info : doomed.runs) again = again || info.id == one->id;
    if (!again) doomed.runs.push_back(std::move(*one));
  }
  return doomed;
}

/// 0, or the exit code of a command that was not confirmed.
int confirm(const Delete& command, const Doomed& doomed) {
  if (command.yes) return 0;
  if (isatty(STDIN_FILENO) == 0)
    return fail(kBadInput, "delete asks before it deletes, and there is no terminal; add --yes");
  for (const engine::RunInfo& info : doomed.runs)
    std::fprintf(stderr, "%s\n", describe(info).c_str());
  for (const engine::GroupId group : doomed.groups)
    std::fprintf(stderr, "group g%lld\n", static_cast<long long>(group));
  std::fprintf(stderr, "delete %s for good? [y/N] ",
               doomed.runs.size() + doomed.groups.size() == 1 ? "it" : "them");
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") return 0;
  return fail(kBadInput, "nothing was deleted");
}

int carry_out(const Delete& command) {
  auto doomed = find_all(command);
  if (!doomed) return doomed.error();
  if (const int code = confirm(command, *doomed); code != 0) return code;
  const std::filesystem::path store = store_path(command.common);
  engine::Deleted all;
  Json numbers = Json::array();
  for (const engine::RunInfo& info : doomed->runs) {
    auto deleted = engine::delete_run(store, info.id);
    if (!deleted) return fail(kStoreTrouble, deleted.error().message);
    all.rows += deleted->rows;
    all.free_bytes = deleted->free_bytes;
    numbers.push_back(info.id);
    if (!command.common.quiet && !command.common.json)
      std::printf("deleted %s: %llu rows\n", describe(info).c_str(),
                  static_cast<unsigned long long>(deleted->rows));
  }
  for (const engine::GroupId group : doomed->groups) {
    if (auto deleted = engine::delete_group(store, group); !deleted)
      return fail(kStoreTrouble, deleted.error().message);
    if (!command.common.quiet && !command.common.json)
      std::printf("deleted group g%lld\n", static_cast<long long>(group));
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
          "Asks first, unless --yes is given. A run that is running is refused. When "
          "it is interrupted the run is whole or gone; given again it removes what is left. The "
          "file keeps its size, and new runs use the space; `equivolve store compact` "
          "gives it back.",
      .options =
          with_common({{.name = "RUN",
                        .value = "",
                        .help = "Numbers, names or latest; groups (g3): all their runs",
                        .into = &c->runs,
                        .completes = Completes::kRunOrGroup,
                        .required = true},
                       {.name = "--yes", .value = "", .help = "Do not ask", .into = &c->yes}},
                      c->common),
      .examples = {{"equivolve delete 3 4", ""},
                   {"equivolve delete g1", "a group with all its runs"},
                   {"equivolve delete latest --yes", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
