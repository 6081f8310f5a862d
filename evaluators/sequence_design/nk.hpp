// NK landscapes: each site's contribution depends on itself and the next K sites, cyclically.
// Source: Kauffman, Levin 1987, "Towards a general theory of adaptive walks on rugged landscapes".
#pragma once

#include <cstdint>

#include "evaluators/sequence_design/landscape.hpp"

namespace equivolve::sequence_design {

struct NkSettings {
  std::size_t symbols = 4, sites = 20, neighbours = 2;  ///< A, N, K; K < N
  std::uint64_t seed = 0;
};

/// (1/N) sum_i F_i(x_i .. x_{i+K}), F_i uniform in [0, 1).
double nk_value(const NkSettings& settings, SequenceView x);

struct NkRange {
  double low, high;
};
/// The exact extremes, by dynamic programming over the first and the last K symbols:
/// O(N A^(2K+1)).
NkRange nk_range(const NkSettings& settings);

Landscape nk_landscape(const NkSettings& settings, std::string name);

}  // namespace equivolve::sequence_design
