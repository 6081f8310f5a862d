#include "engine/cli/partial_summary.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/config/space.hpp"
#include "engine/run/summary.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;
using nlohmann::literals::operator""_json_pointer;

/// Told figures are those that are no metrics, in the evaluator's order.
engine::Figures told_figures(const engine::RunHead& head, const std::vector<double>& told) {
  engine::Figures out;
  std::size_t position = 0;
  for (const engine::FigureRow& figure : head.figures) {
    if (figure.role >= engine::kMetricRole) continue;
    if (position < told.size() && std::isfinite(told[position]))
      out.emplace(figure.name, told[position]);
    ++position;
  }
  return out;
}

engine::BestSummary best_of(const engine::StoreReader& reader, const engine::RunInfo& info,
                            const engine::RunCounts& counts) {
  engine::BestSummary best;
  best.birth = counts.best->birth;
  if (counts.best_digest) best.digest = hashing::to_hex(*counts.best_digest);
  best.validation = told_figures(info.head, counts.best->told);
  const auto genome = reader.genome(info.id, best.birth);
  if (!genome) return best;
  best.text =
      engine::genome_text(genome->flat, engine::space_of_resolved(info.head.config_resolved).get());
  return best;
}

/// Of the configuration it was begun with; "" where that does not say.
std::string algorithm_of(const engine::RunHead& head) {
  const Json resolved = Json::parse(head.config_resolved, nullptr, false);
  const Json name = resolved.value("/search/algorithm"_json_pointer, Json());
  return name.is_string() ? name.get<std::string>() : "";
}

}  // namespace

Json partial_summary(const engine::StoreReader* reader, const engine::RunInfo& info) {
  engine::RunSummary known;
  known.run = info.id;
  known.name = info.head.name;
  known.seed = info.head.seed;
  known.stopped_by = info.state.stopped_by;
  known.seconds = info.state.seconds;
  known.objective = engine::objective_of(info.head);
  known.algorithm = algorithm_of(info.head);
  std::optional<engine::RunCounts> counts;
  if (reader)
    if (auto counted = reader->counts(info)) counts = std::move(*counted);
  if (counts) {
    known.stopped_at = counts->told;
    known.candidates = counts->candidates;
    known.evaluations = counts->evaluations;
    known.cache_hits = counts->cache_hits;
    known.classes = counts->classes;
    known.failed = counts->failed;
    known.verified = counts->verified;
    known.wrong_hits = counts->wrong_hits;
    if (counts->best) known.best = best_of(*reader, info, *counts);
  }
  Json summary = Json::parse(engine::to_json(known));
  for (const char* key :
       {"partial_hits", "evictions", "warm_hits", "forgotten", "evaluated_again", "largest_error",
        "final_trials", "look_up_seconds", "evaluation_seconds", "verification_seconds",
        "seconds_saved", "reproducible", "irreproducible_because", "result_digest",
        "trajectory_digest", "best_reference", "improved", "pruning_without_reports",
        "failed_by_reason"})
    summary[key] = nullptr;
  if (counts) return summary;
  for (const char* key : {"stopped_at", "candidates", "evaluations", "cache_hits", "classes",
                          "failed", "verified", "wrong_hits"})
    summary[key] = nullptr;
  return summary;
}

}  // namespace equivolve::cli
