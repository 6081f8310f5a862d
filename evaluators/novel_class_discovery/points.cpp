#include "evaluators/novel_class_discovery/points.hpp"

#include <algorithm>

namespace equivolve::novel_class_discovery {

Points rows_of(PointsView x, std::span<const std::uint32_t> rows) {
  Points out(rows.size(), x.columns);
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::copy_n(x.data + rows[i] * x.stride, x.columns, out.values.data() + i * x.columns);
  return out;
}

Points stacked(PointsView a, PointsView b) {
  const std::size_t columns = a.rows > 0 ? a.columns : b.columns;
  Points out(a.rows + b.rows, columns);
  float* to = out.values.data();
  for (const PointsView& part : {a, b})
    for (std::size_t r = 0; r < part.rows; ++r, to += columns)
      std::copy_n(part.data + r * part.stride, columns, to);
  return out;
}

Points class_means(PointsView x, std::span<const std::uint32_t> labels, std::size_t classes) {
  std::vector<double> sums(classes * x.columns, 0.0);
  std::vector<double> counts(classes, 0.0);
  for (std::size_t r = 0; r < x.rows; ++r) {
    counts[labels[r]] += 1;
    for (std::size_t c = 0; c < x.columns; ++c) sums[labels[r] * x.columns + c] += x(r, c);
  }
  Points means(classes, x.columns);
  for (std::size_t k = 0; k < classes; ++k)
    for (std::size_t c = 0; c < x.columns; ++c)
      if (counts[k] > 0) means(k, c) = static_cast<float>(sums[k * x.columns + c] / counts[k]);
  return means;
}

float squared_distance(const float* a, const float* b, std::size_t columns) {
  // Eight sums side by side, so that they fit a vector register.
  constexpr std::size_t kLanes = 8;
  float sums[kLanes] = {};
  std::size_t c = 0;
  for (; c + kLanes <= columns; c += kLanes)
    for (std::size_t l = 0; l < kLanes; ++l) {
      const float d = a[c + l] - b[c + l];
      sums[l] += d * d;
    }
  for (std::size_t l = 0; c < columns; ++c, ++l) {
    const float d = a[c] - b[c];
    sums[l] += d * d;
  }
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

}  // namespace equivolve::novel_class_discovery
