#include "evaluators/novel_class_discovery/grouping.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "evaluators/common/linalg/kmeans.hpp"

namespace equivolve::novel_class_discovery {
namespace {

using linalg::EmptyCluster;
using linalg::KMeansSettings;
using linalg::KMeansStart;

constexpr std::size_t kMostIterations = 300;

KMeansSettings kmeans_settings(const GroupSettings& s) {
  KMeansSettings out;
  out.clusters = s.clusters;
  out.restarts = s.restarts;
  out.max_iterations = kMostIterations;
  out.start =
      s.start == GroupStart::kRandomRows ? KMeansStart::kRandomRows : KMeansStart::kPlusPlus;
  out.empty = EmptyCluster::kKeep;
  out.seed = s.seed;
  return out;
}

Groups groups_of(linalg::Clustering<float> found) {
  return {std::move(found.centroids), std::move(found.labels), found.inertia};
}

Points first_centroids(PointsView x, PointsView known, const GroupSettings& s,
                       hashing::Stream& stream) {
  if (s.start == GroupStart::kKnownAware)
    return linalg::plus_plus_seeds<float>(x, known, s.clusters, 1, stream);
  if (s.start == GroupStart::kPlusPlus)
    return linalg::plus_plus_seeds<float>(x, PointsView{nullptr, 0, x.columns, x.columns},
                                          s.clusters, 3, stream);
  std::vector<std::uint32_t> order(x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) order[i] = static_cast<std::uint32_t>(i);
  for (std::size_t i = 0; i < s.clusters; ++i)
    std::swap(order[i], order[i + static_cast<std::size_t>(stream.below(x.rows - i))]);
  order.resize(s.clusters);
  return rows_of(x, order);
}

/// Lloyd's iterations in which the last centroids, the known ones, stay.
Groups settle_beside(PointsView x, PointsView known, Points novel) {
  const std::size_t k = novel.rows;
  Groups groups;
  for (std::size_t iteration = 0; iteration < kMostIterations; ++iteration) {
    Labels labels = linalg::nearest_centroids<float>(x, stacked(novel.view(), known).view());
    if (labels == groups.labels) break;
    groups.labels = std::move(labels);
    const Points all = stacked(novel.view(), known);
    const Points means = class_means(x, groups.labels, k + known.rows);
    std::vector<bool> occurs(k, false);
    for (std::uint32_t label : groups.labels)
      if (label < k) occurs[label] = true;
    for (std::size_t j = 0; j < k; ++j)
      for (std::size_t c = 0; c < x.columns && occurs[j]; ++c) novel(j, c) = means(j, c);
  }
  const Points all = stacked(novel.view(), known);
  for (std::size_t r = 0; r < x.rows; ++r)
    groups.inertia += squared_distance(x.data + r * x.stride,
                                       all.values.data() + groups.labels[r] * x.columns, x.columns);
  groups.centroids = std::move(novel);
  return groups;
}

}  // namespace

Groups group(PointsView x, PointsView known, const GroupSettings& s) {
  assert(s.clusters >= 1 && s.clusters <= x.rows && s.restarts >= 1);
  if (!s.attract && s.start != GroupStart::kKnownAware)
    return groups_of(linalg::kmeans<float>(x, kmeans_settings(s)));
  Groups best;
  best.inertia = std::numeric_limits<double>::infinity();
  for (std::size_t start = 0; start < s.restarts; ++start) {
    hashing::Stream stream(s.seed, hashing::Purpose::kCluster, start);
    Points seeds = first_centroids(x, known, s, stream);
    Groups found = s.attract
                       ? settle_beside(x, known, std::move(seeds))
                       : groups_of(linalg::kmeans_from<float>(x, seeds.view(), kmeans_settings(s)));
    if (start == 0 || found.inertia < best.inertia) best = std::move(found);
  }
  return best;
}

}  // namespace equivolve::novel_class_discovery
