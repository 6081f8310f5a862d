// Where known classes lie: a ball around each one's mean that holds 95 % of its rows.
#pragma once

#include "evaluators/novel_class_discovery/points.hpp"

namespace equivolve::novel_class_discovery {

inline constexpr double kRegionShare = 0.95;
inline constexpr std::uint32_t kOutside = 0xffff'ffff;

struct KnownRegions {
  Points means;               ///< one a class
  std::vector<float> radii;   ///< the smallest that hold kRegionShare of the class's rows

  /// Of each row, the known class whose region holds it (the one with the nearest mean), or
  /// kOutside. [any-thread]
  Labels inside(PointsView x) const;
};

KnownRegions regions_of(PointsView known, std::span<const std::uint32_t> labels,
                        std::size_t classes);

}  // namespace equivolve::novel_class_discovery
