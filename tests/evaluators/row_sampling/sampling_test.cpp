// From scores to samples: probabilities, sizes, inclusion frequencies, unbiasedness.
#include "evaluators/common/row_sampling/sampling.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "evaluators/common/row_sampling/scores.hpp"
#include "evaluators/common/row_sampling/spread_order.hpp"
#include "tests/evaluators/row_sampling/small_matrices.hpp"

namespace equivolve::test {
namespace {

using namespace row_sampling;

TEST(SplitMix, IsThePublishedGenerator) {
  // The first numbers of state 1234567, as the reference implementation prints them.
  SplitMix random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317u);
  EXPECT_EQ(random.next(), 3203168211198807973u);
  EXPECT_EQ(random.next(), 9817491932198370423u);
}

TEST(Probabilities, SumToTheBudgetAndKeepProportions) {
  const std::vector<double> scores{1, 2, 3, 0, 1000, 4};
  const auto q = inclusion_probabilities(scores, 2);
  EXPECT_NEAR(sum_of(q), 2, 1e-12);
  EXPECT_EQ(q[4], 1);
  EXPECT_EQ(q[3], 0);
  EXPECT_NEAR(q[1], 2 * q[0], 1e-12);
  EXPECT_NEAR(q[5], 0.4, 1e-12);
}

TEST(Probabilities, OfMoreRowsThanHaveAScoreAreOne) {
  const auto q = inclusion_probabilities(std::vector<double>{0, 2, 1e-200, 5}, 3);
  EXPECT_EQ(q, (std::vector<double>{0, 1, 1, 1}));
}

TEST(Probabilities, DoNotOverflow) {
  const auto q = inclusion_probabilities(std::vector<double>{1e308, 1e308, 1e308, 1e308}, 2);
  for (double value : q) EXPECT_NEAR(value, 0.5, 1e-12);
}

TEST(Probabilities, MixedWithUniformLeaveNobodyOut) {
  auto q = inclusion_probabilities(std::vector<double>{0, 1, 1, 2}, 2);
  mix_with_uniform(q, 2, 0.2);
  EXPECT_NEAR(sum_of(q), 2, 1e-12);
  EXPECT_NEAR(q[0], 0.1, 1e-12);
}

TEST(Probabilities, NeedScores) {
  EXPECT_FALSE(are_scores(std::vector<double>{}));
  EXPECT_FALSE(are_scores(std::vector<double>{0, 0}));
  EXPECT_FALSE(are_scores(std::vector<double>{1, -1}));
  EXPECT_FALSE(are_scores(std::vector<double>{1, NAN}));
  EXPECT_FALSE(are_scores(std::vector<double>{1, INFINITY}));
  EXPECT_TRUE(are_scores(std::vector<double>{0, 1}));
  EXPECT_FALSE(scores_of_logs(std::vector<double>{0, NAN}));
  EXPECT_FALSE(scores_of_logs(std::vector<double>{0, INFINITY}));
  EXPECT_EQ(scores_of_logs(std::vector<double>{-2000, -2000, -3000}),
            (std::vector<double>{1, 1, 0}));
}

struct Drawn {
  const char* name;
  SchemeSettings settings;
};
void PrintTo(const Drawn& drawn, std::ostream* out) {
  *out << drawn.name;
}

class Schemes : public testing::TestWithParam<Drawn> {
 protected:
  /// Uneven, with a certain row and an impossible one; sum 6.
  static std::vector<double> probabilities() {
    std::vector<double> scores;
    for (int i = 0; i < 40; ++i) scores.push_back(i % 7 + (i == 11 ? 500 : 0));
    return inclusion_probabilities(scores, 6);
  }
};

TEST_P(Schemes, AreUnbiasedInEveryRow) {
  const auto q = probabilities();
  constexpr int kSamples = 20000;
  std::vector<double> mean(q.size(), 0.0), order_of(q.size());
  const std::vector<std::uint32_t> order = [] {
    std::vector<std::uint32_t> rows = first_rows(40);
    std::reverse(rows.begin(), rows.end());
    return rows;
  }();
  for (int s = 0; s < kSamples; ++s) {
    const Sample sample =
        draw_sample(q, GetParam().settings, order, sample_random(static_cast<std::uint64_t>(s), 6));
    ASSERT_TRUE(std::is_sorted(sample.rows.begin(), sample.rows.end()));
    ASSERT_EQ(std::set(sample.rows.begin(), sample.rows.end()).size(), sample.rows.size());
    for (std::size_t k = 0; k < sample.rows.size(); ++k)
      mean[sample.rows[k]] += sample.weights[k] / kSamples;
  }
  for (std::size_t i = 0; i < q.size(); ++i) {
    if (q[i] == 0) {
      EXPECT_EQ(mean[i], 0);
      continue;
    }
    // The weight has a variance of about 1/q; order sampling is unbiased but for about 1/m of it.
    const double tolerance =
        4.5 * std::sqrt(1 / (q[i] * kSamples)) + (GetParam().settings.exact_size ? 0.03 : 0);
    EXPECT_NEAR(mean[i], 1, tolerance) << "row " << i << " q " << q[i];
  }
}

TEST_P(Schemes, KeepTheirSize) {
  const auto q = probabilities();
  const SchemeSettings& settings = GetParam().settings;
  for (std::uint64_t s = 0; s < 200; ++s) {
    const Sample sample = draw_sample(q, settings, {}, sample_random(s, 6));
    const bool fixed = settings.exact_size || settings.scheme == Scheme::kPivotal ||
                       settings.scheme == Scheme::kSystematic;
    if (fixed) {
      EXPECT_EQ(sample.rows.size(), 6u) << s;
    } else if (settings.scheme == Scheme::kWithReplacement) {
      EXPECT_LE(sample.rows.size(), 6u);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(All, Schemes,
                         testing::Values(Drawn{"bernoulli", {Scheme::kBernoulli, false}},
                                         Drawn{"bernoulli_exact", {Scheme::kBernoulli, true}},
                                         Drawn{"systematic", {Scheme::kSystematic, false}},
                                         Drawn{"pivotal", {Scheme::kPivotal, false}},
                                         Drawn{"with_replacement",
                                               {Scheme::kWithReplacement, false}}));

// E ||S A x||_p^p = ||A x||_p^p for fixed x, whatever the scores.
TEST(Samples, KeepThePowerSumOnAverage) {
  const auto a = make_matrix(Family::kStudent, 400, 4, 1);
  constexpr double kP = 1.5;
  const auto features = *row_features(a.view(), kP);
  constexpr int kSamples = 2000;
  for (Rule rule : {Rule::kUniform, Rule::kLewis, Rule::kSensitivity, Rule::kRowNorm}) {
    const auto q = inclusion_probabilities(*scores_of_logs(log_scores(rule, features)), 60);
    EXPECT_FALSE(is_biased(q, features));
    SplitMix random(8);
    for (int direction = 0; direction < 5; ++direction) {
      std::vector<double> x(4), shares(a.rows);
      for (double& value : x) value = random.normal();
      const double whole = power_sum(a, x, kP);
      for (std::size_t r = 0; r < a.rows; ++r) {
        double y = 0;
        for (std::size_t c = 0; c < 4; ++c) y += a(r, c) * x[c];
        shares[r] = std::pow(std::abs(y), kP) / whole;
      }
      double sum = 0, squares = 0;
      for (int s = 0; s < kSamples; ++s) {
        const Sample sample = bernoulli_sample(q, sample_random(static_cast<std::uint64_t>(s), 60));
        double value = 0;
        for (std::size_t k = 0; k < sample.rows.size(); ++k)
          value += sample.weights[k] * shares[sample.rows[k]];
        sum += value;
        squares += value * value;
      }
      const double mean = sum / kSamples,
                   error = std::sqrt((squares / kSamples - mean * mean) / kSamples);
      EXPECT_NEAR(mean, 1, 4 * error) << rule_name(rule) << " direction " << direction;
    }
  }
}

TEST(SpreadOrder, IsAPermutationWithNeighboursThatAreAlike) {
  const auto a = make_matrix(Family::kGauss, 500, 2, 3);
  const auto order = spread_order(a);
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, first_rows(500));
  const auto steps = [&](const std::vector<std::uint32_t>& rows) {
    double sum = 0;
    for (std::size_t k = 1; k < rows.size(); ++k)
      sum += std::hypot(a(rows[k], 0) - a(rows[k - 1], 0), a(rows[k], 1) - a(rows[k - 1], 1));
    return sum;
  };
  EXPECT_LT(steps(order), 0.35 * steps(first_rows(500)));
}

TEST(Names, LeadBack) {
  for (Rule rule : kRules) EXPECT_EQ(rule_named(rule_name(rule)), rule);
  for (Family family : kFamilies) EXPECT_EQ(family_named(family_name(family)), family);
  for (Scheme scheme :
       {Scheme::kBernoulli, Scheme::kSystematic, Scheme::kPivotal, Scheme::kWithReplacement})
    EXPECT_EQ(scheme_named(scheme_name(scheme)), scheme);
  EXPECT_FALSE(rule_named("random"));
}

}  // namespace
}  // namespace equivolve::test
