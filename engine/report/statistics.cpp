#include "engine/report/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "hashing/stream.hpp"

namespace equivolve::engine {
namespace {

constexpr std::size_t kResamples = 2000;

struct Moments {
  double mean = 0, variance_of_mean = 0;  // the latter 0 for one value
};

Moments moments(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  Moments out;
  out.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  if (values.size() < 2) return out;
  double squares = 0;
  for (const double v : values) squares += (v - out.mean) * (v - out.mean);
  out.variance_of_mean = squares / (n - 1) / n;
  return out;
}

/// One data set, made ready for many resamples: where each x would stand among the sorted y.
class Ranks {
 public:
  Ranks(const Stratum& stratum, bool minimize) : sorted_(stratum.y), below_(stratum.y.size() + 1) {
    std::sort(sorted_.begin(), sorted_.end());
    for (const double x : stratum.x) {
      const auto [first, last] = std::equal_range(sorted_.begin(), sorted_.end(), x);
      places_.push_back({static_cast<std::size_t>(first - sorted_.begin()),
                         static_cast<std::size_t>(last - sorted_.begin())});
    }
    minimize_ = minimize;
  }

  double observed() {
    std::iota(below_.begin(), below_.end(), 0.0);
    double sum = 0;
    for (const Place& place : places_) sum += score(place);
    return better(sum / static_cast<double>(places_.size()));
  }

  double resampled(hashing::Stream& stream) {
    // Shares of y below each place, from drawn counts.
    std::fill(below_.begin(), below_.end(), 0.0);
    for (std::size_t i = 0; i < sorted_.size(); ++i) below_[stream.below(sorted_.size()) + 1] += 1;
    std::partial_sum(below_.begin(), below_.end(), below_.begin());
    double sum = 0;
    for (std::size_t i = 0; i < places_.size(); ++i)
      sum += score(places_[stream.below(places_.size())]);
    return better(sum / static_cast<double>(places_.size()));
  }

 private:
  struct Place {
    std::size_t first, last;  // y in [first, last) are equal to x
  };
  double score(const Place& place) const {
    return (below_[place.first] + below_[place.last]) / 2 / static_cast<double>(sorted_.size());
  }
  double better(double above) const { return minimize_ ? 1 - above : above; }

  std::vector<double> sorted_, below_;
  std::vector<Place> places_;
  bool minimize_ = false;
};

}  // namespace

double quantile(std::span<const double> sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  return std::lerp(sorted[below], sorted[below + 1], place - static_cast<double>(below));
}

Quartiles quartiles(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return {quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)};
}

Interval welch_interval(std::span<const double> a, std::span<const double> b) {
  const Moments x = moments(a), y = moments(b);
  Interval out;
  out.count = std::min(a.size(), b.size());
  out.mean = out.low = out.high = x.mean - y.mean;
  const double variance = x.variance_of_mean + y.variance_of_mean;
  if (a.size() < 2 || b.size() < 2 || !(variance > 0)) return out;
  const double degrees =
      variance * variance /
      (x.variance_of_mean * x.variance_of_mean / static_cast<double>(a.size() - 1) +
       y.variance_of_mean * y.variance_of_mean / static_cast<double>(b.size() - 1));
  // The quantile's formula is poor for broken degrees below 3; whole ones are on the safe side.
  const double half =
      student_t_975(degrees < 3 ? std::floor(degrees) : degrees) * std::sqrt(variance);
  out.low = out.mean - half;
  out.high = out.mean + half;
  out.has_spread = true;
  return out;
}

Improvement probability_of_improvement(std::span<const Stratum> strata, bool minimize,
                                       std::uint64_t seed) {
  std::vector<Ranks> ranks;
  for (const Stratum& stratum : strata) ranks.emplace_back(stratum, minimize);
  const auto mean_of = [&](auto probability) {
    double sum = 0;
    for (Ranks& one : ranks) sum += probability(one);
    return sum / static_cast<double>(ranks.size());
  };
  Improvement out;
  out.probability = mean_of([](Ranks& one) { return one.observed(); });
  hashing::Stream stream(seed, hashing::Purpose::kBootstrap, 1);
  std::vector<double> resamples(kResamples);
  for (double& value : resamples)
    value = mean_of([&](Ranks& one) { return one.resampled(stream); });
  std::sort(resamples.begin(), resamples.end());
  out.low = quantile(resamples, 0.025);
  out.high = quantile(resamples, 0.975);
  return out;
}

}  // namespace equivolve::engine
