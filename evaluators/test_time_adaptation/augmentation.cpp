#include "evaluators/test_time_adaptation/augmentation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "evaluators/test_time_adaptation/draws.hpp"
#include "evaluators/test_time_adaptation/noises.hpp"

namespace equivolve::test_time_adaptation {
namespace {

using hashing::Stream;

double around_one(double reach, Stream& stream) {
  return stream.uniform(1 - reach, 1 + reach);
}

/// Brightness, contrast and exponent, in a random order.
struct Tones {
  std::array<int, 3> order{0, 1, 2};
  double brightness, contrast, exponent;

  Tones(double k, Stream& stream)
      : brightness(around_one(.4 * k, stream)),
        contrast(around_one(.3 * k, stream)),
        exponent(around_one(.3 * k, stream)) {
    for (std::size_t i = 2; i > 0; --i) std::swap(order[i], order[stream.below(i + 1)]);
  }
  void apply(Image& image) const {
    clip(image);
    for (const int what : order) {
      if (what == 1) change_contrast(image, contrast);
      for (double& pixel : image.pixels)
        if (what == 0)
          pixel *= brightness;
        else if (what == 2)
          pixel = std::pow(pixel, exponent);
      clip(image);
    }
  }
};

/// What all images of a view share.
struct ImageView {
  Tones tones;
  Placement placement;
  double sigma;
  bool flip;

  ImageView(double k, std::uint32_t width, Stream& stream) : tones(k, stream) {
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
Image image_of(const SampleShape& shape, std::span<const Scalar> sample) {
  Image image(shape.height, shape.width);
  std::copy(sample.begin(), sample.end(), image.pixels.begin());
  return image;
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
  const auto store = [](const Image& image, std::span<Scalar> to) {
    std::transform(image.pixels.begin(), image.pixels.end(), to.begin(),
                   [](double pixel) { return static_cast<Scalar>(pixel); });
  };
  if (a.shape.family == Family::kDigits) {
    const Tones tones(k, shared);
    return each([&](auto sample, auto to) {
      Image image = image_of<Scalar>(a.shape, sample);
      tones.apply(image);
      gaussian_noise(image, .05 * k, noise);
      store(image, to);
    });
  }
  const ImageView parameters(k, a.shape.width, shared);
  each([&](auto sample, auto to) {
    Image image = image_of<Scalar>(a.shape, sample);
    parameters.tones.apply(image);
    image = blurred(placed(image, parameters.placement), parameters.sigma);
    if (parameters.flip) mirror(image);
    gaussian_noise(image, .005, noise);
    clip(image);
    store(image, to);
  });
}

template void augment(const Augmentation&, std::uint32_t, std::uint32_t, std::span<const float>,
                      std::span<float>);
template void augment(const Augmentation&, std::uint32_t, std::uint32_t, std::span<const double>,
                      std::span<double>);

}  // namespace equivolve::test_time_adaptation
