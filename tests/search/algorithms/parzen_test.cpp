#include "search/algorithms/parzen.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/algorithms/normal_kernel.hpp"
#include "tests/search/support/configurations.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;
using test::choice;
using test::integer;
using test::number;

const double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(NormalKernel, ExponentialAgreesWithTheLibrary) {
  Stream stream(51, Purpose::kTest, 0);
  for (int i = 0; i < 100'000; ++i) {
    const double x = -649 * std::pow(stream.uniform(), 4);
    ASSERT_NEAR(exp_of_negative(x) / std::exp(x), 1, 2e-15) << x;
  }
  EXPECT_EQ(exp_of_negative(0), 1);
  EXPECT_GT(exp_of_negative(-1e9), 0);
  EXPECT_LT(exp_of_negative(-1e9), 1e-280);
}

TEST(NormalKernel, MassAgreesWithTheErrorFunction) {
  Stream stream(52, Purpose::kTest, 0);
  const auto tail = [](double x) { return 0.5 * std::erfc(x / std::numbers::sqrt2); };
  for (int i = 0; i < 100'000; ++i) {
    const double x = 7 * stream.uniform();
    ASSERT_NEAR(normal_tail(x) / tail(x), 1, 3e-9) << x;
    double low = stream.uniform(-9, 9), high = stream.uniform(-9, 9);
    if (low > high) std::swap(low, high);
    ASSERT_NEAR(normal_mass(low, high), tail(low) - tail(high), 1e-14) << low << ' ' << high;
  }
  EXPECT_EQ(normal_mass(2, 2), 0);
  EXPECT_NEAR(normal_mass(5, 6) / (tail(5) - tail(6)), 1, 1e-9);
  EXPECT_EQ(normal_mass(-6, -5), normal_mass(5, 6));
}

// Places 0.1, 0.2, 0.8: with the prior's mean 0.5 the neighbours' distances are 0.1, 0.3, 0.3, 0.3;
// the smallest deviation is 1 / 5.
TEST(Parzen, KernelsReachAsFarAsTheFartherNeighbour) {
  const std::vector<WeightedPlace> places{{0.1, 1}, {0.2, 0.5}, {0.8, 1}};
  const std::vector<Kernel> kernels = adaptive_kernels(places);
  ASSERT_EQ(kernels.size(), 4u);
  const std::vector<std::array<double, 3>> expected{
      {0.1, 0.2, 1}, {0.2, 0.3, 0.5}, {0.5, 1, 1}, {0.8, 0.3, 1}};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(kernels[i].mean, expected[i][0], 1e-12);
    EXPECT_NEAR(kernels[i].deviation, expected[i][1], 1e-12);
    EXPECT_NEAR(kernels[i].weight, expected[i][2], 1e-12);
  }
  const std::vector<Kernel> prior = adaptive_kernels({});
  ASSERT_EQ(prior.size(), 1u);
  EXPECT_EQ(prior[0].deviation, 1);
}

TEST(Parzen, EqualKernelsAreOne) {
  const std::vector<WeightedPlace> places(500, {0.25, 0.5});
  const std::vector<Kernel> kernels = adaptive_kernels(places);
  ASSERT_LE(kernels.size(), 4u);
  double weight = 0;
  for (const Kernel& kernel : kernels) weight += kernel.weight;
  EXPECT_NEAR(weight, 251, 1e-9);
}

std::vector<WeightedPlace> random_places(std::size_t count, Stream& stream) {
  std::vector<WeightedPlace> places(count);
  for (WeightedPlace& one : places) one = {stream.uniform(), stream.uniform(0.1, 1)};
  std::sort(places.begin(), places.end(),
            [](const WeightedPlace& a, const WeightedPlace& b) { return a.place < b.place; });
  return places;
}

TEST(Parzen, MassesAddUpToOne) {
  for (std::size_t count : {0, 1, 3, 24, 200}) {
    Stream stream(53, Purpose::kTest, count);
    const NumberDensity density(adaptive_kernels(random_places(count, stream)));
    double cells = 0;
    for (int i = 0; i < 7; ++i) cells += density.mass({i / 7.0, (i + 1) / 7.0});
    EXPECT_NEAR(cells, 1, 1e-9) << count;
  }
}

// A rare kernel of 0.25, the prior of 1: at its mean each is as high as its weight, over what the
// scale cuts off.
TEST(Parzen, ClosenessCountsKernelsInTheirOwnHeight) {
  const std::vector<WeightedPlace> places{{0.25, 0.5}};
  const NumberDensity density(adaptive_kernels(places));
  const auto phi = [](double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); };
  const double sd = 1 / 3.0;  // the least with one place
  const double whole = phi(0.75 / sd) - phi(-0.25 / sd), prior = phi(0.5) - phi(-0.5);
  EXPECT_NEAR(density.closeness(0.25), (0.5 / whole + std::exp(-0.25 * 0.25 / 2) / prior) / 1.5,
              1e-9);
}

// From _ParzenEstimator of python3-optuna 3.1.0-4 with its defaults. Its logarithms have a factor
// of 1 / sqrt(2 pi) besides.
TEST(Parzen, NumbersAreAsInOptuna) {
  const double log_root_two_pi = 0.5 * std::log(2 * std::numbers::pi);
  const std::vector<WeightedPlace> few{{0.05, 1}, {0.3, 1},  {0.33, 1},
                                       {0.62, 1}, {0.81, 1}, {0.97, 1}};
  const std::vector<Kernel> kernels = adaptive_kernels(few);
  const std::vector<double> deviations{0.25, 0.25, 0.17, 1, 0.19, 0.19, 0.16};
  ASSERT_EQ(kernels.size(), deviations.size());
  for (std::size_t i = 0; i < kernels.size(); ++i)
    EXPECT_NEAR(kernels[i].deviation, deviations[i], 1e-12) << i;
  const NumberDensity six(kernels);
  const std::vector<std::array<double, 2>> of_six{{0, -1.315202675678},    {0.1, -1.185418819496},
                                                  {0.31, -1.068034288548}, {0.5, -1.146560450730},
                                                  {0.9, -1.164906745762},  {1, -1.275817839005}};
  for (const auto& [place, expected] : of_six)
    EXPECT_NEAR(std::log(six.closeness(place)) - log_root_two_pi, expected, 1e-9) << place;
  // Thirty, of which the five oldest have faded.
  const std::array<double, 5> faded{1 / 30.0, 0.275, 31 / 60.0, 91 / 120.0, 1};
  std::vector<WeightedPlace> many;
  for (std::size_t i = 0; i < 30; ++i)
    many.push_back({std::fmod(0.137 + 0.618033988749895 * static_cast<double>(i), 1.0),
                    i < faded.size() ? faded[i] : 1});
  std::sort(many.begin(), many.end(),
            [](const WeightedPlace& a, const WeightedPlace& b) { return a.place < b.place; });
  const NumberDensity thirty(adaptive_kernels(many));
  const std::vector<std::array<double, 2>> of_thirty{
      {0, -2.995095805257}, {0.25, -2.599721694488}, {0.7, -2.671415263365}};
  for (const auto& [place, expected] : of_thirty)
    EXPECT_NEAR(std::log(thirty.closeness(place)) - log_root_two_pi, expected, 1e-9) << place;
}

TEST(Parzen, IntegersAreAsInOptuna) {
  const Parameter p = integer("n", 1, 10);
  std::vector<WeightedPlace> seen;
  for (double value : {2, 4, 7, 9}) seen.push_back({to_unit(p, value), 1});
  const NumberDensity density(adaptive_kernels(seen));
  const std::vector<std::array<double, 2>> known{
      {1, -2.548621971718}, {2, -2.323619022802}, {5, -2.238708836997}, {10, -2.548621971718}};
  for (const auto& [value, expected] : known)
    EXPECT_NEAR(std::log(density.mass(unit_cell(p, value))), expected, 1e-9) << value;
}

TEST(Parzen, SamplesFollowTheDensity) {
  Stream stream(54, Purpose::kTest, 0);
  const NumberDensity density(adaptive_kernels(random_places(5, stream)));
  std::array<double, 10> counts{};
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    const double place = density.sample(stream);
    ASSERT_TRUE(place >= 0 && place <= 1);
    counts[std::min(9, static_cast<int>(place * 10))] += 1;
  }
  for (int i = 0; i < 10; ++i) {
    const double expected = kDraws * density.mass({i / 10.0, (i + 1) / 10.0});
    EXPECT_NEAR(counts[i], expected, 5 * std::sqrt(expected)) << i;
  }
}

// Two observations of a, weights 1 and 0.5, one of c, three choices: a share a = 1 / 4 each.
TEST(Parzen, ChoicesAreCountedAndSmoothed) {
  const Parameter p = choice("kind", {"a", "b", "c"});
  const std::vector<WeightedPlace> seen{{1 / 6.0, 1}, {1 / 6.0, 0.5}, {5 / 6.0, 1}};
  const std::vector<double> got = choice_probabilities(seen, p);
  const double here = 1.25 / 1.75, elsewhere = 0.25 / 1.75, third = 1 / 3.0;
  EXPECT_NEAR(got[0], (1.5 * here + elsewhere + third) / 3.5, 1e-12);
  EXPECT_NEAR(got[1], (2.5 * elsewhere + third) / 3.5, 1e-12);
  EXPECT_NEAR(got[2], (here + 1.5 * elsewhere + third) / 3.5, 1e-12);
  for (double share : choice_probabilities({}, p)) EXPECT_NEAR(share, third, 1e-12);
}

// ---- whole configurations

ConfigurationSpace mixed_space() {
  std::vector<Parameter> p{number("x", 0, 1), choice("kind", {"a", "b"}), integer("n", 1, 4),
                           integer("wide", 1, 1000), number("fixed", 3, 3)};
  p[3].when = {test::one_of(1, {0})};
  return test::made(std::move(p));
}

/// The density of one sample, kernel by kernel, from the definition.
double plain_density(const ConfigurationSpace& space, const std::vector<std::vector<double>>& rows,
                     const std::vector<double>& weights, const std::vector<double>& deviations,
                     const std::vector<double>& sample) {
  const auto phi = [](double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); };
  const auto n = static_cast<double>(rows.size());
  double sum = 0, total = 1;
  for (std::size_t k = 0; k <= rows.size(); ++k) {
    const bool is_prior = k == rows.size();
    double product = is_prior ? 1 : weights[k];
    if (!is_prior) total += weights[k];
    for (std::size_t i = 0; i < space.parameters.size(); ++i) {
      const Parameter& p = space.parameters[i];
      if (std::isnan(sample[i])) continue;
      const bool is_wide = is_prior || std::isnan(rows[k][i]);
      if (!is_numeric(p)) {
        const double a = 1 / (n + 1);
        product *= is_wide ? 0.5 : ((rows[k][i] == sample[i] ? 1 : 0) + a) / (1 + 2 * a);
        continue;
      }
      const double mean = is_wide ? 0.5 : rows[k][i], sd = is_wide ? 1 : deviations[i];
      const double whole = phi((1 - mean) / sd) - phi(-mean / sd);
      if (p.name == "n") {
        const double low = sample[i] - 0.125, high = sample[i] + 0.125;
        product *= (phi((high - mean) / sd) - phi((low - mean) / sd)) / whole;
      } else {
        const double z = (sample[i] - mean) / sd;
        product *= std::exp(-z * z / 2) / (sd * std::sqrt(2 * std::numbers::pi) * whole);
      }
    }
    sum += product;
  }
  return sum / total;
}

TEST(Parzen, JointDensitiesAreMixturesOfProducts) {
  const ConfigurationSpace space = mixed_space();
  Stream stream(55, Purpose::kTest, 0);
  const auto place = [&] {
    std::vector<double> at{stream.uniform(), stream.chance(0.5) ? 0.25 : 0.75,
                           (static_cast<double>(stream.below(4)) + 0.5) / 4, kNaN, kNaN};
    if (at[1] < 0.5) at[3] = stream.uniform();
    return at;
  };
  for (std::size_t count : {0, 1, 2, 30}) {
    std::vector<std::vector<double>> rows, samples;
    std::vector<double> weights;
    for (std::size_t i = 0; i < count; ++i) {
      rows.push_back(place());
      weights.push_back(stream.uniform(0.1, 1));
    }
    for (int i = 0; i < 20; ++i) samples.push_back(place());
    const std::vector<std::span<const double>> views(rows.begin(), rows.end());
    const std::vector<double> deviations{0.3, 1, 0.2, 0.05, 1};
    const JointDensity joint(space, views, weights, deviations);
    const std::vector<double> logs = joint.log_densities(samples);
    // Shares of choices and cells are in units of even ones there.
    for (std::size_t i = 0; i < samples.size(); ++i)
      EXPECT_NEAR(std::exp(logs[i]),
                  2 * 4 * plain_density(space, rows, weights, deviations, samples[i]), 1e-6)
          << count << ' ' << i;
  }
}

// Two rows and the prior, which is like one at 0.5 with the variance of an even distribution.
TEST(Parzen, KernelsNarrowAsTheGoodDrawTogether) {
  const ConfigurationSpace space = mixed_space();
  const std::vector<double> first{0.1, 0.25, 0.125, 0.2, kNaN},
      second{0.3, 0.75, 0.125, kNaN, kNaN};
  const std::vector<std::span<const double>> rows{first, second};
  const double narrowing = std::pow(2.0, -1.0 / 8);  // 4 searched parameters
  const std::vector<double> good = good_deviations(space, rows);
  ASSERT_EQ(good.size(), 5u);
  EXPECT_NEAR(good[0], 0.8 * narrowing * std::sqrt((0.01 + 0.09 + 1 / 3.0) / 3 - 0.09), 1e-12);
  EXPECT_NEAR(good[3], 0.8 * narrowing * std::sqrt((0.04 + 1 / 3.0) / 2 - 0.35 * 0.35), 1e-12);
  EXPECT_NEAR(bad_deviations(space, rows)[0], 0.1 * narrowing, 1e-12);
  const std::vector<std::span<const double>> alike(25, first);
  EXPECT_LT(good_deviations(space, alike)[0], 0.1);
  EXPECT_GT(good_deviations(space, alike)[0], 0.03);
}

TEST(Parzen, JointSamplesKeepToTheirKernel) {
  const ConfigurationSpace space = mixed_space();
  const std::vector<double> row{0.9, 0.25, 0.125, 0.1, kNaN};
  const std::vector<std::span<const double>> rows(200, row);
  const JointDensity joint(space, rows, std::vector<double>(200, 1), std::vector<double>(5, 0.1));
  Stream stream(56, Purpose::kTest, 0);
  int from_prior = 0, other_choice = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::size_t at = joint.sample_row(stream);
    if (at == 200) {
      ++from_prior;
      continue;
    }
    ASSERT_NEAR(joint.sample_place(at, 0, stream), 0.9, 0.7);  // 6 deviations
    other_choice += joint.sample_place(at, 1, stream) > 0.5 ? 1 : 0;
  }
  EXPECT_NEAR(from_prior, 20'000 / 201.0, 50);
  EXPECT_NEAR(other_choice, 20'000 / 203.0, 50);  // (1 / 201) / (1 + 2 / 201)
}

}  // namespace
}  // namespace equivolve::search
