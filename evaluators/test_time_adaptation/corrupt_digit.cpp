#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "evaluators/test_time_adaptation/corruptions.hpp"
#include "evaluators/test_time_adaptation/noises.hpp"

namespace equivolve::test_time_adaptation {
namespace {

using hashing::Stream;

constexpr std::array<std::string_view, 15> kDigitNames = {
    "gaussian_noise", "shot_noise",  "impulse_noise", "box_blur", "motion_blur", "fog",
    "brightness",     "contrast",    "translate",     "rotate",   "stripe",      "pixelate",
    "gamma",          "column_gain", "dropout"};

double sign(Stream& stream) {
  return stream.chance(0.5) ? 1 : -1;
}

/// A linear ramp from -1 to 1 in a random direction, at most 1 in the corners.
void fog_ramp(Image& image, double amount, Stream& stream) {
  const double angle = stream.uniform(0, 2 * std::numbers::pi);
  const double rows = std::max(image.height - 1.0, 1.0), columns = std::max(image.width - 1.0, 1.0);
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      const double v = 2 * static_cast<double>(y) / rows - 1;
      const double u = 2 * static_cast<double>(x) / columns - 1;
      const double ramp = (std::cos(angle) * u + std::sin(angle) * v) / std::numbers::sqrt2;
      image.at(y, x) = (image.at(y, x) + amount * (.5 + .5 * ramp)) / (1 + amount);
    }
}

void blend_with_means(Image& image, double share) {
  const Image original = image;
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      const std::size_t top = y & ~std::size_t{1}, left = x & ~std::size_t{1};
      const std::size_t bottom = std::min<std::size_t>(top + 1, image.height - 1);
      const std::size_t right = std::min<std::size_t>(left + 1, image.width - 1);
      const double mean = (original.at(top, left) + original.at(top, right) +
                           original.at(bottom, left) + original.at(bottom, right)) /
                          4;
      image.at(y, x) = (1 - share) * original.at(y, x) + share * mean;
    }
}

void column_gain(Image& image, double amount, Stream& shared) {
  for (std::size_t x = 0; x < image.width; ++x) {
    const double gain = 1 + amount * shared.uniform(-1, 1);
    for (std::size_t y = 0; y < image.height; ++y) image.at(y, x) *= gain;
  }
}

void invert_columns(Image& image, std::uint32_t columns) {
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < std::min(columns, image.width); ++x)
      image.at(y, x) = 1 - image.at(y, x);
}

Image spoil_digit(Image x, std::size_t corruption, std::size_t s, Stream& own, Stream& shared) {
  static constexpr double kGaussian[] = {.1, .15, .2, .3, .4}, kShot[] = {20, 12, 8, 5, 3},
                          kImpulse[] = {.03, .06, .1, .15, .22}, kBox[] = {.15, .25, .35, .45, .6},
                          kMotion[] = {.3, .5, .7, .9, 1}, kFog[] = {.2, .35, .5, .7, .9},
                          kBright[] = {.1, .2, .3, .4, .5}, kContrast[] = {.6, .45, .35, .25, .15},
                          kShift[] = {.2, .4, .6, .8, 1}, kDegrees[] = {6, 12, 18, 24, 30},
                          kBlend[] = {.3, .5, .7, .85, 1}, kGamma[] = {.8, .65, .5, .4, .3},
                          kGain[] = {.2, .35, .5, .65, .8}, kDropped[] = {.08, .14, .2, .28, .36};
  static constexpr std::uint32_t kStripe[] = {1, 1, 2, 2, 3};
  switch (corruption) {
    case 0:
      gaussian_noise(x, kGaussian[s], own);
      return x;
    case 1:
      shot_noise(x, kShot[s], own);
      return x;
    case 2:
      impulse_noise(x, kImpulse[s], own);
      return x;
    case 3:
      return three_tap_blur(x, kBox[s] / 2, 1 - kBox[s], true);
    case 4:
      return three_tap_blur(x, kMotion[s] / 3, 1 - 2 * kMotion[s] / 3, false);
    case 5:
      fog_ramp(x, kFog[s], own);
      return x;
    case 6:
      for (double& pixel : x.pixels) pixel += kBright[s];
      return x;
    case 7:
      change_contrast(x, kContrast[s]);
      return x;
    case 8: {
      const double down = kShift[s] * sign(own), right = kShift[s] * sign(own);
      return placed(x, {.down = down, .right = right}, true);
    }
    case 9:
      return placed(x, {.degrees = kDegrees[s] * sign(own)});
    case 10:
      invert_columns(x, kStripe[s]);
      return x;
    case 11:
      blend_with_means(x, kBlend[s]);
      return x;
    case 12:
      for (double& pixel : x.pixels) pixel = std::pow(std::max(pixel, 0.0), kGamma[s]);
      return x;
    case 13:
      column_gain(x, kGain[s], shared);
      return x;
    default:
      for (double& pixel : x.pixels) pixel = own.chance(kDropped[s]) ? 0 : pixel;
      return x;
  }
}

}  // namespace

std::span<const std::string_view> digit_corruption_names() {
  return kDigitNames;
}

Image corrupt_digit(const Image& image, std::size_t corruption, int severity, Stream& own,
                    Stream& shared) {
  Image out = spoil_digit(image, corruption, static_cast<std::size_t>(severity - 1), own, shared);
  round_to_bytes(out);
  return out;
}

}  // namespace equivolve::test_time_adaptation
