// Means and differences with 95 % intervals. [any-thread]
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace equivolve::engine {

/// A mean and its two-sided 95 % interval. With one value or none the interval is the mean itself
/// (`has_spread` false).
struct Interval {
  double mean = 0;
  double low = 0;
  double high = 0;
  std::size_t count = 0;
  bool has_spread = false;
};

/// Two-sided 95 % point of Student's t distribution; degrees >= 1; those below 3 must be whole.
/// Source: Hill 1970, algorithm 396 (six digits).
double student_t_975(double degrees);

/// Student's t interval of independent values.
Interval t_interval(std::span<const double> values);

/// Percentile bootstrap of the mean of `values`, 10,000 resamples drawn from the stream of `seed`.
/// Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 13.
Interval bootstrap_interval(std::span<const double> values, std::uint64_t seed);

/// a[i] - b[i]; both of one length.
std::vector<double> differences(std::span<const double> a, std::span<const double> b);

}  // namespace equivolve::engine
