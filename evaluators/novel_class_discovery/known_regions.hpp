// Where known classes lie: within a radius of their rows. The radius of a class is the distance in
// which 95 % of its rows find another of them. (A ball around a class's mean that holds as many of
// its rows would hold most rows of any class in a table of many columns.)
#pragma once

#include "evaluators/novel_class_discovery/points.hpp"

namespace equivolve::novel_class_discovery {

inline constexpr double kRegionShare = 0.95;
inline constexpr std::uint32_t kOutside = 0xffff'ffff;

struct KnownRegions {
  std::vector<Points> rows;  ///< of each class
  std::vector<float> radii;

  /// Of each row, the known class in whose region it lies (the nearest by its radius), or kOutside.
  /// [any-thread]
  Labels inside(PointsView x) const;
};

/// At most `most` rows of a class are looked at, evenly spread. Of a class with one row the radius
/// is 0.
KnownRegions regions_of(PointsView known, std::span<const std::uint32_t> labels,
                        std::size_t classes, std::size_t most = 3000);

}  // namespace equivolve::novel_class_discovery
