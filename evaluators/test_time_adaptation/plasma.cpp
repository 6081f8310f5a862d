#include "evaluators/test_time_adaptation/plasma.hpp"

#include <algorithm>
#include <bit>

namespace equivolve::test_time_adaptation {
namespace {

/// The four neighbours of (y, x) at the given steps, around the edges.
struct PlasmaGrid {
  std::uint32_t side;
  std::vector<double> values;

  double& at(std::uint32_t y, std::uint32_t x) {
    return values[(y & (side - 1)) * side + (x & (side - 1))];
  }
  double mean_of_corners(std::uint32_t y, std::uint32_t x, std::uint32_t step) {
    return (at(y - step, x - step) + at(y - step, x + step) + at(y + step, x - step) +
            at(y + step, x + step)) /
           4;
  }
  double mean_of_sides(std::uint32_t y, std::uint32_t x, std::uint32_t step) {
    return (at(y - step, x) + at(y + step, x) + at(y, x - step) + at(y, x + step)) / 4;
  }
};

}  // namespace

Image plasma(std::uint32_t height, std::uint32_t width, double decay, hashing::Stream& stream) {
  const std::uint32_t side = std::bit_ceil(std::max(height, width));
  PlasmaGrid grid{side, std::vector<double>(std::size_t{side} * side)};
  double w = 1;
  for (std::uint32_t step = side; step >= 2; step /= 2, w /= decay) {
    const std::uint32_t half = step / 2;
    for (std::uint32_t y = half; y < side; y += step)
      for (std::uint32_t x = half; x < side; x += step)
        grid.at(y, x) = grid.mean_of_corners(y, x, half) + stream.uniform(-w, w);
    for (std::uint32_t y = 0; y < side; y += half)
      for (std::uint32_t x = y % step == 0 ? half : 0; x < side; x += step)
        grid.at(y, x) = grid.mean_of_sides(y, x, half) + stream.uniform(-w, w);
  }
  const auto [low, high] = std::minmax_element(grid.values.begin(), grid.values.end());
  const double base = *low, range = *high - *low;
  Image out(height, width);
  for (std::uint32_t y = 0; y < height; ++y)
    for (std::uint32_t x = 0; x < width; ++x)
      out.at(y, x) = range > 0 ? (grid.at(y, x) - base) / range : 0;
  return out;
}

}  // namespace equivolve::test_time_adaptation
