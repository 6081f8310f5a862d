#include "evaluators/sequence_design/infinite_network.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace equivolve::sequence_design {
namespace {

constexpr std::size_t kSteps = 20'000;
constexpr double kPi = std::numbers::pi;

struct Place {
  std::size_t index;
  double share;
  double root;  // sqrt(1 - |r|)
};

inline Place place_of(double r) {
  const double root = std::sqrt(std::max(0.0, 1 - std::abs(r)));
  const double scaled = root * static_cast<double>(kSteps);
  const auto whole = static_cast<std::size_t>(static_cast<int>(scaled));
  return {whole + (r < 0 ? kSteps + 2 : 0), scaled - static_cast<double>(whole), root};
}

}  // namespace

KernelPoint infinite_kernel(double r, std::size_t depth) {
  double rk = std::clamp(r, -1.0, 1.0), tk = rk, slope_r = 1, slope_t = 1;
  for (std::size_t k = 0; k < depth; ++k) {
    rk = std::clamp(rk, -1.0, 1.0);
    const double k0 = (kPi - std::acos(rk)) / kPi;
    const double sine = std::sqrt(std::max(0.0, 1 - rk * rk));
    const double next = (sine + rk * (kPi - std::acos(rk))) / kPi;
    const double next_slope = k0 * slope_r;
    slope_t = slope_t * k0 + tk * slope_r / (kPi * std::max(sine, 1e-6)) + next_slope;
    tk = tk * k0 + next;
    rk = next;
    slope_r = next_slope;
  }
  return {tk, slope_t};
}

KernelTable::KernelTable(std::size_t depth) : depth_(depth) {
  for (const double sign : {1.0, -1.0})
    for (std::size_t i = 0; i <= kSteps + 1; ++i) {
      // The slope at the very end is the limit along the table's own scale.
      const double root = static_cast<double>(std::min(i, kSteps)) / static_cast<double>(kSteps);
      const KernelPoint here = infinite_kernel(sign * (1 - root * root), depth);
      const double inside = std::max(root, 1e-4);
      const KernelPoint near = infinite_kernel(sign * (1 - inside * inside), depth);
      value_.push_back(here.value);
      scaled_slope_.push_back(near.slope * inside);
    }
}

void KernelTable::values(std::span<const double> r, std::span<double> g) const {
  for (std::size_t i = 0; i < r.size(); ++i) {
    const Place at = place_of(r[i]);
    const double low = value_[at.index];
    g[i] = low + at.share * (value_[at.index + 1] - low);
  }
}

void KernelTable::values_and_slopes(std::span<const double> r, std::span<double> g,
                                    std::span<double> slope) const {
  constexpr double kLeast = 1e-4 / std::numbers::sqrt2;
  for (std::size_t i = 0; i < r.size(); ++i) {
    const Place at = place_of(r[i]);
    const double low = value_[at.index], steep = scaled_slope_[at.index];
    g[i] = low + at.share * (value_[at.index + 1] - low);
    slope[i] =
        (steep + at.share * (scaled_slope_[at.index + 1] - steep)) / std::max(at.root, kLeast);
  }
}

}  // namespace equivolve::sequence_design
