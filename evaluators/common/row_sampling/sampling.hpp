// From scores of rows to a weighted sample: S keeps row i with weight 1 / q_i, so that
// E ||S A x||_p^p = ||A x||_p^p for every x, whatever the scores.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "evaluators/common/row_sampling/split_mix.hpp"

namespace equivolve::row_sampling {

struct Sample {
  std::vector<std::uint32_t> rows;  ///< ascending, each once
  std::vector<double> weights;      ///< of |a_i . x|^p (or of the row's loss): 1 / q_i
};

/// Finite and not negative, and one at least above 0.
bool are_scores(std::span<const double> scores);

/// q_i = min(1, c s_i) with c such that they sum to m; where at most m rows have a score above 0,
/// these get 1. `scores` as are_scores asks, m above 0. [any-thread]
std::vector<double> inclusion_probabilities(std::span<const double> scores, double m);
/// (1 - share) q_i + share min(1, m / n): no row is left out, whatever the scores say.
void mix_with_uniform(std::span<double> q, double m, double share);

enum class Scheme : std::uint8_t {
  kBernoulli,        ///< each row by itself; the number of rows varies
  kSystematic,       ///< one uniform, steps of 1 along the sums of q (Madow 1949)
  kPivotal,          ///< neighbours fight for the place (Deville, Tille 1998, Biometrika 85)
  kWithReplacement,  ///< m independent draws; a row drawn k times counts k times
};
std::string_view scheme_name(Scheme scheme);  ///< bernoulli, systematic, pivotal, with_replacement
std::optional<Scheme> scheme_named(std::string_view name);

struct SchemeSettings {
  Scheme scheme = Scheme::kBernoulli;
  /// Of Bernoulli: exactly round(sum of q) rows, by Pareto order sampling (Rosen 1997, J. Stat.
  /// Plan. Inference 62), whose inclusion probabilities are q up to terms that vanish with m.
  bool exact_size = false;
};

/// `order`: a permutation of the rows in which neighbours are alike (spread_order.hpp), along which
/// systematic and pivotal samples spread out; empty: as they come. One uniform a row in row order
/// decides Bernoulli samples, so that samplers tried with one `random` share their luck.
/// [any-thread]
Sample draw_sample(std::span<const double> q, const SchemeSettings& settings,
                   std::span<const std::uint32_t> order, SplitMix random);

Sample bernoulli_sample(std::span<const double> q, SplitMix random);

/// The generator of sample number `seed` of about m rows: state 1000003 seed + m.
SplitMix sample_random(std::uint64_t seed, double m);

}  // namespace equivolve::row_sampling
