// How alike two orders are.
#pragma once

#include <span>
#include <vector>

namespace equivolve::metrics {

/// The rank of each value, from 0 for the lowest; equal values share the mean of theirs. No NaN.
std::vector<double> ranks(std::span<const double> values);

/// Spearman's rank correlation (Spearman 1904, "The proof and measurement of association between
/// two things"): Pearson's of the ranks, so ties are allowed for. Equal lengths, no NaN. -1..1; 0
/// where one side is constant or has fewer than two values. [any-thread]
double rank_correlation(std::span<const double> a, std::span<const double> b);

}  // namespace equivolve::metrics
