#include "evaluators/test_time_adaptation/augmentation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "evaluators/test_time_adaptation/draws.hpp"
#include "evaluators/test_time_adaptation/noises.hpp"
#include "evaluators/test_time_adaptation/planes.hpp"

namespace equivolve::test_time_adaptation {
namespace {

using hashing::Stream;

double around_one(double reach, Stream& stream) {
  return stream.uniform(1 - reach, 1 + reach);
}

/// Turns the hue of a colour by a share of the circle (HSV: Smith 1978, "Color gamut transform
/// pairs").
void turn_hue(double& red, double& green, double& blue, double turn) {
  const double value = std::max({red, green, blue});
  const double chroma = value - std::min({red, green, blue});
  if (chroma <= 0) return;
  const double sixths = value == red     ? (green - blue) / chroma
                        : value == green ? (blue - red) / chroma + 2
                                         : (red - green) / chroma + 4;
  const auto channel = [&](double n) {
    const double k = std::fmod(n + sixths + 6 * turn + 12, 6);
    return value - chroma * std::clamp(std::min(k, 4 - k), 0.0, 1.0);
  };
  red = channel(5);
  green = channel(3);
  blue = channel(1);
}

/// Brightness, contrast and exponent, in a random order; then, of colour images, saturation and
/// hue.
struct Tones {
  std::array<int, 3> order{0, 1, 2};
  double brightness, contrast, exponent, saturation = 1, hue = 0;

  Tones(double k, bool colour, Stream& stream)
      : brightness(around_one(.4 * k, stream)),
        contrast(around_one(.3 * k, stream)),
        exponent(around_one(.3 * k, stream)) {
    for (std::size_t i = 2; i > 0; --i) std::swap(order[i], order[stream.below(i + 1)]);
    if (!colour) return;
    saturation = around_one(.5 * k, stream);
    hue = stream.uniform(-.06 * k, .06 * k);
  }
  void apply(Planes& planes) const {
    clip_all(planes);
    for (const int what : order) {
      if (what == 1) stretch(planes);
      for (Image& plane : planes)
        for (double& pixel : plane.pixels)
          if (what == 0)
            pixel *= brightness;
          else if (what == 2)
            pixel = std::pow(pixel, exponent);
      clip_all(planes);
    }
    if (planes.size() == 3) colour(planes);
  }

 private:
  static void clip_all(Planes& planes) {
    for (Image& plane : planes) clip(plane);
  }
  /// Contrast, around the mean of all channels.
  void stretch(Planes& planes) const {
    double mean = 0;
    for (const Image& plane : planes) mean += mean_of(plane);
    mean /= static_cast<double>(planes.size());
    for (Image& plane : planes)
      for (double& pixel : plane.pixels) pixel = (pixel - mean) * contrast + mean;
  }
  void colour(Planes& planes) const {
    for (std::size_t i = 0; i < planes[0].pixels.size(); ++i) {
      double *red = &planes[0].pixels[i], *green = &planes[1].pixels[i],
             *blue = &planes[2].pixels[i];
      const double grey = .299 * *red + .587 * *green + .114 * *blue;  // luma of ITU-R BT.601
      for (double* part : {red, green, blue})
        *part = std::clamp(grey + saturation * (*part - grey), 0.0, 1.0);
      turn_hue(*red, *green, *blue, hue);
    }
  }
};

/// What all images of a view share.
struct ImageView {
  Tones tones;
  Placement placement;
  double sigma;
  bool flip;

  ImageView(double k, const SampleShape& shape, Stream& stream)
      : tones(k, shape.channels == 3, stream) {
    const std::uint32_t width = shape.width;
    placement.degrees = stream.uniform(-15 * k, 15 * k);
    placement.scale = around_one(.1 * k, stream);
    placement.down = stream.uniform(-k / 16, k / 16) * width;
    placement.right = stream.uniform(-k / 16, k / 16) * width;
    sigma = stream.uniform(.001, std::max(.5 * k, .0011));
    flip = stream.chance(.5) && k > 0;
  }
};

/// Five taps.
Image blurred(const Image& image, double sigma) {
  double taps[3], sum = 0;
  for (int d = 0; d < 3; ++d) {
    taps[d] = std::exp(-.5 * d * d / (sigma * sigma));
    sum += d == 0 ? taps[d] : 2 * taps[d];
  }
  if (taps[1] / sum < 1e-12) return image;
  Image rows(image.height, image.width), out(image.height, image.width);
  const auto add = [&](const Image& from, Image& to, bool along_rows) {
    for (std::size_t y = 0; y < from.height; ++y)
      for (std::size_t x = 0; x < from.width; ++x)
        for (int d = -2; d <= 2; ++d) {
          const auto last = static_cast<int>(along_rows ? from.width : from.height) - 1;
          const auto moved = static_cast<std::size_t>(
              std::clamp(static_cast<int>(along_rows ? x : y) + d, 0, last));
          to.at(y, x) +=
              taps[std::abs(d)] / sum * (along_rows ? from.at(y, moved) : from.at(moved, x));
        }
  };
  add(image, rows, true);
  add(rows, out, false);
  return out;
}

void mirror(Image& image) {
  for (std::size_t y = 0; y < image.height; ++y)
    std::reverse(&image.at(y, 0), &image.at(y, 0) + image.width);
}

template <class Scalar>
void augment_row(double k, std::span<const Scalar> row, Stream gains, Stream& noise,
                 std::span<Scalar> out) {
  for (std::size_t j = 0; j < row.size(); ++j)
    out[j] = static_cast<Scalar>(row[j] * around_one(.1 * k, gains) + .1 * k * noise.gaussian());
}

}  // namespace

template <class Scalar>
void augment(const Augmentation& a, std::uint32_t batch, std::uint32_t view,
             std::span<const Scalar> samples, std::span<Scalar> out) {
  // Even places: what the batch shares; odd ones: noise.
  Stream shared = draws(a.seed, Draw::kView, view * 2, batch);
  Stream noise = draws(a.seed, Draw::kView, view * 2 + 1, batch);
  const std::size_t size = a.shape.size();
  const double k = a.strength;
  const auto each = [&](const auto& body) {
    for (std::size_t at = 0; at < samples.size(); at += size)
      body(samples.subspan(at, size), out.subspan(at, size));
  };
  if (a.shape.family == Family::kTable)
    return each([&](auto row, auto to) { augment_row<Scalar>(k, row, shared, noise, to); });
  if (a.shape.family == Family::kDigits) {
    const Tones tones(k, a.shape.channels == 3, shared);
    return each([&](auto sample, auto to) {
      Planes planes = planes_of(a.shape, sample);
      tones.apply(planes);
      for (Image& plane : planes) gaussian_noise(plane, .05 * k, noise);
      store(planes, to);
    });
  }
  const ImageView parameters(k, a.shape, shared);
  each([&](auto sample, auto to) {
    Planes planes = planes_of(a.shape, sample);
    parameters.tones.apply(planes);
    for (Image& plane : planes) {
      plane = blurred(placed(plane, parameters.placement), parameters.sigma);
      if (parameters.flip) mirror(plane);
      gaussian_noise(plane, .005, noise);
      clip(plane);
    }
    store(planes, to);
  });
}

template void augment(const Augmentation&, std::uint32_t, std::uint32_t, std::span<const float>,
                      std::span<float>);
template void augment(const Augmentation&, std::uint32_t, std::uint32_t, std::span<const double>,
                      std::span<double>);

}  // namespace equivolve::test_time_adaptation
