#include "engine/cli/group_view.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/run_view.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

/// The runs that have begun, by position.
tl::expected<std::map<std::uint64_t, engine::RunInfo>, int> runs_of(const FoundGroup& group) {
  std::map<std::uint64_t, engine::RunInfo> runs;
  for (const auto& entry : group.info.begun) {
    auto info = group.reader->find_run(std::to_string(entry.second));
    if (!info) return tl::unexpected<int>(fail(kStoreTrouble, info.error().message));
    runs.emplace(entry.first, std::move(*info));
  }
  return runs;
}

bool is_finished(const engine::RunInfo& info) {
  return info.state.status == engine::RunStatus::kFinished;
}

}  // namespace

std::string settings_text(const engine::PlannedRun& planned) {
  std::string text;
  const Json settings = Json::parse(planned.settings);
  for (const auto& [key, value] : settings.items())
    text +=
        fmt::format("{}={}, ", key, value.is_string() ? value.get<std::string>() : value.dump());
  return text + fmt::format("seed={}", planned.seed);
}

std::string group_line(const engine::PlannedRun& planned, std::size_t position, std::size_t runs,
                       const Json& summary) {
  std::string line = fmt::format("{:>3} of {}  run {:<5} {}", position + 1, runs,
                                 summary.value("run", std::int64_t{0}), settings_text(planned));
  const std::string objective = summary.value("objective", "");
  if (!summary.contains("best") || !summary["best"].is_object()) return line;
  line += fmt::format("  {}:", objective);
  for (const auto& [key, word] : {std::pair("validation", "search"),
                                  std::pair("confirmed", "confirmed"), std::pair("test", "test")}) {
    const Json figures = summary["best"].value(key, Json::object());
    if (figures.contains(objective))
      line += fmt::format(" {} {:.4f}", word, figures[objective].get<double>());
  }
  return line;
}

std::string next_for(const FoundGroup& group) {
  const std::string name = fmt::format("g{}", group.info.id);
  std::size_t finished = 0;
  for (const auto& entry : group.info.begun) {
    const auto info = group.reader->find_run(std::to_string(entry.second));
    if (!info) continue;
    if (info->locked) return next_command("stop", std::to_string(info->id), group.store);
    finished += is_finished(*info) ? 1 : 0;
  }
  return next_command(finished < group.info.planned ? "resume" : "compare", name, group.store);
}

int print_group(const CommonOptions& common, const FoundGroup& group) {
  auto plan = group.reader->plan(group.info.id);
  if (!plan) return fail(kStoreTrouble, plan.error().message);
  auto runs = runs_of(group);
  if (!runs) return runs.error();
  if (common.json) {
    Json out{{"group", group.info.id}, {"name", group.info.name}, {"planned", plan->size()}};
    out["runs"] = Json::array();
    for (const auto& entry : *runs)
      out["runs"].push_back(Json::parse(summary_json_of(*group.reader, entry.second)));
    std::printf("%s\n", out.dump().c_str());
    return kFinished;
  }
  const auto finished = std::count_if(runs->begin(), runs->end(),
                                      [](const auto& e) { return is_finished(e.second); });
  std::printf("group g%lld \"%s\": %lld of %zu runs finished, started %s\n",
              static_cast<long long>(group.info.id), group.info.name.c_str(),
              static_cast<long long>(finished), plan->size(), group.info.created.c_str());
  for (std::size_t position = 0; position < plan->size(); ++position) {
    const auto run = runs->find(position);
    std::string line;
    if (run == runs->end())
      line = fmt::format("{:>3} of {}  not begun {}", position + 1, plan->size(),
                         settings_text((*plan)[position]));
    else
      line = group_line((*plan)[position], position, plan->size(),
                        Json::parse(summary_json_of(*group.reader, run->second)));
    if (run != runs->end() && !is_finished(run->second)) line += "  " + status_of(run->second);
    std::printf("%s\n", line.c_str());
  }
  say_next(common, next_for(group));
  return kFinished;
}

}  // namespace equivolve::cli
