#include "hashing/equivalence_cache.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace equivolve::hashing {
namespace {

using Kind = Verdict::Kind;

// Short verbs: classes are named by small numbers, tickets count up by themselves.
class EquivalenceCacheTest : public testing::Test {
 protected:
  static Digest digest(std::uint64_t name) { return {name, 1000 + name}; }

  void use(CacheSettings settings) { cache_ = EquivalenceCache(settings); }
  Verdict see(std::uint64_t name, Level level = 0, std::vector<std::uint64_t> alternatives = {}) {
    ProbeDigest probe{digest(name), {}};
    for (const auto other : alternatives) probe.alternatives.push_back(digest(other));
    return cache_.look_up(probe, level, next_ticket_++);
  }
  void settle(ClassId cls, double figure, Level level = 0, double seconds = 1) {
    cache_.settle(cls, level, kOk, 0, std::vector{figure}, seconds);
  }
  // Sees and settles at once.
  ClassId found(std::uint64_t name) {
    const Verdict verdict = see(name);
    EXPECT_TRUE(verdict.founded) << name;
    settle(verdict.cls, static_cast<double>(name));
    return verdict.cls;
  }
  // Held, by the outcome under its class; does not touch recency.
  bool holds(ClassId cls) { return cache_.recall(cls, 0) != nullptr; }

  static constexpr std::uint8_t kOk = 0;
  static constexpr std::uint8_t kFailed = 3;
  EquivalenceCache cache_{CacheSettings{Policy::kReuse, 1000, 2, 3, 1}};
  Ticket next_ticket_ = 0;
};

// One candidate at several levels is one sighting, and no reuse that a class is forgotten for.
TEST_F(EquivalenceCacheTest, ACandidateTriedAgainIsSeenOnce) {
  CacheSettings settings;
  settings.policy = Policy::kForget;
  settings.forget_probability = 1;
  settings.levels = 2;
  EquivalenceCache cache(settings);
  const ProbeDigest probe{digest(5), {}};
  const Verdict first = cache.look_up(probe, 0, 0);
  cache.settle(first.cls, 0, kOk, 0, std::vector{1.0}, 1);
  EXPECT_TRUE(cache.look_up(probe, 1, 1, /*again=*/true).partial);
  cache.settle(first.cls, 1, kOk, 0, std::vector{1.0}, 1);
  EXPECT_EQ(cache.look_up(probe, 1, 2, /*again=*/true).kind, Verdict::Kind::kKnown);
  EXPECT_EQ(cache.sightings(probe), 1u);
  EXPECT_EQ(cache.accounting().forgotten, 0u);
  EXPECT_EQ(cache.look_up(probe, 0, 3).kind, Verdict::Kind::kKnown);
  EXPECT_EQ(cache.accounting().forgotten, 1u);
}

TEST_F(EquivalenceCacheTest, AFirstSightFoundsAClassAndLeadsIt) {
  see(1);
  const Verdict verdict = see(2);
  EXPECT_EQ(verdict.kind, Kind::kEvaluate);
  EXPECT_EQ(verdict.cls, 1U);
  EXPECT_EQ(verdict.digest, digest(2));
  EXPECT_EQ(verdict.founder, 1U);
  EXPECT_EQ(verdict.leader, 1U);
  EXPECT_TRUE(verdict.founded);
  EXPECT_FALSE(verdict.partial);
  EXPECT_FALSE(verdict.by_alternative);
}

TEST_F(EquivalenceCacheTest, AnEqualOneInFlightWaitsForTheLeader) {
  see(1);
  const Verdict verdict = see(1);
  EXPECT_EQ(verdict.kind, Kind::kWaitFor);
  EXPECT_EQ(verdict.cls, 0U);
  EXPECT_EQ(verdict.founder, 0U);
  EXPECT_EQ(verdict.leader, 0U);
  EXPECT_FALSE(verdict.founded);
}

TEST_F(EquivalenceCacheTest, AnEqualOneLaterTakesTheStoredOutcome) {
  const ClassId cls = see(1).cls;
  EXPECT_EQ(cache_.recall(cls, 0), nullptr);
  cache_.settle(cls, 0, kOk, 9, std::vector{0.75}, 2.5);
  const Verdict verdict = see(1);
  EXPECT_EQ(verdict.kind, Kind::kKnown);
  EXPECT_EQ(verdict.cls, cls);
  const Recalled* outcome = cache_.recall(cls, 0);
  ASSERT_NE(outcome, nullptr);
  EXPECT_EQ(outcome->status, kOk);
  EXPECT_EQ(outcome->reason, 9);
  EXPECT_EQ(outcome->count, 1U);
  EXPECT_EQ(outcome->seconds, 2.5);
  ASSERT_EQ(outcome->mean.size(), 1U);
  EXPECT_EQ(outcome->mean[0], 0.75);
  EXPECT_EQ(outcome->variance[0], 0.0);
}

TEST_F(EquivalenceCacheTest, DigestsThatShareAHalfAreDifferentClasses) {
  cache_.look_up({{1, 2}, {}}, 0, 0);
  EXPECT_TRUE(cache_.look_up({{1, 3}, {}}, 0, 1).founded);
  EXPECT_TRUE(cache_.look_up({{2, 2}, {}}, 0, 2).founded);
  EXPECT_FALSE(cache_.look_up({{1, 2}, {}}, 0, 3).founded);
}

TEST_F(EquivalenceCacheTest, SeveralTrialsGiveMeanAndSampleVarianceOfEachFigure) {
  use({Policy::kReuse, 1000, 2, 1, 2});
  const ClassId cls = see(1).cls;
  const std::vector<double> first{4, 7, 13, 16};  // mean 10, sample variance 30
  for (std::size_t i = 0; i < first.size(); ++i) {
    cache_.settle(cls, 0, kOk, 0, std::vector{1e9 + first[i], -1.5}, static_cast<double>(i));
  }
  const Recalled* outcome = cache_.recall(cls, 0);
  ASSERT_NE(outcome, nullptr);
  EXPECT_EQ(outcome->count, 4U);
  EXPECT_DOUBLE_EQ(outcome->mean[0], 1e9 + 10);
  EXPECT_NEAR(outcome->variance[0], 30, 1e-6);  // sums of squares would lose all digits here
  EXPECT_EQ(outcome->mean[1], -1.5);
  EXPECT_EQ(outcome->variance[1], 0);
  EXPECT_DOUBLE_EQ(outcome->seconds, 1.5);
}

TEST_F(EquivalenceCacheTest, AFailedLeadersStatusStandsForTheClass) {
  const ClassId cls = see(1).cls;
  cache_.settle(cls, 0, kFailed, 7, {}, 0.5);
  EXPECT_EQ(see(1).kind, Kind::kKnown);
  const Recalled* outcome = cache_.recall(cls, 0);
  ASSERT_NE(outcome, nullptr);
  EXPECT_EQ(outcome->status, kFailed);
  EXPECT_EQ(outcome->reason, 7);
  EXPECT_EQ(outcome->count, 0U);
  EXPECT_TRUE(outcome->mean.empty());
  EXPECT_TRUE(outcome->variance.empty());
}

TEST_F(EquivalenceCacheTest, AnotherLevelOfAKnownClassIsAPartialHit) {
  const ClassId cls = found(1);
  const Verdict verdict = see(1, 2);
  EXPECT_EQ(verdict.kind, Kind::kEvaluate);
  EXPECT_EQ(verdict.cls, cls);
  EXPECT_TRUE(verdict.partial);
  EXPECT_FALSE(verdict.founded);
  EXPECT_EQ(verdict.founder, 0U);
  EXPECT_EQ(verdict.leader, 1U);
  EXPECT_EQ(see(1, 2).kind, Kind::kWaitFor);
  settle(cls, 8, 2);
  EXPECT_EQ(see(1, 2).kind, Kind::kKnown);
  EXPECT_EQ(cache_.recall(cls, 2)->mean[0], 8);
  EXPECT_EQ(cache_.recall(cls, 0)->mean[0], 1);
  EXPECT_EQ(cache_.recall(cls, 1), nullptr);
}

TEST_F(EquivalenceCacheTest, AlternativesAreTriedInOrderAfterTheKey) {
  const ClassId one = found(1);
  const ClassId two = found(2);
  EXPECT_EQ(see(2, 0, {1}).cls, two);
  const Verdict verdict = see(9, 0, {8, 1, 2});
  EXPECT_EQ(verdict.cls, one);
  EXPECT_EQ(verdict.digest, digest(1));
  EXPECT_TRUE(verdict.by_alternative);
  EXPECT_EQ(verdict.kind, Kind::kKnown);
  EXPECT_EQ(see(9, 0, {2, 1}).cls, two);
}

TEST_F(EquivalenceCacheTest, AClassIsKeptUnderItsFoundersKeyOnly) {
  EXPECT_TRUE(see(1, 0, {2, 3}).founded);
  EXPECT_TRUE(see(2).founded);
  // A match on an alternative does not store the newcomer's key either.
  EXPECT_TRUE(see(5, 0, {1}).by_alternative);
  EXPECT_TRUE(see(5).founded);
}

TEST_F(EquivalenceCacheTest, TheLeastRecentlySeenIsEvictedAtFounding) {
  use({Policy::kReuse, 3, 0, 1, 1});
  const ClassId one = found(1);
  const ClassId two = found(2);
  const ClassId three = found(3);
  see(1);
  const ClassId four = found(4);
  EXPECT_TRUE(holds(one));
  EXPECT_FALSE(holds(two));
  EXPECT_TRUE(holds(three));
  see(3);
  found(5);
  EXPECT_FALSE(holds(one));
  EXPECT_TRUE(holds(four));
  EXPECT_EQ(cache_.size(), 3U);
  EXPECT_EQ(cache_.accounting().evictions, 2U);
}

TEST_F(EquivalenceCacheTest, ASightThroughAnAlternativeIsRecent) {
  use({Policy::kReuse, 2, 0, 1, 1});
  const ClassId one = found(1);
  const ClassId two = found(2);
  see(9, 0, {1});
  found(3);
  EXPECT_TRUE(holds(one));
  EXPECT_FALSE(holds(two));
}

TEST_F(EquivalenceCacheTest, ClassesSeenWithinTheLookaheadArePinned) {
  use({Policy::kReuse, 2, 3, 1, 1});
  const ClassId first = found(1);  // tickets 0, 1, 2
  const ClassId second = found(2);
  found(3);
  // At ticket 2 both others were seen after ticket -1: nothing may go.
  EXPECT_EQ(cache_.size(), 3U);
  EXPECT_TRUE(holds(first));
  // At ticket 3 the bound is ticket 0: seen at 0 is no longer pinned, seen at 1 is.
  found(4);
  EXPECT_FALSE(holds(first));
  EXPECT_TRUE(holds(second));
  EXPECT_EQ(cache_.size(), 3U);
}

TEST_F(EquivalenceCacheTest, WhatWasPinnedBeyondCapacityGoesLater) {
  use({Policy::kReuse, 2, 4, 1, 1});
  for (std::uint64_t name = 1; name <= 4; ++name) found(name);
  EXPECT_EQ(cache_.size(), 4U);
  for (int i = 0; i < 10; ++i) see(4);
  found(5);
  EXPECT_EQ(cache_.size(), 2U);
  EXPECT_EQ(cache_.accounting().evictions, 3U);
}

TEST_F(EquivalenceCacheTest, NeverHoldsMoreThanCapacityAndLookahead) {
  use({Policy::kReuse, 10, 5, 1, 1});
  for (std::uint64_t name = 0; name < 500; ++name) {
    found(name);
    ASSERT_LE(cache_.size(), 15U);
  }
}

TEST_F(EquivalenceCacheTest, AnEvictedDigestThatReturnsFoundsANewClass) {
  use({Policy::kReuse, 1, 0, 1, 1});
  const ClassId before = found(1);
  found(2);
  const Verdict again = see(1);
  EXPECT_TRUE(again.founded);
  EXPECT_EQ(again.kind, Kind::kEvaluate);
  EXPECT_NE(again.cls, before);
  EXPECT_EQ(cache_.recall(again.cls, 0), nullptr);
}

TEST_F(EquivalenceCacheTest, SettlingAnEvictedClassIsIgnored) {
  use({Policy::kReuse, 1, 0, 1, 1});
  const ClassId gone = see(1).cls;
  const ClassId held = see(2).cls;
  settle(gone, 5);
  EXPECT_EQ(cache_.recall(gone, 0), nullptr);
  EXPECT_EQ(cache_.recall(held, 0), nullptr);
  EXPECT_EQ(see(2).kind, Kind::kWaitFor);
  cache_.credit(gone, 0);
  EXPECT_EQ(cache_.accounting().seconds_saved, 0);
}

TEST_F(EquivalenceCacheTest, SettlingALevelNobodyAskedForIsIgnored) {
  const ClassId cls = found(1);
  settle(cls, 5, 1);
  EXPECT_TRUE(see(1, 1).partial);
}

TEST_F(EquivalenceCacheTest, AReusedPlaceRemembersNothing) {
  use({Policy::kReuse, 1, 0, 2, 1});
  const ClassId first = found(1);
  settle(first, 9);
  const ClassId second = found(2);
  const Recalled* outcome = cache_.recall(second, 0);
  ASSERT_NE(outcome, nullptr);
  EXPECT_EQ(outcome->count, 1U);
  EXPECT_EQ(outcome->mean[0], 2);
  EXPECT_EQ(outcome->variance[0], 0);
}

TEST_F(EquivalenceCacheTest, PolicyOffMergesNothing) {
  use({Policy::kOff, 1000, 2, 1, 1});
  for (Ticket ticket = 0; ticket < 3; ++ticket) {
    const Verdict verdict = see(1);
    EXPECT_EQ(verdict.kind, Kind::kEvaluate);
    EXPECT_EQ(verdict.cls, kNoClass);
    EXPECT_EQ(verdict.digest, digest(1));
    EXPECT_EQ(verdict.founder, ticket);
    EXPECT_EQ(verdict.leader, ticket);
    settle(verdict.cls, 1);
    EXPECT_EQ(cache_.recall(verdict.cls, 0), nullptr);
    cache_.credit(verdict.cls, 0);
  }
  Accounting expected;
  expected.look_ups = 3;
  EXPECT_EQ(cache_.accounting(), expected);
  EXPECT_EQ(cache_.size(), 0U);
}

TEST_F(EquivalenceCacheTest, AccountsForEveryLookUp) {
  use({Policy::kReuse, 2, 0, 2, 1});
  const ClassId one = see(1).cls;  // founded
  see(1);                          // hit, in flight
  settle(one, 1, 0, 4);
  see(1);          // hit
  see(1, 1);       // partial
  see(7, 0, {1});  // hit by alternative
  see(2);          // founded
  see(3);          // founded, evicts 1
  Accounting expected;
  expected.look_ups = 7;
  expected.hits = 3;
  expected.partial_hits = 1;
  expected.misses = 3;
  expected.alternative_hits = 1;
  expected.evictions = 1;
  expected.classes = 3;
  EXPECT_EQ(cache_.accounting(), expected);
}

TEST_F(EquivalenceCacheTest, SecondsSavedAreTheMeanSecondsOfATrialPerCreditedHit) {
  const ClassId cls = see(1).cls;
  cache_.credit(cls, 0);
  EXPECT_EQ(cache_.accounting().seconds_saved, 0);
  settle(cls, 1, 0, 2);
  settle(cls, 1, 0, 4);
  cache_.credit(cls, 0);
  cache_.credit(cls, 0);
  EXPECT_DOUBLE_EQ(cache_.accounting().seconds_saved, 6);
}

TEST_F(EquivalenceCacheTest, MovesWithItsContent) {
  const ClassId cls = found(1);
  EquivalenceCache moved = std::move(cache_);
  EXPECT_EQ(moved.look_up({digest(1), {}}, 0, 100).cls, cls);
}

TEST(PredictedSpeedUp, IsTheBreakEvenFormula) {
  EXPECT_DOUBLE_EQ(predicted_speed_up(0.1, 0.1, 1, 0.8), 2.5);
  EXPECT_DOUBLE_EQ(predicted_speed_up(0, 0, 3, 0), 1);
  EXPECT_DOUBLE_EQ(predicted_speed_up(0, 0, 3, 0.75), 4);
  EXPECT_LT(predicted_speed_up(0.5, 0, 1, 0.4), 1);
  EXPECT_EQ(predicted_speed_up(1, 1, 0, 0.5), 1);
}

}  // namespace
}  // namespace equivolve::hashing
