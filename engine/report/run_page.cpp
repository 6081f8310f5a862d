#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/config/space.hpp"
#include "engine/report/front.hpp"
#include "engine/report/html.hpp"
#include "engine/report/page.hpp"
#include "engine/report/page_parts.hpp"
#include "engine/report/stored_summary.hpp"
#include "engine/report/svg_chart.hpp"
#include "engine/run/summary.hpp"

namespace equivolve::engine {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostFrontRows = 50;

/// A figure of one stage, with its interval below where there is one.
std::string cell(const Json& contender, const char* stage, const char* interval,
                 const std::string& figure) {
  const Json figures = contender.value(stage, Json::object());
  if (!figures.contains(figure)) return "-";
  std::string out = figure_text(figures[figure].get<double>());
  if (const std::string failures = stored_failures(contender);
      !failures.empty() && std::string_view(stage) == "confirmed")
    return out + "<small>" + escaped(failures) + "</small>";
  const auto i = interval ? stored_interval(contender, interval) : std::nullopt;
  if (i && i->has_spread) out += interval_html(i->low, i->high);
  return out;
}

std::string difference(const Json& reference, const char* key) {
  const auto d = stored_interval(reference, key);
  if (!d) return "";
  const double scale = std::max({std::abs(d->mean), std::abs(d->low), std::abs(d->high)});
  std::string out = (d->mean > 0 ? "+" : "") + figure_text(d->mean, scale);
  if (d->has_spread) return out + interval_html(d->low, d->high);
  return out +
         (d->count < 2 ? "<small>one value: no interval</small>" : "<small>no spread</small>");
}

std::vector<std::string> row(const std::string& name, const Json& contender,
                             const std::string& objective) {
  return {escaped(name),
          cell(contender, "validation", nullptr, objective),
          cell(contender, "confirmed", "confirmed_interval", objective),
          cell(contender, "test", "test_interval", objective),
          difference(contender, "confirmed_difference"),
          difference(contender, "test_difference")};
}

std::string result(const Json& summary, std::optional<std::uint64_t> openings) {
  if (!summary.contains("best") || !summary["best"].is_object())
    return summary.empty() ? "<p>There is no result yet.</p>\n" : "<p>There is no result.</p>\n";
  const std::string objective = summary.value("objective", "");
  std::vector<std::vector<std::string>> rows;
  const Json& best = summary["best"];
  rows.push_back(
      row(fmt::format("found (birth {})", best["birth"].get<std::uint64_t>()), best, objective));
  for (const auto& [name, reference] : summary["references"].items())
    rows.push_back(row(name, reference, objective));
  std::string out;
  if (const std::string missed = stored_missed(best); !missed.empty())
    out += "<p class=\"verdict\">What was found " + escaped(missed) + "</p>\n";
  if (std::string verdict = stored_verdict(summary); !verdict.empty()) {
    verdict[0] = static_cast<char>(verdict[0] - 'a' + 'A');
    out += "<p class=\"verdict\">" + escaped(verdict) + "</p>\n";
  }
  out += table({escaped(objective), "search", "confirmed", "test", "found - this, confirmed",
                "found - this, test"},
               rows);
  out +=
      "<p class=\"soft\">Brackets are 95 % intervals: of confirmed figures over repeats with fresh "
      "seeds, of test figures over the rows of the test split. Figures of the search are those it "
      "chose by, and too good. In differences more is better.</p>\n";
  if (const std::string text = openings ? openings_text(*openings) : ""; !text.empty())
    out += "<p class=\"verdict\">" + escaped(text) + "</p>\n";
  return out;
}

std::string course(const RunInfo& run, const Curve& curve) {
  if (curve.empty()) return "<p>No candidate has been told yet.</p>\n";
  const std::string figure = told_figure(run);
  const CurvePoint& last = curve.back();
  return fmt::format(
             "<p>Best {} {} after {:.0f} candidates; {:.1f} % of them known; {:.3g} s of "
             "evaluation.</p>\n",
             escaped(figure), figure_text(last.best), last.candidates, 100 * last.known,
             last.seconds) +
         charts(
             figure,
             [&](Against against, Shown shown) {
               ChartSeries series;
               series.name = run.head.name;
               for (const CurvePoint& point : curve)
                 series.line.emplace_back(x_of(point, against), y_of(point, shown));
               return std::vector<ChartSeries>{std::move(series)};
             },
             reference_level(run));
}

/// Two objectives as a curve: the best of the first that each value of the second can have.
std::string front_chart(const std::vector<FigureRow>& objectives,
                        const std::vector<FrontCandidate>& front) {
  Chart chart;
  chart.title = objectives[0].name + ", and what it costs in " + objectives[1].name;
  chart.x_label = objectives[1].name;
  chart.steps = true;
  ChartSeries series;
  series.name = "front";
  for (const FrontCandidate& one : front)
    series.line.emplace_back(one.objectives[1], one.objectives[0]);
  std::sort(series.line.begin(), series.line.end());
  chart.series.push_back(std::move(series));
  return "<div>" + svg_of(chart) + "</div>\n";
}

/// The section of a run with several objectives; "" for one.
tl::expected<std::string, StoreError> front_section(const StoreReader& reader, const RunInfo& run) {
  const std::vector<FigureRow> objectives = objectives_of(run);
  if (objectives.size() < 2) return "";
  const auto front = read_front(reader, run);
  if (!front) return tl::unexpected(front.error());
  if (front->empty()) return section("Front", "<p>No candidate has been told yet.</p>\n");
  const auto space = space_of_resolved(run.head.config_resolved);
  std::vector<std::string> head = {"birth"};
  for (const FigureRow& objective : objectives) head.push_back(escaped(objective.name));
  head.push_back("genome");
  std::vector<std::vector<std::string>> rows;
  const std::vector<std::size_t> shown = evenly_spread(front->size(), kMostFrontRows);
  for (std::size_t at : shown) {
    const FrontCandidate& one = (*front)[at];
    const auto genome = reader.genome(run.id, one.birth);
    if (!genome) return tl::unexpected(genome.error());
    rows.push_back({std::to_string(one.birth)});
    for (double figure : one.objectives) rows.back().push_back(figure_text(figure));
    rows.back().push_back("<code>" + escaped(genome_text(genome->flat, space.get())) + "</code>");
  }
  std::string body = fmt::format(
      "<p>{} candidate{} that no other beats in every objective{}; figures are those of the "
      "search.</p>\n",
      front->size(), front->size() == 1 ? "" : "s",
      shown.size() < front->size() ? fmt::format(", {} of them shown", shown.size()) : "");
  if (objectives.size() == 2) body += front_chart(objectives, *front);
  return section("Front", body + table(head, rows));
}

std::string hashing_facts(const Json& s) {
  if (!s.contains("cache_hits") || !s["cache_hits"].is_number())
    return "<p>Known at the end of the run.</p>\n";
  const auto known = [&](const char* key) { return s.contains(key) && s[key].is_number(); };
  const auto number = [&](const char* key) { return known(key) ? s[key].get<double>() : 0.0; };
  const double told = number("cache_hits") + number("evaluations");
  std::vector<std::pair<std::string, std::string>> rows = {
      {"candidates", fmt::format("{:.0f}, {:.0f} evaluated, {:.0f} failed", number("candidates"),
                                 number("evaluations"), number("failed"))},
      {"classes of behaviour",
       fmt::format("{:.0f}, {:.0f} evicted", number("classes"), number("evictions"))},
      {"known already", fmt::format("{:.1f} % of the candidates",
                                    told > 0 ? 100 * number("cache_hits") / told : 0.0)},
      {"time", fmt::format("{:.2f} s of running; {}{:.2f} s in look-ups, {:.2f} s in evaluations",
                           number("seconds"),
                           known("probe_seconds")
                               ? fmt::format("{:.2f} s in probes, ", number("probe_seconds"))
                               : std::string(),
                           number("look_up_seconds"), number("evaluation_seconds"))},
      {"saved", fmt::format("{:.2f} s of evaluation", number("seconds_saved"))},
  };
  if (known("predicted_speed_up"))
    rows.emplace_back("speed-up",
                      fmt::format("{:.2f} predicted", number("predicted_speed_up")) +
                          (known("measured_speed_up")
                               ? fmt::format(", {:.2f} measured", number("measured_speed_up"))
                               : std::string()));
  const auto verified = static_cast<std::uint64_t>(number("verified"));
  if (verified > 0) {
    const auto wrong = static_cast<std::uint64_t>(number("wrong_hits"));
    rows.emplace_back("verification",
                      fmt::format("{} hits repeated, {} wrong (at most {:.3g} % with 95 % "
                                  "confidence)",
                                  verified, wrong, 100 * wilson_interval(wrong, verified).high) +
                          (wrong > 0 && known("largest_error")
                               ? fmt::format(", largest error {:.3g}", number("largest_error"))
                               : std::string()));
  }
  return facts(rows);
}

}  // namespace

tl::expected<std::string, StoreError> run_report(const StoreReader& reader, const RunInfo& run,
                                                 const std::filesystem::path& store) {
  auto curve = read_curve(reader, run);
  if (!curve) return tl::unexpected(curve.error());
  auto openings = reader.test_openings({run.head.data, run.head.context});
  if (!openings) return tl::unexpected(openings.error());
  const Json summary = summary_of(run);
  std::string body = fmt::format(
      "<header><h1>{}</h1><p class=\"soft\">run {} of Equivolve, {}{}; {} "
      "candidates</p></header>\n",
      escaped(run.head.name), run.id, run_status_name(run.state.status),
      run.state.stopped_by.empty() ? "" : " (stopped by " + escaped(run.state.stopped_by) + ")",
      run.state.told);
  const bool opened = summary.contains("test_openings") && summary["test_openings"].is_number();
  body += section("Result", result(summary, opened ? *openings : std::nullopt));
  body += section("Course of the search", course(run, *curve));
  auto front = front_section(reader, run);
  if (!front) return tl::unexpected(front.error());
  body += *front;
  if (summary.contains("best") && summary["best"].is_object())
    body += section("Best candidate", text_box(summary["best"].value("text", "")));
  body += section("Hashing", hashing_facts(summary));
  body += section("Configuration", text_box(run.head.config_as_written) +
                                       text_box(pretty(run.head.config_resolved),
                                                "as understood, with all defaults"));
  body += section("Where it comes from", provenance_of_run(run, store));
  return html_page(fmt::format("{} (run {})", run.head.name, run.id), body);
}

}  // namespace equivolve::engine
