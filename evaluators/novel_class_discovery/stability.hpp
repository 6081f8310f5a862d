// Whether a cluster is found again when the rows are others of the same kind. Source: Hennig 2007,
// "Cluster-wise assessment of cluster stability" (Computational Statistics & Data Analysis 52):
// bootstrap, rows drawn twice counted once.
#pragma once

#include "evaluators/novel_class_discovery/discovery.hpp"

namespace equivolve::novel_class_discovery {

/// Of each cluster below `clusters`: the mean over resamples of the greatest Jaccard coefficient
/// between its rows in the sample and a cluster found there; above 0.75 counts as stable (Hennig).
/// `labels`: one a row of `x`. NaN where nothing was resampled.
std::vector<double> cluster_stability(const Discovery& found, PointsView x, const Labels& labels,
                                      std::size_t clusters, std::size_t resamples,
                                      std::uint64_t seed);

}  // namespace equivolve::novel_class_discovery
