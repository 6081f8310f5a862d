#include "evaluators/test_time_adaptation/jpeg.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace equivolve::test_time_adaptation {
namespace {

constexpr std::size_t kSide = 8;
using Block = std::array<std::array<double, kSide>, kSide>;

constexpr int kLuminance[kSide][kSide] = {
    {16, 11, 10, 16, 24, 40, 51, 61},     {12, 12, 14, 19, 26, 58, 60, 55},
    {14, 13, 16, 24, 40, 57, 69, 56},     {14, 17, 22, 29, 51, 87, 80, 62},
    {18, 22, 37, 56, 68, 109, 103, 77},   {24, 35, 55, 64, 81, 104, 113, 92},
    {49, 64, 78, 87, 103, 121, 120, 101}, {72, 92, 95, 98, 112, 100, 103, 99}};

int quantum(std::size_t y, std::size_t x, int quality) {
  const int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  return std::clamp((kLuminance[y][x] * scale + 50) / 100, 1, 255);
}

/// Row k: the k-th orthonormal cosine.
Block cosines() {
  Block table;
  for (std::size_t k = 0; k < kSide; ++k)
    for (std::size_t i = 0; i < kSide; ++i)
      table[k][i] = std::sqrt((k == 0 ? 1.0 : 2.0) / kSide) *
                    std::cos(std::numbers::pi * static_cast<double>((2 * i + 1) * k) / (2 * kSide));
  return table;
}

/// left * middle * right', or left' * middle * right if `back`.
Block transformed(const Block& cosine, const Block& block, bool back) {
  Block half{}, out{};
  for (std::size_t i = 0; i < kSide; ++i)
    for (std::size_t j = 0; j < kSide; ++j)
      for (std::size_t k = 0; k < kSide; ++k)
        half[i][j] += (back ? cosine[k][i] : cosine[i][k]) * block[k][j];
  for (std::size_t i = 0; i < kSide; ++i)
    for (std::size_t j = 0; j < kSide; ++j)
      for (std::size_t k = 0; k < kSide; ++k)
        out[i][j] += half[i][k] * (back ? cosine[k][j] : cosine[j][k]);
  return out;
}

}  // namespace

Image jpeg_compressed(const Image& image, int quality) {
  const Block cosine = cosines();
  Image out(image.height, image.width);
  for (std::size_t top = 0; top < image.height; top += kSide)
    for (std::size_t left = 0; left < image.width; left += kSide) {
      Block block;
      for (std::size_t y = 0; y < kSide; ++y)
        for (std::size_t x = 0; x < kSide; ++x)
          block[y][x] = 255 * image.at(std::min<std::size_t>(top + y, image.height - 1),
                                       std::min<std::size_t>(left + x, image.width - 1)) -
                        128;
      Block waves = transformed(cosine, block, false);
      for (std::size_t y = 0; y < kSide; ++y)
        for (std::size_t x = 0; x < kSide; ++x) {
          const int q = quantum(y, x, quality);
          waves[y][x] = std::nearbyint(waves[y][x] / q) * q;
        }
      const Block restored = transformed(cosine, waves, true);
      for (std::size_t y = 0; y < kSide && top + y < image.height; ++y)
        for (std::size_t x = 0; x < kSide && left + x < image.width; ++x)
          out.at(top + y, left + x) = (restored[y][x] + 128) / 255;
    }
  return out;
}

}  // namespace equivolve::test_time_adaptation
