#include "evaluators/test_time_adaptation/image.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace equivolve::test_time_adaptation {
namespace {

std::size_t inside(std::ptrdiff_t at, std::size_t size, Border border) {
  const auto n = static_cast<std::ptrdiff_t>(size);
  if (border == Border::kMirror)
    while (at < 0 || at >= n) at = at < 0 ? -1 - at : 2 * n - 1 - at;
  return static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at, 0, n - 1));
}

/// `weights`: an odd number of them, the middle one for the pixel itself.
Image filter_line(const Image& image, const std::vector<double>& weights, bool along_rows,
                  Border border) {
  const auto radius = static_cast<std::ptrdiff_t>(weights.size() / 2);
  Image out(image.height, image.width);
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      double sum = 0;
      for (std::ptrdiff_t k = -radius; k <= radius; ++k) {
        const double weight = weights[static_cast<std::size_t>(k + radius)];
        const auto moved = static_cast<std::ptrdiff_t>(along_rows ? x : y) + k;
        sum += weight * (along_rows ? image.at(y, inside(moved, image.width, border))
                                    : image.at(inside(moved, image.height, border), x));
      }
      out.at(y, x) = sum;
    }
  return out;
}

std::vector<double> gaussian_weights(double sigma) {
  const int radius = static_cast<int>(4 * sigma + 0.5);
  std::vector<double> weights;
  double sum = 0;
  for (int k = -radius; k <= radius; ++k) {
    weights.push_back(std::exp(-0.5 * k * k / (sigma * sigma)));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

double covered_by_disc(int y, int x, double radius) {
  constexpr int kPoints = 8;
  int covered = 0;
  for (int i = 0; i < kPoints; ++i)
    for (int j = 0; j < kPoints; ++j) {
      const double dy = y + (i + 0.5) / kPoints - 0.5, dx = x + (j + 0.5) / kPoints - 0.5;
      covered += dy * dy + dx * dx <= radius * radius;
    }
  return covered / double{kPoints * kPoints};
}

/// How much of cell `cell` of `cells` lies over pixel `pixel` of `pixels`, in pixels.
double overlap(std::uint32_t cell, std::uint32_t cells, std::uint32_t pixel, std::uint32_t pixels) {
  const double size = static_cast<double>(pixels) / cells;
  const double low = std::max(cell * size, double(pixel));
  return std::max(0.0, std::min((cell + 1) * size, pixel + 1.0) - low);
}

}  // namespace

Image gaussian_blur(const Image& image, double sigma, Border border) {
  if (static_cast<int>(4 * sigma + 0.5) == 0) return image;
  const auto weights = gaussian_weights(sigma);
  return filter_line(filter_line(image, weights, false, border), weights, true, border);
}

Image three_tap_blur(const Image& image, double side, double middle, bool columns_too) {
  const std::vector<double> weights{side, middle, side};
  const Image along = filter_line(image, weights, true, Border::kRepeat);
  return columns_too ? filter_line(along, weights, false, Border::kRepeat) : along;
}

Image disc_blur(const Image& image, double radius) {
  const int reach = static_cast<int>(std::ceil(radius));
  struct Tap {
    int y, x;
    double weight;
  };
  std::vector<Tap> taps;
  double total = 0;
  for (int y = -reach; y <= reach; ++y)
    for (int x = -reach; x <= reach; ++x) {
      const double weight = covered_by_disc(y, x, radius);
      if (weight > 0) taps.push_back({y, x, weight});
      total += weight;
    }
  Image out(image.height, image.width);
  for (int y = 0; y < static_cast<int>(image.height); ++y)
    for (int x = 0; x < static_cast<int>(image.width); ++x) {
      double sum = 0;
      for (const Tap& tap : taps)
        sum += tap.weight * image.at(inside(y + tap.y, image.height, Border::kRepeat),
                                     inside(x + tap.x, image.width, Border::kRepeat));
      out.at(static_cast<std::size_t>(y), static_cast<std::size_t>(x)) = sum / total;
    }
  return out;
}

Image line_blur(const Image& image, int reach, double angle) {
  const double dy = 0.5 * std::sin(angle), dx = 0.5 * std::cos(angle);
  Image out(image.height, image.width);
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      double sum = 0;
      for (int k = -reach; k <= reach; ++k)
        sum += sample(image, static_cast<double>(y) + k * dy, static_cast<double>(x) + k * dx);
      out.at(y, x) = sum / (2 * reach + 1);
    }
  return out;
}

double sample(const Image& image, double y, double x) {
  y = std::clamp(y, 0.0, image.height - 1.0);
  x = std::clamp(x, 0.0, image.width - 1.0);
  const auto y0 = static_cast<std::size_t>(y), x0 = static_cast<std::size_t>(x);
  const std::size_t y1 = std::min<std::size_t>(y0 + 1, image.height - 1);
  const std::size_t x1 = std::min<std::size_t>(x0 + 1, image.width - 1);
  const double v = y - static_cast<double>(y0), u = x - static_cast<double>(x0);
  return (1 - v) * ((1 - u) * image.at(y0, x0) + u * image.at(y0, x1)) +
         v * ((1 - u) * image.at(y1, x0) + u * image.at(y1, x1));
}

double sample_on_black(const Image& image, double y, double x) {
  const double y0 = std::floor(y), x0 = std::floor(x), v = y - y0, u = x - x0;
  const auto pixel = [&](double row, double column) {
    const bool within = row >= 0 && column >= 0 && row < image.height && column < image.width;
    return within ? image.at(static_cast<std::size_t>(row), static_cast<std::size_t>(column)) : 0.0;
  };
  return (1 - v) * ((1 - u) * pixel(y0, x0) + u * pixel(y0, x0 + 1)) +
         v * ((1 - u) * pixel(y0 + 1, x0) + u * pixel(y0 + 1, x0 + 1));
}

Image placed(const Image& image, const Placement& placement, bool on_black) {
  const double angle = placement.degrees * std::numbers::pi / 180;
  const double c = std::cos(angle) / placement.scale, s = std::sin(angle) / placement.scale;
  const double middle_y = (image.height - 1) / 2.0, middle_x = (image.width - 1) / 2.0;
  Image out(image.height, image.width);
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      const double dy = static_cast<double>(y) - middle_y - placement.down;
      const double dx = static_cast<double>(x) - middle_x - placement.right;
      const double from_y = middle_y + c * dy + s * dx, from_x = middle_x - s * dy + c * dx;
      out.at(y, x) =
          on_black ? sample_on_black(image, from_y, from_x) : sample(image, from_y, from_x);
    }
  return out;
}

Image area_means(const Image& image, std::uint32_t side) {
  Image rows(side, image.width), out(side, side);
  for (std::uint32_t i = 0; i < side; ++i)
    for (std::uint32_t y = 0; y < image.height; ++y) {
      const double weight = overlap(i, side, y, image.height) * side / image.height;
      if (weight > 0)
        for (std::uint32_t x = 0; x < image.width; ++x) rows.at(i, x) += weight * image.at(y, x);
    }
  for (std::uint32_t j = 0; j < side; ++j)
    for (std::uint32_t x = 0; x < image.width; ++x) {
      const double weight = overlap(j, side, x, image.width) * side / image.width;
      if (weight > 0)
        for (std::uint32_t i = 0; i < side; ++i) out.at(i, j) += weight * rows.at(i, x);
    }
  return out;
}

double mean_of(const Image& image) {
  double sum = 0;
  for (const double pixel : image.pixels) sum += pixel;
  return sum / static_cast<double>(image.pixels.size());
}

void clip(Image& image) {
  for (double& pixel : image.pixels) pixel = std::clamp(pixel, 0.0, 1.0);
}

void round_to_bytes(Image& image) {
  for (double& pixel : image.pixels)
    pixel = std::nearbyint(std::clamp(pixel, 0.0, 1.0) * 255) / 255;
}

}  // namespace equivolve::test_time_adaptation
