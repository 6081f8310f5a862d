#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/report/compare.hpp"
#include "engine/report/html.hpp"
#include "engine/report/page.hpp"
#include "engine/report/page_parts.hpp"
#include "engine/report/stored_summary.hpp"
#include "engine/run/summary.hpp"

namespace equivolve::engine {
namespace {

using Json = nlohmann::ordered_json;

std::string named(std::size_t i, const std::string& label) {
  return fmt::format("<span class=\"key s{}\"></span>{}: {}", i % 8, side_letter(i),
                     escaped(label));
}

std::string sides_table(const ComparedFigures& c) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < c.sides.size(); ++i)
    for (const SideFigures::OnData& f : c.sides[i].figures)
      rows.push_back({named(i, c.sides[i].label), std::to_string(f.count),
                      figure_text(f.quartiles.median), figure_text(f.quartiles.low),
                      figure_text(f.quartiles.high), figure_text(f.mean)});
  return table({escaped(c.figure + ", " + stage_name(c.stage)), c.of_repeats ? "repeats" : "runs",
                "median", "quartile 1", "quartile 3", "mean"},
               rows);
}

std::string pairs_table(const ComparedFigures& c) {
  std::vector<std::vector<std::string>> rows;
  for (const PairFigures& p : c.pairs) {
    const Interval& d = p.difference;
    std::string difference =
        figure_text(d.mean, std::max({std::abs(d.mean), std::abs(d.low), std::abs(d.high)}));
    if (d.has_spread) difference += interval_html(d.low, d.high);
    std::string improvement = fmt::format("{:.3f}", p.improvement.probability);
    if (p.improvement.has_interval)
      improvement +=
          fmt::format("<small>[{:.3f}, {:.3f}]</small>", p.improvement.low, p.improvement.high);
    rows.push_back({side_letter(p.a) + " - " + side_letter(p.b), difference,
                    p.paired ? fmt::format("{} pairs", p.difference.count) : "not paired",
                    improvement});
  }
  return table({"", "difference", "", "P(first is better)"}, rows);
}

std::string settings_table(const ComparedFigures& c) {
  if (c.settings.empty()) return "";
  std::vector<std::string> head = {"settings that differ"};
  for (std::size_t i = 0; i < c.sides.size(); ++i) head.push_back(side_letter(i));
  std::vector<std::vector<std::string>> rows;
  for (const SettingDifference& d : c.settings) {
    rows.push_back({escaped(d.key)});
    for (const std::string& value : d.values) rows.back().push_back(escaped(value));
  }
  return table(head, rows);
}

std::string comparison(const StoreReader& reader, const std::vector<Side>& sides) {
  std::string out;
  for (const Stage stage : {Stage::kConfirmed, Stage::kTest}) {
    const auto compared = compare(reader, sides, "", stage);
    if (!compared) {
      if (stage == Stage::kConfirmed) out += "<p>" + escaped(compared.error()) + "</p>\n";
      continue;
    }
    out += sides_table(*compared) + pairs_table(*compared);
    if (stage == Stage::kConfirmed) {
      out += settings_table(*compared);
      for (const std::string& note : compared->notes)
        out += "<p class=\"soft\">" + escaped(note) + "</p>\n";
      out += fmt::format("<p class=\"soft\">{} is better. Brackets are 95 % intervals.</p>\n",
                         compared->minimize ? "Less" : "More");
    }
  }
  return out;
}

/// Of a group without varied settings: its one side.
std::string spread(const Side& side) {
  std::map<std::string, std::vector<double>> values;
  std::string objective;
  for (const RunInfo& run : side.runs) {
    const Json summary = summary_of(run);
    objective = summary.value("objective", "");
    for (const char* stage : {"validation", "confirmed", "test"}) {
      const Json figures = summary["best"].value(stage, Json::object());
      if (figures.contains(objective)) values[stage].push_back(figures[objective].get<double>());
    }
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& [stage, word] :
       {std::pair("validation", "search"), std::pair("confirmed", "confirmed"),
        std::pair("test", "test")}) {
    if (values[stage].empty()) continue;
    const Quartiles q = quartiles(values[stage]);
    rows.push_back({word, std::to_string(values[stage].size()), figure_text(q.median),
                    figure_text(q.low), figure_text(q.high),
                    figure_text(t_interval(values[stage]).mean)});
  }
  return table({escaped(objective), "runs", "median", "quartile 1", "quartile 3", "mean"}, rows);
}

/// What a contender reached in the runs of a side, stage by stage.
using StageValues = std::map<std::string, std::vector<double>>;

std::vector<std::string> median_row(const std::string& name, const StageValues& values) {
  std::vector<std::string> row = {name};
  for (const char* stage : {"validation", "confirmed", "test"}) {
    const auto found = values.find(stage);
    row.push_back(found == values.end() ? "-" : figure_text(quartiles(found->second).median));
  }
  std::size_t runs = 0;
  for (const auto& [stage, of_stage] : values) runs = std::max(runs, of_stage.size());
  row.insert(row.begin() + 1, std::to_string(runs));
  return row;
}

/// What each side found beside its references: medians over its runs, on each data set.
std::string rivals_table(const std::vector<Side>& sides) {
  std::string objective;
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    struct Rivals {
      StageValues found;
      std::map<std::string, StageValues> references;
    };
    std::map<hashing::Digest, Rivals> on_data;
    const auto add = [&](StageValues& values, const Json& contender) {
      for (const char* stage : {"validation", "confirmed", "test"})
        if (const Json figures = contender.value(stage, Json::object());
            figures.contains(objective) && figures[objective].is_number())
          values[stage].push_back(figures[objective].get<double>());
    };
    for (const RunInfo& run : sides[i].runs) {
      const Json summary = summary_of(run);
      objective = summary.value("objective", "");
      Rivals& rivals = on_data[run.head.data];
      add(rivals.found, summary["best"]);
      const Json references = summary.value("references", Json::object());
      for (const auto& [name, reference] : references.items())
        add(rivals.references[name], reference);
    }
    for (const auto& [data, rivals] : on_data) {
      const std::string of_data =
          on_data.size() > 1 ? ", data " + hashing::to_hex(data).substr(0, 8) : "";
      rows.push_back(median_row(named(i, sides[i].label) + ": found" + of_data, rivals.found));
      for (const auto& [name, values] : rivals.references)
        rows.push_back(median_row(escaped(name) + of_data, values));
    }
  }
  return table({escaped(objective) + ", medians", "runs", "search", "confirmed", "test"}, rows);
}

/// What hashing did in the runs of each side, and in all of them: sums.
std::string hashing_table(const std::vector<Side>& sides) {
  using Sums = std::map<std::string, double>;
  const auto row_of = [](const std::string& name, Sums sums) {
    std::vector<std::string> row = {name};
    for (const char* key : {"candidates", "evaluations", "failed", "classes", "cache_hits"})
      row.push_back(fmt::format("{:.0f}", sums[key]));
    const double told = sums["cache_hits"] + sums["evaluations"];
    row.push_back(fmt::format("{:.1f} %", told > 0 ? 100 * sums["cache_hits"] / told : 0.0));
    row.push_back(fmt::format("{:.0f} of {:.0f}", sums["wrong_hits"], sums["verified"]));
    row.push_back(fmt::format("{:.2f} s", sums["evaluation_seconds"]));
    row.push_back(fmt::format("{:.2f} s", sums["seconds_saved"]));
    return row;
  };
  std::vector<std::vector<std::string>> rows;
  Sums all;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    Sums sums;
    for (const RunInfo& run : sides[i].runs) {
      const Json summary = summary_of(run);
      for (const auto& [key, value] : summary.items())
        if (value.is_number()) sums[key] += value.get<double>();
    }
    for (const auto& [key, value] : sums) all[key] += value;
    rows.push_back(row_of(named(i, sides[i].label), sums));
  }
  if (sides.size() > 1) rows.push_back(row_of("all", all));
  return table({"", "candidates", "evaluated", "failed", "classes", "known already", "share known",
                "wrong of repeated hits", "evaluating", "saved"},
               rows) +
         "<p class=\"soft\">Sums over the runs of each setting that have a result.</p>\n";
}

std::string runs_table(const std::vector<Side>& sides) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    for (const RunInfo& run : sides[i].runs) {
      const Json summary = summary_of(run);
      const std::string objective = summary.value("objective", "");
      std::vector<std::string> row = {named(i, fmt::format("run {} ({})", run.id, run.head.name)),
                                      std::to_string(run.head.seed)};
      for (const char* stage : {"validation", "confirmed", "test"}) {
        const Json figures = summary["best"].value(stage, Json::object());
        row.push_back(figures.contains(objective) ? figure_text(figures[objective].get<double>())
                                                  : "-");
        if (std::string_view(stage) == "confirmed")
          row.back() += escaped(stored_failures(summary["best"]));
      }
      const double known = summary.value("cache_hits", 0.0),
                   told = summary.value("candidates", 0.0);
      row.push_back(fmt::format("{:.1f} %", told > 0 ? 100 * known / told : 0.0));
      row.push_back(summary.value("improved", false) ? "yes" : "no");
      rows.push_back(std::move(row));
    }
  }
  return table({"", "seed", "search", "confirmed", "test", "known", "beats references"}, rows);
}

/// How often the test split of the runs' data was looked at, one line a data set.
tl::expected<std::string, StoreError> openings(const StoreReader& reader,
                                               const std::vector<Side>& sides) {
  std::map<std::string, std::uint64_t> counts;
  for (const Side& side : sides) {
    for (const RunInfo& run : side.runs) {
      auto count = reader.test_openings({run.head.data, run.head.context});
      if (!count) return tl::unexpected(count.error());
      if (*count) counts[hashing::to_hex(run.head.data)] = **count;
    }
  }
  std::string out;
  for (const auto& [data, count] : counts)
    if (const std::string text = openings_text(count); !text.empty())
      out += "<p class=\"verdict\">" + escaped(text) + "</p>\n";
  return out;
}

/// Of the first run; none where the runs do not have one and the same data.
std::vector<std::pair<std::string, double>> one_level(const std::vector<Side>& sides) {
  const RunInfo* first = nullptr;
  for (const Side& side : sides) {
    for (const RunInfo& run : side.runs) {
      if (first && run.head.data != first->head.data) return {};
      if (!first) first = &run;
    }
  }
  return first ? reference_level(*first) : std::vector<std::pair<std::string, double>>();
}

tl::expected<std::string, StoreError> course(const StoreReader& reader,
                                             const std::vector<Side>& sides) {
  std::vector<std::vector<Curve>> curves;
  std::string figure;
  for (const Side& side : sides) {
    curves.emplace_back();
    for (const RunInfo& run : side.runs) {
      figure = told_figure(run);
      auto curve = read_curve(reader, run);
      if (!curve) return tl::unexpected(curve.error());
      curves.back().push_back(std::move(*curve));
    }
  }
  std::string legend = "<p>";
  for (std::size_t i = 0; i < sides.size(); ++i)
    legend += (i == 0 ? "" : " &#160; ") + named(i, sides[i].label);
  legend +=
      "</p>\n<p class=\"soft\">Medians over the runs of each setting, from where all of them have "
      "a value; bands from quartile to "
      "quartile.</p>\n";
  return legend + charts(
                      figure,
                      [&](Against against, Shown shown) {
                        std::vector<ChartSeries> all;
                        for (std::size_t i = 0; i < sides.size(); ++i) {
                          ChartSeries series;
                          series.name = sides[i].label;
                          for (const BandPoint& point : band_of(curves[i], against, shown)) {
                            series.line.emplace_back(point.x, point.y.median);
                            if (curves[i].size() > 1)
                              series.band.push_back({point.x, point.y.low, point.y.high});
                          }
                          all.push_back(std::move(series));
                        }
                        return all;
                      },
                      one_level(sides));
}

/// The program of the run with the best confirmed figure of each side.
std::string best_candidates(const std::vector<Side>& sides) {
  std::string out;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const RunInfo* best = nullptr;
    double value = 0, shown = 0;
    for (const RunInfo& run : sides[i].runs) {
      const Json summary = summary_of(run);
      const std::string objective = summary.value("objective", "");
      const Json figures = summary["best"].value("confirmed", Json::object());
      if (!figures.contains(objective)) continue;
      bool minimize = false;
      for (const FigureRow& figure : run.head.figures)
        if (figure.name == objective) minimize = figure.minimize;
      const double figure = figures[objective].get<double>();
      const double score = minimize ? -figure : figure;
      if (best && score <= value) continue;
      best = &run;
      value = score;
      shown = figure;
    }
    if (best)
      out += text_box(summary_of(*best)["best"].value("text", ""),
                      fmt::format("{}: {}, run {}, confirmed {}", side_letter(i), sides[i].label,
                                  best->id, figure_text(shown)));
  }
  return out;
}

}  // namespace

tl::expected<std::string, StoreError> group_report(const StoreReader& reader,
                                                   const GroupInfo& group,
                                                   const std::filesystem::path& store) {
  auto sides = sides_of(reader, group);
  if (!sides) return tl::unexpected(sides.error());
  std::size_t finished = 0;
  const std::string number = fmt::format("g{}", group.id);
  for (Side& side : *sides) {
    finished += side.runs.size();
    // The page is about one group: what is left of "g1 search.algorithm=random" says enough.
    if (sides->size() > 1 && side.label.starts_with(number + " "))
      side.label.erase(0, number.size() + 1);
  }
  std::string body = fmt::format(
      "<header><h1>{}</h1><p class=\"soft\">group {} of Equivolve; {} of {} runs have a "
      "result</p></header>\n",
      escaped(group.name), number, finished, group.planned);
  if (finished == 0) {
    body += section("Result", "<p>There is no result yet.</p>\n");
  } else {
    auto curves = course(reader, *sides);
    if (!curves) return tl::unexpected(curves.error());
    auto looks = openings(reader, *sides);
    if (!looks) return tl::unexpected(looks.error());
    const std::string figures =
        sides->size() == 1 ? spread(sides->front()) : comparison(reader, *sides);
    body += section("Result", figures + rivals_table(*sides) + *looks);
    body += section("Course of the search", *curves);
    body += section("Runs", runs_table(*sides));
    body += section("Best candidates", best_candidates(*sides));
    body += section("Hashing", hashing_table(*sides));
  }
  body += section("Configuration", text_box(group.config_as_written));
  std::string origin = facts({{"started", group.created}, {"results file", store.string()}});
  for (const Side& side : *sides) {
    if (side.runs.empty()) continue;
    origin +=
        fmt::format("<p class=\"soft\">Of its run {}, as an example:</p>\n", side.runs.front().id) +
        provenance_of_run(side.runs.front(), store);
    break;
  }
  origin += "<p class=\"soft\">To set its runs against each other again:</p>\n" +
            text_box(command_line("compare", number, store));
  body += section("Where it comes from", origin);
  return html_page(fmt::format("{} ({})", group.name, number), body);
}

}  // namespace equivolve::engine
