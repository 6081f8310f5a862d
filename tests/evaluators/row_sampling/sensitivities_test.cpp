// Leverage scores, Lewis weights and sensitivities: sums, inequalities, invariance, closed forms,
// and a search of its own in two dimensions.
#include "evaluators/common/row_sampling/sensitivities.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "evaluators/common/row_sampling/split_mix.hpp"
#include "tests/evaluators/row_sampling/small_matrices.hpp"

namespace equivolve::test {
namespace {

using namespace row_sampling;

constexpr double kPowers[] = {1, 1.3, 1.5, 2, 3, 4, 6.5};

std::vector<FamilyAndPower> families_and_powers() {
  std::vector<FamilyAndPower> all;
  for (Family family : kFamilies)
    for (double p : kPowers) all.push_back({family, p});
  return all;
}

class ScoresOfRows : public testing::TestWithParam<FamilyAndPower> {
 protected:
  static constexpr std::size_t kRows = 600, kColumns = 6;
};

TEST_P(ScoresOfRows, SumUpAndBoundEachOther) {
  const auto [family, p] = GetParam();
  const auto a = make_matrix(family, kRows, kColumns, 1);
  const auto basis = *orthonormal_basis(a.view());
  const auto tau = leverage_scores(basis);
  const LewisBasis lewis = lewis_basis(basis.q, p);
  const auto sigma = exact_sensitivities(lewis, first_rows(kRows));
  const double d = kColumns, n = kRows;
  EXPECT_TRUE(lewis.converged);
  EXPECT_NEAR(sum_of(tau), d, 1e-9 * d);
  EXPECT_NEAR(sum_of(lewis.weights), d, 1e-4 * d);
  const double slack = 1 + 1e-6, factor = std::pow(d, p / 2 - 1);
  for (std::size_t i = 0; i < kRows; ++i) {
    const double w = lewis.weights[i], s = sigma[i].low;
    ASSERT_GE(s, 0);
    ASSERT_LE(sigma[i].low, sigma[i].high);
    ASSERT_LE(sigma[i].high, s * slack) << "row " << i;
    const double least = std::min(1.0, factor) * w, most = std::max(1.0, factor) * w;
    // A value of a feasible x is a lower bound of the sensitivity; of the least one `high` is.
    ASSERT_LE(s, most * (1 + 3e-6)) << "row " << i;
    ASSERT_GE(sigma[i].high * (1 + 3e-6), least) << "row " << i;
    const double by_leverage = std::pow(tau[i], p / 2) * (p <= 2 ? 1 : std::pow(n, p / 2 - 1));
    ASSERT_LE(s, by_leverage * slack) << "row " << i;
  }
}
INSTANTIATE_TEST_SUITE_P(All, ScoresOfRows, testing::ValuesIn(families_and_powers()));

TEST(Sensitivities, AllScoresAgreeAtTwo) {
  const auto a = make_matrix(Family::kStudent, 500, 5, 3);
  const auto basis = *orthonormal_basis(a.view());
  const auto tau = leverage_scores(basis);
  const LewisBasis lewis = lewis_basis(basis.q, 2);
  const auto sigma = exact_sensitivities(lewis, first_rows(500));
  for (std::size_t i = 0; i < 500; ++i) {
    EXPECT_NEAR(lewis.weights[i], tau[i], 1e-8);
    EXPECT_NEAR(sigma[i].low, tau[i], 1e-8);
    EXPECT_NEAR(sigma[i].high, tau[i], 1e-8);
  }
}

/// Orthogonal times diagonal of condition 1e4 times orthogonal, by rotations of all planes.
linalg::Matrix<double> times_transform(const linalg::Matrix<double>& a) {
  linalg::Matrix<double> out = a;
  const std::size_t d = a.columns;
  const auto rotate = [&](std::uint64_t seed) {
    SplitMix random(seed);
    for (std::size_t i = 0; i < d; ++i)
      for (std::size_t j = i + 1; j < d; ++j) {
        const double angle = 2 * std::numbers::pi * random.uniform();
        for (std::size_t r = 0; r < a.rows; ++r) {
          const double x = out(r, i), y = out(r, j);
          out(r, i) = std::cos(angle) * x - std::sin(angle) * y;
          out(r, j) = std::sin(angle) * x + std::cos(angle) * y;
        }
      }
  };
  rotate(11);
  for (std::size_t c = 0; c < d; ++c)
    for (std::size_t r = 0; r < a.rows; ++r)
      out(r, c) *= std::pow(1e4, static_cast<double>(c) / static_cast<double>(d - 1));
  rotate(12);
  return out;
}

TEST(Sensitivities, DoNotDependOnTheBasis) {
  for (double p : {1.0, 1.5, 3.0}) {
    const auto a = make_matrix(Family::kLowRankSparse, 400, 6, 2), b = times_transform(a);
    const auto one = *orthonormal_basis(a.view()), other = *orthonormal_basis(b.view());
    const auto tau = leverage_scores(one), tau_of_b = leverage_scores(other);
    const LewisSettings tight{1e-10, 500};
    const LewisBasis w = lewis_basis(one.q, p, tight), w_of_b = lewis_basis(other.q, p, tight);
    const auto sigma = exact_sensitivities(w, first_rows(100)),
               sigma_of_b = exact_sensitivities(w_of_b, first_rows(100));
    for (std::size_t i = 0; i < 100; ++i) {
      EXPECT_NEAR(tau_of_b[i], tau[i], 1e-6 * tau[i]);
      EXPECT_NEAR(w_of_b.weights[i], w.weights[i], 1e-6 * w.weights[i]);
      EXPECT_NEAR(sigma_of_b[i].low, sigma[i].low, 1e-6 * sigma[i].low) << "p " << p;
    }
  }
}

TEST(Sensitivities, StackedIdentityIsOneOverTheCopies) {
  constexpr std::size_t kCopies = 25, kColumns = 4;
  linalg::Matrix<double> a(kCopies * kColumns, kColumns);
  for (std::size_t r = 0; r < a.rows; ++r) a(r, r % kColumns) = 1;
  for (double p : {1.0, 1.2, 2.0, 3.0, 7.0, 20.0}) {
    const LewisBasis lewis = lewis_of(a, p);
    const auto sigma = exact_sensitivities(lewis, first_rows(a.rows));
    for (std::size_t r = 0; r < a.rows; ++r) {
      EXPECT_NEAR(lewis.weights[r], 1.0 / kCopies, 1e-9) << "p " << p;
      EXPECT_NEAR(sigma[r].low, 1.0 / kCopies, 1e-6 / kCopies) << "p " << p;
    }
  }
}

TEST(Sensitivities, SplittingARowDividesItsScores) {
  for (double p : {1.0, 1.5, 4.0}) {
    const auto a = make_matrix(Family::kStudent, 300, 4, 5);
    linalg::Matrix<double> b(302, 4);
    for (std::size_t r = 0; r < 300; ++r)
      for (std::size_t c = 0; c < 4; ++c) b(r, c) = a(r, c);
    for (std::size_t c = 0; c < 4; ++c)
      b(7, c) = b(300, c) = b(301, c) = a(7, c) * std::pow(3, -1 / p);
    const LewisSettings tight{1e-10, 500};
    const LewisBasis whole = lewis_basis(orthonormal_basis(a.view())->q, p, tight),
                     split = lewis_basis(orthonormal_basis(b.view())->q, p, tight);
    const std::vector<std::uint32_t> row{7}, copies{7, 300, 301};
    const double s = exact_sensitivities(whole, row)[0].low;
    for (const Sensitivity& of_copy : exact_sensitivities(split, copies))
      EXPECT_NEAR(of_copy.low, s / 3, 1e-4 * s) << "p " << p;
    for (std::uint32_t copy : copies)
      EXPECT_NEAR(split.weights[copy], whole.weights[7] / 3, 1e-6 * whole.weights[7]);
  }
}

// sqrt(pi / 2) E||g|| for p = 1; (d^2 + 2 d) / 3 for p = 4, and what finite n adds.
TEST(Sensitivities, TotalOfGaussiansIsTheKnownOne) {
  const auto a = make_matrix(Family::kGauss, 10000, 10, 1);
  const auto one = total_sensitivity(lewis_of(a, 1), 40, 1);
  EXPECT_NEAR(one.estimate, 3.87, 0.01 * 3.87);
  const auto four = total_sensitivity(lewis_of(a, 4), 40, 1);
  EXPECT_NEAR(four.estimate, 39.89, 4 * four.standard_error + 0.005 * 40);
  EXPECT_LT(four.largest_gap, 1 + 1e-6);
}

// In two dimensions every direction can be tried.
TEST(Sensitivities, AreTheLargestSharesOverAllAngles) {
  for (Family family : {Family::kGauss, Family::kStudent, Family::kChebyshev}) {
    const auto a = make_matrix(family, 200, 2, 4);
    for (double p : {1.0, 1.5, 3.0, 5.0}) {
      std::vector<double> best(a.rows, 0.0);
      for (int k = 0; k < 10000; ++k) {
        const double angle = std::numbers::pi * k / 10000;
        const std::vector<double> x{std::cos(angle), std::sin(angle)};
        const double f = power_sum(a, x, p);
        for (std::size_t r = 0; r < a.rows; ++r)
          best[r] = std::max(best[r], std::pow(std::abs(a(r, 0) * x[0] + a(r, 1) * x[1]), p) / f);
      }
      const auto sigma = exact_sensitivities(lewis_of(a, p), first_rows(a.rows));
      for (std::size_t r = 0; r < a.rows; ++r) {
        EXPECT_GE(sigma[r].low, best[r] * (1 - 5e-4)) << "p " << p << " row " << r;
        EXPECT_LE(best[r], sigma[r].high * (1 + 1e-9)) << "p " << p << " row " << r;
        // Steps of the grid miss at most this much of the largest share.
        EXPECT_LE(sigma[r].low, best[r] * (1 + 5e-3)) << "p " << p << " row " << r;
      }
    }
  }
}

/// A minimum of ||A x||_1 under a . x = 1 lies where x is orthogonal to two of three columns' rows.
double by_all_vertices(const linalg::Matrix<double>& a, std::size_t target) {
  double best = 0;
  for (std::size_t i = 0; i < a.rows; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const auto entry = [&](std::size_t c) {
        const std::size_t next = (c + 1) % 3, last = (c + 2) % 3;
        return a(i, next) * a(j, last) - a(i, last) * a(j, next);
      };
      const std::vector<double> x{entry(0), entry(1), entry(2)};
      const double size = power_sum(a, x, 1);
      if (!(size > 1e-12)) continue;
      double at = 0;
      for (std::size_t c = 0; c < 3; ++c) at += a(target, c) * x[c];
      best = std::max(best, std::abs(at) / size);
    }
  return best;
}

TEST(Sensitivities, LinearProgramsFindTheBestVertex) {
  for (Family family : {Family::kGauss, Family::kStudent, Family::kChebyshev, Family::kMix}) {
    const auto a = make_matrix(family, 60, 3, 8);
    const auto sigma = exact_sensitivities(lewis_of(a, 1), first_rows(a.rows));
    for (std::size_t r = 0; r < a.rows; ++r) {
      const double best = by_all_vertices(a, r);
      EXPECT_NEAR(sigma[r].low, best, 1e-9 * best) << family_name(family) << " row " << r;
      EXPECT_NEAR(sigma[r].high, best, 1e-7 * best) << family_name(family) << " row " << r;
    }
  }
}

// The smoothed search ends just below the linear program, and its bound, loose as it is, above.
TEST(Sensitivities, LinearProgramsLieBetweenTheEndsOfTheSmoothedSearch) {
  const auto a = make_matrix(Family::kStudent, 500, 6, 2);
  const LewisBasis lewis = lewis_of(a, 1);
  const auto rows = first_rows(100);
  const auto smoothed = smoothed_sensitivities(lewis, rows),
             exact = exact_sensitivities(lewis, rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_LE(smoothed[i].low, exact[i].low * (1 + 1e-12));
    EXPECT_GE(smoothed[i].low, 0.998 * exact[i].low);
    EXPECT_GE(smoothed[i].high, exact[i].low * (1 - 1e-6)) << "a ridge makes it feasible nearly";
    EXPECT_LE(exact[i].high, exact[i].low * (1 + 1e-8));
  }
}

TEST(Sensitivities, QuasiNewtonAndGramMatricesAgree) {
  for (Family family : kFamilies)
    for (double p : {1.2, 1.5, 3.0, 4.0, 6.0}) {
      const LewisBasis lewis = lewis_of(make_matrix(family, 800, 5, 6), p);
      const auto rows = first_rows(64);
      const auto one = exact_sensitivities(lewis, rows),
                 other = smoothed_sensitivities(lewis, rows);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const double slack = (p < 1.5 ? 1e-5 : 1e-6) * one[i].low;
        EXPECT_NEAR(one[i].low, other[i].low, slack) << family_name(family) << " p " << p;
        EXPECT_NEAR(one[i].high, other[i].high, slack) << family_name(family) << " p " << p;
      }
    }
}

TEST(Sensitivities, ApproximationsAreWithinAFifth) {
  for (double p : {1.0, 3.0}) {
    const auto a = make_matrix(Family::kStudent, 5000, 5, 1);
    const LewisBasis lewis = lewis_of(a, p);
    const auto approximate = approximate_sensitivities(lewis);
    const auto exact = exact_sensitivities(lewis, first_rows(64));
    for (std::size_t i = 0; i < exact.size(); ++i) {
      EXPECT_LT(approximate[i], 1.25 * exact[i].low) << "p " << p;
      EXPECT_GT(approximate[i], 0.8 * exact[i].low) << "p " << p;
    }
  }
}

class LewisOfFamilies : public testing::TestWithParam<Family> {};
TEST_P(LewisOfFamilies, WeightsAreTheLeverageScoresOfTheReweightedRows) {
  for (double p : {1.0, 1.2, 1.7, 3.0, 4.0, 4.5, 10.0}) {
    const auto a = make_matrix(GetParam(), 800, 5, 9);
    const LewisWeights lewis = lewis_weights(orthonormal_basis(a.view())->q, p, {1e-9, 500});
    ASSERT_TRUE(lewis.converged) << p;
    if (p <= kForms) {
      EXPECT_LE(lewis.rounds, 20u) << p;
    }
    linalg::Matrix<double> b = a;
    for (std::size_t r = 0; r < a.rows; ++r)
      for (std::size_t c = 0; c < a.columns; ++c)
        b(r, c) *= std::pow(lewis.weights[r], 0.5 - 1 / p);
    const auto tau = leverage_scores(*orthonormal_basis(b.view()));
    for (std::size_t r = 0; r < a.rows; ++r)
      EXPECT_NEAR(tau[r], lewis.weights[r], 1e-7 * lewis.weights[r]) << "p " << p;
  }
}
INSTANTIATE_TEST_SUITE_P(All, LewisOfFamilies, testing::ValuesIn(kFamilies));

}  // namespace
}  // namespace equivolve::test
