// What the pages of runs and of groups share.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/report/curve.hpp"
#include "engine/report/svg_chart.hpp"
#include "engine/store/reader.hpp"

namespace equivolve::engine {

/// Name of the figure that the curves show: the first that the search was told.
std::string told_figure(const RunInfo& run);

/// What the curves are to pass: the best reference's figure in the search's own trials. Empty where
/// there is none, or where the search was told another figure.
std::vector<std::pair<std::string, double>> reference_level(const RunInfo& run);

/// The four charts: best value (with `levels`) and share of known behaviours, against candidates
/// and against seconds.
template <class SeriesOf>
std::string charts(const std::string& figure, SeriesOf series_of,
                   const std::vector<std::pair<std::string, double>>& levels = {}) {
  std::string out = "<div class=\"charts\">\n";
  for (const Shown shown : {Shown::kBest, Shown::kKnown}) {
    for (const Against against : {Against::kCandidates, Against::kSeconds}) {
      Chart chart;
      const bool best = shown == Shown::kBest;
      chart.title = best ? "Best " + figure + " so far" : "Share of candidates known already";
      chart.x_label = against == Against::kCandidates ? "candidates" : "seconds of evaluation";
      chart.y_is_share = !best;
      chart.steps = best;
      chart.series = series_of(against, shown);
      if (best) chart.levels = levels;
      out += "<div>" + svg_of(chart) + "</div>\n";
    }
  }
  return out + "</div>\n";
}

/// Versions, kernel, digests, and the commands that show or repeat it.
std::string provenance_of_run(const RunInfo& run, const std::filesystem::path& store);

/// "equivolve COMMAND SUBJECT --store FILE", ready for a shell.
std::string command_line(const std::string& command, const std::string& subject,
                         const std::filesystem::path& store);

/// A JSON text, indented.
std::string pretty(const std::string& json);

}  // namespace equivolve::engine
