// An order of the rows in which neighbours are alike, for samples that spread out over all kinds of
// rows. Source of the idea: Shimizu, Cheng, Musco, Weare 2024, "Improved active learning via
// dependent leverage score sampling", ICLR (pivotal sampling along a tree over the rows).
#pragma once

#include <cstdint>
#include <vector>

#include "evaluators/common/linalg/matrix.hpp"

namespace equivolve::row_sampling {

/// The leaves of a k-d tree: the rows are cut at the median of the coordinate in which they spread
/// most (sum of squares about the mean), then each half again. O(n log^2 n). [any-thread]
std::vector<std::uint32_t> spread_order(const linalg::Matrix<double>& rows);

}  // namespace equivolve::row_sampling
