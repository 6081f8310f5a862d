// Columns brought to mean 0 and standard deviation 1, by the rows they were fitted on and no
// others.
#pragma once

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
  double apply(double value) const { return deviation == 0 ? 0.0 : (value - mean) / deviation; }
  double undo(double value) const { return mean + deviation * value; }
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
