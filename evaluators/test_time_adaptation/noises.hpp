// Changes of single pixels that more than one family of corruptions has.
#pragma once

#include <span>
#include <string_view>

#include "evaluators/test_time_adaptation/image.hpp"
#include "hashing/stream.hpp"

namespace equivolve::test_time_adaptation {

void gaussian_noise(Image& image, double deviation, hashing::Stream& stream);
/// Each pixel counts Poisson-distributed photons, `photons` of them on average where it is white.
void shot_noise(Image& image, double photons, hashing::Stream& stream);
/// A share of the pixels becomes black or white, half each.
void impulse_noise(Image& image, double share, hashing::Stream& stream);
/// Differences from the mean times `factor`.
void change_contrast(Image& image, double factor);

// corruption_names() of two families.
std::span<const std::string_view> image_corruption_names();
std::span<const std::string_view> digit_corruption_names();

}  // namespace equivolve::test_time_adaptation
