#include "engine/report/curve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace equivolve::engine {
namespace {

constexpr std::uint64_t kPoints = 400;

bool told_minimizes(const RunInfo& run) {
  for (const FigureRow& figure : run.head.figures)
    if (figure.role < 3) return figure.minimize;
  return false;
}

/// The curve's value at x; NaN before its first.
double at(const Curve& curve, double x, Against against, Shown shown) {
  const auto after = std::upper_bound(
      curve.begin(), curve.end(), x,
      [against](double value, const CurvePoint& p) { return value < x_of(p, against); });
  if (after == curve.begin()) return std::numeric_limits<double>::quiet_NaN();
  return y_of(*std::prev(after), shown);
}

}  // namespace

double x_of(const CurvePoint& point, Against against) {
  return against == Against::kCandidates ? point.candidates : point.seconds;
}

double y_of(const CurvePoint& point, Shown shown) {
  return shown == Shown::kBest ? point.best : point.known;
}

tl::expected<Curve, StoreError> read_curve(const StoreReader& reader, const RunInfo& run) {
  const std::uint64_t step = std::max<std::uint64_t>(1, (run.state.told + kPoints - 1) / kPoints);
  const bool minimize = told_minimizes(run);
  Curve curve;
  CurvePoint now;
  now.best = std::numeric_limits<double>::quiet_NaN();
  std::uint64_t told = 0, hits = 0;
  auto read = reader.each_outcome(run.id, [&](const OutcomeRow& outcome, const TrialRow* trial) {
    ++told;
    hits += outcome.hit ? 1 : 0;
    if (trial && std::isfinite(trial->seconds)) now.seconds += trial->seconds;
    if (outcome.status == Status::kOk && !outcome.told.empty()) {
      const double value = outcome.told.front();
      if (std::isfinite(value) &&
          (std::isnan(now.best) || (minimize ? value < now.best : value > now.best)))
        now.best = value;
    }
    now.candidates = std::max(now.candidates, static_cast<double>(outcome.birth + 1));
    now.known = static_cast<double>(hits) / static_cast<double>(told);
    if (told % step == 0) curve.push_back(now);
  });
  if (!read) return tl::unexpected(read.error());
  if (told > 0 && told % step != 0) curve.push_back(now);
  return curve;
}

std::vector<BandPoint> band_of(std::span<const Curve> curves, Against against, Shown shown,
                               std::size_t count) {
  double begin = 0, end = 0;
  std::vector<const Curve*> shown_curves;
  for (const Curve& curve : curves) {
    const auto first = std::ranges::find_if(
        curve, [shown](const CurvePoint& p) { return std::isfinite(y_of(p, shown)); });
    if (first == curve.end()) continue;
    shown_curves.push_back(&curve);
    begin = std::max(begin, x_of(*first, against));
    end = std::max(end, x_of(curve.back(), against));
  }
  std::vector<BandPoint> band;
  std::vector<double> values(shown_curves.size());
  for (std::size_t i = 0; i <= count && !shown_curves.empty(); ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(count);
    const double x = i == 0 ? begin : i == count ? end : begin + (end - begin) * share;
    if (!band.empty() && !(x > band.back().x)) continue;
    std::ranges::transform(shown_curves, values.begin(),
                           [&](const Curve* curve) { return at(*curve, x, against, shown); });
    band.push_back({x, quartiles(values)});
  }
  return band;
}

}  // namespace equivolve::engine
