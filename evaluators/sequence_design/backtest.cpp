#include "evaluators/sequence_design/backtest.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace equivolve::sequence_design {
namespace {

constexpr std::size_t kRefereeWidth = 64, kRefereeEpochs = 30;
constexpr double kHiddenShare = 0.2, kTail = 0.05;  // kTail: on each side of an interval

/// Rows that are hidden from a pipeline: the best `top` of them first.
struct Hidden {
  std::vector<std::size_t> pool, rest;
  std::size_t top = 0;
};

Hidden hide(const OfflineView& view, std::uint64_t seed) {
  const std::size_t n = view.size();
  Hidden out;
  out.top = static_cast<std::size_t>(kHiddenShare * static_cast<double>(n));
  const std::vector<std::size_t> order = best_first(view.scores);
  out.pool.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(out.top));
  for (const std::size_t r : draw_rows(n - out.top, out.top, seed))
    out.pool.push_back(order[out.top + r]);
  std::vector<char> is_hidden(n, 0);
  for (const std::size_t r : out.pool) is_hidden[r] = 1;
  for (std::size_t r = 0; r < n; ++r)
    if (!is_hidden[r]) out.rest.push_back(r);
  return out;
}

}  // namespace

Referees pipeline_referees(const OfflineView& view, const Pipeline& pipeline, const Work& work) {
  return {view,
          pipeline.referees,
          kRefereeWidth,
          kRefereeEpochs,
          hashing::derive_seed(pipeline.seed, hashing::Purpose::kEvaluate, 1),
          work};
}

std::vector<Told> told_by(const Referees& referees, const OfflineView& view,
                          std::span<const Sequence> sequences) {
  std::vector<Told> out;
  for (const Referees::Opinion& one : referees.judge(sequences))
    out.push_back({view.mean + view.deviation * one.mean,
                   view.deviation * std::hypot(one.deviation, referees.noise())});
  return out;
}

Calibration calibrate(std::vector<double> residuals) {
  if (residuals.empty()) return {};
  std::sort(residuals.begin(), residuals.end());
  const auto n = static_cast<double>(residuals.size());
  const double low = std::floor(kTail * (n + 1)), high = std::ceil((1 - kTail) * (n + 1));
  return {residuals[static_cast<std::size_t>(std::max(low, 1.0)) - 1],
          residuals[static_cast<std::size_t>(std::min(high, n)) - 1]};
}

Backtest run_backtest(const OfflineView& view, const Pipeline& pipeline, const Work& work) {
  const Hidden hidden = hide(view, pipeline.seed);
  const OfflineView known = rows_of(view, hidden.rest);
  if (!(known.deviation > 0)) throw std::runtime_error("the backtest's rows have equal scores");
  std::vector<Sequence> sequences;
  for (const std::size_t r : hidden.pool) sequences.push_back(view.sequences[r]);
  const std::vector<std::size_t> order =
      best_first(fit_proxy(known, pipeline.settings, pipeline.unlabelled, work).of(sequences));
  const std::vector<Told> told =
      told_by(pipeline_referees(known, pipeline, work), known, sequences);

  Backtest out;
  out.hidden = hidden.pool.size();
  out.picked = std::min(pipeline.settings.designs, std::max<std::size_t>(1, out.hidden / 4));
  out.best_known = *std::max_element(known.scores.begin(), known.scores.end());
  out.best_picked = -1e300;
  for (const std::size_t r : hidden.pool)
    out.mean_pool += view.scores[r] / static_cast<double>(out.hidden);
  std::vector<double> residuals;
  for (std::size_t k = 0; k < std::max(out.picked, out.hidden / 2); ++k)
    residuals.push_back((view.scores[hidden.pool[order[k]]] - told[order[k]].predicted) /
                        told[order[k]].spread);
  out.calibration = calibrate(residuals);
  double top = 0, covered = 0;
  const auto count = static_cast<double>(out.picked);
  for (std::size_t k = 0; k < out.picked; ++k) {
    const std::size_t at = order[k];
    const double truth = view.scores[hidden.pool[at]];
    std::vector<double> others = residuals;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(k));
    out.rows.push_back(hidden.pool[at]);
    out.told.push_back(told[at]);
    out.own.push_back(calibrate(std::move(others)));
    const bool within =
        out.own[k].low_of(told[at]) <= truth && truth <= out.own[k].high_of(told[at]);
    covered += within ? 1 : 0;
    top += at < hidden.top ? 1 : 0;
    out.mean_picked += truth / count;
    out.best_picked = std::max(out.best_picked, truth);
  }
  out.enrichment =
      top / count / (static_cast<double>(hidden.top) / static_cast<double>(out.hidden));
  out.coverage = covered / count;
  return out;
}

}  // namespace equivolve::sequence_design
