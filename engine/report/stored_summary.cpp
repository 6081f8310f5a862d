#include "engine/report/stored_summary.hpp"

#include <nlohmann/json.hpp>

#include "engine/run/summary.hpp"

namespace equivolve::engine {

nlohmann::ordered_json summary_of(const RunInfo& run) {
  auto summary = nlohmann::ordered_json::parse(run.state.summary_json, nullptr, false);
  return summary.is_object() ? summary : nlohmann::ordered_json::object();
}

std::optional<Interval> stored_interval(const nlohmann::ordered_json& contender, const char* key) {
  if (!contender.contains(key)) return std::nullopt;
  const auto& stored = contender[key];
  Interval out;
  out.mean = out.low = out.high = stored.value("mean", 0.0);
  out.count = stored.value("count", std::size_t{0});
  // Null without spread; earlier versions gave the mean.
  if (!stored.contains("low") || !stored["low"].is_number()) return out;
  out.low = stored["low"].get<double>();
  out.high = stored.value("high", out.low);
  out.has_spread = out.low < out.high;
  return out;
}

std::string stored_failures(const nlohmann::ordered_json& contender) {
  return failures_text(contender.value("failed_repeats", std::uint64_t{0}),
                       contender.value("repeats", std::uint64_t{0}));
}

std::string stored_levels(const nlohmann::ordered_json& summary) {
  std::vector<LevelSummary> levels;
  for (const auto& level : summary.value("levels", nlohmann::ordered_json::array()))
    levels.push_back({level["name"].get<std::string>(), level["evaluations"].get<std::uint64_t>(),
                      level["relative_cost"].get<double>()});
  return levels_text(levels);
}

std::string stored_missed(const nlohmann::ordered_json& best) {
  if (!best.is_object() || !best.contains("missed_constraints")) return "";
  return missed_text(best["missed_constraints"].get<Figures>());
}

std::string stored_verdict(const nlohmann::ordered_json& summary) {
  // Null before the run's end.
  if (!summary.contains("best_reference") || !summary["best_reference"].is_string()) return "";
  const auto rival = summary["best_reference"].get<std::string>();
  if (rival.empty()) return "";
  const auto references = summary.value("references", nlohmann::ordered_json::object());
  const auto reference = references.value(rival, nlohmann::ordered_json::object());
  return verdict_text(summary.value("improved", false), rival,
                      stored_interval(reference, "confirmed_difference"),
                      stored_interval(reference, "test_difference"));
}

}  // namespace equivolve::engine
