// Schedules, averages and moments of weights, muP's table.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "evaluators/common/nn/optimizers/mup.hpp"
#include "evaluators/common/nn/optimizers/schedule.hpp"
#include "evaluators/common/nn/optimizers/weight_average.hpp"
#include "evaluators/common/nn/optimizers/weight_moments.hpp"

namespace equivolve::nn {
namespace {

TEST(Schedules, AreTheirFormulas) {
  Schedule s;
  s.peak = 0.5;
  for (std::uint64_t step : {0, 1, 1000}) EXPECT_EQ(learning_rate(s, step), 0.5);

  s.warm_up = 4;
  const double warming[] = {0.125, 0.25, 0.375, 0.5, 0.5};
  for (std::uint64_t step = 0; step < 5; ++step) EXPECT_EQ(learning_rate(s, step), warming[step]);

  s.shape = ScheduleShape::kCosine;
  s.steps = 12;
  s.final_share = 0.2;
  EXPECT_EQ(learning_rate(s, 0), 0.125);
  EXPECT_EQ(learning_rate(s, 4), 0.5);
  EXPECT_NEAR(learning_rate(s, 6), 0.5 * (0.2 + 0.8 * (1 + std::sqrt(0.5)) / 2), 1e-15);
  EXPECT_NEAR(learning_rate(s, 8), 0.5 * 0.6, 1e-15);
  EXPECT_EQ(learning_rate(s, 12), 0.1);
  EXPECT_EQ(learning_rate(s, 99), 0.1);

  s.shape = ScheduleShape::kStep;
  s.every = 3;
  s.factor = 0.5;
  EXPECT_EQ(learning_rate(s, 6), 0.5);
  EXPECT_EQ(learning_rate(s, 7), 0.25);
  EXPECT_EQ(learning_rate(s, 10), 0.125);
}

TEST(Schedules, AreHeldToTheirRanges) {
  Schedule s;
  EXPECT_EQ(refused(s), "");
  s.peak = -1;
  EXPECT_EQ(refused(s), "peak is -1: give a number from 0");
  s = {ScheduleShape::kCosine, 1, 5, 4};
  EXPECT_EQ(refused(s), "warm_up is longer than the training: steps");
  s = {ScheduleShape::kCosine, 1, 0, 4, 1.5};
  EXPECT_EQ(refused(s), "final_share is 1.5: give a number from 0 to 1");
  s = {ScheduleShape::kStep, 1, 0, 1, 0, 0};
  EXPECT_EQ(refused(s), "every is 0: give a number from 1");
  s = {ScheduleShape::kStep, 1, 0, 1, 0, 1, 0};
  EXPECT_NE(refused(s), "");
}

// Both starts against sum_t (1 - d) d^(n - t) w_t, and constant weights against themselves.
TEST(WeightAverages, AreTheirClosedForm) {
  constexpr int kUpdates = 9;
  constexpr double kDecay = 0.8;
  const auto weight = [](int t) { return std::sin(2.0 * t) + 3; };
  double sum = 0;
  for (int t = 0; t < kUpdates; ++t)
    sum += (1 - kDecay) * std::pow(kDecay, kUpdates - 1 - t) * weight(t);
  const double from_zero = sum / (1 - std::pow(kDecay, kUpdates));
  const double from_first = sum + std::pow(kDecay, kUpdates) * weight(0);

  for (const bool corrected : {false, true}) {
    WeightAverage<double> average(2, {kDecay, corrected});
    WeightAverage<float> narrow(2, {kDecay, corrected});
    for (int t = 0; t < kUpdates; ++t) {
      average.update(std::vector<double>{weight(t), 7});
      narrow.update(std::vector<float>{static_cast<float>(weight(t)), 7});
    }
    std::vector<double> out(2);
    average.read(out);
    EXPECT_NEAR(out[0], corrected ? from_zero : from_first, 1e-14);
    EXPECT_NEAR(out[1], 7, 1e-14);
    std::vector<float> narrow_out(2);
    narrow.read(narrow_out);
    EXPECT_NEAR(narrow_out[0], out[0], 1e-5);
  }
  EXPECT_EQ(refused(WeightAverageSettings{1}), "decay is 1: give a number from 0 to below 1");
}

TEST(WeightAverages, OfConstantFloatsAreTheConstant) {
  for (const bool corrected : {false, true}) {
    WeightAverage<float> average(1, {0.9999, corrected});
    for (int t = 0; t < 300'000; ++t) average.update(std::vector<float>{1.7F});
    std::vector<float> out(1);
    average.read(out);
    EXPECT_FLOAT_EQ(out[0], 1.7F) << corrected;
  }
}

TEST(WeightMoments, AreThoseOfTheSnapshots) {
  constexpr std::size_t kWeights = 5, kSnapshots = 40;
  std::vector<std::vector<float>> snapshots;
  WeightMoments moments(kWeights);
  for (std::size_t t = 0; t < kSnapshots; ++t) {
    snapshots.emplace_back();
    for (std::size_t i = 0; i < kWeights; ++i)
      snapshots[t].push_back(static_cast<float>(1 + 1e-3 * std::sin(double(t * t + 7 * i))));
    moments.add<float>(snapshots[t]);
  }
  EXPECT_EQ(moments.snapshots(), kSnapshots);
  for (std::size_t i = 0; i < kWeights; ++i) {
    double mean = 0, square = 0, variance = 0;
    for (const auto& s : snapshots) mean += s[i];
    mean /= kSnapshots;
    for (const auto& s : snapshots) {
      square += double{s[i]} * s[i];
      variance += (s[i] - mean) * (s[i] - mean);
    }
    EXPECT_NEAR(moments.mean()[i], mean, 1e-14);
    EXPECT_NEAR(moments.mean_square()[i], square / kSnapshots, 1e-14);
    EXPECT_NEAR(moments.variance(i), variance / kSnapshots, 1e-13);
  }
}

TEST(WeightMoments, OfOneSnapshotHaveNoVariance) {
  WeightMoments moments(2);
  moments.add<double>(std::vector<double>{0.1, -0.7});
  std::vector<double> out(2);
  hashing::Stream stream(1, hashing::Purpose::kTest, 0);
  moments.sample<double>(stream, 1, out);
  EXPECT_NEAR(out[0], 0.1, 1e-8);
  EXPECT_NEAR(out[1], -0.7, 1e-8);
}

// Bounds: 5 standard errors of 20,000 draws.
TEST(WeightMoments, AreThoseOfTheDraws) {
  constexpr int kDraws = 20000;
  WeightMoments moments(2);
  for (double w : {1.0, 2.0, 6.0}) moments.add<double>(std::vector<double>{w, -w / 2});
  const double variance = 14.0 / 3;  // of 1, 2, 6
  const auto draw = [&](std::uint64_t seed, double scale) {
    hashing::Stream stream(seed, hashing::Purpose::kTest, 0);
    std::vector<std::vector<double>> draws(kDraws, std::vector<double>(2));
    for (auto& d : draws) moments.sample<double>(stream, scale, d);
    return draws;
  };
  for (const double scale : {1.0, 0.5}) {
    const auto draws = draw(3, scale);
    double sum = 0, square = 0, product = 0;
    for (const auto& d : draws) {
      sum += d[0] - 3;
      square += (d[0] - 3) * (d[0] - 3);
      product += (d[0] - 3) * (d[1] + 1.5);
    }
    const double spread = scale * variance;
    EXPECT_NEAR(sum / kDraws, 0, 5 * std::sqrt(spread / kDraws));
    EXPECT_NEAR(square / kDraws, spread, 5 * spread * std::sqrt(2.0 / kDraws));
    EXPECT_NEAR(product / kDraws, 0, 5 * spread / 2 / std::sqrt(double(kDraws)));
    EXPECT_EQ(draws, draw(3, scale));
    EXPECT_NE(draws, draw(4, scale));
  }
}

/// inputs - width - width - outputs, with biases.
std::vector<ParameterBlock> network(std::size_t width) {
  constexpr std::size_t kIn = 10, kOut = 3;
  std::vector<ParameterBlock> blocks;
  std::size_t offset = 0;
  const auto layer = [&](std::size_t in, std::size_t out) {
    blocks.push_back({offset, out, in, in, out, false});
    offset += in * out;
    blocks.push_back({offset, out, 1, in, 1, true});
    offset += out;
  };
  layer(kIn, width);
  layer(width, width);
  layer(width, kOut);
  return blocks;
}

void expect_scales(const std::vector<MupScale>& scales, const std::vector<double>& rates,
                   double output_scale) {
  ASSERT_EQ(scales.size(), rates.size());
  for (std::size_t i = 0; i < rates.size(); ++i) {
    EXPECT_DOUBLE_EQ(scales[i].rate, rates[i]) << i;
    EXPECT_DOUBLE_EQ(scales[i].initial_scale, i == 4 ? output_scale : 1) << i;
  }
}

// Blocks: input, its bias, hidden, its bias, output, its bias.
TEST(Mup, ScalesByTheTable) {
  const auto base = network(64);
  for (const double ratio : {0.5, 1.0, 4.0, 16.0}) {
    const auto wide = network(static_cast<std::size_t>(64 * ratio));
    const double output = 1 / std::sqrt(ratio);
    expect_scales(mup_scales(wide, base, MupRule::kSgd), {ratio, ratio, 1, ratio, 1 / ratio, 1},
                  output);
    expect_scales(mup_scales(wide, base, MupRule::kAdam), {1, 1, 1 / ratio, 1, 1 / ratio, 1},
                  output);
  }
  // The scales of a batch norm are a vector, as biases are.
  const ParameterBlock norm{0, 64, 1, 1, 1, false}, wider_norm{0, 128, 1, 1, 1, false};
  EXPECT_EQ(mup_scales({&wider_norm, 1}, {&norm, 1}, MupRule::kSgd)[0].rate, 2);
  EXPECT_EQ(mup_scales({&wider_norm, 1}, {&norm, 1}, MupRule::kAdam)[0].rate, 1);
  EXPECT_EQ(mup_scales({&wider_norm, 1}, {&norm, 1}, MupRule::kSgd)[0].initial_scale, 1);
  // Initial weights of 1: those of the output layer alone are made smaller, by 1 / sqrt(2).
  const auto twice = network(128);
  std::vector<float> weights(twice.back().offset + twice.back().rows * twice.back().columns, 1);
  scale_initial<float>(weights, twice, mup_scales(twice, base, MupRule::kAdam));
  for (std::size_t i = 0; i < twice.size(); ++i)
    for (std::size_t k = 0; k < twice[i].rows * twice[i].columns; ++k)
      ASSERT_FLOAT_EQ(weights[twice[i].offset + k], i == 4 ? std::sqrt(0.5F) : 1) << i;
  EXPECT_EQ(mup_rates(network(128), base, MupRule::kAdam),
            (std::vector<double>{1, 1, 0.5, 1, 0.5, 1}));
}

}  // namespace
}  // namespace equivolve::nn
