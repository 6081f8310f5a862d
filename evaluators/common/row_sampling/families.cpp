#include "evaluators/common/row_sampling/families.hpp"

#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "evaluators/common/row_sampling/split_mix.hpp"

namespace equivolve::row_sampling {
namespace {

using linalg::Matrix;

constexpr std::size_t kSpikeRows = 20, kOutliers = 10, kRank = 3;
constexpr double kSpikeSize = 3, kOutlierFactor = 30;

void fill_gauss(Matrix<double>& a, SplitMix& random) {
  for (double& value : a.values) value = random.normal();
}

void fill_student(Matrix<double>& a, SplitMix& random) {
  for (std::size_t r = 0; r < a.rows; ++r) {
    const double scale = std::sqrt(-std::log(1 - random.uniform()));
    for (std::size_t c = 0; c < a.columns; ++c) a(r, c) = random.normal() / scale;
  }
}

void fill_chebyshev(Matrix<double>& a, SplitMix& random) {
  for (std::size_t r = 0; r < a.rows; ++r) {
    const double t = 2 * random.uniform() - 1;
    for (std::size_t c = 0; c < a.columns; ++c)
      a(r, c) = c == 0 ? 1 : c == 1 ? t : 2 * t * a(r, c - 1) - a(r, c - 2);
  }
}

void fill_spike(Matrix<double>& a, SplitMix& random) {
  const std::size_t half = a.columns / 2;
  for (std::size_t r = 0; r < a.rows; ++r)
    for (std::size_t c = 0; c < half; ++c) a(r, c) = random.normal();
  std::vector<std::size_t> order(a.rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = a.rows - 1; i > 0; --i) {
    const auto j = static_cast<std::size_t>(random.uniform() * static_cast<double>(i + 1));
    std::swap(order[i], order[j]);
  }
  std::size_t next = 0;
  for (std::size_t c = half; c < a.columns; ++c)
    for (std::size_t k = 0; k < kSpikeRows; ++k) a(order[next++], c) = kSpikeSize * random.normal();
  for (std::size_t k = 0; k < kOutliers; ++k, ++next)
    for (std::size_t c = 0; c < half; ++c) a(order[next], c) *= kOutlierFactor;
}

void fill_mix(Matrix<double>& a, SplitMix& random) {
  const std::size_t half = a.columns / 2, units = a.rows / 2;
  for (std::size_t r = 0; r < units; ++r) a(r, half + r % (a.columns - half)) = 1;
  for (std::size_t r = units; r < a.rows; ++r)
    for (std::size_t c = 0; c < half; ++c) a(r, c) = random.normal();
}

void fill_low_rank_sparse(Matrix<double>& a, SplitMix& random) {
  Matrix<double> factors(kRank, a.columns);
  for (double& value : factors.values) value = 3 * random.normal();
  const double root = std::sqrt(static_cast<double>(a.columns));
  for (std::size_t r = 0; r < a.rows; ++r) {
    for (std::size_t k = 0; k < kRank; ++k) {
      const double coefficient = random.normal();
      for (std::size_t c = 0; c < a.columns; ++c) a(r, c) += coefficient * factors(k, c) / root;
    }
    a(r, r % a.columns) += random.normal();
  }
}

}  // namespace

std::string_view family_name(Family family) {
  static constexpr std::string_view kNames[] = {"gauss", "t2", "cheb", "spike", "mix", "lrs"};
  return kNames[static_cast<std::size_t>(family)];
}

std::optional<Family> family_named(std::string_view name) {
  for (Family family : kFamilies)
    if (family_name(family) == name) return family;
  return std::nullopt;
}

std::size_t fewest_rows(Family family, std::size_t columns) {
  if (family != Family::kSpike) return 2 * columns;
  return 2 * (kSpikeRows * (columns - columns / 2) + kOutliers);
}

std::size_t fewest_columns(Family family) {
  return family == Family::kSpike || family == Family::kMix ? 2 : 1;
}

Matrix<double> make_matrix(Family family, std::size_t rows, std::size_t columns,
                           std::uint64_t seed) {
  assert(columns >= fewest_columns(family) && rows >= fewest_rows(family, columns));
  Matrix<double> a(rows, columns);
  SplitMix random(seed);
  switch (family) {
    case Family::kGauss:
      fill_gauss(a, random);
      break;
    case Family::kStudent:
      fill_student(a, random);
      break;
    case Family::kChebyshev:
      fill_chebyshev(a, random);
      break;
    case Family::kSpike:
      fill_spike(a, random);
      break;
    case Family::kMix:
      fill_mix(a, random);
      break;
    case Family::kLowRankSparse:
      fill_low_rank_sparse(a, random);
      break;
  }
  return a;
}

}  // namespace equivolve::row_sampling
