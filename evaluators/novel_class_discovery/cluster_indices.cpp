#include "evaluators/novel_class_discovery/cluster_indices.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace equivolve::novel_class_discovery {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

std::vector<std::size_t> sizes_of(const Labels& labels, std::size_t clusters) {
  std::vector<std::size_t> sizes(clusters, 0);
  for (std::uint32_t label : labels) ++sizes[label];
  return sizes;
}

}  // namespace

linalg::Matrix<float> distances_of(PointsView x) {
  linalg::Matrix<float> d(x.rows, x.rows);
  for (std::size_t i = 0; i < x.rows; ++i)
    for (std::size_t j = 0; j < i; ++j)
      d(i, j) = d(j, i) =
          std::sqrt(squared_distance(x.data + i * x.stride, x.data + j * x.stride, x.columns));
  return d;
}

std::vector<double> silhouettes(const linalg::Matrix<float>& distances, const Labels& labels,
                                std::size_t clusters) {
  const std::vector<std::size_t> sizes = sizes_of(labels, clusters);
  std::vector<double> values(labels.size(), 0.0), sums(clusters);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (sizes[labels[i]] < 2) continue;
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t j = 0; j < labels.size(); ++j) sums[labels[j]] += distances(i, j);
    const double a = sums[labels[i]] / static_cast<double>(sizes[labels[i]] - 1);
    double b = kInfinite;
    for (std::size_t k = 0; k < clusters; ++k)
      if (k != labels[i] && sizes[k] > 0) b = std::min(b, sums[k] / static_cast<double>(sizes[k]));
    if (const double larger = std::max(a, b); larger > 0 && b < kInfinite)
      values[i] = (b - a) / larger;
  }
  return values;
}

double mean_silhouette(const linalg::Matrix<float>& distances, const Labels& labels,
                       std::size_t clusters) {
  double sum = 0;
  for (double value : silhouettes(distances, labels, clusters)) sum += value;
  return sum / static_cast<double>(labels.size());
}

double calinski_harabasz(PointsView x, const Labels& labels, std::size_t clusters) {
  const Points centroids = class_means(x, labels, clusters);
  const Points middle = class_means(x, Labels(x.rows, 0), 1);
  const std::vector<std::size_t> sizes = sizes_of(labels, clusters);
  double between = 0, within = 0;
  std::size_t occurring = 0;
  for (std::size_t k = 0; k < clusters; ++k) {
    if (sizes[k] == 0) continue;
    ++occurring;
    between +=
        static_cast<double>(sizes[k]) *
        squared_distance(centroids.values.data() + k * x.columns, middle.values.data(), x.columns);
  }
  for (std::size_t r = 0; r < x.rows; ++r)
    within += squared_distance(x.data + r * x.stride,
                               centroids.values.data() + labels[r] * x.columns, x.columns);
  if (occurring < 2 || x.rows <= occurring) return 0;
  if (within == 0) return kInfinite;
  return between / static_cast<double>(occurring - 1) /
         (within / static_cast<double>(x.rows - occurring));
}

double davies_bouldin(PointsView x, const Labels& labels, std::size_t clusters) {
  const Points centroids = class_means(x, labels, clusters);
  const std::vector<std::size_t> sizes = sizes_of(labels, clusters);
  const auto centroid = [&](std::size_t k) { return centroids.values.data() + k * x.columns; };
  std::vector<double> spread(clusters, 0.0);
  for (std::size_t r = 0; r < x.rows; ++r)
    spread[labels[r]] +=
        std::sqrt(squared_distance(x.data + r * x.stride, centroid(labels[r]), x.columns)) /
        static_cast<double>(sizes[labels[r]]);
  double sum = 0, occurring = 0;
  for (std::size_t j = 0; j < clusters; ++j) {
    if (sizes[j] == 0) continue;
    double worst = 0;
    for (std::size_t l = 0; l < clusters; ++l) {
      if (l == j || sizes[l] == 0) continue;
      const double apart = std::sqrt(squared_distance(centroid(j), centroid(l), x.columns));
      worst = std::max(worst, apart > 0 ? (spread[j] + spread[l]) / apart : kInfinite);
    }
    sum += worst;
    occurring += 1;
  }
  return sum / occurring;
}

double dunn(const linalg::Matrix<float>& distances, const Labels& labels) {
  const std::size_t rows = labels.size();
  float apart = std::numeric_limits<float>::infinity(), widest = 0;
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const float d = distances(i, j);
      if (labels[i] == labels[j])
        widest = std::max(widest, d);
      else
        apart = std::min(apart, d);
    }
  return widest > 0 ? static_cast<double>(apart) / widest : kInfinite;
}

std::size_t elbow(std::span<const double> inertias) {
  const double first = inertias.front(), last = inertias.back(), drop = first - last;
  if (inertias.size() < 3 || !(drop > 0)) return 0;
  std::size_t best = 0;
  double farthest = -kInfinite;
  for (std::size_t i = 0; i < inertias.size(); ++i) {
    const double along = static_cast<double>(i) / static_cast<double>(inertias.size() - 1);
    const double below =
        1 - along - (inertias[i] - last) / drop;  // times 1 / sqrt(2): the distance
    if (below > farthest) {
      farthest = below;
      best = i;
    }
  }
  return best;
}

}  // namespace equivolve::novel_class_discovery
