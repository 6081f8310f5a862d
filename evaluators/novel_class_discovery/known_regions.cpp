#include "evaluators/novel_class_discovery/known_regions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "evaluators/common/linalg/nearest_neighbours.hpp"

namespace equivolve::novel_class_discovery {
namespace {

float radius_of(const Points& rows) {
  if (rows.rows < 2) return 0;
  auto squares = linalg::nearest_other_rows<float>(rows.view(), 1).squared_distances;
  std::sort(squares.begin(), squares.end());
  const auto held =
      static_cast<std::size_t>(std::ceil(kRegionShare * static_cast<double>(squares.size())));
  return std::sqrt(squares[held - 1]);
}

}  // namespace

KnownRegions regions_of(PointsView known, std::span<const std::uint32_t> labels,
                        std::size_t classes, std::size_t most) {
  std::vector<std::vector<std::uint32_t>> of_class(classes);
  for (std::uint32_t r = 0; r < known.rows; ++r) of_class[labels[r]].push_back(r);
  KnownRegions out;
  for (const auto& all : of_class) {
    std::vector<std::uint32_t> some;
    const std::size_t count = std::min(all.size(), most);
    for (std::size_t i = 0; i < count; ++i) some.push_back(all[i * all.size() / count]);
    out.rows.push_back(rows_of(known, some));
    out.radii.push_back(radius_of(out.rows.back()));
  }
  return out;
}

Labels KnownRegions::inside(PointsView x) const {
  Labels out(x.rows, kOutside);
  std::vector<float> nearest(x.rows, std::numeric_limits<float>::infinity());
  for (std::uint32_t c = 0; c < rows.size(); ++c) {
    if (rows[c].rows == 0) continue;
    const auto near = linalg::nearest_neighbours<float>(x, rows[c].view(), 1);
    for (std::size_t r = 0; r < x.rows; ++r) {
      const float distance = std::sqrt(near.squared_distances[r]);
      if (distance > radii[c]) continue;
      const float share = radii[c] > 0 ? distance / radii[c] : 0;
      if (share >= nearest[r]) continue;
      nearest[r] = share;
      out[r] = c;
    }
  }
  return out;
}

}  // namespace equivolve::novel_class_discovery
