#include "search/algorithms/tpe.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/search/support/model_search.hpp"

namespace equivolve::search {
namespace {

using test::boolean;
using test::choice;
using test::integer;
using test::number;
using test::one_of;

/// Both ways to estimate densities.
class TpeBothWays : public testing::TestWithParam<bool> {
 protected:
  static TpeSettings settings() {
    TpeSettings s;
    s.multivariate = GetParam();
    return s;
  }
  static test::ModelSearch search(const ConfigurationSpace& space, test::Judge judge,
                                  std::uint64_t seed = 1, std::size_t lookahead = 1) {
    return {Tpe(test::shared(space), settings()), space, std::move(judge), seed, lookahead};
  }
};
INSTANTIATE_TEST_SUITE_P(Tpe, TpeBothWays, testing::Bool(), [](const auto& info) {
  return info.param ? "multivariate" : "univariate";
});

double best_of(const test::ModelSearch& search) {
  return *std::max_element(search.fitness.begin(), search.fitness.end());
}

TEST_P(TpeBothWays, BeginsAtRandomAndProposesOnceEnoughIsTold) {
  const ConfigurationSpace space = test::made({number("x", 0, 1)});
  auto some = search(space, [](const Genome&) { return test::worth(1); });
  for (int i = 0; i < 15; ++i) some.step();
  for (std::size_t i = 0; i < 15; ++i)
    EXPECT_EQ(some.ops[i], i < 10 ? Operator::kRandom : Operator::kSampleModel) << i;
  // What has no rank does not count.
  auto none = search(space, [](const Genome&) { return test::failed(); });
  for (int i = 0; i < 50; ++i) none.step();
  EXPECT_THAT(none.ops, testing::Each(Operator::kRandom));
}

TEST_P(TpeBothWays, EverythingProposedLiesInTheSpace) {
  const ConfigurationSpace space = test::rich_space();
  std::size_t proposed = 0;
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    auto one = search(
        space,
        [&](const Genome& genome) {
          const auto checked = check_genome(genome.flat, space);
          EXPECT_TRUE(checked) << checked.error().message;
          const std::vector<double> x = test::numbers(genome, space);
          return seed % 4 == 0 && x[1] > 6 ? test::failed()
                                           : test::worth(std::log(x[0]) + x[3] * x[5] - x[2]);
        },
        seed, 1 + seed % 20);
    for (int i = 0; i < 140; ++i) one.step();
    proposed += std::count(one.ops.begin(), one.ops.end(), Operator::kSampleModel);
  }
  EXPECT_GT(proposed, 7'000u);
}

TEST_P(TpeBothWays, FindsBetterThanRandomSearch) {
  const ConfigurationSpace space =
      test::made({number("x", -5, 5), number("lr", 1e-6, 1, true), integer("n", 1, 40),
                  choice("kind", {"a", "b", "c", "d"})});
  const auto judge = [&](const Genome& genome) {
    const std::vector<double> x = test::numbers(genome, space);
    return test::worth(-(x[0] - 2) * (x[0] - 2) - std::pow(std::log10(x[1]) + 2, 2) -
                       0.02 * (x[2] - 30) * (x[2] - 30) - (x[3] == 2 ? 0 : 2));
  };
  int wins = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    auto model = search(space, judge, seed);
    test::ModelSearch random(RandomSearch(), space, judge, seed);
    for (int i = 0; i < 100; ++i) model.step(), random.step();
    wins += best_of(model) > best_of(random) ? 1 : 0;
  }
  EXPECT_GE(wins, 9);
}

// Two branches of which one is worth more, each with a number of its own.
TEST_P(TpeBothWays, LearnsConditionalParametersWhereTheyAreActive) {
  std::vector<Parameter> p{choice("kind", {"a", "b"}), number("x", 0, 1), number("y", 0, 1)};
  p[1].when = {one_of(0, {0})};
  p[2].when = {one_of(0, {1})};
  const ConfigurationSpace space = test::made(std::move(p));
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    auto one = search(
        space,
        [&](const Genome& genome) {
          const std::vector<double> x = test::numbers(genome, space);
          return test::worth(x[0] == 0 ? -std::abs(x[1] - 0.2) : 0.5 - std::abs(x[2] - 0.8));
        },
        seed);
    for (int i = 0; i < 100; ++i) one.step();
    sum += best_of(one);
    int last_on_branch = 0;
    for (std::size_t i = 80; i < 100; ++i)
      last_on_branch += test::numbers(one.told[i], space)[0] == 1 ? 1 : 0;
    EXPECT_GE(last_on_branch, 10) << seed;
  }
  EXPECT_GT(sum / 10, 0.48);
}

TEST_P(TpeBothWays, KeepsAwayFromWhatFails) {
  const ConfigurationSpace space = test::made({number("x", 0, 1), number("y", 0, 1)});
  auto one = search(space, [&](const Genome& genome) {
    const double x = test::numbers(genome, space)[0];
    return x > 0.4 ? test::failed() : test::worth(x);
  });
  for (int i = 0; i < 150; ++i) one.step();
  // The best lies at the edge, so that about half of what is tried there fails; what lies well
  // beyond is left alone.
  int beyond = 0;
  for (std::size_t i = 100; i < 150; ++i)
    beyond += test::numbers(one.told[i], space)[0] > 0.5 ? 1 : 0;
  EXPECT_LT(beyond, 13);  // 25 at random
  EXPECT_GT(best_of(one), 0.38);
}

TEST_P(TpeBothWays, InfeasibleIsWorseByHowFar) {
  const ConfigurationSpace space = test::made({number("x", 0, 1)});
  auto one = search(space, [&](const Genome& genome) {
    const double x = test::numbers(genome, space)[0];
    Outcome outcome = test::worth(-x);
    outcome.violation = std::max(0.0, 0.9 - x);  // nothing is feasible below
    return outcome;
  });
  for (int i = 0; i < 100; ++i) one.step();
  std::vector<double> last;
  for (std::size_t i = 80; i < 100; ++i) last.push_back(test::numbers(one.told[i], space)[0]);
  std::sort(last.begin(), last.end());
  EXPECT_GT(last[10], 0.8);
}

// The lie: candidates in flight keep away from each other. Without it each would be asked as from
// the same state, which copies show.
TEST_P(TpeBothWays, SixteenInFlightSpreadOut) {
  const ConfigurationSpace space = test::made({number("x", 0, 1)});
  const auto judge = [&](const Genome& genome) {
    return test::worth(-std::abs(test::numbers(genome, space)[0] - 0.5));
  };
  double with_lie = 0, without = 0;
  const auto spread = [](std::vector<double> x) {
    std::sort(x.begin(), x.end());
    return x[13] - x[2];
  };
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto begun = search(space, judge, seed);
    for (int i = 0; i < 40; ++i) begun.step();
    std::vector<double> lied, plain;
    Searcher together = begun.searcher;
    for (Ticket t = 40; t < 56; ++t) {
      const auto x = [&](Searcher& searcher) {
        return test::numbers(searcher.vary(*searcher.ask(t), 0).genome, space)[0];
      };
      Searcher alone = begun.searcher;
      plain.push_back(x(alone));
      lied.push_back(x(together));
    }
    with_lie += spread(lied);
    without += spread(plain);
  }
  EXPECT_GT(with_lie, 1.3 * without);
}

TEST_P(TpeBothWays, ChoicesInFlightDiffer) {
  const ConfigurationSpace space = test::made({choice("c", {"a", "b", "c", "d", "e", "f"})});
  auto one = search(
      space, [&](const Genome& genome) { return test::worth(test::numbers(genome, space)[0]); }, 1,
      16);
  for (int i = 0; i < 40; ++i) one.step();
  one.fill();
  std::set<double> seen;
  for (std::size_t i = 0; i < one.in_flight(); ++i)
    seen.insert(test::numbers(one.flying(i), space)[0]);
  EXPECT_GE(seen.size(), 2u);
}

TEST_P(TpeBothWays, ACopyGoesOnAlike) {
  const ConfigurationSpace space = test::rich_space();
  auto one = search(
      space,
      [&](const Genome& genome) {
        const std::vector<double> x = test::numbers(genome, space);
        return x[1] == 3 ? test::failed() : test::worth(x[0] + x[3]);
      },
      5, 16);
  for (int i = 0; i < 60; ++i) one.step();
  test::ModelSearch copy = one;
  for (int i = 0; i < 200; ++i) one.step(), copy.step();
  EXPECT_EQ(one.told, copy.told);
}

TEST_P(TpeBothWays, BreedingIsPureAndAnotherAttemptIsAnotherCandidate) {
  const ConfigurationSpace space = test::made({number("x", 0, 1), integer("n", 1, 1000)});
  auto one = search(
      space, [&](const Genome& genome) { return test::worth(test::numbers(genome, space)[0]); });
  for (int i = 0; i < 30; ++i) one.step();
  const auto request = one.searcher.ask(30);
  ASSERT_TRUE(request);
  const Bred first = one.searcher.vary(*request, 0), second = one.searcher.vary(*request, 1);
  EXPECT_EQ(first.genome, one.searcher.vary(*request, 0).genome);
  EXPECT_EQ(second.genome, one.searcher.vary(*request, 1).genome);
  EXPECT_NE(first.genome, second.genome);
  EXPECT_TRUE(check_genome(second.genome.flat, space));
}

// Whatever was proposed, what is told lies at 0.9 and is good, or at 0.1 and is bad.
TEST_P(TpeBothWays, LearnsFromWhatWasBredNotFromWhatWasProposed) {
  const ConfigurationSpace space = test::made({number("x", 0, 1)});
  Tpe algorithm(test::shared(space), settings());
  hashing::Stream stream(1, hashing::Purpose::kTest, 71);
  double sum = 0;
  for (Ticket t = 0; t < 100; ++t) {
    const auto request = algorithm.ask(t, hashing::Stream(1, hashing::Purpose::kAsk, t));
    hashing::Stream vary(1, hashing::Purpose::kVary, t);
    if (t >= 80) sum += test::numbers(request->recipe.propose(space, vary, 0).genome, space)[0];
    const bool is_good = t % 2 == 0;
    ConfigurationDraft draft(space);
    draft.open(0);
    draft.set(0, (is_good ? 0.9 : 0.1) + 0.02 * stream.uniform());
    Candidate candidate;
    candidate.birth = request->birth;
    candidate.genome = std::make_shared<const Genome>(draft.genome());
    algorithm.tell(*request, candidate, test::worth(is_good ? 1 + 0.1 * stream.uniform() : 0));
  }
  EXPECT_GT(sum / 20, 0.6);
}

// More in flight than the window of bad trials holds, and more told than that.
TEST_P(TpeBothWays, LongRunsAndManyInFlight) {
  const ConfigurationSpace space = test::made({number("x", -1, 1), choice("c", {"a", "b"})});
  const auto judge = [&](const Genome& genome) {
    const std::vector<double> x = test::numbers(genome, space);
    return test::worth(-std::abs(x[0] - 0.3) - x[1]);
  };
  auto many = search(space, judge, 1, 1'100);
  for (int i = 0; i < 1'400; ++i) many.step();
  auto one = search(space, judge, 1);
  for (int i = 0; i < 1'300; ++i) one.step();
  EXPECT_GT(best_of(one), -1e-3);
  EXPECT_GT(best_of(many), -0.05);
}

TEST_P(TpeBothWays, NearlyEverythingForbiddenIsNoObstacle) {
  std::vector<Combination> forbidden;
  for (double a = 0; a < 10; ++a)
    for (double b = 0; b < 10; ++b)
      if (a != b) forbidden.push_back({one_of(0, {a}), one_of(1, {b})});
  const ConfigurationSpace space =
      test::made({integer("a", 0, 9), integer("b", 0, 9)}, std::move(forbidden));
  auto one = search(space, [&](const Genome& genome) {
    EXPECT_TRUE(check_genome(genome.flat, space));
    return test::worth(-std::abs(test::numbers(genome, space)[0] - 6));
  });
  for (int i = 0; i < 60; ++i) one.step();
  EXPECT_EQ(best_of(one), 0);
}

TEST_P(TpeBothWays, ASpaceWithoutAnythingToChooseIsFine) {
  const ConfigurationSpace space = test::made({number("x", 2, 2)});
  auto one = search(space, [](const Genome&) { return test::worth(0); });
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(one.step());
  EXPECT_EQ(test::numbers(one.told.back(), space)[0], 2);
}

}  // namespace
}  // namespace equivolve::search
