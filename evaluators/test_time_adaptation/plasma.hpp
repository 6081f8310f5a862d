// Clouds: a random field that is rough at every scale.
#pragma once

#include "evaluators/test_time_adaptation/image.hpp"
#include "hashing/stream.hpp"

namespace equivolve::test_time_adaptation {

/// Diamond-square (Fournier, Fussell, Carpenter 1982) on a periodic grid whose side is the power of
/// two from `height` and `width` on: centres, then edges, each the mean of four neighbours plus
/// U(-w, w); w is 1 at first and divided by `decay` at each halving. Scaled to 0 .. 1, then cut.
Image plasma(std::uint32_t height, std::uint32_t width, double decay, hashing::Stream& stream);

}  // namespace equivolve::test_time_adaptation
