// What spoils samples on their way to a classifier: fifteen corruptions of grey images in the
// spirit of the common-corruptions benchmark (Hendrycks and Dietterich 2019, arXiv 1903.12261),
// fifteen of digits of 8 x 8, and drifts of table rows. Constants are this project's own
// (docs/evaluators/test_time_adaptation.md), for five severities each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "evaluators/test_time_adaptation/image.hpp"
#include "hashing/stream.hpp"

namespace equivolve::test_time_adaptation {

/// What samples are; decides which corruptions there are.
enum class Family : std::uint8_t {
  kImages,  ///< grey, from 12 x 12 on; constants were chosen for 28 x 28
  kDigits,  ///< grey, smaller
  kTable,   ///< standardised numbers
};

inline constexpr int kMostSeverity = 5;

/// In the order of a stream.
std::span<const std::string_view> corruption_names(Family family);

/// Spoils one image, then clips it to 0 .. 1 and rounds to whole 255ths. `corruption`: a position
/// among corruption_names, `severity`: 1 .. 5. `own` draws what is the image's own, `shared`, alike
/// for all images, what they share. [any-thread]
Image corrupt_image(const Image& image, std::size_t corruption, int severity, hashing::Stream& own);
Image corrupt_digit(const Image& image, std::size_t corruption, int severity, hashing::Stream& own,
                    hashing::Stream& shared);

// ---- Tables. A drift may move numbers, which may depend on `time` (0 at the start of a segment to
// below 1 at its end), or choose which rows come.

/// Moves the numbers of one row in place.
void drift_row(std::span<double> row, std::size_t corruption, int severity, double time,
               hashing::Stream& own, hashing::Stream shared);

/// How likely a row is to come, up to a factor; 1 for drifts that only move numbers. `label`: the
/// row's class, of `classes`.
double row_weight(std::span<const double> row, std::uint32_t label, std::uint32_t classes,
                  std::size_t corruption, int severity, hashing::Stream shared);
/// Whether row_weight may differ from 1.
bool chooses_rows(std::size_t corruption);

}  // namespace equivolve::test_time_adaptation
