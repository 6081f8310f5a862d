// What JPEG's quantisation does to a grey image.
#pragma once

#include "evaluators/test_time_adaptation/image.hpp"

namespace equivolve::test_time_adaptation {

/// 8 x 8 blocks (edge pixels repeat up to whole blocks), orthonormal DCT of levels -128 .. 127,
/// quantised with the luminance table of ITU-T T.81, annex K.1, scaled by `quality` (1 .. 100) as
/// the IJG library does, and back.
Image jpeg_compressed(const Image& image, int quality);

}  // namespace equivolve::test_time_adaptation
