#include "engine/cli/run_view.hpp"

#include <cstdio>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/support.hpp"
#include "engine/report/stored_summary.hpp"
#include "engine/run/summary.hpp"

namespace equivolve::cli {

std::string status_of(const engine::RunInfo& info) {
  const bool running = info.state.status == engine::RunStatus::kRunning ||
                       info.state.status == engine::RunStatus::kPaused;
  if (running && !info.locked) return "interrupted";
  return engine::run_status_name(info.state.status);
}

namespace {

using Json = nlohmann::ordered_json;

/// The stored summary, or what is known of a run that has none yet.
Json summary_so_far(const engine::RunInfo& info) {
  if (!info.state.summary_json.empty()) return Json::parse(info.state.summary_json);
  engine::RunSummary known;
  known.run = info.id;
  known.name = info.head.name;
  known.seed = info.head.seed;
  known.stopped_by = info.state.stopped_by;
  known.candidates = known.stopped_at = info.state.told;
  known.seconds = info.state.seconds;
  Json summary = Json::parse(engine::to_json(known));
  summary["status"] = status_of(info);
  // Not known before the end: the rows have them, `export` and `store verify` read them.
  for (const char* key : {"evaluations", "cache_hits", "classes", "seconds_saved", "result_digest",
                          "trajectory_digest"})
    summary[key] = nullptr;
  return summary;
}

void print_figures(const char* title, const Json& figures, const std::string& remark = "") {
  if (!figures.is_object() || figures.empty()) return;
  std::string line;
  for (const auto& [name, value] : figures.items())
    line += fmt::format("{}{} {:.4f}", line.empty() ? "" : ", ", name, value.get<double>());
  std::printf("  %-14s %s%s\n", title, line.c_str(), remark.c_str());
}

void print_interval(const Json& contender, const char* key, const std::string& objective) {
  if (const auto i = engine::stored_interval(contender, key); i && i->has_spread)
    std::printf("  %-14s %s, 95 %% interval: [%.4f, %.4f]\n", "", objective.c_str(), i->low,
                i->high);
}

void print_contender(const std::string& name, const Json& contender, const std::string& objective) {
  std::printf("\n%s\n", name.c_str());
  print_figures("search", contender.value("validation", Json()));
  const std::string failures = engine::stored_failures(contender);
  print_figures("confirmed", contender.value("confirmed", Json()), failures);
  if (failures.empty()) print_interval(contender, "confirmed_interval", objective);
  print_figures("test", contender.value("test", Json()));
  print_interval(contender, "test_interval", objective);
  for (const auto& [key, title, of] :
       {std::tuple("confirmed_difference", "found - this, confirmed", "repeat"),
        std::tuple("test_difference", "found - this, test", "row")})
    if (const auto difference = engine::stored_interval(contender, key))
      std::printf("  %s: %s\n", title, engine::difference_text(*difference, of).c_str());
}

void print_verdict(const Json& summary) {
  if (const std::string verdict = engine::stored_verdict(summary); !verdict.empty())
    std::printf("\n%s\n", verdict.c_str());
  if (!summary.contains("test_openings") || !summary["test_openings"].is_number()) return;
  const auto text = engine::openings_text(summary["test_openings"].get<std::uint64_t>());
  if (!text.empty()) std::printf("%s\n", text.c_str());
}

void print_text(const engine::RunInfo& info, const Json& summary) {
  std::printf("run %lld \"%s\"  %s", static_cast<long long>(info.id), info.head.name.c_str(),
              status_of(info).c_str());
  if (!info.state.stopped_by.empty())
    std::printf(" (stopped by %s)", info.state.stopped_by.c_str());
  std::printf("\n  started        %s, %.2f s of work\n", info.created.c_str(), info.state.seconds);
  std::printf("  evaluator      %s %s, representation %s, seed %llu\n", info.head.evaluator.c_str(),
              info.head.evaluator_version.c_str(), info.head.representation.c_str(),
              static_cast<unsigned long long>(info.head.seed));
  std::printf("  engine         %s, %s\n", info.head.engine_version.c_str(),
              info.head.kernel.c_str());
  std::printf("  candidates     %llu\n", static_cast<unsigned long long>(info.state.told));
  if (!info.state.summary_json.empty()) {
    const double known = summary["cache_hits"].get<double>(),
                 all = known + summary["evaluations"].get<double>();
    std::printf("  evaluations    %lld, %lld failed\n", summary["evaluations"].get<long long>(),
                summary["failed"].get<long long>());
    std::printf(
        "  hashing        %lld classes, %.1f %% known, %lld evicted; %.2f s in probes, %.2f s in "
        "evaluations, %.2f s saved\n",
        summary["classes"].get<long long>(), all > 0 ? 100 * known / all : 0.0,
        summary["evictions"].get<long long>(), summary["probe_seconds"].get<double>(),
        summary["evaluation_seconds"].get<double>(), summary["seconds_saved"].get<double>());
    std::printf("  verification   %lld hits repeated, %lld wrong\n",
                summary["verified"].get<long long>(), summary["wrong_hits"].get<long long>());
    std::printf("  result_digest      %s\n  trajectory_digest  %s\n",
                summary["result_digest"].get<std::string>().c_str(),
                summary["trajectory_digest"].get<std::string>().c_str());
  }
  if (summary.contains("best") && summary["best"].is_object()) {
    const Json& best = summary["best"];
    const std::string objective = summary.value("objective", "");
    print_contender(fmt::format("found (birth {})", best["birth"].get<std::uint64_t>()), best,
                    objective);
    for (const auto& [name, reference] : summary["references"].items())
      print_contender(name, reference, objective);
    print_verdict(summary);
    std::printf("\n%s", best["text"].get<std::string>().c_str());
  }
}

}  // namespace

std::string summary_json_of(const engine::RunInfo& info) {
  return summary_so_far(info).dump();
}

std::string next_for(const engine::RunInfo& info, const std::filesystem::path& store) {
  const std::string run = std::to_string(info.id);
  if (info.locked && info.state.status == engine::RunStatus::kPaused)
    return next_command("pause", run, store) + " --continue";
  if (info.locked) return next_command("stop", run, store);
  if (info.state.status != engine::RunStatus::kFinished) return next_command("resume", run, store);
  const Json summary = summary_so_far(info);
  // Older summaries do not say; then the evaluator does, when asked.
  const bool applies = summary["best"].is_object() && summary.value("offers_apply", true);
  return applies ? next_command("apply", run, store) + " --out result"
                 : next_command("export", run, store) + " --out candidates.csv";
}

void print_run(const CommonOptions& common, const engine::RunInfo& info,
               const std::filesystem::path& store) {
  Json summary = summary_so_far(info);
  // As of now, and not of the run's end: each look at the same test rows counts.
  if (summary.contains("test_openings") && summary["test_openings"].is_number()) {
    auto reader = engine::StoreReader::open(store);
    if (reader)
      if (auto count = (*reader)->test_openings({info.head.data, info.head.context});
          count && *count)
        summary["test_openings"] = **count;
  }
  if (common.json)
    std::printf("%s\n", summary.dump().c_str());
  else
    print_text(info, summary);
  say_next(common, next_for(info, store));
}

}  // namespace equivolve::cli
