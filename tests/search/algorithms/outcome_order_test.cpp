#include "search/algorithms/outcome_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "search/algorithms/mu_plus_lambda.hpp"
#include "search/algorithms/nsga2.hpp"
#include "search/algorithms/regularized_evolution.hpp"
#include "tests/search/support/search_loop.hpp"

namespace equivolve::search {
namespace {

using test::Drive;

Outcome outcome(std::vector<double> objectives, double violation = 0) {
  Outcome out;
  out.ranked = true;
  out.objectives = std::move(objectives);
  out.violation = violation;
  return out;
}

// Best first; those in one line are equal.
const std::vector<std::vector<Outcome>> kLines{{outcome({3, 0}), outcome({3, 9})},
                                               {outcome({-1, 5})},
                                               {outcome({-1e300, 0})},
                                               {outcome({5, 5}, 0.5)},
                                               {outcome({4, 5}, 0.5)},
                                               {outcome({1e300, 0}, 2)},
                                               {Outcome{}, Outcome{}}};

TEST(OutcomeOrder, RankedThenViolationThenFitness) {
  for (std::size_t i = 0; i < kLines.size(); ++i)
    for (std::size_t j = 0; j < kLines.size(); ++j)
      for (const Outcome& a : kLines[i])
        for (const Outcome& b : kLines[j])
          EXPECT_EQ(better(score_of(a), score_of(b)), i < j) << i << " " << j;
}

TEST(OutcomeOrder, DominationLooksAtAllObjectivesOfTheFeasible) {
  EXPECT_TRUE(dominates(outcome({1, 2}), outcome({1, 1})));
  EXPECT_FALSE(dominates(outcome({1, 1}), outcome({1, 2})));
  EXPECT_FALSE(dominates(outcome({1, 2}), outcome({2, 1})));
  EXPECT_FALSE(dominates(outcome({1, 1}), outcome({1, 1})));
  EXPECT_TRUE(dominates(outcome({-9, -9}), outcome({9, 9}, 0.1)));
  EXPECT_TRUE(dominates(outcome({-9, -9}, 0.1), outcome({9, 9}, 0.2)));
  EXPECT_FALSE(dominates(outcome({9, 9}, 0.1), outcome({-9, -9}, 0.1)));
  EXPECT_TRUE(dominates(outcome({0, 0}, 1e300), Outcome{}));
  EXPECT_FALSE(dominates(Outcome{}, Outcome{}));
}

// Ten candidates, the fitter the more they violate; one is feasible, and the worst in fitness.
template <class A>
Birth preferred_parent(A algorithm) {
  Drive<A> drive(std::move(algorithm));
  std::vector<Request> first;
  for (int i = 0; i < 10; ++i) first.push_back(*drive.ask());
  for (int i = 0; i < 10; ++i) drive.tell(first[i], i == 6 ? -100.0 : i, true, i == 6 ? 0 : 1 + i);
  return drive.ask()->recipe.first_parent;
}

TEST(OutcomeOrder, ParentsAreFeasibleWhereAnyoneIs) {
  // A tournament of 200 finds the best of ten but with probability 10 * 0.9^200 < 1e-8.
  RegularizedEvolutionSettings aging;
  aging.population_size = 10;
  aging.tournament_size = 200;
  EXPECT_EQ(preferred_parent(RegularizedEvolution(aging)), 6u);
  MuPlusLambdaSettings elitist;
  elitist.population_size = 10;
  elitist.tournament_size = 200;
  EXPECT_EQ(preferred_parent(MuPlusLambda(elitist)), 6u);
  Nsga2Settings several;
  several.population_size = 10;
  several.tournament_size = 200;
  EXPECT_EQ(preferred_parent(Nsga2(several)), 6u);
}

}  // namespace
}  // namespace equivolve::search
