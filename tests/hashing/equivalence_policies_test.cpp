// What a hit is worth under each policy, warm starts, and classes under two keys.
#include <gtest/gtest.h>

#include <set>

#include "hashing/equivalence_cache.hpp"

namespace equivolve::hashing {
namespace {

using Kind = Verdict::Kind;

Digest digest(std::uint64_t name) {
  return {name, 1000 + name};
}
ProbeDigest probe(std::uint64_t name, std::vector<Digest> alternatives = {}) {
  return {digest(name), std::move(alternatives)};
}

CacheSettings with(Policy policy) {
  CacheSettings settings;
  settings.policy = policy;
  settings.lookahead = 2;
  return settings;
}

void settle(EquivalenceCache& cache, ClassId cls, double figure, std::uint8_t status = 0) {
  cache.settle(cls, 0, status, status, std::vector{figure}, 1);
}

// ---- forget

TEST(Forget, AClassIsDroppedAfterSoManyHits) {
  CacheSettings settings = with(Policy::kForget);
  settings.forget_probability = 0;
  settings.forget_after = 3;
  EquivalenceCache cache(settings);
  Ticket ticket = 0;
  for (int round = 0; round < 3; ++round) {
    const Verdict founder = cache.look_up(probe(1), 0, ticket++);
    ASSERT_TRUE(founder.founded) << round;
    settle(cache, founder.cls, round);
    for (int hit = 0; hit < 3; ++hit) {
      const Verdict verdict = cache.look_up(probe(1), 0, ticket++);
      ASSERT_EQ(verdict.kind, Kind::kKnown);
      ASSERT_EQ(verdict.cls, founder.cls);
      // Whoever was told of it finds its outcome, the last one too.
      ASSERT_EQ(cache.recall(verdict.cls, 0)->mean[0], round);
    }
  }
  EXPECT_EQ(cache.accounting().forgotten, 3u);
  EXPECT_EQ(cache.accounting().evictions, 0u);
  EXPECT_EQ(cache.accounting().classes, 3u);
}

TEST(Forget, TheShareOfHitsThatDropIsTheProbability) {
  CacheSettings settings = with(Policy::kForget);
  settings.forget_probability = 0.1;
  settings.seed = 5;
  EquivalenceCache cache(settings);
  std::uint64_t hits = 0;
  for (Ticket ticket = 0; ticket < 20'000; ++ticket) {
    const Verdict verdict = cache.look_up(probe(ticket % 7), 0, ticket);
    hits += verdict.kind != Kind::kEvaluate;
  }
  EXPECT_NEAR(static_cast<double>(cache.accounting().forgotten) / static_cast<double>(hits), 0.1,
              0.01);
}

TEST(Forget, DrawsDependOnTheSeedAlone) {
  const auto classes = [](std::uint64_t seed, bool settles) {
    CacheSettings settings = with(Policy::kForget);
    settings.seed = seed;
    EquivalenceCache cache(settings);
    std::vector<ClassId> seen;
    for (Ticket ticket = 0; ticket < 500; ++ticket) {
      const Verdict verdict = cache.look_up(probe(ticket % 5), 0, ticket);
      seen.push_back(verdict.cls);
      if (settles) settle(cache, verdict.cls, 1);
    }
    return seen;
  };
  EXPECT_EQ(classes(1, true), classes(1, false));
  EXPECT_NE(classes(1, true), classes(2, true));
}

TEST(Forget, ADroppedClassInFlightStillServesItsWaiters) {
  CacheSettings settings = with(Policy::kForget);
  settings.lookahead = 10;
  settings.forget_probability = 1;
  EquivalenceCache cache(settings);
  const Verdict leader = cache.look_up(probe(1), 0, 0);
  const Verdict waiter = cache.look_up(probe(1), 0, 1);
  EXPECT_EQ(waiter.kind, Kind::kWaitFor);
  const Verdict next = cache.look_up(probe(1), 0, 2);
  EXPECT_TRUE(next.founded);
  settle(cache, leader.cls, 7);
  settle(cache, next.cls, 8);
  EXPECT_EQ(cache.recall(waiter.cls, 0)->mean[0], 7);
  EXPECT_EQ(cache.recall(next.cls, 0)->mean[0], 8);
  cache.look_up(probe(2), 0, 50);
  EXPECT_EQ(cache.recall(waiter.cls, 0), nullptr) << "nobody can wait for it any more";
}

// ---- aggregate

TEST(Aggregate, TheFirstArrivalsAreEvaluatedAndTheMeanIsToldFromThenOn) {
  CacheSettings settings = with(Policy::kAggregate);
  settings.max_evaluations = 3;
  EquivalenceCache cache(settings);
  const double figures[] = {1, 2, 6};
  const double means[] = {1, 1.5, 3};
  for (std::uint32_t i = 0; i < 3; ++i) {
    const Verdict verdict = cache.look_up(probe(1), 0, i);
    ASSERT_EQ(verdict.kind, Kind::kEvaluate);
    ASSERT_EQ(verdict.trial, i);
    ASSERT_EQ(verdict.founded, i == 0);
    settle(cache, verdict.cls, figures[i]);
    ASSERT_EQ(cache.recall(verdict.cls, 0)->mean[0], means[i]);
  }
  const Verdict hit = cache.look_up(probe(1), 0, 3);
  EXPECT_EQ(hit.kind, Kind::kKnown);
  const Recalled* known = cache.recall(hit.cls, 0);
  EXPECT_EQ(known->mean[0], 3);
  EXPECT_EQ(known->variance[0], 7);
  EXPECT_EQ(known->first[0], 1) << "what its first seeds gave, for verification";
  EXPECT_EQ(cache.accounting().again, 2u);
  EXPECT_EQ(cache.accounting().hits, 1u);
}

TEST(Aggregate, EvaluationsAreReservedNotSettled) {
  CacheSettings settings = with(Policy::kAggregate);
  settings.max_evaluations = 2;
  EquivalenceCache cache(settings);
  EXPECT_EQ(cache.look_up(probe(1), 0, 0).trial, 0u);
  EXPECT_EQ(cache.look_up(probe(1), 0, 1).trial, 1u);
  const Verdict third = cache.look_up(probe(1), 0, 2);
  EXPECT_EQ(third.kind, Kind::kWaitFor);
  EXPECT_EQ(third.leader, 1u);
}

TEST(Aggregate, AFailureOfAnyTrialStandsForTheClass) {
  CacheSettings settings = with(Policy::kAggregate);
  EquivalenceCache cache(settings);
  const ClassId cls = cache.look_up(probe(1), 0, 0).cls;
  settle(cache, cls, 1);
  EXPECT_EQ(cache.recall(cls, 0)->status, 0);
  cache.look_up(probe(1), 0, 1);
  cache.settle(cls, 0, 2, 4, {}, 1);
  EXPECT_EQ(cache.recall(cls, 0)->status, 2);
  EXPECT_EQ(cache.recall(cls, 0)->reason, 4);
  cache.look_up(probe(1), 0, 2);
  settle(cache, cls, 3);
  EXPECT_EQ(cache.recall(cls, 0)->status, 2);
  EXPECT_EQ(cache.recall(cls, 0)->mean[0], 2) << "of the trials that have figures";
}

// ---- sightings

TEST(Sightings, CountLookUpsAndChangeNothing) {
  CacheSettings settings = with(Policy::kReuse);
  settings.capacity = 2;
  EquivalenceCache cache(settings);
  EXPECT_EQ(cache.sightings(probe(1)), 0u);
  cache.look_up(probe(1), 0, 0);
  cache.look_up(probe(1), 0, 1);
  EXPECT_EQ(cache.sightings(probe(1)), 2u);
  EXPECT_EQ(cache.sightings(probe(9, {digest(1)})), 2u) << "by an alternative";
  cache.look_up(probe(2), 0, 10);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(cache.sightings(probe(1)), 2u);
  cache.look_up(probe(3), 0, 20);  // 1 is the oldest, however often it was asked for
  EXPECT_EQ(cache.sightings(probe(1)), 0u);
  EXPECT_EQ(cache.accounting().look_ups, 4u);
}

// ---- warm start

WarmOutcome warm(std::uint64_t name, double figure, Level level = 0) {
  return {digest(name), level, 0, 0, 2, 0.5, {figure}};
}

TEST(WarmStart, AKnownBehaviourFoundsAClassThatNeedsNoEvaluation) {
  CacheSettings settings = with(Policy::kReuse);
  settings.levels = 2;
  EquivalenceCache cache(settings);
  cache.warm_start({warm(1, 0.75), warm(2, 0.5)});
  EXPECT_EQ(cache.size(), 0u);
  cache.look_up(probe(7), 0, 0);
  const Verdict first = cache.look_up(probe(1), 0, 1);
  EXPECT_TRUE(first.founded);
  EXPECT_TRUE(first.warm);
  EXPECT_EQ(first.kind, Kind::kKnown);
  EXPECT_EQ(first.cls, 1u);
  EXPECT_EQ(cache.recall(first.cls, 0)->mean[0], 0.75);
  EXPECT_EQ(cache.recall(first.cls, 0)->seconds, 0.5);
  const Verdict second = cache.look_up(probe(1), 0, 2);
  EXPECT_EQ(second.kind, Kind::kKnown);
  EXPECT_FALSE(second.warm);
  const Verdict other_level = cache.look_up(probe(1), 1, 3);
  EXPECT_EQ(other_level.kind, Kind::kEvaluate);
  EXPECT_TRUE(other_level.partial);
  EXPECT_EQ(cache.accounting().warm_hits, 1u);
  EXPECT_EQ(cache.accounting().hits, 1u);
  EXPECT_EQ(cache.accounting().misses, 1u);
}

TEST(WarmStart, ANeighbouringDigestTakesTheListsDigest) {
  EquivalenceCache cache(with(Policy::kReuse));
  cache.warm_start({warm(1, 0.75)});
  const Verdict verdict = cache.look_up(probe(5, {digest(4), digest(1)}), 0, 0);
  EXPECT_TRUE(verdict.warm);
  EXPECT_EQ(verdict.digest, digest(1));
  EXPECT_EQ(cache.look_up(probe(1), 0, 1).cls, verdict.cls);
}

TEST(WarmStart, OnlyOtherLevelsAreKnown) {
  CacheSettings settings = with(Policy::kReuse);
  settings.levels = 2;
  EquivalenceCache cache(settings);
  cache.warm_start({warm(1, 0.75, 1)});
  const Verdict verdict = cache.look_up(probe(1), 0, 0);
  EXPECT_TRUE(verdict.founded);
  EXPECT_FALSE(verdict.warm);
  EXPECT_EQ(verdict.kind, Kind::kEvaluate);
}

// A budget of evaluations counts each of them, as a run without the list would have made each.
TEST(WarmStart, EveryLevelIsTakenOverOnce) {
  CacheSettings settings = with(Policy::kReuse);
  settings.levels = 3;
  EquivalenceCache cache(settings);
  cache.warm_start({warm(1, 0.75), warm(1, 0.5, 2)});
  EXPECT_TRUE(cache.look_up(probe(1), 0, 0).warm);
  EXPECT_FALSE(cache.look_up(probe(1), 0, 1).warm);
  const Verdict middle = cache.look_up(probe(1), 1, 2, true);
  EXPECT_EQ(middle.kind, Kind::kEvaluate);
  EXPECT_FALSE(middle.warm);
  const Verdict last = cache.look_up(probe(1), 2, 3, true);
  EXPECT_EQ(last.kind, Kind::kKnown);
  EXPECT_TRUE(last.warm);
  EXPECT_FALSE(cache.look_up(probe(1), 2, 4, true).warm);
  EXPECT_EQ(cache.accounting().warm_hits, 2u);
  EXPECT_EQ(cache.accounting().hits, 2u);
  EXPECT_EQ(cache.accounting().partial_hits, 1u);
}

TEST(WarmStart, WhatIsForgottenIsEvaluated) {
  CacheSettings settings = with(Policy::kForget);
  settings.forget_probability = 1;
  EquivalenceCache cache(settings);
  cache.warm_start({warm(1, 0.75)});
  EXPECT_TRUE(cache.look_up(probe(1), 0, 0).warm);
  EXPECT_EQ(cache.look_up(probe(1), 0, 1).kind, Kind::kKnown);
  EXPECT_EQ(cache.look_up(probe(1), 0, 2).kind, Kind::kEvaluate);
}

TEST(WarmStart, EarlierTrialsCountTowardsAggregation) {
  CacheSettings settings = with(Policy::kAggregate);
  settings.max_evaluations = 3;
  EquivalenceCache cache(settings);
  cache.warm_start({warm(1, 1)});
  const Verdict verdict = cache.look_up(probe(1), 0, 0);
  EXPECT_EQ(verdict.kind, Kind::kEvaluate);
  EXPECT_EQ(verdict.trial, 2u);
  settle(cache, verdict.cls, 4);
  EXPECT_EQ(cache.recall(verdict.cls, 0)->mean[0], 2);
  EXPECT_EQ(cache.look_up(probe(1), 0, 1).kind, Kind::kKnown);
}

// ---- two keys

TEST(TwoKeys, AClassIsFoundUnderEither) {
  CacheSettings settings = with(Policy::kReuse);
  settings.two_keys = true;
  settings.capacity = 1;
  EquivalenceCache cache(settings);
  const ClassId cls = cache.look_up(probe(1, {digest(51)}), 0, 0).cls;
  EXPECT_EQ(cache.look_up(probe(1, {digest(59)}), 0, 1).cls, cls);
  EXPECT_EQ(cache.look_up(probe(2, {digest(51)}), 0, 2).cls, cls);
  EXPECT_NE(cache.look_up(probe(51, {digest(1)}), 0, 10).cls, cls) << "the grids do not mix";
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_TRUE(cache.look_up(probe(2, {digest(51)}), 0, 20).founded) << "evicted under both";
}

}  // namespace
}  // namespace equivolve::hashing
