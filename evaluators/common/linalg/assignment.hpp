// The assignment problem: which column for which row, each at most once, at least cost. Sources:
// Kuhn 1955, "The Hungarian method for the assignment problem"; Jonker, Volgenant 1987, "A shortest
// augmenting path algorithm for dense and sparse linear assignment problems"; for rectangles
// Crouse 2016, "On implementing 2D rectangular assignment algorithms" (IEEE TAES 52), section II.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "evaluators/common/linalg/matrix.hpp"

namespace equivolve::linalg {

inline constexpr std::size_t kUnassigned = std::numeric_limits<std::size_t>::max();

struct Assignment {
  std::vector<std::size_t> column_of_row;  ///< or kUnassigned, where there are more rows
  double cost = 0;                         ///< the sum of the entries chosen
};

/// min(rows, columns) entries are chosen. Costs are finite, of any sign (negate them to get the
/// greatest sum). O(min^2 max) time. Where several assignments cost the least, always the same one.
/// [any-thread]
Assignment assign(const MatrixView<double>& cost);

}  // namespace equivolve::linalg
