#include "evaluators/common/row_sampling/model_scores.hpp"

#include <cassert>
#include <cmath>

#include "evaluators/common/row_sampling/scores.hpp"

namespace equivolve::row_sampling {
namespace {

linalg::Matrix<double> beside(const FeatureRows& x, std::span<const double> b) {
  assert(b.size() == x.rows);
  linalg::Matrix<double> out(x.rows, x.columns + 1);
  for (std::size_t r = 0; r < x.rows; ++r) {
    for (std::size_t c = 0; c < x.columns; ++c) out(r, c) = x(r, c);
    out(r, x.columns) = b[r];
  }
  return out;
}

Scores leverage_of(const FeatureRows& a) {
  const auto basis = orthonormal_basis(a);
  if (!basis) return tl::unexpected(basis.error());
  return leverage_scores(*basis);
}

double squared_distance(const FeatureRows& x, std::size_t r, const FeatureRows& y, std::size_t s) {
  double sum = 0;
  for (std::size_t c = 0; c < x.columns; ++c) sum += (x(r, c) - y(s, c)) * (x(r, c) - y(s, c));
  return sum;
}

}  // namespace

Scores least_squares_scores(const FeatureRows& x, std::span<const double> b) {
  return leverage_of(beside(x, b).view());
}

Scores lp_regression_scores(const FeatureRows& x, std::span<const double> b, double p,
                            const ParallelFor& parallel_for) {
  const linalg::Matrix<double> a = beside(x, b);
  const auto features = row_features(a.view(), p, parallel_for);
  if (!features) return tl::unexpected(features.error());
  auto scores = scores_of_logs(log_scores(p < 2 ? Rule::kCombined : Rule::kLewis, *features));
  return std::move(*scores);
}

Scores logistic_scores(const FeatureRows& x) {
  Scores scores = leverage_of(x);
  if (!scores) return scores;
  for (double& score : *scores) score = std::sqrt(score) + 1 / static_cast<double>(x.rows);
  return scores;
}

std::vector<double> lightweight_kmeans_scores(const FeatureRows& x) {
  const auto n = static_cast<double>(x.rows);
  linalg::Matrix<double> mean(1, x.columns);
  for (std::size_t r = 0; r < x.rows; ++r)
    for (std::size_t c = 0; c < x.columns; ++c) mean(0, c) += x(r, c) / n;
  std::vector<double> scores;
  double sum = 0;
  for (std::size_t r = 0; r < x.rows; ++r) {
    scores.push_back(squared_distance(x, r, mean.view(), 0));
    sum += scores.back();
  }
  for (double& score : scores) score = sum > 0 ? 0.5 / n + 0.5 * score / sum : 1 / n;
  return scores;
}

std::vector<double> kmeans_bound_scores(const FeatureRows& x, const FeatureRows& centres,
                                        std::span<const std::uint32_t> centre_of) {
  assert(centre_of.size() == x.rows);
  const auto n = static_cast<double>(x.rows);
  const double alpha = 16 * (std::log(static_cast<double>(centres.rows)) + 2);
  std::vector<double> distance(x.rows), size(centres.rows, 0.0), spread(centres.rows, 0.0);
  double cost = 0;
  for (std::size_t r = 0; r < x.rows; ++r) {
    distance[r] = squared_distance(x, r, centres, centre_of[r]);
    size[centre_of[r]] += 1;
    spread[centre_of[r]] += distance[r];
    cost += distance[r] / n;
  }
  std::vector<double> scores(x.rows);
  for (std::size_t r = 0; r < x.rows; ++r) {
    const std::uint32_t k = centre_of[r];
    scores[r] = 4 * n / size[k];
    if (cost > 0)
      scores[r] += 2 * alpha * distance[r] / cost + 4 * alpha * spread[k] / (size[k] * cost);
  }
  return scores;
}

Sample sample_rows(std::span<const double> scores, double m, std::uint64_t seed,
                   double uniform_share) {
  std::vector<double> q = inclusion_probabilities(scores, m);
  mix_with_uniform(q, m, uniform_share);
  return bernoulli_sample(q, sample_random(seed, m));
}

}  // namespace equivolve::row_sampling
