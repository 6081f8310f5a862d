#include "search/schedules/schedule.hpp"

#include <gtest/gtest.h>

#include <map>

#include "hashing/stream.hpp"
#include "search/algorithms/outcome_order.hpp"

namespace equivolve::search {
namespace {

using Kind = ScheduleSettings::Kind;

Outcome worth(double fitness) {
  Outcome outcome;
  outcome.ranked = true;
  outcome.objectives = {fitness};
  return outcome;
}

ScheduleSettings settings(Kind kind, std::size_t levels, bool comparable = false) {
  ScheduleSettings s;
  s.kind = kind;
  s.is_comparable.assign(levels - 1, comparable);
  return s;
}

/// Children one after the other, each followed through all its trials.
struct Follow {
  explicit Follow(ScheduleSettings s) : schedule(std::move(s)) {}

  struct Trial {
    std::uint32_t level, repeat;
    bool operator==(const Trial&) const = default;
  };
  struct Fate {
    std::vector<Trial> trials;
    Schedule::Decision decision;
  };

  template <class Judge>
  Fate child(Judge judge) {
    Request request;
    request.birth = births++;
    request.epoch = 77;
    schedule.begin(request);
    Candidate candidate;
    candidate.birth = request.birth;
    candidate.genome = std::make_shared<const Genome>();
    Fate fate;
    while (true) {
      fate.trials.push_back({request.level, request.repeat});
      fate.decision = schedule.take(request, candidate, judge(request));
      if (fate.decision.told.is_decided) {
        EXPECT_FALSE(schedule.again(0).has_value());
        return fate;
      }
      const auto again = schedule.again(++ticket);
      EXPECT_TRUE(again.has_value());
      if (!again) return fate;
      request = *again;
      EXPECT_EQ(request.kind, Request::Kind::kAgain);
      EXPECT_EQ(request.ticket, ticket);
      EXPECT_EQ(request.candidate.genome, candidate.genome);
    }
  }
  Fate child(double fitness) {
    return child([fitness](const Request& /*request*/) { return worth(fitness); });
  }

  Schedule schedule;
  Birth births = 0;
  Ticket ticket = 1000;
};

TEST(Schedule, FullIsOneTrialAtTheLastLevel) {
  Schedule schedule(settings(Kind::kFull, 3));
  EXPECT_TRUE(schedule.is_trivial());
  Request child;
  schedule.begin(child);
  EXPECT_EQ(child.level, 2u);
  EXPECT_FALSE(schedule.again(0).has_value());
}

TEST(Schedule, OverOneLevelEveryScheduleIsTrivial) {
  for (const Kind kind : {Kind::kHurdle, Kind::kSuccessiveHalving, Kind::kHyperband})
    EXPECT_TRUE(Schedule(settings(kind, 1)).is_trivial());
}

TEST(Schedule, AHurdleLeadsFromTheFirstLevelToTheLast) {
  Follow follow(settings(Kind::kHurdle, 3));
  EXPECT_EQ(follow.child(1.0).trials, (std::vector<Follow::Trial>{{0, 0}, {2, 0}}));
  for (double fitness : {0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3}) {
    const auto fate = follow.child(fitness);
    EXPECT_EQ(fate.trials, (std::vector<Follow::Trial>{{0, 0}})) << fitness;
    EXPECT_FALSE(fate.decision.told.is_complete);
  }
  // Of nine distinct ones two are above the 75th percentile.
  EXPECT_EQ(follow.child(0.95).trials.size(), 2u);
  EXPECT_EQ(follow.child(0.85).trials.size(), 1u);
}

TEST(Schedule, HalvingGoesLevelByLevel) {
  Follow follow(settings(Kind::kSuccessiveHalving, 3));
  std::map<std::size_t, int> reached;
  hashing::Stream stream(1, hashing::Purpose::kTest, 0);
  for (int i = 0; i < 900; ++i) ++reached[follow.child(stream.uniform()).trials.size()];
  // A third of each level goes on; a little more, for early ones have few to beat.
  EXPECT_NEAR(reached[2] + reached[3], 300, 30);
  EXPECT_NEAR(reached[3], 100, 30);
}

TEST(Schedule, TheAlgorithmIsToldOfItsOwnRequest) {
  Follow follow(settings(Kind::kSuccessiveHalving, 2));
  const auto fate = follow.child(3.0);
  ASSERT_TRUE(fate.decision.child.has_value());
  EXPECT_EQ(fate.decision.child->kind, Request::Kind::kChild);
  EXPECT_EQ(fate.decision.child->epoch, 77u);
  EXPECT_EQ(fate.decision.outcome.objectives, std::vector<double>{3.0});
  EXPECT_TRUE(fate.decision.told.is_complete);
}

TEST(Schedule, HigherRungsAreBetterUnlessLevelsCompare) {
  for (const bool comparable : {false, true}) {
    Follow follow(settings(Kind::kHurdle, 2, comparable));
    // Good at the cheap level and bad at the last.
    const auto high = follow.child([](const Request& r) { return worth(r.level == 0 ? 9 : 1); });
    const auto low = follow.child(5.0);
    ASSERT_EQ(high.trials.size(), 2u);
    ASSERT_EQ(low.trials.size(), 1u);
    EXPECT_EQ(better(score_of(high.decision.outcome), score_of(low.decision.outcome)), !comparable);
    EXPECT_EQ(dominates(high.decision.outcome, low.decision.outcome), !comparable);
  }
}

TEST(Schedule, WhatFailsGoesNoFurther) {
  Follow follow(settings(Kind::kSuccessiveHalving, 3));
  const auto first = follow.child([](const Request&) { return Outcome(); });
  EXPECT_EQ(first.trials.size(), 1u);
  EXPECT_FALSE(first.decision.outcome.ranked);
  const auto later =
      follow.child([](const Request& r) { return r.level == 0 ? worth(1) : Outcome(); });
  EXPECT_EQ(later.trials.size(), 2u);
  EXPECT_FALSE(later.decision.outcome.ranked);
  EXPECT_FALSE(later.decision.told.is_complete);
}

// Hyperband over four levels with a factor of 3: 27, 12, 6 and 4 candidates a round (Li et al.
// 2018, algorithm 1 with s_max = 3).
TEST(Schedule, HyperbandKeepsThePublishedProportions) {
  Schedule schedule(settings(Kind::kHyperband, 4));
  std::map<std::uint32_t, int> begun;
  for (Birth birth = 0; birth < 490; ++birth) {
    Request child;
    child.birth = birth;
    schedule.begin(child);
    ++begun[child.level];
    if (birth == 48) {
      EXPECT_EQ(begun, (std::map<std::uint32_t, int>{{0, 27}, {1, 12}, {2, 6}, {3, 4}}));
    }
  }
  EXPECT_EQ(begun, (std::map<std::uint32_t, int>{{0, 270}, {1, 120}, {2, 60}, {3, 40}}));
}

TEST(Schedule, BracketsDoNotCompete) {
  Follow follow(settings(Kind::kHyperband, 2));
  std::map<std::uint32_t, std::size_t> most;
  for (int i = 0; i < 40; ++i) {
    const auto fate = follow.child(static_cast<double>(-i));
    if (fate.trials.front().level == 1) {
      EXPECT_EQ(fate.trials.size(), 1u);
    }
    most[fate.trials.front().level] = std::max(most[fate.trials.front().level], fate.trials.size());
  }
  EXPECT_EQ(most[0], 2u);
}

TEST(Schedule, RepeatsAreAveraged) {
  ScheduleSettings s = settings(Kind::kFull, 2);
  s.repeats = 4;
  s.races = false;
  Follow follow(s);
  const auto fate = follow.child([](const Request& r) {
    Outcome one = worth(r.repeat);
    one.figures = {static_cast<double>(r.repeat), 7};
    return one;
  });
  EXPECT_EQ(fate.trials, (std::vector<Follow::Trial>{{1, 0}, {1, 1}, {1, 2}, {1, 3}}));
  EXPECT_EQ(fate.decision.outcome.objectives, std::vector<double>{1.5});
  EXPECT_EQ(fate.decision.told.figures, (std::vector<double>{1.5, 7}));
  EXPECT_TRUE(fate.decision.told.is_complete);
}

TEST(Schedule, ARacedCandidateIsNotComplete) {
  ScheduleSettings s = settings(Kind::kFull, 1);
  s.repeats = 5;
  Follow follow(s);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(follow.child(10.0).trials.size(), 5u);
  const auto worse = follow.child(9.0);
  EXPECT_EQ(worse.trials.size(), 1u);
  EXPECT_FALSE(worse.decision.told.is_complete);
  EXPECT_EQ(worse.decision.outcome.objectives, std::vector<double>{9.0});
  EXPECT_EQ(follow.child(11.0).trials.size(), 5u);
}

TEST(Schedule, WhatWasPrunedGoesNoFurtherAndStandsLower) {
  Follow follow(settings(Kind::kSuccessiveHalving, 2));
  const auto pruned = follow.child([](const Request&) {
    Outcome one = worth(100);
    one.pruned = true;
    return one;
  });
  EXPECT_EQ(pruned.trials.size(), 1u);
  follow.child(5.0);
  const auto stopped = follow.child(1.0);
  ASSERT_EQ(stopped.trials.size(), 1u);
  EXPECT_TRUE(better(score_of(stopped.decision.outcome), score_of(pruned.decision.outcome)));
}

TEST(Schedule, APrunedRepeatHasNoPlaceInTheMean) {
  ScheduleSettings s = settings(Kind::kFull, 1);
  s.repeats = 3;
  Follow follow(s);
  const auto fate = follow.child([](const Request& r) {
    Outcome one = worth(r.repeat == 0 ? 4 : -1000);
    one.pruned = r.repeat == 1;
    return one;
  });
  EXPECT_EQ(fate.trials.size(), 2u);
  EXPECT_EQ(fate.decision.outcome.objectives, std::vector<double>{4});
  EXPECT_TRUE(fate.decision.outcome.pruned);
  EXPECT_FALSE(fate.decision.told.is_complete);
  const auto whole = follow.child(1.0);
  EXPECT_TRUE(better(score_of(whole.decision.outcome), score_of(fate.decision.outcome)));
}

TEST(Schedule, IsAValue) {
  Schedule one(settings(Kind::kSuccessiveHalving, 2));
  Request child;
  one.begin(child);
  Schedule two = one;
  Candidate candidate;
  candidate.genome = std::make_shared<const Genome>();
  one.take(child, candidate, worth(1));
  two.take(child, candidate, worth(1));
  EXPECT_TRUE(one.again(1).has_value());
  EXPECT_TRUE(two.again(1).has_value());
}

}  // namespace
}  // namespace equivolve::search
