#include "evaluators/sequence_design/apply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "evaluators/sequence_design/charts.hpp"
#include "evaluators/sequence_design/selection.hpp"
#include "evaluators/sequence_design/sequence_index.hpp"

namespace equivolve::sequence_design {
namespace {

constexpr std::size_t kRefereeWidth = 64, kRefereeEpochs = 30;

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

double own_units(const OfflineView& view, double standardised) {
  return view.mean + view.deviation * standardised;
}

std::string designs_csv(const std::vector<DesignRow>& rows, const SequenceShape& shape) {
  std::string out =
      "rank,sequence,predicted,spread,distance,nearest_measured,outside_measured_region,reason\n";
  for (std::size_t i = 0; i < rows.size(); ++i)
    out += fmt::format("{},{},{:.6g},{:.6g},{},{},{},{}\n", i + 1,
                       sequence_text(rows[i].sequence, shape), rows[i].predicted, rows[i].spread,
                       rows[i].distance, sequence_text(rows[i].nearest, shape),
                       rows[i].is_outside ? "yes" : "no", rows[i].reason);
  return out;
}

std::string designs_fasta(const std::vector<DesignRow>& rows, const SequenceShape& shape) {
  std::string out;
  for (std::size_t i = 0; i < rows.size(); ++i)
    out += fmt::format(">design_{} predicted={:.6g} spread={:.6g} distance={}\n{}\n", i + 1,
                       rows[i].predicted, rows[i].spread, rows[i].distance,
                       sequence_text(rows[i].sequence, shape));
  return out;
}

std::string backtest_csv(const OfflineView& view, const Backtest& b) {
  std::string out = "rank,sequence,told,spread,measured\n";
  for (std::size_t i = 0; i < b.rows.size(); ++i)
    out += fmt::format("{},{},{:.6g},{:.6g},{:.6g}\n", i + 1,
                       sequence_text(view.sequences[b.rows[i]], view.shape()), b.told[i],
                       b.spreads[i], view.scores[b.rows[i]]);
  return out;
}

std::string backtest_text(const Backtest& b) {
  return fmt::format(
      "Backtest: {} measured rows were hidden (the best fifth and as many others), the proxy was "
      "fitted to the rest and picked {} of them.\n"
      "  enrichment      {:.2f} times as many of the best fifth as chance (2 is all)\n"
      "  mean score      {:.5g} of the picks, {:.5g} of random rows of the hidden ones\n"
      "  best            {:.5g} picked, {:.5g} best among the rows it was fitted to\n"
      "  stated spread   {:.0f} % of the picks lie within their 90 % interval\n",
      b.hidden, b.picked, b.enrichment, b.mean_picked, b.mean_pool, b.best_picked, b.best_known,
      100 * b.coverage);
}

/// What was measured already needs no order from a laboratory.
Pool without_measured(Pool pool, const OfflineView& view) {
  SequenceIndex known;
  for (const Sequence& x : view.sequences) known.add(x);
  Pool out;
  for (std::size_t i = 0; i < pool.sequences.size(); ++i) {
    if (known.contains(pool.sequences[i])) continue;
    out.sequences.push_back(std::move(pool.sequences[i]));
    out.scores.push_back(pool.scores[i]);
  }
  out.raw = std::move(pool.raw);
  return out;
}

struct Files {
  const ApplyContext& context;
  sdk::ArtefactSink& sink;

  /// Everything that speaks of the designs themselves.
  void write(const std::vector<DesignRow>& rows, std::string report) const {
    const OfflineView& view = context.task.offline;
    std::vector<Sequence> sequences;
    std::vector<double> predicted;
    std::size_t outside = 0;
    for (const DesignRow& row : rows) {
      sequences.push_back(row.sequence);
      predicted.push_back(row.predicted);
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
        *std::max_element(view.scores.begin(), view.scores.end()));
    if (outside > 0) {
      const std::string text = fmt::format(
          "{} of {} designs are farther from every measured sequence than measured ones are from "
          "each other: the prediction is an extrapolation there (column outside_measured_region)",
          outside, rows.size());
      context.warn(text);
      report += "Warning: " + text + "\n";
    }
    sink.write("designs.csv", "text/csv", designs_csv(rows, view.shape()));
    sink.write("designs.fasta", "text/x-fasta", designs_fasta(rows, view.shape()));
    sink.write("logo.svg", "image/svg+xml", logo_svg(sequences, view.shape()));
    sink.write("histograms.svg", "image/svg+xml", histograms_svg(view.scores, predicted, "score"));
    sink.write("report.txt", "text/plain", report);
  }
};

}  // namespace

std::vector<DesignRow> describe_designs(const OfflineView& view, const Designs& designs,
                                        const Referees& referees) {
  const std::vector<Referees::Opinion> opinions = referees.judge(designs.sequences);
  const std::size_t usual = usual_distance(view);
  std::vector<DesignRow> out;
  for (std::size_t i = 0; i < designs.sequences.size(); ++i) {
    DesignRow row;
    row.sequence = designs.sequences[i];
    row.predicted = own_units(view, opinions[i].mean);
    row.spread = view.deviation * std::hypot(opinions[i].deviation, referees.noise());
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

Backtest run_backtest(const OfflineView& view, const DesignerSettings& settings,
                      const std::vector<Sequence>& unlabelled, std::size_t referee_count,
                      std::uint64_t seed, const Work& work) {
  const std::size_t n = view.size(), fifth = n / 5;
  const std::vector<std::size_t> order = best_first(view.scores);
  std::vector<std::size_t> pool(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(fifth));
  std::vector<char> is_hidden(n, 0);
  for (const std::size_t r : draw_rows(n - fifth, fifth, seed)) pool.push_back(order[fifth + r]);
  for (const std::size_t r : pool) is_hidden[r] = 1;
  std::vector<std::size_t> rest;
  for (std::size_t r = 0; r < n; ++r)
    if (!is_hidden[r]) rest.push_back(r);
  const OfflineView known = rows_of(view, rest);
  if (!(known.deviation > 0)) throw std::runtime_error("the backtest's rows have equal scores");
  std::vector<Sequence> sequences;
  for (const std::size_t r : pool) sequences.push_back(view.sequences[r]);
  const std::vector<double> told = fit_proxy(known, settings, unlabelled, work).of(sequences);
  const Referees referees(known, referee_count, kRefereeWidth, kRefereeEpochs, seed, work);
  const auto opinions = referees.judge(sequences);
  Backtest out;
  out.hidden = pool.size();
  out.picked = std::min(settings.designs, std::max<std::size_t>(1, pool.size() / 4));
  out.best_known = *std::max_element(known.scores.begin(), known.scores.end());
  out.best_picked = -1e300;
  double top = 0, covered = 0;
  for (const std::size_t r : pool)
    out.mean_pool += view.scores[r] / static_cast<double>(pool.size());
  const std::vector<std::size_t> picks = best_first(told);
  for (std::size_t k = 0; k < out.picked; ++k) {
    const std::size_t at = picks[k], row = pool[at];
    const double truth = view.scores[row];
    out.rows.push_back(row);
    out.told.push_back(own_units(known, opinions[at].mean));
    out.spreads.push_back(known.deviation * std::hypot(opinions[at].deviation, referees.noise()));
    top += at < fifth ? 1 : 0;
    covered += std::abs(out.told.back() - truth) <= 1.645 * out.spreads.back() ? 1 : 0;
    out.mean_picked += truth / static_cast<double>(out.picked);
    out.best_picked = std::max(out.best_picked, truth);
  }
  const auto k = static_cast<double>(out.picked);
  out.enrichment = top / k / (static_cast<double>(fifth) / static_cast<double>(pool.size()));
  out.coverage = covered / k;
  return out;
}

void apply_designer(const ApplyContext& context, DesignerSettings settings,
                    sdk::ArtefactSink& sink) {
  const OfflineView& view = context.task.offline;
  const Options& options = context.settings.options;
  if (context.options.designs > 0) settings.designs = context.options.designs;
  settings.seed = context.seed;
  const Designed made = design(view, settings, context.unlabelled, {});
  const Designs designs = select_designs(without_measured(made.pool, view), view, settings.designs,
                                         options.select, options.min_distance);
  if (designs.sequences.empty())
    throw std::runtime_error("the designer found no feasible sequence");
  const Referees referees(view, options.referees, kRefereeWidth, kRefereeEpochs,
                          hashing::derive_seed(context.seed, hashing::Purpose::kEvaluate, 1), {});
  std::string report = "Method: " + method_names()[static_cast<std::size_t>(settings.method)] +
                       "; proxy: " + made.proxy.name + "\n";
  if (made.pool.diverged > 0)
    report += fmt::format("{} designs stopped early: their loss left the finite numbers\n",
                          made.pool.diverged);
  if (designs.filled > 0)
    report += fmt::format("{} designs are measured sequences: the method found too few\n",
                          designs.filled);
  const bool has_proxy =
      settings.method != Method::kOfflineBest && settings.method != Method::kRandom;
  if (context.options.backtest && has_proxy && view.size() >= 40) {
    const Backtest backtest =
        run_backtest(view, settings, context.unlabelled, options.referees, context.seed, {});
    sink.write("backtest.csv", "text/csv", backtest_csv(view, backtest));
    report += backtest_text(backtest);
    context.note(backtest_text(backtest));
  }
  Files{context, sink}.write(describe_designs(view, designs, referees), std::move(report));
}

void apply_sequence(const ApplyContext& context, const Sequence& sequence, const Referees& referees,
                    sdk::ArtefactSink& sink) {
  Designs one;
  one.sequences = {sequence};
  std::vector<DesignRow> rows = describe_designs(context.task.offline, one, referees);
  rows[0].reason = "found by the search over sequences";
  Files{context, sink}.write(rows, "One sequence, found by a search over sequences.\n");
}

}  // namespace equivolve::sequence_design
