// Scores for training models on a part of the rows.
#include "evaluators/common/row_sampling/model_scores.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "evaluators/common/row_sampling/regression.hpp"
#include "tests/evaluators/row_sampling/small_matrices.hpp"

namespace equivolve::test {
namespace {

using namespace row_sampling;

TEST(ModelScores, OfLeastSquaresAreLeverageScores) {
  const auto a = make_matrix(Family::kStudent, 300, 4, 1);
  std::vector<double> b;
  for (std::size_t r = 0; r < 300; ++r) b.push_back(a(r, 3));
  const FeatureRows x{a.values.data(), 300, 3, 4};
  const auto scores = least_squares_scores(x, b);
  ASSERT_TRUE(scores);
  EXPECT_NEAR(sum_of(*scores), 4, 1e-9);
  const auto tau = leverage_scores(*orthonormal_basis(a.view()));
  for (std::size_t r = 0; r < 300; ++r) EXPECT_NEAR((*scores)[r], tau[r], 1e-12);
  b[5] = NAN;
  EXPECT_EQ(least_squares_scores(x, b).error(), "row 6, column 4 is not a finite number");
}

TEST(ModelScores, OfRobustRegressionCoverBothKinds) {
  const auto a = make_matrix(Family::kStudent, 300, 4, 1);
  std::vector<double> b;
  for (std::size_t r = 0; r < 300; ++r) b.push_back(a(r, 3));
  const FeatureRows x{a.values.data(), 300, 3, 4};
  const auto robust = *lp_regression_scores(x, b, 1), steep = *lp_regression_scores(x, b, 3);
  EXPECT_TRUE(are_scores(robust));
  const LewisBasis lewis = lewis_of(a, 3);
  const double factor = steep[0] / lewis.weights[0];
  for (std::size_t r = 0; r < 300; ++r)
    EXPECT_NEAR(steep[r], factor * lewis.weights[r], 1e-9 * steep[r]);
}

// What low fidelity is for: fitted on a twentieth of the rows, reported on all.
TEST(ModelScores, ModelsFittedOnSamplesAreNearlyAsGoodOnAllRows) {
  constexpr std::size_t kRows = 4000, kColumns = 6;
  const auto a = make_matrix(Family::kStudent, kRows, kColumns, 1);
  const FeatureRows x{a.values.data(), kRows, kColumns - 1, kColumns};
  std::vector<double> b, uniform(kRows, 1.0);
  for (std::size_t r = 0; r < kRows; ++r) b.push_back(a(r, kColumns - 1));
  for (double p : {1.0, 2.0, 3.0}) {
    const auto loss_of = [&](const std::vector<double>& beta) {
      std::vector<double> z = beta;
      z.push_back(-1);
      return power_sum(a, z, p);
    };
    const double best = loss_of(regression_coefficients(a.view(), p, nullptr));
    const auto mean_excess = [&](const std::vector<double>& scores) {
      double sum = 0;
      for (std::uint64_t seed = 0; seed < 8; ++seed) {
        const Sample sample = sample_rows(scores, 200, seed);
        sum += loss_of(regression_coefficients(a.view(), p, &sample)) / best - 1;
      }
      return sum / 8;
    };
    const double by_scores =
        mean_excess(p == 2 ? *least_squares_scores(x, b) : *lp_regression_scores(x, b, p));
    EXPECT_GE(by_scores, -1e-6) << "p " << p;
    EXPECT_LT(by_scores, 0.05) << "p " << p;
    EXPECT_LT(by_scores, 0.7 * mean_excess(uniform)) << "p " << p;
  }
}

TEST(ModelScores, OfLogisticRegressionAreRootsOfLeverage) {
  const auto a = make_matrix(Family::kGauss, 100, 3, 1);
  const auto scores = *logistic_scores(a.view());
  const auto tau = leverage_scores(*orthonormal_basis(a.view()));
  for (std::size_t r = 0; r < 100; ++r) EXPECT_NEAR(scores[r], std::sqrt(tau[r]) + 0.01, 1e-12);
}

// Cost of fixed centres on the sample against all rows: unbiased, and near for a good sample.
TEST(ModelScores, OfKMeansKeepTheCost) {
  linalg::Matrix<double> x(2000, 2);
  SplitMix random(3);
  for (std::size_t r = 0; r < 2000; ++r) {
    const double centre = r < 20 ? 50 : 0;  // a small group, far away
    x(r, 0) = centre + random.normal();
    x(r, 1) = random.normal();
  }
  linalg::Matrix<double> centres(2, 2);
  centres(1, 0) = 50;
  std::vector<std::uint32_t> centre_of(2000, 0);
  for (std::size_t r = 0; r < 20; ++r) centre_of[r] = 1;
  const auto light = lightweight_kmeans_scores(x.view());
  EXPECT_NEAR(sum_of(light), 1, 1e-12);
  for (double score : light) EXPECT_GE(score, 0.5 / 2000);
  const auto bound = kmeans_bound_scores(x.view(), centres.view(), centre_of);
  for (const auto& scores : {light, bound}) {
    // One centre at the mean of all: the far group is nearly all of its cost.
    const auto cost = [&](std::size_t r) {
      return (x(r, 0) - 0.5) * (x(r, 0) - 0.5) + x(r, 1) * x(r, 1);
    };
    double whole = 0, sum = 0, squares = 0;
    for (std::size_t r = 0; r < 2000; ++r) whole += cost(r);
    constexpr int kSamples = 200;
    for (std::uint64_t seed = 0; seed < kSamples; ++seed) {
      const Sample sample = sample_rows(scores, 200, seed);
      double share = 0;
      for (std::size_t k = 0; k < sample.rows.size(); ++k)
        share += sample.weights[k] * cost(sample.rows[k]) / whole;
      sum += share;
      squares += share * share;
    }
    const double mean = sum / kSamples, deviation = std::sqrt(squares / kSamples - mean * mean);
    EXPECT_NEAR(mean, 1, 4 * deviation / std::sqrt(kSamples));
    EXPECT_LT(deviation, 0.5) << "of uniform samples it is about 0.6";
  }
  const auto mean_of = [&](std::size_t first, std::size_t last) {
    double sum = 0;
    for (std::size_t r = first; r < last; ++r) sum += bound[r];
    return sum / static_cast<double>(last - first);
  };
  EXPECT_GT(mean_of(0, 20), 1.5 * mean_of(20, 2000)) << "rows of a small cluster matter more";
}

TEST(ModelScores, SampleAlwaysKeepsATenthUniform) {
  std::vector<double> scores(1000, 0.0);
  scores[0] = 1;
  std::size_t others = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Sample sample = sample_rows(scores, 100, seed);
    others += sample.rows.size();
    for (double weight : sample.weights) EXPECT_LE(weight, 100 + 1e-9);
  }
  EXPECT_GT(others, 20u * 5);
}

TEST(ModelScores, OfEqualRowsAreUniform) {
  const linalg::Matrix<double> x(10, 2);
  for (double score : lightweight_kmeans_scores(x.view())) EXPECT_EQ(score, 0.1);
}

}  // namespace
}  // namespace equivolve::test
