// Repeats of a candidate under noise: it is tried again only while it may still beat the best that
// was repeated in full. Normal bounds in place of Hoeffding's: Maron, Moore 1994, "Hoeffding races:
// accelerating model selection search" (NIPS 6); repeats share their seeds across candidates
// (common random numbers), as in Hutter, Hoos, Leyton-Brown, Stuetzle 2009, "ParamILS" (JAIR 36).
//
// With k of `repeats` values, mean m, a candidate goes on while m + t s sqrt(1/k + 1/repeats) > m*,
// the incumbent's mean: s pools the variance over all repeated candidates (n - 1 each), t is
// Student's 95 % quantile for as many degrees of freedom. Until there are 10 of these, and an
// incumbent, every candidate goes on. Of several objectives each has such a bound, and a candidate
// is given up when one of the incumbents (the non-dominated ones, kIncumbents at most) dominates
// what it may still come to.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "search/algorithms/request.hpp"

namespace equivolve::search {

class Race {
 public:
  static constexpr double kLeastFreedom = 10;      ///< degrees of freedom before anyone is given up
  static constexpr std::size_t kIncumbents = 100;  ///< kept of several objectives; the newest

  explicit Race(std::uint32_t repeats) : repeats_(repeats) {}

  /// Whether a candidate with these ranked values so far, one a repeat, is worth another.
  bool may_still_win(std::span<const Outcome> so_far) const;

  /// A candidate's repeats ended, for whatever reason; all ranked, at least one.
  void end(std::span<const Outcome> repeats, const Outcome& mean);

 private:
  std::uint32_t repeats_;
  double freedom_ = 0;               // degrees of freedom so far
  std::vector<double> squares_;      // by objective: sums of squared deviations
  std::vector<Outcome> incumbents_;  // repeated in full; none dominates another
};

/// The mean over repeats of everything that is a number; ranked only where all are, pruned where
/// one is. At least one; all of equal shape where they are ranked.
Outcome mean_of(std::span<const Outcome> repeats);

/// Student's quantile that 95 % lie below, for 10 degrees of freedom or more, within 0.002. Source:
/// Abramowitz, Stegun 1964, "Handbook of mathematical functions", 26.7.5.
double student_95(double degrees_of_freedom);

}  // namespace equivolve::search
