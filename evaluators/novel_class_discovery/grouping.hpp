// k-means among unlabelled rows, with or without regard to classes already known. Sources: Lloyd
// 1982; Arthur, Vassilvitskii 2007 (k-means++); Troisemaine et al. 2024, "A practical approach to
// novel class discovery in tabular data" (doi 10.1007/s10618-024-01025-y): NCD k-means.
#pragma once

#include "evaluators/novel_class_discovery/points.hpp"

namespace equivolve::novel_class_discovery {

enum class GroupStart {
  kRandomRows,
  kPlusPlus,
  kKnownAware,  ///< NCD k-means: k-means++ with the known classes' centroids already in place, so
                ///< that even the first seed is drawn away from them, by squared distance
};

struct GroupSettings {
  std::size_t clusters = 2;  ///< 1 to rows
  GroupStart start = GroupStart::kPlusPlus;
  /// Whether the known classes' centroids attract rows (they stay where they are); else they do so
  /// in no step, and every row belongs to a new cluster.
  bool attract = false;
  std::size_t restarts = 10;  ///< the one with the least inertia is kept
  std::uint64_t seed = 0;
};

struct Groups {
  Points centroids;  ///< of the new clusters
  Labels labels;     ///< below `clusters`: a new cluster; clusters + c: the known class c
  double inertia = 0;
};

/// `known`: a centroid a known class; may have no rows, unless the start or the attraction needs
/// them. A function of its arguments alone. [any-thread]
Groups group(PointsView x, PointsView known, const GroupSettings& settings);

}  // namespace equivolve::novel_class_discovery
