// Candidates that are tried again: at higher levels, and with further seeds.
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>

#include "engine/run/worth.hpp"
#include "tests/engine/run/toy_run.hpp"

namespace equivolve::engine {
namespace {

using test::ToyRun;

constexpr std::array kSchedules{"hurdle", "successive_halving", "hyperband"};

ToyRun& with_levels(ToyRun& run, const char* schedule, std::size_t levels = 3) {
  run.schedule = schedule;
  run.evaluator.info_.levels.clear();
  for (std::size_t i = 0; i < levels; ++i)
    run.evaluator.info_.levels.push_back({"level", 1.0 / static_cast<double>(levels - i), false});
  return run;
}

TEST(Schedules, WorkersAndTheOrderOfRepliesDoNotChangeTheResult) {
  for (const char* schedule : kSchedules) {
    ToyRun one;
    with_levels(one, schedule).repeats = 2;
    one.workers = 1;
    one.settings.verify_fraction = 0.1;
    one.settings.capacity = 40;
    one.go();
    EXPECT_EQ(one.totals.candidates, 2000u);
    EXPECT_GT(one.totals.told, 2100u);
    EXPECT_EQ(one.totals.wrong_hits, 0u);
    for (std::uint64_t seed = 0; seed <= 20; ++seed) {
      ToyRun many;
      with_levels(many, schedule).repeats = 2;
      many.settings = one.settings;
      many.shuffle = seed;
      many.workers = 8;
      many.go();
      ASSERT_EQ(many.result_digest, one.result_digest) << schedule << seed;
      ASSERT_EQ(many.totals.verified, one.totals.verified);
    }
  }
}

TEST(Schedules, CacheOnAndOffWalkTheSamePath) {
  for (const char* schedule : kSchedules) {
    ToyRun on, off;
    with_levels(on, schedule).go();
    off.settings.policy = hashing::Policy::kOff;
    with_levels(off, schedule).go();
    EXPECT_EQ(on.trajectory_digest, off.trajectory_digest) << schedule;
    EXPECT_LT(on.totals.evaluations, off.totals.evaluations);
    EXPECT_GT(on.totals.partial_hits, 0u);
  }
}

TEST(Schedules, EachBehaviourIsTriedOnceAtEachLevel) {
  ToyRun run;
  with_levels(run, "successive_halving");
  std::mutex lock;
  std::map<std::uint32_t, std::uint64_t> trials;
  run.evaluator.on_trial = [&](const CandidateView&, const TrialRequest& request,
                               const std::atomic<bool>&) {
    const std::lock_guard guard(lock);
    ++trials[request.level];
  };
  run.go();
  EXPECT_EQ(trials[0], run.totals.classes);
  EXPECT_GT(trials[0], trials[1]);
  EXPECT_GT(trials[1], trials[2]);
  EXPECT_GT(trials[2], 0u);
}

TEST(Schedules, OnlyWhoWentAllTheWayLeads) {
  ToyRun run;
  with_levels(run, "hurdle", 2);
  std::mutex lock;
  std::set<std::vector<std::byte>> tried;  // at the last level
  run.evaluator.on_trial = [&](const CandidateView& candidate, const TrialRequest& request,
                               const std::atomic<bool>&) {
    const std::lock_guard guard(lock);
    if (request.level == 1) tried.insert({candidate.genome.begin(), candidate.genome.end()});
  };
  run.settings.policy = hashing::Policy::kOff;
  run.go();
  ASSERT_FALSE(run.leaders.empty());
  for (const Leader& leader : run.leaders) EXPECT_TRUE(tried.contains(leader.genome->flat));
}

TEST(Schedules, RepeatsHaveSeedsOfTheirOwnAndTheirMeanCounts) {
  ToyRun run;
  run.repeats = 4;
  run.evaluator.noise = 0.02;
  std::mutex lock;
  std::map<std::uint32_t, std::set<std::uint64_t>> seeds;  // by repeat
  run.evaluator.on_trial = [&](const CandidateView&, const TrialRequest& request,
                               const std::atomic<bool>&) {
    const std::lock_guard guard(lock);
    seeds[request.repeat].insert(request.common_seed);
  };
  run.budget.candidates = 300;
  run.go();
  ASSERT_EQ(seeds.size(), 4u);
  std::set<std::uint64_t> all;
  for (const auto& one : seeds) {
    EXPECT_EQ(one.second.size(), 1u);
    all.insert(one.second.begin(), one.second.end());
  }
  EXPECT_EQ(all.size(), 4u);
  EXPECT_GT(run.totals.told, 300u);
  EXPECT_LT(run.totals.told, 1200u);
}

// A behaviour of which a forgetful cache lets go is screened anew: that takes nobody off the board.
TEST(Schedules, TheBestStaysWhileItsLikeAreScreened) {
  ToyRun reuse, forget;
  with_levels(reuse, "hurdle", 2).go();
  forget.settings.policy = hashing::Policy::kForget;
  forget.settings.forget_probability = 0.5;
  with_levels(forget, "hurdle", 2).go();
  ASSERT_FALSE(forget.leaders.empty());
  EXPECT_EQ(forget.leaders.front().score, reuse.leaders.front().score);
}

TEST(Schedules, ATargetHoldsForWholeCandidates) {
  ToyRun full, halved;
  for (ToyRun* run : {&full, &halved}) {
    run->budget.target = {{"fitness", 0.0}};  // everyone reaches it
    with_levels(*run, run == &full ? "full" : "successive_halving").go();
    EXPECT_EQ(run->stopped_by, StopCause::kTarget);
  }
  EXPECT_EQ(full.totals.told, 1u);
  EXPECT_GT(halved.totals.told, 2u);  // level 0, level 1, level 2, and others between
}

TEST(Worth, OfEachKindOfFigure) {
  const std::vector<NamedFigure> figures{{"a", "", Role::kObjective, true, 0, 1, true},
                                         {"c", "", Role::kConstraint, true, 0, 1, true},
                                         {"d", "", Role::kDescriptor, false, 0, 1, true},
                                         {"m", "", Role::kMetric, false, 0, 1, true}};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto ok = worth_of(figures, Status::kOk, {2, 0.5, 7, nan});
  EXPECT_TRUE(ok.ranked);
  EXPECT_EQ(ok.objectives, std::vector<double>{-2});
  EXPECT_EQ(ok.violation, 0.5);
  EXPECT_EQ(ok.descriptors, std::vector<double>{7});
  EXPECT_TRUE(worth_of(figures, Status::kPruned, {2, 0.5, 7, nan}).ranked);
  EXPECT_TRUE(worth_of(figures, Status::kPruned, {2, 0.5, 7, nan}).pruned);
  EXPECT_FALSE(worth_of(figures, Status::kPruned, {nan, 0.5, 7, nan}).ranked);
  EXPECT_FALSE(worth_of(figures, Status::kFailed, {2, 0.5, 7, nan}).ranked);
  const auto steps = steps_of(figures, {{1, 0, 3}, {1, 2, 9}, {2, 2, 9}, {3, 0, 4}, {3, 0, 5}});
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].step, 1u);
  EXPECT_EQ(steps[1].objectives, std::vector<double>{-5});
}

}  // namespace
}  // namespace equivolve::engine
