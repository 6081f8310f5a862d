// Input at the edge: what cannot be used is refused in words, the rest gives finite numbers.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "evaluators/common/row_sampling/distortion.hpp"
#include "evaluators/common/row_sampling/regression.hpp"
#include "evaluators/common/row_sampling/scores.hpp"
#include "tests/evaluators/row_sampling/small_matrices.hpp"

namespace equivolve::test {
namespace {

using namespace row_sampling;

std::string refused(const linalg::Matrix<double>& a, double p = 3) {
  const auto features = row_features(a.view(), p);
  return features ? "" : features.error();
}

TEST(Refusals, SayWhatIsWrong) {
  EXPECT_EQ(refused({}), "the matrix is empty");
  EXPECT_EQ(refused(linalg::Matrix<double>(5, 2)), "all numbers are 0");
  linalg::Matrix<double> wide(2, 3);
  wide(0, 0) = 1;
  EXPECT_EQ(refused(wide),
            "there are 2 rows and 3 columns; at least as many rows as columns are needed");
  for (double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    auto a = make_matrix(Family::kGauss, 20, 3, 1);
    a(6, 1) = bad;
    EXPECT_EQ(refused(a), "row 7, column 2 is not a finite number");
  }
  const auto a = make_matrix(Family::kGauss, 20, 3, 1);
  EXPECT_EQ(refused(a, 0.99), "p is 0.99; expected 1 to 50");
  EXPECT_EQ(refused(a, 1e9), "p is 1000000000; expected 1 to 50");
  EXPECT_EQ(refused(a, std::nan("")), "p is nan; expected 1 to 50");
}

TEST(Edges, DependentAndConstantColumnsAreDropped) {
  auto a = make_matrix(Family::kGauss, 200, 5, 1);
  for (std::size_t r = 0; r < 200; ++r) {
    a(r, 1) = 7;                     // a constant
    a(r, 3) = 1e6 * (a(r, 0) - 14);  // a combination with it
  }
  const auto features = *row_features(a.view(), 1.5);
  EXPECT_EQ(features.dropped, std::vector<std::size_t>{3});
  EXPECT_EQ(features.rank(), 4u);
  EXPECT_TRUE(features.last_column_kept);
  EXPECT_NEAR(sum_of(features.lewis.weights), 4, 1e-3);
  for (std::size_t r = 0; r < 200; ++r) a(r, 4) = a(r, 0) + 2;
  EXPECT_FALSE(row_features(a.view(), 1.5)->last_column_kept);
}

TEST(Edges, PowersAndZeroRowsGiveFiniteNumbers) {
  auto a = make_matrix(Family::kStudent, 400, 4, 1);
  for (std::size_t c = 0; c < 4; ++c) a(3, c) = a(200, c) = 0;
  for (double p : {1.0, 1.01, 2.0, 20.0, 50.0}) {
    const auto features = row_features(a.view(), p);
    ASSERT_TRUE(features) << p;
    EXPECT_TRUE(features->zero[3]);
    EXPECT_EQ(features->lewis.weights[200], 0) << p;
    EXPECT_NEAR(sum_of(features->lewis.weights), 4, 1e-2) << p;
    const DistortionMeter meter(features->lewis);
    const RegressionMeter regression(features->lewis);
    for (Rule rule : kRules) {
      const auto scores = scores_of_logs(log_scores(rule, *features));
      ASSERT_TRUE(scores) << p << rule_name(rule);
      // Fewer rows than columns, some, and more than there are.
      for (double m : {2.0, 60.0, 1000.0}) {
        const auto q = inclusion_probabilities(*scores, m);
        const Sample sample = bernoulli_sample(q, sample_random(1, m));
        const Distortion found = meter.measure(sample);
        EXPECT_TRUE(std::isfinite(found.distortion)) << p << rule_name(rule) << m;
        EXPECT_FALSE(std::isnan(regression.error(sample))) << p << rule_name(rule) << m;
        if (sample.rows.size() < 4) {
          EXPECT_TRUE(found.deficient);
        }
        if (m == 1000) {
          EXPECT_NEAR(found.distortion, 0, 1e-9) << p << rule_name(rule);
        }
      }
    }
    for (const Sensitivity& s : exact_sensitivities(features->lewis, first_rows(10))) {
      EXPECT_TRUE(std::isfinite(s.low) && std::isfinite(s.high)) << p;
      EXPECT_LE(s.low, s.high);
    }
  }
}

TEST(Edges, ExtremeScalesOfColumnsDoNotMatter) {
  auto a = make_matrix(Family::kGauss, 300, 3, 1);
  const auto before = *row_features(a.view(), 3);
  for (std::size_t r = 0; r < 300; ++r) {
    a(r, 0) *= 1e-200;
    a(r, 1) *= 1e200;
  }
  const auto after = *row_features(a.view(), 3);
  for (std::size_t r = 0; r < 300; ++r)
    EXPECT_NEAR(after.lewis.weights[r], before.lewis.weights[r], 1e-9);
}

TEST(Edges, NearlyDependentColumnsAreTakenByHouseholder) {
  auto a = make_matrix(Family::kGauss, 300, 4, 1);
  for (std::size_t r = 0; r < 300; ++r) a(r, 3) = a(r, 0) + 1e-8 * a(r, 3);
  const auto basis = *orthonormal_basis(a.view());
  EXPECT_TRUE(basis.dropped.empty());
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) {
      double dot = 0;
      for (std::size_t r = 0; r < 300; ++r) dot += basis.q(r, i) * basis.q(r, j);
      EXPECT_NEAR(dot, i == j ? 1 : 0, 1e-12);
    }
}

}  // namespace
}  // namespace equivolve::test
