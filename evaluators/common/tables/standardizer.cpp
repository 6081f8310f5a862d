#include "evaluators/common/tables/standardizer.hpp"

#include <algorithm>
#include <cmath>

namespace equivolve::tables {
namespace {

/// Of values that differ, but whose sum or squares leave the range of a double: by their shares of
/// the greatest one, and of the greatest difference.
Scale fit_extreme_scale(std::span<const double> values, std::size_t stride,
                        std::span<const std::uint32_t> rows) {
  const auto n = static_cast<double>(rows.size());
  double size = 0;
  for (std::uint32_t row : rows) size = std::max(size, std::abs(values[row * stride]));
  double mean = 0;
  for (std::uint32_t row : rows) mean += values[row * stride] / size / n;
  double width = 0;
  for (std::uint32_t row : rows)
    width = std::max(width, std::abs(values[row * stride] / size - mean));
  double squares = 0;
  for (std::uint32_t row : rows) {
    const double share = (values[row * stride] / size - mean) / width;
    squares += share * share;
  }
  return {mean * size, size * (width * std::sqrt(squares / n))};
}

}  // namespace

Scale fit_scale(std::span<const double> values, std::size_t stride,
                std::span<const std::uint32_t> rows) {
  auto at = [&](std::uint32_t row) { return values[row * stride]; };
  if (std::all_of(rows.begin(), rows.end(),
                  [&](std::uint32_t row) { return at(row) == at(rows[0]); }))
    return {at(rows[0]), 0};
  const auto n = static_cast<double>(rows.size());
  double sum = 0;
  for (std::uint32_t row : rows) sum += at(row);
  const double mean = sum / n;
  double squares = 0;
  for (std::uint32_t row : rows) squares += (at(row) - mean) * (at(row) - mean);
  if (!std::isnormal(squares)) return fit_extreme_scale(values, stride, rows);
  return {mean, std::sqrt(squares / n)};
}

std::vector<Scale> fit_scales(std::span<const double> table, std::size_t columns,
                              std::span<const std::uint32_t> rows) {
  std::vector<Scale> scales;
  for (std::size_t c = 0; c < columns; ++c)
    scales.push_back(fit_scale(table.subspan(c), columns, rows));
  return scales;
}

}  // namespace equivolve::tables
