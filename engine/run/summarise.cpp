#include "engine/run/summarise.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/plugins/protocol/messages.hpp"
#include "engine/run/speed_up.hpp"
#include "engine/run/worth.hpp"

namespace equivolve::engine {
namespace {

Figures named(const std::vector<NamedFigure>& figures, const std::vector<double>& values) {
  Figures out;
  for (std::size_t i = 0; i < figures.size() && i < values.size(); ++i)
    if (std::isfinite(values[i])) out.emplace(figures[i].name, values[i]);
  return out;
}

/// Mean of each figure over the repeats that have it.
Figures confirmed(const std::vector<NamedFigure>& figures, const Contender& c) {
  Figures out;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    std::vector<double> values;
    for (const auto& repeat : c.repeats)
      if (i < repeat.size() && std::isfinite(repeat[i])) values.push_back(repeat[i]);
    if (!values.empty()) out.emplace(figures[i].name, t_interval(values).mean);
  }
  return out;
}

/// Of the objective over the repeats that ended well; nothing without one.
std::optional<Interval> confirmed_interval(std::size_t objective, const Contender& c) {
  std::vector<double> values;
  for (const auto& repeat : c.repeats)
    if (objective < repeat.size() && std::isfinite(repeat[objective]))
      values.push_back(repeat[objective]);
  if (values.empty()) return std::nullopt;
  return t_interval(values);
}

/// Of the objective over the test rows, where it is their mean; an error's square root, say, is
/// not.
std::optional<Interval> test_interval(std::size_t objective, const Contender& c,
                                      std::uint64_t seed) {
  if (c.test_items.empty() || objective >= c.test.size()) return std::nullopt;
  const Interval interval = bootstrap_interval(c.test_items, seed);
  const double value = c.test[objective];
  if (!(std::abs(interval.mean - value) <= 1e-9 * std::max(1.0, std::abs(value))))
    return std::nullopt;
  return interval;
}

BestSummary best_of(const Preparation& prepared, const Leader& leader) {
  BestSummary best;
  best.birth = leader.birth;
  best.digest = leader.has_digest ? hashing::to_hex(leader.digest) : "";
  best.text = search::genome_text(leader.genome->flat, *prepared.space);
  best.validation = named(prepared.evaluator->info().figures, leader.figures);
  return best;
}

Figures missed_constraints(const std::vector<NamedFigure>& figures, const BestSummary& best) {
  const Figures& known = best.confirmed.empty() ? best.validation : best.confirmed;
  Figures missed;
  for (const NamedFigure& figure : figures)
    if (const auto found = known.find(figure.name); figure.role == Role::kConstraint &&
                                                    found != known.end() &&
                                                    violation_of(figure, found->second) > 0)
      missed.insert(*found);
  return missed;
}

std::vector<LevelSummary> levels_of(const std::vector<LevelInfo>& levels,
                                    const std::vector<std::uint64_t>& evaluations_at) {
  const auto used = std::ranges::count_if(evaluations_at, [](std::uint64_t n) { return n > 0; });
  std::vector<LevelSummary> out;
  for (std::size_t i = 0; used > 1 && i < levels.size(); ++i)
    out.push_back({levels[i].name, i < evaluations_at.size() ? evaluations_at[i] : 0,
                   levels[i].relative_cost});
  return out;
}

void add_final(RunSummary& s, const Preparation& prepared, const FinalResult& final_result) {
  const std::vector<NamedFigure>& figures = prepared.evaluator->info().figures;
  const std::size_t objective = objective_position(figures);
  s.final_trials = final_result.trials;
  if (final_result.winner >= 0) {
    const Contender& winner = final_result.found[static_cast<std::size_t>(final_result.winner)];
    s.best = best_of(prepared, *winner.leader);
    s.best->confirmed = confirmed(figures, winner);
    s.best->test = named(figures, winner.test);
    s.best->confirmed_interval = confirmed_interval(objective, winner);
    s.best->test_interval = test_interval(objective, winner, s.seed);
    s.best->repeats = winner.repeats.size();
    s.best->failed_repeats = failed_repeats(winner);
    s.best->problem = winner.problem;
  }
  for (std::size_t i = 0; i < final_result.references.size(); ++i) {
    const Contender& c = final_result.references[i];
    ReferenceSummary r;
    r.name = c.name;
    r.validation = named(figures, c.validation);
    r.confirmed = confirmed(figures, c);
    r.test = named(figures, c.test);
    r.confirmed_interval = confirmed_interval(objective, c);
    r.test_interval = test_interval(objective, c, s.seed);
    r.repeats = c.repeats.size();
    r.failed_repeats = failed_repeats(c);
    r.problem = c.problem;
    const bool tried = !r.validation.empty() || !r.confirmed.empty() || !r.test.empty();
    if (!tried && r.problem.empty()) continue;  // the stage was stopped before its turn
    if (i < final_result.comparisons.size()) {
      const Comparison& comparison = final_result.comparisons[i];
      if (comparison.confirmed.count > 0) r.confirmed_difference = comparison.confirmed;
      if (comparison.test.count > 0) r.test_difference = comparison.test;
    }
    s.references.push_back(std::move(r));
  }
  if (final_result.best_reference >= 0)
    s.best_reference =
        final_result.references[static_cast<std::size_t>(final_result.best_reference)].name;
  if (s.best) s.best->missed_constraints = missed_constraints(figures, *s.best);
  // What may not be used improves on nothing.
  s.improved = final_result.improved && s.best && s.best->missed_constraints.empty();
}

void add_search(RunSummary& s, const SearchConfig& search, const search::Searcher& searcher) {
  s.algorithm = search.algorithm;
  s.algorithm_is_default = search.algorithm_is_default;
  if (const auto* niches = std::get_if<search::MapElites>(&searcher.algorithm()))
    s.archive = ArchiveSummary{niches->elites().size(), niches->cells()};
  s.pruning_without_reports =
      search.pruning != "off" && s.evaluations > 0 && !searcher.pruner().has_steps();
}

/// The break-even formula from means, and what the seconds say.
void add_speed_ups(RunSummary& s, hashing::Policy policy) {
  const auto told = static_cast<double>(s.cache_hits + s.evaluations);
  if (s.evaluations == 0 || !s.probe_seconds || policy == hashing::Policy::kOff) return;
  s.predicted_speed_up =
      hashing::predicted_speed_up(*s.probe_seconds / told, s.look_up_seconds / told,
                                  s.evaluation_seconds / static_cast<double>(s.evaluations),
                                  static_cast<double>(s.cache_hits) / told);
  const double price = *s.probe_seconds + s.look_up_seconds + s.verification_seconds;
  s.measured_speed_up = measured_speed_up(price, s.evaluation_seconds, s.seconds_saved);
}

/// Why the machine had a part in the result. `cut`: trials that it ended.
std::vector<std::string> irreproducible_causes(StopCause stopped_by, std::uint64_t cut,
                                               bool stopped_probing, bool probes_differ,
                                               bool deterministic) {
  std::vector<std::string> causes;
  if (stopped_by == StopCause::kTime) causes.push_back("ended by the clock (budget.time)");
  if (probes_differ)
    causes.push_back(
        "the evaluator's probe gave one candidate two digests; nothing was probed after that");
  else if (stopped_probing)
    causes.push_back("probing ended by the clock (hashing.policy: auto)");
  if (cut > 0)
    causes.push_back(fmt::format("{} outcome{} decided by a deadline or for memory", cut,
                                 cut == 1 ? " was" : "s were"));
  if (!deterministic) causes.push_back("the evaluator is not deterministic");
  return causes;
}

}  // namespace

RunSummary summarise(const Preparation& prepared, const Pipeline& pipeline,
                     const FinalResult& final_result, RunId run, double seconds) {
  const std::vector<NamedFigure>& figures = prepared.evaluator->info().figures;
  const PipelineTotals& totals = pipeline.totals();
  const hashing::Accounting accounting = pipeline.accounting();
  RunSummary s;
  s.run = run;
  s.name = prepared.config.name;
  s.seed = prepared.config.seed;
  s.stopped_by = stop_cause_name(pipeline.stopped_by());
  s.stopped_at = totals.told;
  s.candidates = totals.candidates;
  s.evaluations = totals.evaluations;
  s.cache_hits = totals.told - totals.evaluations;
  s.partial_hits = totals.partial_hits;
  s.classes = totals.classes;
  s.evictions = accounting.evictions;
  s.warm_hits = totals.warm_hits;
  s.forgotten = accounting.forgotten;
  s.evaluated_again = accounting.again;
  s.failed = totals.failed;
  for (const auto& [reason, count] : totals.failed_by)
    s.failed_by_reason.emplace(protocol::reason_name(reason), count);
  s.levels = levels_of(prepared.evaluator->info().levels, totals.evaluations_at);
  s.pruned = totals.pruned;
  add_search(s, prepared.config.search, pipeline.searcher());
  s.verified = totals.verified;
  s.wrong_hits = totals.wrong_hits;
  s.largest_error = totals.largest_error;
  s.seconds = seconds;
  s.probe_seconds = totals.probe_time.of_all(totals.probes);
  s.look_up_seconds = totals.look_up_seconds;
  s.evaluation_seconds = totals.evaluation_seconds;
  s.verification_seconds = totals.verification_seconds;
  s.seconds_saved = accounting.seconds_saved;
  add_speed_ups(s, prepared.config.hashing.policy);
  s.hashing_only_saves = !pipeline.probes_end() && hashing_only_saves(prepared.config);
  s.offers_probe = prepared.evaluator->descriptor().offers_probe;
  s.offers_apply = prepared.evaluator->descriptor().offers_apply;
  s.first_failure = totals.first_failure;
  s.irreproducible_because = irreproducible_causes(
      pipeline.stopped_by(), totals.cut_by_machine + final_result.cut_by_machine,
      pipeline.probes_end().has_value(), pipeline.probes_differ(),
      prepared.evaluator->descriptor().deterministic);
  s.result_digest = pipeline.digests().result_digest();
  s.trajectory_digest = pipeline.digests().trajectory_digest();
  if (!figures.empty()) s.objective = figures[objective_position(figures)].name;
  if (!pipeline.leaders().leaders().empty())
    s.best = best_of(prepared, pipeline.leaders().leaders().front());
  add_final(s, prepared, final_result);
  s.defect = pipeline.defect();
  return s;
}

}  // namespace equivolve::engine
