#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "evaluators/test_time_adaptation/corruptions.hpp"
#include "evaluators/test_time_adaptation/jpeg.hpp"
#include "evaluators/test_time_adaptation/noises.hpp"
#include "evaluators/test_time_adaptation/plasma.hpp"

namespace equivolve::test_time_adaptation {
namespace {

using hashing::Stream;

constexpr std::array<std::string_view, 15> kImageNames = {"gaussian_noise",
                                                          "shot_noise",
                                                          "impulse_noise",
                                                          "defocus_blur",
                                                          "glass_blur",
                                                          "motion_blur",
                                                          "zoom_blur",
                                                          "snow",
                                                          "frost",
                                                          "fog",
                                                          "brightness",
                                                          "contrast",
                                                          "elastic_transform",
                                                          "pixelate",
                                                          "jpeg_compression"};

constexpr double kDegree = std::numbers::pi / 180;

struct Glass {
  double sigma;
  int reach, passes;
};

Image glass_blur(const Image& image, const Glass& glass, Stream& stream) {
  Image out = gaussian_blur(image, glass.sigma);
  const auto reach = static_cast<std::size_t>(glass.reach);
  const auto offset = [&] {
    return static_cast<std::size_t>(stream.below(2 * reach + 1)) - reach;  // wraps; sums do again
  };
  for (int pass = 0; pass < glass.passes; ++pass)
    for (std::size_t y = image.height - 1 - reach; y >= reach; --y)
      for (std::size_t x = image.width - 1 - reach; x >= reach; --x) {
        const std::size_t dy = offset(), dx = offset();
        std::swap(out.at(y, x), out.at(y + dy, x + dx));
      }
  return gaussian_blur(out, glass.sigma);
}

Image zoom_blur(const Image& image, double greatest, double step) {
  Image sum = image;
  double images = 1;
  const int steps = static_cast<int>((greatest - 1) / step + 1e-9);
  for (int k = 0; k <= steps; ++k, ++images) {
    const Image zoomed = placed(image, {.scale = 1 + k * step});
    for (std::size_t i = 0; i < sum.pixels.size(); ++i) sum.pixels[i] += zoomed.pixels[i];
  }
  for (double& pixel : sum.pixels) pixel /= images;
  return sum;
}

struct Snow {
  double mean, zoom, threshold;
  int reach;
  double kept;
};

Image snow(const Image& image, const Snow& snow, Stream& stream) {
  Image flakes(image.height, image.width);
  for (double& pixel : flakes.pixels) pixel = snow.mean + 0.3 * stream.gaussian();
  flakes = placed(flakes, {.scale = snow.zoom});
  for (double& pixel : flakes.pixels) pixel = pixel < snow.threshold ? 0 : pixel;
  clip(flakes);
  flakes = line_blur(flakes, snow.reach, stream.uniform(-135, -45) * kDegree);
  Image out = image;
  const std::size_t count = out.pixels.size();
  for (std::size_t i = 0; i < count; ++i) {
    const double x = image.pixels[i];
    out.pixels[i] = snow.kept * x + (1 - snow.kept) * std::max(x, 1.5 * x + 0.5) +
                    flakes.pixels[i] + flakes.pixels[count - 1 - i];
  }
  return out;
}

void frost(Image& image, double kept, double ice, Stream& stream) {
  const Image field = plasma(image.height, image.width, 1.3, stream);
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] =
        kept * image.pixels[i] + ice * std::clamp((field.pixels[i] - 0.35) / 0.45, 0.0, 1.0);
}

void fog(Image& image, double thickness, double decay, Stream& stream) {
  const Image field = plasma(image.height, image.width, decay, stream);
  const double most = *std::max_element(image.pixels.begin(), image.pixels.end());
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = (image.pixels[i] + thickness * field.pixels[i]) * most / (most + thickness);
}

Image displacement(const Image& image, double most, double sigma, Stream& stream) {
  Image field(image.height, image.width);
  for (double& value : field.pixels) value = stream.uniform(-1, 1);
  field = gaussian_blur(field, sigma, Border::kMirror);
  double greatest = 0;
  for (const double value : field.pixels) greatest = std::max(greatest, std::abs(value));
  for (double& value : field.pixels) value *= most / greatest;
  return field;
}

Image elastic_transform(const Image& image, double most, double sigma, Stream& stream) {
  const Image down = displacement(image, most, sigma, stream);
  const Image right = displacement(image, most, sigma, stream);
  Image out(image.height, image.width);
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x)
      out.at(y, x) = sample(image, static_cast<double>(y) + down.at(y, x),
                            static_cast<double>(x) + right.at(y, x));
  return out;
}

Image pixelate(const Image& image, std::uint32_t side) {
  const Image coarse = area_means(image, side);
  Image out(image.height, image.width);
  const auto cell = [&](std::size_t at, std::uint32_t size) {
    return static_cast<std::size_t>((static_cast<double>(at) + 0.5) * side / size);
  };
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x)
      out.at(y, x) = coarse.at(cell(y, image.height), cell(x, image.width));
  return out;
}

Image spoil(Image x, std::size_t corruption, std::size_t s, Stream& stream) {
  static constexpr double kGaussian[] = {.08, .12, .18, .26, .38}, kShot[] = {60, 25, 12, 5, 3},
                          kImpulse[] = {.03, .06, .09, .17, .27},
                          kDefocus[] = {.8, 1.2, 1.6, 2.1, 2.7};
  static constexpr Glass kGlass[] = {{.7, 1, 1}, {.7, 1, 2}, {.8, 2, 1}, {.9, 2, 2}, {1, 3, 2}};
  static constexpr int kMotion[] = {3, 5, 7, 9, 11}, kQuality[] = {25, 18, 15, 10, 7};
  static constexpr double kZoom[][2] = {
      {1.11, .01}, {1.16, .01}, {1.21, .02}, {1.26, .02}, {1.31, .03}};
  static constexpr Snow kSnow[] = {{.1, 1.5, .5, 3, .95},
                                   {.15, 1.75, .5, 3, .9},
                                   {.2, 2, .5, 4, .85},
                                   {.3, 2.25, .55, 5, .8},
                                   {.35, 2.5, .55, 6, .75}};
  static constexpr double kFrost[][2] = {{1, .2}, {.9, .3}, {.8, .4}, {.7, .5}, {.6, .6}},
                          kFog[][2] = {{.5, 2}, {.8, 2}, {1.2, 1.8}, {1.6, 1.6}, {2, 1.5}},
                          kBrightness[] = {.1, .2, .3, .4, .5}, kContrast[] = {.5, .4, .3, .2, .12},
                          kElastic[][2] = {{1, 3}, {1.5, 3}, {2, 2.5}, {2.5, 2.5}, {3, 2}};
  static constexpr std::uint32_t kPixelate[] = {16, 14, 11, 8, 7};
  switch (corruption) {
    case 0:
      gaussian_noise(x, kGaussian[s], stream);
      return x;
    case 1:
      shot_noise(x, kShot[s], stream);
      return x;
    case 2:
      impulse_noise(x, kImpulse[s], stream);
      return x;
    case 3:
      return disc_blur(x, kDefocus[s]);
    case 4:
      return glass_blur(x, kGlass[s], stream);
    case 5:
      return line_blur(x, kMotion[s], stream.uniform(-45, 45) * kDegree);
    case 6:
      return zoom_blur(x, kZoom[s][0], kZoom[s][1]);
    case 7:
      return snow(x, kSnow[s], stream);
    case 8:
      frost(x, kFrost[s][0], kFrost[s][1], stream);
      return x;
    case 9:
      fog(x, kFog[s][0], kFog[s][1], stream);
      return x;
    case 10:
      for (double& pixel : x.pixels) pixel += kBrightness[s];
      return x;
    case 11:
      change_contrast(x, kContrast[s]);
      return x;
    case 12:
      return elastic_transform(x, kElastic[s][0], kElastic[s][1], stream);
    case 13:
      return pixelate(x, kPixelate[s]);
    default:
      return jpeg_compressed(x, kQuality[s]);
  }
}

}  // namespace

std::span<const std::string_view> image_corruption_names() {
  return kImageNames;
}

Image corrupt_image(const Image& image, std::size_t corruption, int severity, Stream& own) {
  Image out = spoil(image, corruption, static_cast<std::size_t>(severity - 1), own);
  round_to_bytes(out);
  return out;
}

}  // namespace equivolve::test_time_adaptation
