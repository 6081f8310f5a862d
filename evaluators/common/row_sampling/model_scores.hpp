// Scores for training on a weighted sample of the rows in the place of all: cheap, low-fidelity
// evaluations of models. The loss of a kept row counts 1 / q times; report on all rows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "evaluators/common/linalg/matrix.hpp"
#include "evaluators/common/row_sampling/sampling.hpp"
#include "evaluators/common/row_sampling/sensitivities.hpp"

namespace equivolve::row_sampling {

using Scores = tl::expected<std::vector<double>, std::string>;
using FeatureRows = linalg::MatrixView<double>;

/// Least squares of `b` on `x`: leverage scores of [x b]. All refuse what orthonormal_basis
/// refuses. [any-thread, as those below]
Scores least_squares_scores(const FeatureRows& x, std::span<const double> b);

/// l_p regression: of [x b], Lewis weights for p >= 2, leverage plus sensitivity for p < 2
/// (Munteanu, Omlor 2024, "Optimal bounds for l_p sensitivity sampling via l_2 augmentation",
/// ICML).
Scores lp_regression_scores(const FeatureRows& x, std::span<const double> b, double p,
                            const ParallelFor& parallel_for = serially);

/// Logistic regression: the root of the leverage score plus 1/n (Munteanu, Schwiegelshohn, Sohler,
/// Woodruff 2018, "On coresets for logistic regression", NeurIPS). What it guarantees depends on
/// the labels' balance; compare with uniform scores, which are hard to beat on balanced data.
Scores logistic_scores(const FeatureRows& x);

/// k-means: 1/(2n) plus half the share of the squared distance from the mean (Bachem, Lucic, Krause
/// 2018, "Scalable k-means clustering via lightweight coresets", KDD). They sum to 1.
std::vector<double> lightweight_kmeans_scores(const FeatureRows& x);

/// k-means from a rough solution: centres, and the centre of each row. The bound of Feldman,
/// Langberg 2011, "A unified framework for approximating and clustering data", STOC:
/// 2 a dist^2/c + 4 a (sum of dist^2 in the cluster)/(size c) + 4 n/size, c the mean cost,
/// a = 16 (ln k + 2).
std::vector<double> kmeans_bound_scores(const FeatureRows& x, const FeatureRows& centres,
                                        std::span<const std::uint32_t> centre_of);

/// A Bernoulli sample of about m rows; a tenth of it is uniform, since the model is not the one
/// that the scores were made for. `scores` as are_scores asks, m above 0. [any-thread]
Sample sample_rows(std::span<const double> scores, double m, std::uint64_t seed,
                   double uniform_share = 0.1);

}  // namespace equivolve::row_sampling
