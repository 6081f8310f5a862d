#include "evaluators/common/row_sampling/spread_order.hpp"

#include <algorithm>
#include <numeric>
#include <span>

namespace equivolve::row_sampling {
namespace {

constexpr std::size_t kLeaf = 4;

std::size_t widest_column(const linalg::Matrix<double>& rows, std::span<const std::uint32_t> part) {
  std::size_t widest = 0;
  double most = -1;
  const auto n = static_cast<double>(part.size());
  for (std::size_t c = 0; c < rows.columns; ++c) {
    double mean = 0, spread = 0;
    for (std::uint32_t row : part) mean += rows(row, c) / n;
    for (std::uint32_t row : part) spread += (rows(row, c) - mean) * (rows(row, c) - mean);
    if (spread > most) {
      most = spread;
      widest = c;
    }
  }
  return widest;
}

void order_part(const linalg::Matrix<double>& rows, std::span<std::uint32_t> part) {
  if (part.size() <= kLeaf) return;
  const std::size_t column = widest_column(rows, part), half = part.size() / 2;
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    const double x = rows(a, column), y = rows(b, column);
    return x < y || (x == y && a < b);
  };
  std::nth_element(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(half), part.end(),
                   before);
  // Whatever order nth_element left them in, it is that of no library.
  std::sort(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(half));
  std::sort(part.begin() + static_cast<std::ptrdiff_t>(half), part.end());
  order_part(rows, part.first(half));
  order_part(rows, part.subspan(half));
}

}  // namespace

std::vector<std::uint32_t> spread_order(const linalg::Matrix<double>& rows) {
  std::vector<std::uint32_t> order(rows.rows);
  std::iota(order.begin(), order.end(), 0u);
  order_part(rows, order);
  return order;
}

}  // namespace equivolve::row_sampling
