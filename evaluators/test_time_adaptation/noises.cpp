#include "evaluators/test_time_adaptation/noises.hpp"

#include <algorithm>
#include <cmath>

namespace equivolve::test_time_adaptation {
namespace {

using hashing::Stream;

/// By inversion: one uniform number a draw, counted up from 0 (the means are 60 at most).
double poisson(double mean, Stream& stream) {
  double probability = std::exp(-mean), below = probability;
  const double u = stream.uniform();
  int count = 0;
  while (u >= below && probability > 0) {
    probability *= mean / ++count;
    below += probability;
  }
  return count;
}

}  // namespace

void gaussian_noise(Image& image, double deviation, hashing::Stream& stream) {
  for (double& pixel : image.pixels) pixel += deviation * stream.gaussian();
}

void shot_noise(Image& image, double photons, hashing::Stream& stream) {
  for (double& pixel : image.pixels)
    pixel = poisson(std::max(pixel, 0.0) * photons, stream) / photons;
}

void impulse_noise(Image& image, double share, hashing::Stream& stream) {
  for (double& pixel : image.pixels) {
    const double u = stream.uniform();
    if (u < share) pixel = u < share / 2 ? 0 : 1;
  }
}

void change_contrast(Image& image, double factor) {
  const double mean = mean_of(image);
  for (double& pixel : image.pixels) pixel = (pixel - mean) * factor + mean;
}

}  // namespace equivolve::test_time_adaptation
