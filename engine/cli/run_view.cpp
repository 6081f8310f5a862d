#include "engine/cli/run_view.hpp"

#include <cstdio>
#include <limits>
#include <map>
#include <optional>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/cli/failure_view.hpp"
#include "engine/cli/front_view.hpp"
#include "engine/cli/partial_summary.hpp"
#include "engine/cli/support.hpp"
#include "engine/report/stored_summary.hpp"
#include "engine/run/notes.hpp"
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

constexpr std::size_t kLinesOfLog = 10;

/// The stored summary, or what is known of a run that has none yet.
Json summary_so_far(const engine::StoreReader* reader, const engine::RunInfo& info) {
  if (!info.state.summary_json.empty()) return Json::parse(info.state.summary_json);
  Json summary = partial_summary(reader, info);
  summary["status"] = status_of(info);
  return summary;
}

std::optional<double> number(const Json& summary, const char* key) {
  const auto found = summary.find(key);
  if (found == summary.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
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

/// What was never tried, or was kept from it by a stop, has nothing to show.
bool has_figures(const Json& contender) {
  for (const char* stage : {"validation", "confirmed", "test"})
    if (contender.contains(stage) && !contender[stage].empty()) return true;
  return false;
}

void print_contender(const std::string& name, const Json& contender, const std::string& objective) {
  if (!has_figures(contender)) return;
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
  if (const std::string missed = engine::stored_missed(summary["best"]); !missed.empty())
    std::printf("\nfound %s\n", missed.c_str());
  if (const std::string verdict = engine::stored_verdict(summary); !verdict.empty())
    std::printf("\n%s\n", verdict.c_str());
  if (!summary.contains("test_openings") || !summary["test_openings"].is_number()) return;
  const auto text = engine::openings_text(summary["test_openings"].get<std::uint64_t>());
  if (!text.empty()) std::printf("%s\n", text.c_str());
}

void print_hashing(const Json& s) {
  const auto classes = number(s, "classes"), known = number(s, "cache_hits"),
             evaluated = number(s, "evaluations");
  if (!classes || !known || !evaluated) return;
  const double all = *known + *evaluated;
  std::string line =
      fmt::format("{:.0f} classes, {:.1f} % known", *classes, all > 0 ? 100 * *known / all : 0.0);
  if (const auto evicted = number(s, "evictions"))
    line += fmt::format(", {:.0f} evicted", *evicted);
  for (const auto& [key, words] :
       {std::pair("warm_hits", "known from earlier runs"), std::pair("forgotten", "forgotten"),
        std::pair("evaluated_again", "evaluated again")})
    if (const auto count = number(s, key); count && *count > 0)
      line += fmt::format(", {:.0f} {}", *count, words);
  std::string times;
  for (const auto& [key, words] :
       {std::pair("probe_seconds", "in probes"), std::pair("look_up_seconds", "in look-ups"),
        std::pair("evaluation_seconds", "in evaluations"), std::pair("seconds_saved", "saved")})
    if (const auto value = number(s, key))
      times += fmt::format("{}{:.2f} s {}", times.empty() ? "; " : ", ", *value, words);
  std::printf("  hashing        %s%s\n", line.c_str(), times.c_str());
  const auto predicted = number(s, "predicted_speed_up"), measured = number(s, "measured_speed_up");
  if (predicted)
    std::printf("  speed-up       %.2fx predicted%s\n", *predicted,
                measured ? fmt::format(", {:.2f}x measured", *measured).c_str() : "");
}

void print_verification(const Json& s) {
  const auto verified = number(s, "verified"), wrong = number(s, "wrong_hits");
  if (!verified || !wrong) return;
  std::string line = fmt::format("{:.0f} hits repeated, {:.0f} wrong", *verified, *wrong);
  if (*wrong > 0) {
    const auto error = number(s, "largest_error");
    if (error) line += fmt::format(", largest error {:.3g}", *error);
    if (s.contains("largest_error") && s["largest_error"] == "inf") line += ", largest error inf";
  }
  std::printf("  verification   %s\n", line.c_str());
}

/// Older summaries do not have it.
std::string failed_by_reason(const Json& s) {
  const auto found = s.find("failed_by_reason");
  if (found == s.end() || !found->is_object()) return "";
  return engine::reasons_text(found->get<std::map<std::string, std::uint64_t>>());
}

/// What is not known, of a run that has not ended, is left out.
void print_search(const Json& s) {
  const auto evaluations = number(s, "evaluations"), failed = number(s, "failed");
  if (evaluations && failed)
    std::printf("  evaluations    %.0f, %.0f failed%s\n", *evaluations, *failed,
                failed_by_reason(s).c_str());
  if (s.contains("failures")) std::printf("%s", failures_text(s["failures"]).c_str());
  if (const std::string levels = engine::stored_levels(s); !levels.empty())
    std::printf("  levels         %s\n", levels.c_str());
  if (s.contains("archive") && s["archive"].is_object())
    std::printf("  archive        %s\n",
                engine::archive_text({s["archive"]["filled"].get<std::uint64_t>(),
                                      s["archive"]["cells"].get<std::uint64_t>()})
                    .c_str());
  if (s.contains("pruning_without_reports") && s["pruning_without_reports"] == true)
    std::printf("  pruning        %s\n", std::string(engine::kPruningWithoutReports).c_str());
  if (const auto pruned = number(s, "pruned"); pruned && *pruned > 0)
    std::printf("  pruning        %.0f evaluations were ended early\n", *pruned);
  print_hashing(s);
  print_verification(s);
  if (s.contains("irreproducible_because") && !s["irreproducible_because"].empty())
    std::printf(
        "  reproducible   no: %s\n",
        fmt::format("{}",
                    fmt::join(s["irreproducible_because"].get<std::vector<std::string>>(), "; "))
            .c_str());
  for (const char* key : {"result_digest", "trajectory_digest"})
    if (s.contains(key) && s[key].is_string())
      std::printf("  %-18s %s\n", key, s[key].get<std::string>().c_str());
}

/// What the evaluator said of the data when the run began; none when it cannot be read.
std::vector<std::string> notes_of(const engine::StoreReader& reader, const engine::RunInfo& info) {
  const auto events = reader.events(info.id);
  for (const engine::EventRow& event : events ? *events : std::vector<engine::EventRow>())
    if (event.kind == "started") return engine::notes_of(event.detail);
  return {};
}

/// Those that are tried several times are told as often.
std::string candidates_text(const engine::RunInfo& info, const Json& summary) {
  const auto found = summary.find("candidates");
  if (found == summary.end() || !found->is_number()) return fmt::format("{}", info.state.told);
  const auto candidates = found->get<std::uint64_t>();
  const std::string times =
      info.state.told > candidates ? fmt::format(", {} outcomes", info.state.told) : "";
  return fmt::format("{}{}", candidates, times);
}

void print_text(const engine::RunInfo& info, const Json& summary, const Json& front,
                const std::vector<std::string>& notes, const std::filesystem::path& store) {
  std::printf("run %lld \"%s\"  %s", static_cast<long long>(info.id), info.head.name.c_str(),
              status_of(info).c_str());
  if (!info.state.stopped_by.empty())
    std::printf(" (stopped by %s)", info.state.stopped_by.c_str());
  std::printf("%s", fork_text(info).c_str());
  std::printf("\n  started        %s, %.2f s of search\n", info.created.c_str(),
              info.state.seconds);
  std::printf("  evaluator      %s %s, representation %s, seed %llu\n", info.head.evaluator.c_str(),
              info.head.evaluator_version.c_str(), info.head.representation.c_str(),
              static_cast<unsigned long long>(info.head.seed));
  std::printf("  engine         %s, %s\n", info.head.engine_version.c_str(),
              info.head.kernel.c_str());
  for (const std::string& note : notes) std::printf("  data           %s\n", note.c_str());
  std::printf("  candidates     %s\n", candidates_text(info, summary).c_str());
  if (summary.contains("algorithm") && summary["algorithm"].is_string())
    std::printf("  algorithm      %s\n", summary["algorithm"].get<std::string>().c_str());
  print_search(summary);
  const std::string objective = summary.value("objective", "");
  const bool found = summary.contains("best") && summary["best"].is_object();
  if (found)
    print_contender(fmt::format("found (birth {})", summary["best"]["birth"].get<std::uint64_t>()),
                    summary["best"], objective);
  if (summary.contains("references"))
    for (const auto& [name, reference] : summary["references"].items())
      print_contender(name, reference, objective);
  if (found) {
    const Json& best = summary["best"];
    print_verdict(summary);
    // Some genomes are lines, some are one without its end.
    const auto text = best["text"].get<std::string>();
    std::printf("\n%s%s", text.c_str(), text.ends_with('\n') ? "" : "\n");
  }
  const std::string run = std::to_string(info.id);
  const bool applies = summary.value("offers_apply", true);
  std::printf("%s", front_text(front, next_command("export", run, store),
                               applies ? next_command("apply", run, store) : "")
                        .c_str());
}

Json with_parent(Json summary, const engine::RunInfo& info) {
  if (info.head.origin.parent != 0) summary["forked_from"] = info.head.origin.parent;
  return summary;
}

}  // namespace

std::string fork_text(const engine::RunInfo& info) {
  const engine::RunId parent = info.head.origin.parent;
  return parent == 0 ? "" : fmt::format(" (forked from run {})", parent);
}

std::string summary_json_of(const engine::StoreReader& reader, const engine::RunInfo& info) {
  return with_parent(summary_so_far(&reader, info), info).dump();
}

std::string next_for(const engine::RunInfo& info, const std::filesystem::path& store) {
  const std::string run = std::to_string(info.id);
  if (info.locked && info.state.status == engine::RunStatus::kPaused)
    return next_command("pause", run, store) + " --continue";
  if (info.locked) return next_command("stop", run, store);
  if (info.state.status != engine::RunStatus::kFinished) return next_command("resume", run, store);
  const Json summary = summary_so_far(nullptr, info);
  // Older summaries do not say; then the evaluator does, when asked.
  const bool applies = summary["best"].is_object() && summary.value("offers_apply", true);
  return applies ? next_command("apply", run, store) + " --out result"
                 : next_command("export", run, store) + " --out candidates.csv";
}

int print_run(const CommonOptions& common, const engine::StoreReader& reader,
              const engine::RunInfo& info, const std::filesystem::path& store, bool all_logs) {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  Json summary = with_parent(summary_so_far(&reader, info), info);
  // As of now, and not of the run's end: each look at the same test rows counts.
  if (summary.contains("test_openings") && summary["test_openings"].is_number())
    if (auto count = reader.test_openings({info.head.data, info.head.context}); count && *count)
      summary["test_openings"] = **count;
  const auto front = front_json(reader, info);
  if (!front) return fail(kStoreTrouble, front.error().message);
  if (!front->is_null()) summary["front"] = *front;
  const auto failures =
      failures_json(reader, info.id, all_logs ? kAll : 1, all_logs ? kAll : kLinesOfLog);
  if (!failures) return fail(kStoreTrouble, failures.error().message);
  if (!failures->empty()) summary["failures"] = *failures;
  if (common.json)
    std::printf("%s\n", summary.dump().c_str());
  else
    print_text(info, summary, *front, notes_of(reader, info), store);
  say_next(common, next_for(info, store));
  return kFinished;
}

}  // namespace equivolve::cli
