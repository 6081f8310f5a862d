#include "engine/run/interval.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "hashing/stream.hpp"

namespace equivolve::engine {
namespace {

constexpr std::size_t kResamples = 10'000;

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

double student_t_975(double degrees) {
  const double n = degrees;
  const double p = 0.05;  // two-sided
  if (degrees == 1) return 1 / std::tan(p * std::numbers::pi / 2);
  if (degrees == 2) return std::sqrt(2 / (p * (2 - p)) - 2);
  const double a = 1 / (n - 0.5);
  const double b = 48 / (a * a);
  double c = ((20700 * a / b - 98) * a - 16) * a + 96.36;
  const double d = ((94.5 / (b + c) - 3) / b + 1) * std::sqrt(a * std::numbers::pi / 2) * n;
  double x = d * p;
  double y = std::pow(x, 2 / n);
  if (y > 0.05 + a) {
    x = -1.959963984540054;  // the normal deviate of p / 2
    y = x * x;
    if (degrees < 5) c += 0.3 * (n - 4.5) * (x + 0.6);
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = a * y * y;
    y = y > 0.002 ? std::expm1(y) : 0.5 * y * y + y;
  } else {
    y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) *
            (n + 1) / (n + 2) +
        1 / y;
  }
  return std::sqrt(n * y);
}

Interval t_interval(std::span<const double> values) {
  Interval out;
  out.count = values.size();
  if (values.empty()) return out;
  out.mean = out.low = out.high = mean_of(values);
  if (values.size() < 2) return out;
  double squares = 0;
  for (double v : values) squares += (v - out.mean) * (v - out.mean);
  const double n = static_cast<double>(values.size());
  const double half = student_t_975(n - 1) * std::sqrt(squares / (n - 1) / n);
  out.low = out.mean - half;
  out.high = out.mean + half;
  // Rounding alone is no spread.
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  out.has_spread = *most - *least > 1e-12 * std::max(std::abs(*least), std::abs(*most));
  if (!out.has_spread) out.mean = out.low = out.high = values.front();
  return out;
}

Interval bootstrap_interval(std::span<const double> values, std::uint64_t seed) {
  Interval out;
  out.count = values.size();
  if (values.empty()) return out;
  out.mean = out.low = out.high = mean_of(values);
  if (values.size() < 2) return out;
  hashing::Stream stream(seed, hashing::Purpose::kBootstrap, 0);
  std::vector<double> means(kResamples);
  for (double& m : means) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += values[stream.below(values.size())];
    m = sum / static_cast<double>(values.size());
  }
  std::sort(means.begin(), means.end());
  out.low = means[kResamples / 40];
  out.high = means[kResamples - 1 - kResamples / 40];
  out.has_spread = out.low < out.high;
  return out;
}

std::vector<double> differences(std::span<const double> a, std::span<const double> b) {
  std::vector<double> out(a.size());
  std::transform(a.begin(), a.end(), b.begin(), out.begin(),
                 [](double x, double y) { return x - y; });
  return out;
}

}  // namespace equivolve::engine
