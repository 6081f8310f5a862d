#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "evaluators/test_time_adaptation/corruptions.hpp"
#include "evaluators/test_time_adaptation/noises.hpp"

namespace equivolve::test_time_adaptation {
namespace {

using hashing::Stream;

enum TableDrift : std::size_t {
  kGainLinear,
  kGainSine,
  kOffsetLinear,
  kOffsetSine,
  kNoise,
  kLostFeatures,
  kCovariateShift,
  kLabelShift
};
constexpr std::array<std::string_view, 8> kTableNames = {
    "gain_linear", "gain_sine",     "offset_linear",   "offset_sine",
    "noise",       "lost_features", "covariate_shift", "label_shift"};

constexpr double kGains[] = {.2, .4, .6, .8, 1}, kOffsets[] = {.3, .6, .9, 1.2, 1.5},
                 kDeviations[] = {.2, .4, .6, .9, 1.2}, kLost[] = {.05, .1, .2, .3, .4},
                 kTilts[] = {.25, .5, 1, 1.5, 2}, kLabelTilts[] = {.5, 1, 1.5, 2, 3};

/// 0 at the start; linear to 1, or one whole wave.
double course(std::size_t corruption, double time) {
  const bool wave = corruption == kGainSine || corruption == kOffsetSine;
  return wave ? std::sin(2 * std::numbers::pi * time) : time;
}

}  // namespace

std::span<const std::string_view> corruption_names(Family family) {
  switch (family) {
    case Family::kImages:
      return image_corruption_names();
    case Family::kDigits:
      return digit_corruption_names();
    default:
      return kTableNames;
  }
}

void drift_row(std::span<double> row, std::size_t corruption, int severity, double time,
               Stream& own, Stream shared) {
  const auto s = static_cast<std::size_t>(severity - 1);
  const double now = course(corruption, time);
  switch (corruption) {
    case kGainLinear:
    case kGainSine:
      for (double& x : row) x *= 1 + kGains[s] * now * shared.uniform(-1, 1);
      return;
    case kOffsetLinear:
    case kOffsetSine:
      for (double& x : row) x += kOffsets[s] * now * shared.uniform(-1, 1);
      return;
    case kNoise:
      for (double& x : row) x += kDeviations[s] * own.gaussian();
      return;
    case kLostFeatures:  // the mean of standardised numbers is 0
      for (double& x : row) x = shared.chance(kLost[s]) ? 0 : x;
      return;
    default:
      return;
  }
}

bool chooses_rows(std::size_t corruption) {
  return corruption == kCovariateShift || corruption == kLabelShift;
}

double row_weight(std::span<const double> row, std::uint32_t label, std::uint32_t classes,
                  std::size_t corruption, int severity, Stream shared) {
  const auto s = static_cast<std::size_t>(severity - 1);
  if (corruption == kCovariateShift) {  // exp(b u.x), u a random direction of length 1
    double along = 0, square = 0;
    for (const double x : row) {
      const double u = shared.gaussian();
      along += u * x;
      square += u * u;
    }
    return std::exp(std::clamp(kTilts[s] * along / std::sqrt(square), -30.0, 30.0));
  }
  if (corruption == kLabelShift) {  // each class exp(b z), z standard normal
    double tilt = 0;
    for (std::uint32_t k = 0; k < classes; ++k) {
      const double z = shared.gaussian();
      if (k == label) tilt = z;
    }
    return std::exp(kLabelTilts[s] * tilt);
  }
  return 1;
}

}  // namespace equivolve::test_time_adaptation
