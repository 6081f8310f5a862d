#include "evaluators/sequence_design/apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "evaluators/sequence_design/charts.hpp"
#include "evaluators/sequence_design/selection.hpp"
#include "evaluators/sequence_design/sequence_index.hpp"

namespace equivolve::sequence_design {
namespace {

constexpr std::size_t kFewestBacktested = 40;  // rows

struct Nearest {
  std::size_t row = 0, distance = 0;
};

/// The nearest row, the first of equally near ones; `but` is left out.
Nearest nearest_row(const OfflineView& view, const Sequence& x, std::size_t but) {
  Nearest out{0, x.size() + 1};
  for (std::size_t r = 0; r < view.size() && out.distance > 0; ++r) {
    if (r == but) continue;
    const std::size_t d = hamming_distance(view.sequences[r], x);
    if (d < out.distance) out = {r, d};
  }
  return out;
}

/// How far 99 % of the rows are from their nearest other row at most; of some hundred rows.
std::size_t usual_distance(const OfflineView& view) {
  std::vector<double> distances;
  for (const std::size_t r : draw_rows(view.size(), 300, 0))
    distances.push_back(static_cast<double>(nearest_row(view, view.sequences[r], r).distance));
  return static_cast<std::size_t>(percentile(distances, 0.99));
}

/// From "higher is better" to the scores as they were measured.
struct Units {
  double sign = 1;  ///< -1 where low scores are wanted

  double of(double score) const { return sign * score; }
  std::pair<double, double> interval(double low, double high) const {
    return std::minmax({sign * low, sign * high});
  }
  std::vector<double> of(std::vector<double> scores) const {
    for (double& one : scores) one *= sign;
    return scores;
  }
};

std::string designs_csv(const std::vector<DesignRow>& rows, const SequenceShape& shape,
                        const Units& units) {
  std::string out =
      "rank,sequence,predicted,spread,low,high,distance,nearest_measured,outside_measured_region,"
      "reason\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto [low, high] = units.interval(rows[i].low, rows[i].high);
    out += fmt::format("{},{},{:.6g},{:.6g},{:.6g},{:.6g},{},{},{},{}\n", i + 1,
                       sequence_text(rows[i].sequence, shape), units.of(rows[i].told.predicted),
                       rows[i].told.spread, low, high, rows[i].distance,
                       sequence_text(rows[i].nearest, shape), rows[i].is_outside ? "yes" : "no",
                       rows[i].reason);
  }
  return out;
}

std::string designs_fasta(const std::vector<DesignRow>& rows, const SequenceShape& shape,
                          const Units& units) {
  std::string out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto [low, high] = units.interval(rows[i].low, rows[i].high);
    out += fmt::format(
        ">design_{} predicted={:.6g} spread={:.6g} low={:.6g} high={:.6g} distance={}\n{}\n", i + 1,
        units.of(rows[i].told.predicted), rows[i].told.spread, low, high, rows[i].distance,
        sequence_text(rows[i].sequence, shape));
  }
  return out;
}

std::string backtest_csv(const OfflineView& view, const Backtest& b, const Units& units) {
  std::string out = "rank,sequence,predicted,spread,low,high,measured\n";
  for (std::size_t i = 0; i < b.rows.size(); ++i) {
    const auto [low, high] =
        units.interval(b.own[i].low_of(b.told[i]), b.own[i].high_of(b.told[i]));
    out += fmt::format("{},{},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g}\n", i + 1,
                       sequence_text(view.sequences[b.rows[i]], view.shape()),
                       units.of(b.told[i].predicted), b.told[i].spread, low, high,
                       units.of(view.scores[b.rows[i]]));
  }
  return out;
}

std::string backtest_text(const Backtest& b, const Units& units) {
  return fmt::format(
      "Backtest: {} measured rows were hidden (the best fifth and as many others), the proxy was "
      "fitted to the rest and picked {} of them.\n"
      "  enrichment      {:.2f} times as many of the best fifth as chance (2 is all)\n"
      "  mean score      {:.5g} of the picks, {:.5g} of random rows of the hidden ones\n"
      "  best            {:.5g} picked, {:.5g} best among the rows it was fitted to\n"
      "  stated spread   {:.0f} % of the picks lie within their 90 % interval (columns low, "
      "high)\n",
      b.hidden, b.picked, b.enrichment, units.of(b.mean_picked), units.of(b.mean_pool),
      units.of(b.best_picked), units.of(b.best_known), 100 * b.coverage);
}

/// What a laboratory may order: nothing that was measured already, and of the method's own output
/// each sequence once and none that breaks a constraint.
Pool to_order(Pool pool, const OfflineView& view) {
  SequenceIndex known;
  for (const Sequence& x : view.sequences) known.add(x);
  Pool out;
  for (std::size_t i = 0; i < pool.sequences.size(); ++i) {
    if (known.contains(pool.sequences[i])) continue;
    out.sequences.push_back(std::move(pool.sequences[i]));
    out.scores.push_back(pool.scores[i]);
  }
  for (Sequence& x : pool.raw)
    if (view.set.contains(x) && known.add(x)) out.raw.push_back(std::move(x));
  return out;
}

/// A log has a line for each message.
void note_lines(const ApplyContext& context, std::string_view text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    context.note(std::string(text.substr(begin, end - begin)));
    begin = end + 1;
  }
}

Units units_of(const ApplyContext& context) {
  return {context.settings.task.maximize ? 1.0 : -1.0};
}

struct Files {
  const ApplyContext& context;
  sdk::ArtefactSink& sink;

  /// Everything that speaks of the designs themselves.
  void write(const std::vector<DesignRow>& rows, std::string report) const {
    const OfflineView& view = context.task.offline;
    const Units units = units_of(context);
    std::vector<Sequence> sequences;
    std::vector<double> predicted;
    std::size_t outside = 0;
    for (const DesignRow& row : rows) {
      sequences.push_back(row.sequence);
      predicted.push_back(units.of(row.told.predicted));
      outside += row.is_outside ? 1 : 0;
    }
    const DesignFigures figures = design_figures(sequences, view);
    report += fmt::format(
        "{} designs: {:.0f} different, {:.0f} new, mean distance of two {:.3g}, predicted {:.5g} "
        "to "
        "{:.5g}; best measured {:.5g}\n",
        rows.size(), figures.unique, figures.novel, figures.diversity,
        *std::min_element(predicted.begin(), predicted.end()),
        *std::max_element(predicted.begin(), predicted.end()),
        units.of(*std::max_element(view.scores.begin(), view.scores.end())));
    if (outside > 0) {
      const std::string text = fmt::format(
          "{} of {} designs are farther from every measured sequence than measured ones are from "
          "each other: the prediction is an extrapolation there (column outside_measured_region)",
          outside, rows.size());
      context.warn(text);
      report += "Warning: " + text + "\n";
    }
    sink.write("designs.csv", "text/csv", designs_csv(rows, view.shape(), units));
    sink.write("designs.fasta", "text/x-fasta", designs_fasta(rows, view.shape(), units));
    sink.write("logo.svg", "image/svg+xml", logo_svg(sequences, view.shape()));
    sink.write("histograms.svg", "image/svg+xml",
               histograms_svg(units.of(view.scores), predicted, "score"));
    sink.write("report.txt", "text/plain", report);
  }
};

/// None: too few rows, or nothing in them to be told apart; said in the report.
std::optional<Backtest> try_backtest(const OfflineView& view, const Pipeline& pipeline,
                                     std::string& report) {
  std::string why = "there are fewer than " + std::to_string(kFewestBacktested) + " rows";
  try {
    if (view.size() >= kFewestBacktested) return run_backtest(view, pipeline, {});
  } catch (const std::runtime_error& e) {
    why = e.what();
  }
  report += "There is no backtest, and the intervals are not calibrated: " + why + "\n";
  return std::nullopt;
}

/// Intervals as wide as a backtest says, which is written where it is wanted.
Calibration calibrate_by_backtest(const ApplyContext& context, const Pipeline& pipeline,
                                  std::string& report, sdk::ArtefactSink& sink) {
  const OfflineView& view = context.task.offline;
  const auto backtest = try_backtest(view, pipeline, report);
  if (!backtest) return {};
  if (context.options.backtest) {
    const Units units = units_of(context);
    const std::string text = backtest_text(*backtest, units);
    sink.write("backtest.csv", "text/csv", backtest_csv(view, *backtest, units));
    report += text;
    note_lines(context, text);
  }
  return backtest->calibration;
}

}  // namespace

std::vector<DesignRow> describe_designs(const OfflineView& view, const Designs& designs,
                                        const Referees& referees, const Calibration& calibration) {
  const std::vector<Told> told = told_by(referees, view, designs.sequences);
  const std::size_t usual = usual_distance(view);
  std::vector<DesignRow> out;
  for (std::size_t i = 0; i < designs.sequences.size(); ++i) {
    DesignRow row;
    row.sequence = designs.sequences[i];
    row.told = told[i];
    row.low = calibration.low_of(told[i]);
    row.high = calibration.high_of(told[i]);
    const Nearest near = nearest_row(view, row.sequence, view.size());
    row.distance = near.distance;
    row.nearest = view.sequences[near.row];
    row.is_outside = near.distance > std::max<std::size_t>(1, usual);
    const bool filled = i + designs.filled >= designs.sequences.size();
    row.reason = filled              ? "best measured (too few designs were found)"
                 : row.distance == 0 ? "measured already; the proxy ranks it high"
                                     : fmt::format("rank {} by the proxy", i + 1);
    out.push_back(std::move(row));
  }
  return out;
}

void apply_designer(const ApplyContext& context, DesignerSettings settings,
                    sdk::ArtefactSink& sink) {
  const OfflineView& view = context.task.offline;
  const Options& options = context.settings.options;
  if (context.options.designs > 0) settings.designs = context.options.designs;
  settings.seed = context.seed;
  const Designed made = design(view, settings, context.unlabelled, {});
  const Pool pool = to_order(made.pool, view);
  const Designs designs =
      select_designs(pool, view, settings.designs, options.select, options.min_distance);
  if (designs.sequences.empty())
    throw std::runtime_error(
        options.select == Selection::kRaw
            ? "none of the method's own designs (options.select: raw) is new and keeps to the "
              "constraints; distinct_top chooses from all that it met"
            : "the designer found no feasible sequence");
  const Pipeline pipeline{settings, context.unlabelled, options.referees, context.seed};
  std::string report = "Method: " + method_names()[static_cast<std::size_t>(settings.method)] +
                       "; proxy: " + made.proxy.name + "\n";
  if (made.pool.diverged > 0)
    report += fmt::format("{} designs stopped early: their loss left the finite numbers\n",
                          made.pool.diverged);
  if (options.select == Selection::kRaw && pool.raw.size() < made.pool.raw.size())
    report += fmt::format(
        "{} of the method's own designs are left out: repeated, measured already, or outside the "
        "constraints\n",
        made.pool.raw.size() - pool.raw.size());
  if (designs.filled > 0)
    report += fmt::format("{} designs are measured sequences: the method found too few\n",
                          designs.filled);
  const bool has_proxy =
      settings.method != Method::kOfflineBest && settings.method != Method::kRandom;
  Calibration calibration;
  if (has_proxy)
    calibration = calibrate_by_backtest(context, pipeline, report, sink);
  else
    report += "The intervals are not calibrated: the method ranks nothing\n";
  Files{context, sink}.write(
      describe_designs(view, designs, pipeline_referees(view, pipeline, {}), calibration),
      std::move(report));
}

void apply_sequence(const ApplyContext& context, const Sequence& sequence, const Referees& referees,
                    sdk::ArtefactSink& sink) {
  Designs one;
  one.sequences = {sequence};
  // Rows are picked by a network there as the search picks sequences by networks.
  const OfflineView& view = context.task.offline;
  DesignerSettings by_network = context.settings.options.designer;
  by_network.method = Method::kEnsembleMean;
  by_network.seed = context.seed;
  const Pipeline pipeline{by_network, context.unlabelled, context.settings.options.referees,
                          context.seed};
  std::string report = "One sequence, found by a search over sequences.\n";
  const Calibration calibration = calibrate_by_backtest(context, pipeline, report, sink);
  std::vector<DesignRow> rows = describe_designs(view, one, referees, calibration);
  rows[0].reason = "found by the search over sequences";
  Files{context, sink}.write(rows, std::move(report));
}

}  // namespace equivolve::sequence_design
