// Rows as every method sees them: standardised numbers in float, and the labels that learning may
// see.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluators/common/linalg/matrix.hpp"

namespace equivolve::novel_class_discovery {

using Points = linalg::Matrix<float>;
using PointsView = linalg::MatrixView<float>;
using Labels = std::vector<std::uint32_t>;

/// What a method learns from. There is no place in it for the label of a novel row.
struct LearningRows {
  Points known;
  Labels classes_of_known;                  ///< 0 .. classes - 1, each of them occurs
  std::size_t classes = 0;                  ///< known ones
  Points unlabelled;                        ///< of the same columns
  std::vector<std::uint32_t> grouped = {};  ///< the unlabelled rows to be clustered, ascending;
                                            ///< empty: all. The others help to learn a code
};

Points rows_of(PointsView x, std::span<const std::uint32_t> rows);
/// `a` above `b`; both have the same columns.
Points stacked(PointsView a, PointsView b);
/// The mean of each class's rows. `labels`: one a row, below `classes`; classes without rows get
/// zeros.
Points class_means(PointsView x, std::span<const std::uint32_t> labels, std::size_t classes);
/// Sum of squared differences, in an order of its own that every call shares.
float squared_distance(const float* a, const float* b, std::size_t columns);

}  // namespace equivolve::novel_class_discovery
