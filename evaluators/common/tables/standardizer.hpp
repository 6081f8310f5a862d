// Columns brought to mean 0 and standard deviation 1, by the rows they were fitted on and no
// others.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace equivolve::tables {

/// Of one column: mean and population standard deviation (divided by n), summed in row order. A
/// column whose fitted values are all the same has deviation 0 and becomes 0 everywhere.
struct Scale {
  double mean = 0;
  double deviation = 1;
  /// Finite wherever the answer is: a distance of numbers near the greatest need not be one.
  double apply(double value) const {
    if (deviation == 0) return 0.0;
    const double distance = value - mean;
    return std::isfinite(distance) ? distance / deviation
                                   : (value / 2 - mean / 2) / (deviation / 2);
  }
  double undo(double value) const {
    const double own = mean + deviation * value;
    return std::isfinite(own) ? own : 2 * (mean / 2 + deviation / 2 * value);
  }
  bool operator==(const Scale&) const = default;
};

/// Also of numbers so large or so small that their squares are infinite or 0.
/// `values` strided: the column's value of row r stands at values[r * stride]. `rows` is not empty.
Scale fit_scale(std::span<const double> values, std::size_t stride,
                std::span<const std::uint32_t> rows);

/// One scale a column of a row-major table with `columns` columns.
std::vector<Scale> fit_scales(std::span<const double> table, std::size_t columns,
                              std::span<const std::uint32_t> rows);

}  // namespace equivolve::tables
