#include "evaluators/sequence_design/fitness.hpp"

#include <algorithm>
#include <cmath>

#include "evaluators/common/metrics/ranks.hpp"
#include "evaluators/sequence_design/mlp.hpp"
#include "evaluators/sequence_design/selection.hpp"
#include "evaluators/sequence_design/sequence_index.hpp"

namespace equivolve::sequence_design {
namespace {

constexpr std::uint64_t kRefereeIndex = std::uint64_t{1} << 40;  // no candidate's

/// Share of the best 5 % among the 5 % told highest, over 5 %: 1 is chance, 20 is perfect.
double enrichment_of(const std::vector<double>& told, const std::vector<double>& truth) {
  const std::size_t n = truth.size(), top = std::max<std::size_t>(1, n / 20);
  std::vector<char> is_best(n, 0);
  const std::vector<std::size_t> best = best_first(truth), picked = best_first(told);
  for (std::size_t i = 0; i < top; ++i) is_best[best[i]] = 1;
  double hits = 0;
  for (std::size_t i = 0; i < top; ++i) hits += is_best[picked[i]];
  return hits / static_cast<double>(top) * static_cast<double>(n) / static_cast<double>(top);
}

std::vector<std::size_t> rows_of_bootstrap(std::size_t n, std::uint64_t seed) {
  std::vector<std::size_t> rows(n);
  hashing::Stream stream(seed, hashing::Purpose::kBootstrap, 0);
  for (std::size_t& r : rows) r = stream.below(n);
  return rows;
}

}  // namespace

HoldoutFigures holdout(const OfflineView& view, const DesignerSettings& settings,
                       const std::vector<Sequence>& unlabelled, std::size_t rows,
                       std::size_t resamplings, std::uint64_t seed, const Work& work) {
  static constexpr double kThresholds[] = {0.7, 0.8, 0.9};
  HoldoutFigures out;
  const std::size_t n = std::min(rows, view.size());
  for (std::size_t r = 0; r < resamplings; ++r) {
    const bool single = resamplings == 1;
    const std::size_t taken = single ? n : std::max<std::size_t>(8, n * 4 / 5);
    const std::uint64_t own = hashing::derive_seed(seed, hashing::Purpose::kSplit, r);
    const std::vector<std::size_t> drawn = draw_rows(view.size(), taken, own);
    std::vector<double> scores;
    for (const std::size_t i : drawn) scores.push_back(view.scores[i]);
    std::vector<std::size_t> order = best_first(scores);
    std::reverse(order.begin(), order.end());  // lowest first
    const double threshold = single ? 0.8 : kThresholds[r % 3];
    const auto lower = static_cast<std::size_t>(threshold * static_cast<double>(order.size()));
    std::vector<std::size_t> below;
    std::vector<Sequence> above;
    std::vector<double> truth;
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (i < lower) {
        below.push_back(drawn[order[i]]);
      } else {
        above.push_back(view.sequences[drawn[order[i]]]);
        truth.push_back(scores[order[i]]);
      }
    }
    const OfflineView fitted = rows_of(view, below);
    if (work.stop()) {
      out.finished = false;
      return out;
    }
    if (!(fitted.deviation > 0)) continue;  // only one score below: nothing is told apart
    const std::vector<double> told = fit_proxy(fitted, settings, unlabelled, work).of(above);
    out.spearman += metrics::rank_correlation(told, truth) / static_cast<double>(resamplings);
    out.enrichment += enrichment_of(told, truth) / static_cast<double>(resamplings);
  }
  out.finished = !work.stop();
  return out;
}

Referees::Referees(const OfflineView& view, std::size_t count, std::size_t width,
                   std::size_t epochs, std::uint64_t seed, const Work& work)
    : members_(count) {
  std::vector<std::vector<std::size_t>> rows(count);
  work.spread(count, [&](std::size_t m) {
    MlpSettings settings;
    settings.width = width;
    settings.epochs = epochs;
    settings.weight_decay = 1e-3;
    // Few rows still make some hundred steps.
    settings.batch = std::clamp<std::size_t>(view.size() / 16, 16, settings.batch);
    settings.seed = hashing::derive_seed(seed, hashing::Purpose::kWeights, kRefereeIndex + m);
    rows[m] = rows_of_bootstrap(view.size(), settings.seed);
    OfflineView own;
    own.set = view.set;
    for (const std::size_t r : rows[m]) {
      own.sequences.push_back(view.sequences[r]);
      own.targets.push_back(view.targets[r]);
    }
    members_[m] = fit_mlp(own, settings, work.stop);
  });
  // Rows that a member left out tell how far it is off.
  double squares = 0, n = 0;
  for (std::size_t m = 0; m < count; ++m) {
    std::vector<char> used(view.size(), 0);
    for (const std::size_t r : rows[m]) used[r] = 1;
    const std::vector<double> told = members_[m].of(view.sequences);
    for (std::size_t i = 0; i < told.size(); ++i) {
      if (used[i]) continue;
      squares += (told[i] - view.targets[i]) * (told[i] - view.targets[i]);
      n += 1;
    }
  }
  noise_ = n > 0 ? std::sqrt(squares / n) : 1;
}

std::vector<Referees::Opinion> Referees::judge(std::span<const Sequence> sequences) const {
  std::vector<Opinion> out(sequences.size(), {0, 0});
  std::vector<std::vector<double>> told;
  for (const Proxy& member : members_) told.push_back(member.of(sequences));
  const auto k = static_cast<double>(members_.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (const auto& one : told) out[i].mean += one[i] / k;
    for (const auto& one : told)
      out[i].deviation += (one[i] - out[i].mean) * (one[i] - out[i].mean) / k;
    out[i].deviation = std::sqrt(out[i].deviation);
  }
  return out;
}

double judged_fitness(const Referees& referees, const std::vector<Sequence>& designs,
                      std::size_t wanted, double caution) {
  if (designs.empty()) return -1e6;
  std::vector<double> values;
  for (const Referees::Opinion& one : referees.judge(designs))
    values.push_back(one.mean - caution * one.deviation);
  SequenceIndex different;
  for (const Sequence& x : designs) different.add(x);
  const double missing =
      1 - std::min(1.0, static_cast<double>(different.all().size()) / static_cast<double>(wanted));
  return percentile(values, 0.5) - 0.1 * missing;
}

}  // namespace equivolve::sequence_design
