// Channels of a sample as images of their own, and back.
#pragma once

#include <span>
#include <vector>

#include "evaluators/test_time_adaptation/image.hpp"
#include "evaluators/test_time_adaptation/samples.hpp"

namespace equivolve::test_time_adaptation {

/// One for a grey image, three for a colour image.
using Planes = std::vector<Image>;

template <class Scalar>
Planes planes_of(const SampleShape& shape, std::span<const Scalar> sample) {
  Planes out(shape.channels, Image(shape.height, shape.width));
  for (std::size_t i = 0; i < sample.size(); ++i)
    out[i % shape.channels].pixels[i / shape.channels] = static_cast<double>(sample[i]);
  return out;
}

template <class Scalar>
void store(const Planes& planes, std::span<Scalar> sample) {
  for (std::size_t i = 0; i < sample.size(); ++i)
    sample[i] = static_cast<Scalar>(planes[i % planes.size()].pixels[i / planes.size()]);
}

}  // namespace equivolve::test_time_adaptation
