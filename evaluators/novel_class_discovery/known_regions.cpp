#include "evaluators/novel_class_discovery/known_regions.hpp"

#include <algorithm>
#include <cmath>

namespace equivolve::novel_class_discovery {

KnownRegions regions_of(PointsView known, std::span<const std::uint32_t> labels,
                        std::size_t classes) {
  KnownRegions out{class_means(known, labels, classes), std::vector<float>(classes, 0.0f)};
  std::vector<std::vector<float>> distances(classes);
  for (std::size_t r = 0; r < known.rows; ++r)
    distances[labels[r]].push_back(
        std::sqrt(squared_distance(known.data + r * known.stride,
                                   out.means.values.data() + labels[r] * known.columns,
                                   known.columns)));
  for (std::size_t c = 0; c < classes; ++c) {
    if (distances[c].empty()) continue;
    std::sort(distances[c].begin(), distances[c].end());
    const auto held = static_cast<std::size_t>(
        std::ceil(kRegionShare * static_cast<double>(distances[c].size())));
    out.radii[c] = distances[c][held - 1];
  }
  return out;
}

Labels KnownRegions::inside(PointsView x) const {
  Labels out(x.rows, kOutside);
  for (std::size_t r = 0; r < x.rows; ++r) {
    float nearest = 0;
    for (std::uint32_t c = 0; c < radii.size(); ++c) {
      const float d = std::sqrt(squared_distance(
          x.data + r * x.stride, means.values.data() + c * x.columns, x.columns));
      if (d > radii[c] || (out[r] != kOutside && d >= nearest)) continue;
      out[r] = c;
      nearest = d;
    }
  }
  return out;
}

}  // namespace equivolve::novel_class_discovery
