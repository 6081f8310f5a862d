#include "search/schedules/pruning.hpp"

#include <gtest/gtest.h>

namespace equivolve::search {
namespace {

/// A finished trial that reported these, at steps 1, 2, ...
Outcome finished(const std::vector<std::vector<double>>& reported) {
  Outcome outcome;
  outcome.ranked = true;
  outcome.objectives = reported.back();
  for (std::size_t i = 0; i < reported.size(); ++i) outcome.steps.push_back({i + 1, reported[i]});
  return outcome;
}

Pruner median(std::uint64_t startup = 5, std::uint64_t warmup = 0) {
  PrunerSettings settings;
  settings.share = 0.5;
  settings.startup = startup;
  settings.warmup_steps = warmup;
  return Pruner(settings);
}

bool stops(const Pruner& pruner, std::uint64_t step, std::vector<double> objectives) {
  const auto table = pruner.table(0);
  return table && PruningWatch(*table).stops(step, objectives);
}

TEST(Pruning, NobodyIsStoppedWhileFewHaveFinished) {
  Pruner pruner = median();
  for (int i = 0; i < 4; ++i) pruner.take(0, finished({{10}, {20}}));
  EXPECT_EQ(pruner.table(0), nullptr);
  pruner.take(0, finished({{10}, {20}}));
  ASSERT_NE(pruner.table(0), nullptr);
  EXPECT_TRUE(stops(pruner, 1, {9}));
  EXPECT_FALSE(stops(pruner, 1, {10}));
}

TEST(Pruning, TheBetterHalfGoesOn) {
  Pruner pruner = median();
  for (double value : {1, 2, 3, 4, 5}) pruner.take(0, finished({{value}, {10 * value}}));
  EXPECT_TRUE(stops(pruner, 1, {2.9}));
  EXPECT_FALSE(stops(pruner, 1, {3.1}));
  EXPECT_TRUE(stops(pruner, 2, {29}));
  EXPECT_FALSE(stops(pruner, 2, {31}));
  EXPECT_FALSE(stops(pruner, 3, {-1}));  // no one else was there
}

TEST(Pruning, APercentileLetsFewerGoOn) {
  PrunerSettings settings;
  settings.share = 0.2;
  Pruner pruner(settings);
  for (double value : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) pruner.take(0, finished({{value}}));
  EXPECT_TRUE(stops(pruner, 1, {8.5}));
  EXPECT_FALSE(stops(pruner, 1, {9.5}));
}

TEST(Pruning, ATrialsBestSoFarCounts) {
  Pruner pruner = median();
  for (double value : {1, 2, 3, 4, 5}) pruner.take(0, finished({{value}, {value}}));
  const auto table = pruner.table(0);
  PruningWatch watch(*table);
  EXPECT_FALSE(watch.stops(1, std::vector<double>{4.5}));
  EXPECT_FALSE(watch.stops(2, std::vector<double>{0}));
}

TEST(Pruning, WarmUpStepsStopNobody) {
  Pruner pruner = median(1, 2);
  pruner.take(0, finished({{5}, {5}, {5}}));
  EXPECT_FALSE(stops(pruner, 1, {1}));
  EXPECT_TRUE(stops(pruner, 2, {1}));
}

TEST(Pruning, PrunedAndFailedTrialsTeachNothing) {
  Pruner pruner = median(1);
  Outcome pruned = finished({{5}});
  pruned.pruned = true;
  pruner.take(0, pruned);
  Outcome failed = finished({{5}});
  failed.ranked = false;
  pruner.take(0, failed);
  EXPECT_EQ(pruner.table(0), nullptr);
}

TEST(Pruning, LevelsAreApart) {
  Pruner pruner = median(1);
  pruner.take(1, finished({{5}}));
  EXPECT_EQ(pruner.table(0), nullptr);
  EXPECT_NE(pruner.table(1), nullptr);
}

TEST(Pruning, ATableStaysAsItWas) {
  Pruner pruner = median(1);
  pruner.take(0, finished({{5}}));
  const auto before = pruner.table(0);
  for (int i = 0; i < 20; ++i) pruner.take(0, finished({{50}}));
  EXPECT_FALSE(before->stops(1, std::vector<double>{6}));
  EXPECT_TRUE(stops(pruner, 1, {6}));
}

TEST(Pruning, OnlyTheNewestAreHeld) {
  Pruner pruner = median(1);
  for (std::size_t i = 0; i < PruningTable::kHeld; ++i) pruner.take(0, finished({{100}}));
  EXPECT_TRUE(stops(pruner, 1, {50}));
  for (std::size_t i = 0; i < PruningTable::kHeld; ++i) pruner.take(0, finished({{1}}));
  EXPECT_FALSE(stops(pruner, 1, {50}));
}

TEST(Pruning, SeveralObjectivesGoByRankThenByCrowding) {
  Pruner pruner = median(1);
  for (double x : {0, 1, 2, 3}) pruner.take(0, finished({{x, 3 - x}}));
  EXPECT_TRUE(stops(pruner, 1, {-1, -1}));
  EXPECT_FALSE(stops(pruner, 1, {4, 4}));
  EXPECT_FALSE(stops(pruner, 1, {3.5, -0.5}));  // an end of the front
  EXPECT_TRUE(stops(pruner, 1, {1.01, 1.99}));  // on the front, in its thickest part
}

TEST(Pruning, OffMakesNoTable) {
  Pruner pruner;
  for (int i = 0; i < 20; ++i) pruner.take(0, finished({{1}}));
  EXPECT_EQ(pruner.table(0), nullptr);
}

}  // namespace
}  // namespace equivolve::search
