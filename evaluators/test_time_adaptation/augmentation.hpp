// Augmented views of a batch, as CoTTA averages over them (Wang et al. 2022, section 3.2).
#pragma once

#include <cstdint>
#include <span>

#include "evaluators/test_time_adaptation/samples.hpp"

namespace equivolve::test_time_adaptation {

/// Which views are made. Strength 0 leaves samples as they are but for noise of images (deviation
/// 0.005), 1 has the published ranges.
struct Augmentation {
  SampleShape shape;
  double strength = 1;
  std::uint64_t seed = 0;
};

/// View number `view` of a batch: a function of its arguments alone. Parameters are drawn once for
/// the whole batch, noise for each number. Images: clip; brightness, contrast and exponent in
/// random order, of colour images then saturation and hue; turned, scaled and shifted; blurred;
/// flipped with probability 1/2; noise; clip. Digits: the same tones, noise. Rows of tables: each
/// feature times U(1 - .1k, 1 + .1k), and noise of deviation .1k. [any-thread]
template <class Scalar>
void augment(const Augmentation& augmentation, std::uint32_t batch, std::uint32_t view,
             std::span<const Scalar> samples, std::span<Scalar> out);

}  // namespace equivolve::test_time_adaptation
