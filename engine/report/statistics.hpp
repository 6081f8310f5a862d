// What two samples say of each other. [any-thread]
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/run/interval.hpp"

namespace equivolve::engine {

/// Linear interpolation between order statistics: definition 7 of Hyndman and Fan 1996 ("Sample
/// quantiles in statistical packages"), the default of NumPy and R. `share` in [0, 1]; `sorted`
/// rises and is not empty.
double quantile(std::span<const double> sorted, double share);

struct Quartiles {
  double low = 0, median = 0, high = 0;
};
/// Of one value or more, in any order.
Quartiles quartiles(std::span<const double> values);

/// Mean of `a` minus mean of `b` with its 95 % interval, variances not taken for equal (Welch 1947,
/// degrees of freedom after Satterthwaite 1946). Both need a value; without spread the interval is
/// the difference itself (`has_spread` false). `count` is the smaller size.
Interval welch_interval(std::span<const double> a, std::span<const double> b);

/// Values of both sides on one data set.
struct Stratum {
  std::vector<double> x, y;
};

struct Improvement {
  double probability = 0.5;  ///< that a run of X is better than one of Y, ties counted as half
  double low = 0, high = 1;  ///< 95 % interval
};

/// P(X > Y), or P(X < Y) where less is better, on each data set, and the mean of these; the
/// interval is the percentile bootstrap that resamples within each data set and side (2,000
/// resamples from the stream of `seed`). Every stratum has values on both sides. Source: Agarwal et
/// al. 2021, "Deep reinforcement learning at the edge of the statistical precipice", section 4.3
/// and its library rliable.
Improvement probability_of_improvement(std::span<const Stratum> strata, bool minimize,
                                       std::uint64_t seed);

}  // namespace equivolve::engine
