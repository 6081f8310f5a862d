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

/// Values of both sides on one data set.
struct Stratum {
  std::vector<double> x, y;
};

/// Mean over the data sets of mean of x minus mean of y, with its 95 % interval; variances are not
/// taken for equal (Welch 1947, degrees of freedom after Satterthwaite 1946). Each stratum has
/// values on both sides. Without spread, or with one value on a side of a stratum, the interval is
/// the difference itself (`has_spread` false). `count`: of the smaller sides.
Interval welch_interval(std::span<const Stratum> strata);

struct Improvement {
  double probability = 0.5;   ///< that a run of X is better than one of Y, ties counted as half
  double low = 0, high = 1;   ///< 95 % interval
  bool has_interval = false;  ///< false with one value on a side of a stratum: [0, 1] says nothing
};

/// P(X > Y), or P(X < Y) where less is better, on each data set, and the mean of these. Every
/// stratum has values on both sides. The interval of a stratum is method 5 of Newcombe 2006
/// ("Confidence intervals for an effect size measure based on the Mann-Whitney statistic. Part 2"),
/// a score interval like Wilson's, so it has a width also where all of X are better than all of Y;
/// those of several strata are put together by square and add (Zou and Donner 2008). The mean over
/// data sets is after Agarwal et al. 2021, "Deep reinforcement learning at the edge of the
/// statistical precipice", section 4.3.
Improvement probability_of_improvement(std::span<const Stratum> strata, bool minimize);

}  // namespace equivolve::engine
