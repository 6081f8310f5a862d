#include "engine/run/summary.hpp"

#include <array>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engine/run/speed_up.hpp"

namespace equivolve::engine {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Figures& figures) {
  Json out = Json::object();
  for (const auto& [name, value] : figures) out[name] = value;
  return out;
}

Json json_of(const Interval& i) {
  return Json{{"mean", i.mean},
              {"low", i.has_spread ? Json(i.low) : Json(nullptr)},
              {"high", i.has_spread ? Json(i.high) : Json(nullptr)},
              {"count", i.count}};
}

Json json_of(const ReferenceSummary& r) {
  Json out{{"validation", json_of(r.validation)},
           {"confirmed", json_of(r.confirmed)},
           {"test", json_of(r.test)}};
  if (r.confirmed_interval) out["confirmed_interval"] = json_of(*r.confirmed_interval);
  if (r.test_interval) out["test_interval"] = json_of(*r.test_interval);
  if (r.confirmed_difference) out["confirmed_difference"] = json_of(*r.confirmed_difference);
  if (r.test_difference) out["test_difference"] = json_of(*r.test_difference);
  out["repeats"] = r.repeats;
  out["failed_repeats"] = r.failed_repeats;
  if (!r.problem.empty()) out["problem"] = r.problem;
  return out;
}

Json json_of(const std::vector<LevelSummary>& levels) {
  Json out = Json::array();
  for (const LevelSummary& level : levels)
    out.push_back(Json{{"name", level.name},
                       {"evaluations", level.evaluations},
                       {"relative_cost", level.relative_cost}});
  return out;
}

Json json_of(const BestSummary& b) {
  Json out{{"birth", b.birth},
           {"digest", b.digest},
           {"text", b.text},
           {"validation", json_of(b.validation)},
           {"confirmed", json_of(b.confirmed)},
           {"test", json_of(b.test)}};
  if (b.confirmed_interval) out["confirmed_interval"] = json_of(*b.confirmed_interval);
  if (b.test_interval) out["test_interval"] = json_of(*b.test_interval);
  out["repeats"] = b.repeats;
  out["failed_repeats"] = b.failed_repeats;
  if (!b.missed_constraints.empty()) out["missed_constraints"] = json_of(b.missed_constraints);
  return out;
}

template <class T>
Json json_of(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string figure(const Figures& figures, const std::string& name) {
  auto found = figures.find(name);
  return found == figures.end() ? std::string("-") : fmt::format("{:.4f}", found->second);
}

/// A figure with its interval, where it has one. Over what failed repeats have left, an interval
/// would promise too much.
std::string cell(const Figures& figures, const std::string& name,
                 const std::optional<Interval>& interval, const std::string& failures = "") {
  std::string out = figure(figures, name);
  if (!failures.empty()) return out + failures;
  if (interval && interval->has_spread)
    out += fmt::format(" [{:.4f}, {:.4f}]", interval->low, interval->high);
  return out;
}

void add_row(std::string& out, const std::string& name, const std::string& search,
             const std::string& confirmed, const std::string& test) {
  out += fmt::format("    {:<28}{:>11}  {:<23}  {}\n", name, search, confirmed, test);
}

/// Rows of a figure that says more to a person than the objective's scale, where there is one.
void add_familiar(std::string& out, const RunSummary& s) {
  for (const char* name : {"r2", "rmse"}) {
    if (s.objective != "fitness" || !s.best->confirmed.contains(name)) continue;
    const auto row = [&](const std::string& who, const Figures& search, const Figures& confirmed,
                         const Figures& test) {
      add_row(out, who, figure(search, name), figure(confirmed, name), figure(test, name));
    };
    out += "\n";
    add_row(out, name, "search", "confirmed", "test");
    row("found", s.best->validation, s.best->confirmed, s.best->test);
    for (const ReferenceSummary& r : s.references) row(r.name, r.validation, r.confirmed, r.test);
    return;
  }
}

/// Why there is no best candidate.
std::string nothing_found_text(const RunSummary& s) {
  if (s.stopped_at > 0 || s.candidates > 0) return "no candidate had a finite fitness";
  if (s.stopped_by != "time") return "no trial had ended";
  return fmt::format(
      "no trial had ended when the time was up (budget.time); what was under way was given up "
      "after {:.1f} s of search",
      s.seconds);
}

void add_verdict(std::string& out, const RunSummary& s) {
  if (const std::string missed = missed_text(s.best->missed_constraints); !missed.empty())
    out += "  found " + missed + "\n";
  if (s.best->failed_repeats > 0)
    out += fmt::format("  found failed in {} of {} repeats with fresh seeds: {}\n",
                       s.best->failed_repeats, s.best->repeats, s.best->problem);
  for (const ReferenceSummary& r : s.references) {
    if (!r.problem.empty()) out += fmt::format("  {} had a failing trial: {}\n", r.name, r.problem);
    if (!r.confirmed_difference) continue;
    out += fmt::format("  found - {}, 95 % interval: confirmed {}", r.name,
                       difference_text(*r.confirmed_difference, "repeat"));
    if (r.test_difference)
      out += fmt::format(", test {}", difference_text(*r.test_difference, "row"));
    out += "\n";
  }
  for (const ReferenceSummary& r : s.references)
    if (r.name == s.best_reference)
      out +=
          "  " + verdict_text(s.improved, r.name, r.confirmed_difference, r.test_difference) + "\n";
}

void add_hashing(std::string& out, const RunSummary& s) {
  if (s.classes == 0) return;
  if (!s.offers_probe) {
    out += fmt::format(
        "  hashing        this evaluator offers no probe, so only equal genomes are known again: "
        "{:.1f} % of candidates\n",
        percent(s.cache_hits, s.cache_hits + s.evaluations));
    return;
  }
  out += fmt::format(
      "  hashing        {} classes, {:.1f} % of candidates known; {:.2f} s of evaluation saved",
      s.classes, percent(s.cache_hits, s.cache_hits + s.evaluations), s.seconds_saved);
  if (s.predicted_speed_up)
    out += fmt::format(", predicted speed-up {:.2f}x", *s.predicted_speed_up);
  if (s.measured_speed_up) out += fmt::format(", measured {:.2f}x", *s.measured_speed_up);
  if (s.warm_hits > 0) out += fmt::format("; {} known from earlier runs", s.warm_hits);
  out += "\n";
  if (s.measured_speed_up && *s.measured_speed_up < 1 && s.hashing_only_saves)
    out += "  advice         " + slow_hashing_advice(*s.measured_speed_up) + "\n";
  if (s.verified > 0) {
    const Interval rate = wilson_interval(s.wrong_hits, s.verified);
    out += fmt::format(
        "  verification   {} hits repeated, {} wrong (at most {:.3g} % with 95 % confidence)",
        s.verified, s.wrong_hits, 100 * rate.high);
    if (s.wrong_hits > 0) out += fmt::format(", largest error {:.3g}", s.largest_error);
    out += "\n";
  }
}

}  // namespace

std::string difference_text(const Interval& i, std::string_view of) {
  if (i.has_spread) return fmt::format("{:+.4f} [{:+.4f}, {:+.4f}]", i.mean, i.low, i.high);
  if (i.count < 2) return fmt::format("{:+.4f} (one {}: no interval)", i.mean, of);
  return fmt::format("{:+.4f} (no spread over {} {}s)", i.mean, i.count, of);
}

std::string verdict_text(bool improved, const std::string& reference,
                         const std::optional<Interval>& confirmed,
                         const std::optional<Interval>& test) {
  const bool ahead = confirmed && confirmed->mean > 0;
  const bool interval = (confirmed && confirmed->has_spread) || (test && test->has_spread);
  return fmt::format(
      "{} over the best reference, {}{}", improved ? "improvement" : "no improvement found",
      reference, !improved && ahead && !interval ? ": without an interval none is claimed" : "");
}

std::string levels_text(const std::vector<LevelSummary>& levels) {
  if (levels.size() < 2) return "";
  std::string out;
  double work = 0;
  for (const LevelSummary& level : levels) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", level.name, level.evaluations);
    work += static_cast<double>(level.evaluations) * level.relative_cost;
  }
  work /= levels.back().relative_cost;
  return fmt::format("{} evaluations; as much work as {:.1f} of {}", out, work, levels.back().name);
}

std::string reasons_text(const std::map<std::string, std::uint64_t>& failed_by_reason) {
  std::string out;
  for (const auto& [reason, count] : failed_by_reason)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", reason, count);
  return out.empty() ? out : " (" + out + ")";
}

std::string archive_text(const ArchiveSummary& archive) {
  return fmt::format("{} of {} niche{} filled ({:.1f} %)", archive.filled, archive.cells,
                     archive.cells == 1 ? "" : "s", percent(archive.filled, archive.cells));
}

std::string missed_text(const Figures& missed_constraints) {
  if (missed_constraints.empty()) return "";
  std::string out;
  for (const auto& [name, value] : missed_constraints)
    out += fmt::format("{} {} is {:.4f}", out.empty() ? "" : ",", name, value);
  return fmt::format("misses {}:{}",
                     missed_constraints.size() == 1 ? "a constraint" : "constraints", out);
}

std::string failures_text(std::uint64_t failed, std::uint64_t repeats) {
  if (failed == 0) return "";
  return fmt::format(" ({} of {} repeats ended well)", repeats - failed, repeats);
}

std::string openings_text(std::uint64_t openings) {
  if (openings < 2) return "";
  return fmt::format("test split opened {} times in this store: expect optimism", openings);
}

std::string run_status_name(RunStatus status) {
  constexpr std::array<const char*, 5> names = {"running", "paused", "stopped", "finished",
                                                "failed"};
  return names[static_cast<std::size_t>(status)];
}

Interval wilson_interval(std::uint64_t part, std::uint64_t whole) {
  Interval out;
  out.count = whole;
  if (whole == 0) return out;
  constexpr double z = 1.959963984540054;
  const auto n = static_cast<double>(whole);
  const double p = static_cast<double>(part) / n;
  const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  out.mean = p;
  out.low = std::max(0.0, centre - half);
  out.high = std::min(1.0, centre + half);
  out.has_spread = true;
  return out;
}

std::string to_json(const RunSummary& s) {
  Json out{{"run", s.run},
           {"name", s.name},
           {"seed", s.seed},
           {"status", run_status_name(s.status)},
           {"stopped_by", s.stopped_by},
           {"stopped_at", s.stopped_at},
           {"algorithm", s.algorithm.empty() ? Json(nullptr) : Json(s.algorithm)},
           {"candidates", s.candidates},
           {"evaluations", s.evaluations},
           {"cache_hits", s.cache_hits},
           {"partial_hits", s.partial_hits},
           {"classes", s.classes},
           {"evictions", s.evictions},
           {"warm_hits", s.warm_hits},
           {"forgotten", s.forgotten},
           {"evaluated_again", s.evaluated_again},
           {"failed", s.failed},
           {"failed_by_reason", Json(s.failed_by_reason)},
           {"levels", json_of(s.levels)},
           {"pruned", s.pruned},
           {"pruning_without_reports", s.pruning_without_reports},
           {"archive", s.archive ? Json{{"filled", s.archive->filled}, {"cells", s.archive->cells}}
                                 : Json(nullptr)},
           {"verified", s.verified},
           {"wrong_hits", s.wrong_hits},
           {"largest_error", std::isfinite(s.largest_error) ? Json(s.largest_error) : Json("inf")},
           {"final_trials", s.final_trials},
           {"seconds", s.seconds},
           {"probe_seconds", json_of(s.probe_seconds)},
           {"look_up_seconds", s.look_up_seconds},
           {"evaluation_seconds", s.evaluation_seconds},
           {"verification_seconds", s.verification_seconds},
           {"seconds_saved", s.seconds_saved},
           {"predicted_speed_up", json_of(s.predicted_speed_up)},
           {"measured_speed_up", json_of(s.measured_speed_up)},
           {"reproducible", s.irreproducible_because.empty()},
           {"irreproducible_because", s.irreproducible_because},
           {"offers_apply", s.offers_apply},
           {"result_digest", s.result_digest},
           {"trajectory_digest", s.trajectory_digest},
           {"objective", s.objective},
           {"best", s.best ? json_of(*s.best) : Json(nullptr)},
           {"best_reference", s.best_reference},
           {"improved", s.improved}};
  out["test_openings"] = json_of(s.test_openings);
  out["references"] = Json::object();
  for (const ReferenceSummary& r : s.references) out["references"][r.name] = json_of(r);
  return out.dump();
}

std::string to_text(const RunSummary& s) {
  std::string out = fmt::format("run {} \"{}\" {}", s.run, s.name, run_status_name(s.status));
  if (!s.stopped_by.empty())
    out += fmt::format(" (stopped by {} after {} candidates)", s.stopped_by, s.candidates);
  if (!s.algorithm.empty())
    out += fmt::format("\n  algorithm      {}{}", s.algorithm,
                       s.algorithm_is_default ? ", by default (search.algorithm: auto)" : "");
  out += fmt::format("\n  search         {} candidates, {} evaluated, {} failed{}, {:.2f} s\n",
                     s.candidates, s.evaluations, s.failed, reasons_text(s.failed_by_reason),
                     s.seconds);
  if (s.failed > 0 && !s.first_failure.empty() && s.stopped_by != "failures")
    out += fmt::format("  first failure  {}\n", s.first_failure);
  if (const std::string levels = levels_text(s.levels); !levels.empty())
    out += "  levels         " + levels + "\n";
  if (s.archive) out += "  archive        " + archive_text(*s.archive) + "\n";
  if (s.pruning_without_reports)
    out += fmt::format("  pruning        {}\n", kPruningWithoutReports);
  if (s.pruned > 0)
    out += fmt::format("  pruning        {} of {} evaluations were ended early\n", s.pruned,
                       s.evaluations);
  add_hashing(out, s);
  if (!s.irreproducible_because.empty())
    out += fmt::format("  reproducible   no: {}\n", fmt::join(s.irreproducible_because, "; "));
  if (!s.best) out += "  nothing was found: " + nothing_found_text(s) + "\n";
  if (!s.best && s.references.empty()) return out;
  out += "\n";
  add_row(out, s.objective, "search", "confirmed", "test");
  if (s.best)
    add_row(out, fmt::format("found (birth {})", s.best->birth),
            figure(s.best->validation, s.objective),
            cell(s.best->confirmed, s.objective, s.best->confirmed_interval,
                 failures_text(s.best->failed_repeats, s.best->repeats)),
            cell(s.best->test, s.objective, s.best->test_interval));
  for (const ReferenceSummary& r : s.references)
    add_row(out, r.name, figure(r.validation, s.objective),
            cell(r.confirmed, s.objective, r.confirmed_interval,
                 failures_text(r.failed_repeats, r.repeats)),
            cell(r.test, s.objective, r.test_interval));
  if (!s.best) return out;
  add_familiar(out, s);
  out +=
      "    The winner is chosen by its confirmed figure (fresh seeds), and only then is it "
      "tested.\n\n";
  add_verdict(out, s);
  if (s.test_openings && *s.test_openings > 1) out += "  " + openings_text(*s.test_openings) + "\n";
  return out;
}

}  // namespace equivolve::engine
