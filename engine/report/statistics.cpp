#include "engine/report/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace equivolve::engine {
namespace {

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

/// P(X > Y), ties counted as half.
double share_above(const Stratum& stratum) {
  std::vector<double> sorted(stratum.y);
  std::sort(sorted.begin(), sorted.end());
  double sum = 0;
  for (const double x : stratum.x) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), x);
    sum += static_cast<double>((first - sorted.begin()) + (last - sorted.begin())) / 2;
  }
  return sum / static_cast<double>(stratum.x.size() * stratum.y.size());
}

/// The smallest probability that `share` of m x n pairs does not contradict: (share - p)^2 = z^2
/// V(p), solved for the p below `share`.
double lower_limit(double share, double m, double n) {
  constexpr double z = 1.959963984540054;
  const double size = (m + n) / 2 - 1;
  const auto contradicts = [&](double p) {
    const double variance = p * (1 - p) * (1 + size * ((1 - p) / (2 - p) + p / (1 + p))) / (m * n);
    return (share - p) * (share - p) > z * z * variance;
  };
  double low = 0, high = share;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (contradicts(middle) ? low : high) = middle;
  }
  return high;
}

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

Interval welch_interval(std::span<const Stratum> strata) {
  Interval out;
  double variance = 0, squares = 0;
  bool enough = true;
  for (const Stratum& stratum : strata) {
    out.count += std::min(stratum.x.size(), stratum.y.size());
    enough = enough && stratum.x.size() > 1 && stratum.y.size() > 1;
    const Moments x = moments(stratum.x), y = moments(stratum.y);
    out.mean += x.mean - y.mean;
    for (const auto& [part, n] : {std::pair(x.variance_of_mean, stratum.x.size()),
                                  {y.variance_of_mean, stratum.y.size()}}) {
      variance += part;
      if (n > 1) squares += part * part / static_cast<double>(n - 1);
    }
  }
  const auto k = static_cast<double>(strata.size());
  out.mean /= k;
  out.low = out.high = out.mean;
  if (!enough || !(variance > 0)) return out;
  const double degrees = variance * variance / squares;
  // The quantile's formula is poor for broken degrees below 3; whole ones are on the safe side.
  const double half =
      student_t_975(degrees < 3 ? std::floor(degrees) : degrees) * std::sqrt(variance) / k;
  out.low = out.mean - half;
  out.high = out.mean + half;
  out.has_spread = true;
  return out;
}

Improvement probability_of_improvement(std::span<const Stratum> strata, bool minimize) {
  Improvement out;
  out.has_interval = true;
  double sum = 0, below = 0, above = 0;
  for (const Stratum& stratum : strata) {
    const auto m = static_cast<double>(stratum.x.size()), n = static_cast<double>(stratum.y.size());
    const double share = share_above(stratum), p = minimize ? 1 - share : share;
    const double low = p - lower_limit(p, m, n), high = 1 - p - lower_limit(1 - p, m, n);
    sum += p;
    below += low * low;
    above += high * high;
    out.has_interval = out.has_interval && m > 1 && n > 1;
  }
  const auto k = static_cast<double>(strata.size());
  out.probability = sum / k;
  if (!out.has_interval) return out;
  out.low = std::max(0.0, out.probability - std::sqrt(below) / k);
  out.high = std::min(1.0, out.probability + std::sqrt(above) / k);
  return out;
}

}  // namespace equivolve::engine
