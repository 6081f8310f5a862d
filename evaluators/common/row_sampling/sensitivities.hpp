// l_p sensitivities: how much of ||A x||_p^p one row can be,
//   sigma_i = max_x |a_i . x|^p / ||A x||_p^p = 1 / min { ||A x||_p^p : a_i . x = 1 }.
// The minimum is convex. Exact ones: a quasi-Newton method where the power is smooth enough, linear
// programs at p = 1. Else, and for approximations: iteratively reweighted least squares for p <= 2
// (a majorise-minimise method, smoothed), damped Newton steps for p > 2 (Adil, Peng, Sachdeva 2019,
// "Fast, provably convergent IRLS algorithm for p-norm linear regression", NeurIPS, have the same
// step length).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "evaluators/common/row_sampling/lewis.hpp"

namespace equivolve::row_sampling {

/// Calls body(i) for 0 <= i < n, in any order, perhaps from several threads.
using ParallelFor =
    std::function<void(std::size_t n, const std::function<void(std::size_t)>& body)>;
void serially(std::size_t n, const std::function<void(std::size_t)>& body);

/// low <= sigma <= high. `low` is the value at a feasible x, `high` that of a feasible point of the
/// dual. They agree to about 1e-8; at p = 1 with more than 50 columns `high` is loose (up to
/// several times).
struct Sensitivity {
  double low = 0;
  double high = 1;
};

/// Of these rows, one each; 0 and 0 of zero rows. Blocks of rows go through `parallel_for`.
/// [any-thread]
std::vector<Sensitivity> exact_sensitivities(const LewisBasis& a,
                                             std::span<const std::uint32_t> rows,
                                             const ParallelFor& parallel_for = serially);

/// The same by the search that approximate ones take, for comparisons: slower, and loose at p = 1.
std::vector<Sensitivity> smoothed_sensitivities(const LewisBasis& a,
                                                std::span<const std::uint32_t> rows,
                                                const ParallelFor& parallel_for = serially);

struct ApproximationSettings {
  double core_rows = 0;          ///< expected; 0: max(1000, 100 d)
  std::uint64_t core_seed = 77;  ///< SplitMix state of the core's sample
  unsigned iterations = 0;       ///< 0: 8, or 16 at p = 1
};

/// Of all rows, with a sample of the rows by Lewis weights in the place of the matrix, at most 1.
/// Within about 20 % of the exact ones with the default core. [any-thread]
std::vector<double> approximate_sensitivities(const LewisBasis& a,
                                              const ApproximationSettings& settings = {},
                                              const ParallelFor& parallel_for = serially);

/// The sum of all sensitivities by importance sampling: the mean over rows i drawn by Lewis weights
/// of d sigma_i / w_i, whose variance is bounded since sigma_i / w_i is (between 1 and d^(p/2 -
/// 1)).
struct TotalSensitivity {
  double estimate = 0;
  double standard_error = 0;
  double largest_gap = 1;           ///< of the rows drawn: high / low
  std::vector<std::uint32_t> rows;  ///< those drawn, with repetitions
  std::vector<Sensitivity> of_rows;
};
TotalSensitivity total_sensitivity(const LewisBasis& a, std::size_t draws, std::uint64_t seed,
                                   const ParallelFor& parallel_for = serially);

}  // namespace equivolve::row_sampling
