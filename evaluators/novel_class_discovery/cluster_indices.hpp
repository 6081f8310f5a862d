// How good a clustering looks from within: the indices that choose a number of clusters. Sources:
// Rousseeuw 1987, "Silhouettes"; Caliński, Harabasz 1974, "A dendrite method for cluster analysis";
// Davies, Bouldin 1979, "A cluster separation measure"; Dunn 1974, "Well-separated clusters and
// optimal fuzzy partitions".
//
// Labels are 0 .. clusters - 1, one a row; clusters without rows are passed over. At least two
// clusters have rows. [any-thread]
#pragma once

#include "evaluators/novel_class_discovery/points.hpp"

namespace equivolve::novel_class_discovery {

/// Euclidean distances between all rows, rows^2 floats.
linalg::Matrix<float> distances_of(PointsView x);

/// Of each row: (b - a) / max(a, b), a the mean distance to the others of its cluster, b the least
/// mean distance to another's; 0 for a row alone in its cluster.
std::vector<double> silhouettes(const linalg::Matrix<float>& distances, const Labels& labels,
                                std::size_t clusters);
double mean_silhouette(const linalg::Matrix<float>& distances, const Labels& labels,
                       std::size_t clusters);

/// [sum n_j |c_j - c|^2 / (k - 1)] / [sum |x - c_j|^2 / (n - k)]; larger is better; infinite where
/// rows equal their centroids.
double calinski_harabasz(PointsView x, const Labels& labels, std::size_t clusters);

/// Mean over clusters of the worst (S_j + S_l) / |c_j - c_l|, S the mean distance to the centroid;
/// smaller is better.
double davies_bouldin(PointsView x, const Labels& labels, std::size_t clusters);

/// Least distance between rows of different clusters over the largest within one; larger is better.
double dunn(const linalg::Matrix<float>& distances, const Labels& labels);

/// The position whose inertia lies farthest below the straight line from the first to the last,
/// both axes scaled to [0, 1]: the elbow. At least one value.
std::size_t elbow(std::span<const double> inertias);

}  // namespace equivolve::novel_class_discovery
