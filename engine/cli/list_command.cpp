#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/cli/commands.hpp"
#include "engine/cli/run_view.hpp"
#include "engine/cli/support.hpp"

namespace equivolve::cli {
namespace {

struct List {
  CommonOptions common;
};

/// After the runs: the groups that they belong to.
int list_groups(const engine::StoreReader& reader, const std::vector<engine::RunInfo>& runs) {
  auto groups = reader.groups();
  if (!groups) return fail(kStoreTrouble, groups.error().message);
  if (!groups->empty())
    std::printf("\n%5s  %-12s %12s  %-20s  %s\n", "group", "finished", "runs", "started", "name");
  for (const engine::GroupInfo& group : *groups) {
    const auto finished = std::count_if(runs.begin(), runs.end(), [&](const auto& run) {
      return run.head.origin.group == group.id && run.state.status == engine::RunStatus::kFinished;
    });
    std::printf("%5s  %-12lld %12llu  %-20s  %s\n", fmt::format("g{}", group.id).c_str(),
                static_cast<long long>(finished), static_cast<unsigned long long>(group.planned),
                group.created.c_str(), group.name.c_str());
  }
  return kFinished;
}

/// The latest run; or its group, while that is not finished.
std::string next_after(const engine::StoreReader& reader, const std::vector<engine::RunInfo>& runs,
                       const std::filesystem::path& store) {
  if (runs.empty()) return "equivolve run FILE.yaml";
  const engine::GroupId latest = runs.back().head.origin.group;
  const auto groups = reader.groups();
  if (latest == 0 || !groups) return next_command("show", "latest", store);
  std::uint64_t finished = 0;
  bool running = false;
  for (const engine::RunInfo& run : runs) {
    if (run.head.origin.group != latest) continue;
    finished += run.state.status == engine::RunStatus::kFinished ? 1 : 0;
    running = running || run.locked;
  }
  for (const engine::GroupInfo& group : *groups)
    if (group.id == latest && finished < group.planned && !running)
      return next_command("resume", fmt::format("g{}", latest), store);
  return next_command("show", "latest", store);
}

int carry_out(const List& command) {
  const std::filesystem::path store = store_path(command.common);
  auto reader = engine::StoreReader::open(store);
  if (!reader) return fail(kStoreTrouble, reader.error().message);
  auto runs = (*reader)->runs();
  if (!runs) return fail(kStoreTrouble, runs.error().message);
  if (command.common.json) {
    std::vector<std::string> objects;
    for (const engine::RunInfo& info : *runs) objects.push_back(summary_json_of(**reader, info));
    std::printf("%s\n", fmt::format("[{}]", fmt::join(objects, ",")).c_str());
    return kFinished;
  }
  std::printf("%5s  %-12s %12s  %-20s  %-24s %s\n", "run", "status", "candidates", "started",
              "evaluator", "name");
  for (const engine::RunInfo& info : *runs)
    std::printf("%5lld  %-12s %12llu  %-20s  %-24s %s%s\n", static_cast<long long>(info.id),
                status_of(info).c_str(), static_cast<unsigned long long>(info.state.told),
                info.created.c_str(), info.head.evaluator.c_str(), info.head.name.c_str(),
                fork_text(info).c_str());
  if (const int code = list_groups(**reader, *runs); code != kFinished) return code;
  say_next(command.common, next_after(**reader, *runs, store));
  return kFinished;
}

}  // namespace

CommandSpec list_command() {
  auto c = std::make_shared<List>();
  return {
      .name = "list",
      .part = Part::kResults,
      .summary = "List the runs and groups of a results file",
      .options = with_common({}, c->common),
      .examples = {{"equivolve list --store runs.db", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
