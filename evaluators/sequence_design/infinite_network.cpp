#include "evaluators/sequence_design/infinite_network.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numbers>

namespace equivolve::sequence_design {
namespace {

constexpr std::size_t kSteps = 20'000;
constexpr double kPi = std::numbers::pi;

using Array = Eigen::Map<Eigen::ArrayXd>;
using ConstArray = Eigen::Map<const Eigen::ArrayXd>;

/// Where r stands in the table, in steps: from 0 at r = 1 to 2 kSteps at -1. It is sqrt(1 - |r|) of
/// r >= 0, and 2 less that of r < 0; 1 - r / (1 + root) is both, without a branch.
void places_of(const ConstArray& r, Array roots, Array places) {
  roots = (1 - r.abs()).max(0.0).sqrt();
  places = (1 - r / (1 + roots)) * static_cast<double>(kSteps);
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
  std::vector<double> value, slope;
  for (std::size_t i = 0; i <= 2 * kSteps; ++i) {
    const bool negative = i > kSteps;
    const double root =
        static_cast<double>(negative ? 2 * kSteps - i : i) / static_cast<double>(kSteps);
    const double sign = negative ? -1 : 1;
    // The slope at the very end is the limit along the table's own scale.
    const double inside = std::max(root, 1e-4);
    value.push_back(infinite_kernel(sign * (1 - root * root), depth).value);
    slope.push_back(infinite_kernel(sign * (1 - inside * inside), depth).slope * inside);
  }
  for (std::size_t i = 0; i <= 2 * kSteps; ++i) {
    const std::size_t next = std::min(i + 1, 2 * kSteps);
    values_.push_back({value[i], value[next] - value[i]});
    slopes_.push_back({slope[i], slope[next] - slope[i]});
  }
}

void KernelTable::values(std::span<const double> r, std::span<double> g) const {
  const auto n = static_cast<Eigen::Index>(r.size());
  std::vector<double> roots(r.size());
  places_of({r.data(), n}, {roots.data(), n}, {g.data(), n});
  for (double& one : g) {
    const auto whole = static_cast<int>(one);
    const Entry& at = values_[static_cast<std::size_t>(whole)];
    one = at.value + (one - whole) * at.rise;
  }
}

void KernelTable::values_and_slopes(std::span<const double> r, std::span<double> g,
                                    std::span<double> slope) const {
  constexpr double kLeast = 1e-4 / std::numbers::sqrt2;
  const auto n = static_cast<Eigen::Index>(r.size());
  places_of({r.data(), n}, {slope.data(), n}, {g.data(), n});
  for (std::size_t i = 0; i < r.size(); ++i) {
    const auto whole = static_cast<int>(g[i]);
    const double share = g[i] - whole;
    const Entry &at = values_[static_cast<std::size_t>(whole)],
                &steep = slopes_[static_cast<std::size_t>(whole)];
    g[i] = at.value + share * at.rise;
    slope[i] = (steep.value + share * steep.rise) / std::max(slope[i], kLeast);
  }
}

}  // namespace equivolve::sequence_design
