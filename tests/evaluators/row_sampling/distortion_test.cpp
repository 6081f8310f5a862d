// The distortion search against eigenvalues, against every angle, and against a heavier search; the
// regression error against an optimum found otherwise.
#include "evaluators/common/row_sampling/distortion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "evaluators/common/linalg/symmetric_eigen.hpp"
#include "evaluators/common/row_sampling/regression.hpp"
#include "evaluators/common/row_sampling/scores.hpp"
#include "tests/evaluators/row_sampling/small_matrices.hpp"

namespace equivolve::test {
namespace {

using namespace row_sampling;

Sample lewis_sample(const LewisBasis& lewis, double m, std::uint64_t seed) {
  return bernoulli_sample(inclusion_probabilities(lewis.weights, m), sample_random(seed, m));
}

TEST(Distortion, IsThatOfTheEigenvaluesAtTwo) {
  const auto a = make_matrix(Family::kStudent, 1000, 5, 1);
  const auto basis = *orthonormal_basis(a.view());
  const LewisBasis lewis = lewis_basis(basis.q, 2);
  const Sample sample = lewis_sample(lewis, 80, 1);
  linalg::Matrix<double> gram(5, 5);
  for (std::size_t k = 0; k < sample.rows.size(); ++k)
    for (std::size_t i = 0; i < 5; ++i)
      for (std::size_t j = 0; j < 5; ++j)
        gram(i, j) += sample.weights[k] * basis.q(sample.rows[k], i) * basis.q(sample.rows[k], j);
  const auto eigen = *linalg::symmetric_eigen(gram.view());
  const Distortion found = DistortionMeter(lewis).measure(sample);
  EXPECT_TRUE(found.exact);
  EXPECT_NEAR(found.low, std::sqrt(eigen.values.front()), 1e-9);
  EXPECT_NEAR(found.high, std::sqrt(eigen.values.back()), 1e-9);
  EXPECT_NEAR(found.distortion, std::max(1 - found.low, found.high - 1), 1e-15);
}

TEST(Distortion, IsTheLargestOverAllAnglesInThePlane) {
  for (Family family : {Family::kGauss, Family::kStudent}) {
    const auto a = make_matrix(family, 4000, 2, 1);
    for (double p : {1.0, 1.5, 3.0, 4.0}) {
      const LewisBasis lewis = lewis_of(a, p);
      const Sample sample = lewis_sample(lewis, 100, 3);
      const Distortion found = DistortionMeter(lewis).measure(sample);
      double low = 10, high = 0;
      for (int k = 0; k < 10000; ++k) {
        const double angle = std::numbers::pi * k / 10000;
        const std::vector<double> x{std::cos(angle), std::sin(angle)};
        double h = 0;
        for (std::size_t s = 0; s < sample.rows.size(); ++s)
          h += sample.weights[s] *
               std::pow(std::abs(a(sample.rows[s], 0) * x[0] + a(sample.rows[s], 1) * x[1]), p);
        const double ratio = std::pow(h / power_sum(a, x, p), 1 / p);
        low = std::min(low, ratio);
        high = std::max(high, ratio);
      }
      EXPECT_NEAR(found.low, low, 2e-4) << family_name(family) << " p " << p;
      EXPECT_NEAR(found.high, high, 2e-4) << family_name(family) << " p " << p;
    }
  }
}

TEST(Distortion, OfAHeavierSearchIsHardlyLarger) {
  for (double p : {1.0, 1.5, 4.0}) {
    const auto a = make_matrix(Family::kChebyshev, 3000, 6, 1);
    const LewisBasis lewis = lewis_of(a, p);
    const DistortionMeter meter(lewis);
    const Sample sample = lewis_sample(lewis, 200, 1);
    const double light = meter.measure(sample).distortion,
                 heavy = meter.measure(sample, {40, 12, 30}).distortion;
    EXPECT_LE(light, heavy * 1.001) << "p " << p;
    EXPECT_GE(light, heavy * (p == 1 ? 0.92 : 0.98)) << "p " << p;
  }
}

TEST(Distortion, OfAllRowsIsNone) {
  const auto a = make_matrix(Family::kGauss, 300, 4, 1);
  Sample all{first_rows(300), std::vector<double>(300, 1.0)};
  for (double p : {1.0, 2.0, 3.0})
    EXPECT_NEAR(DistortionMeter(lewis_of(a, p)).measure(all).distortion, 0, 1e-9);
}

TEST(Distortion, OfADeficientSampleIsAtLeastOne) {
  const auto a = make_matrix(Family::kGauss, 300, 4, 1);
  for (double p : {1.0, 2.0, 3.0}) {
    const LewisBasis lewis = lewis_of(a, p);
    const DistortionMeter meter(lewis);
    for (const Sample& sample :
         {Sample{}, Sample{{5}, {60.0}}, Sample{{5, 9, 200}, {60.0, 60.0, 100.0}}}) {
      const Distortion found = meter.measure(sample);
      EXPECT_TRUE(found.deficient);
      EXPECT_GE(found.distortion, 1);
      EXPECT_EQ(found.low, 0);
      EXPECT_TRUE(std::isinf(RegressionMeter(lewis).error(sample)));
    }
  }
}

TEST(Regression, IsLeastSquaresAtTwo) {
  const auto a = make_matrix(Family::kGauss, 500, 4, 2);
  // The residual of b is what of it is orthogonal to the other columns: 1 / (A^T A)^-1 of the last.
  const LewisBasis lewis = lewis_of(a, 2);
  const Sample all{first_rows(500), std::vector<double>(500, 1.0)};
  EXPECT_NEAR(RegressionMeter(lewis).error(all), 0, 1e-9);
  const auto beta = regression_coefficients(a.view(), 2, nullptr);
  ASSERT_EQ(beta.size(), 3u);
  for (std::size_t c = 0; c < 3; ++c) {
    double normal = 0;
    for (std::size_t r = 0; r < a.rows; ++r)
      normal += a(r, c) * (a(r, 3) - beta[0] * a(r, 0) - beta[1] * a(r, 1) - beta[2] * a(r, 2));
    EXPECT_NEAR(normal, 0, 1e-8);
  }
}

TEST(Regression, FindsTheMinimumOfEveryPower) {
  const auto a = make_matrix(Family::kStudent, 300, 3, 2);
  for (double p : {1.0, 1.5, 3.0}) {
    const auto beta = regression_coefficients(a.view(), p, nullptr);
    ASSERT_EQ(beta.size(), 2u);
    const double best = power_sum(a, {beta[0], beta[1], -1}, p);
    for (double step : {1e-2, -1e-2, 1e-3, -1e-3}) {
      EXPECT_LE(best, power_sum(a, {beta[0] + step, beta[1], -1}, p) * (1 + 1e-5)) << "p " << p;
      EXPECT_LE(best, power_sum(a, {beta[0], beta[1] + step, -1}, p) * (1 + 1e-5)) << "p " << p;
    }
  }
}

TEST(Regression, ErrorIsThatOfTheSamplesCoefficients) {
  const auto a = make_matrix(Family::kGauss, 600, 4, 2);
  for (double p : {1.5, 2.0, 3.0}) {
    const LewisBasis lewis = lewis_of(a, p);
    const Sample sample = lewis_sample(lewis, 100, 2);
    const auto found = regression_coefficients(a.view(), p, &sample),
               best = regression_coefficients(a.view(), p, nullptr);
    ASSERT_EQ(found.size(), 3u);
    const auto value = [&](const std::vector<double>& beta) {
      return std::pow(power_sum(a, {beta[0], beta[1], beta[2], -1}, p), 1 / p);
    };
    EXPECT_NEAR(RegressionMeter(lewis).error(sample), value(found) / value(best) - 1, 1e-6)
        << "p " << p;
  }
}

TEST(Regression, WithoutIndependentColumnsHasNoCoefficients) {
  linalg::Matrix<double> a(50, 3);
  SplitMix random(1);
  for (std::size_t r = 0; r < 50; ++r) {
    a(r, 0) = random.normal();
    a(r, 1) = 2 * a(r, 0);
    a(r, 2) = random.normal();
  }
  EXPECT_TRUE(regression_coefficients(a.view(), 3, nullptr).empty());
  const Sample few{{1, 2}, {1, 1}};
  EXPECT_TRUE(regression_coefficients(a.view(), 3, &few).empty());
  // A target that is fitted exactly.
  for (std::size_t r = 0; r < 50; ++r) {
    a(r, 1) = random.normal();
    a(r, 2) = 3 * a(r, 0) - a(r, 1);
  }
  const auto beta = regression_coefficients(a.view(), 1, nullptr);
  ASSERT_EQ(beta.size(), 2u);
  EXPECT_NEAR(beta[0], 3, 1e-9);
  EXPECT_NEAR(beta[1], -1, 1e-9);
}

}  // namespace
}  // namespace equivolve::test
