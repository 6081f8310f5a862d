#include "search/algorithms/regularized_evolution.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/search/support/search_loop.hpp"

namespace equivolve::search {
namespace {

class Drive : public test::Drive<RegularizedEvolution> {
 public:
  explicit Drive(RegularizedEvolutionSettings settings)
      : test::Drive<RegularizedEvolution>(RegularizedEvolution(settings)) {}
};

RegularizedEvolutionSettings small() {
  RegularizedEvolutionSettings s;
  s.population_size = 10;
  s.tournament_size = 200;  // finds the best of ten but with probability 10 * 0.9^200 < 1e-8
  return s;
}

TEST(RegularizedEvolution, StartsWithRandomCandidatesThenWaits) {
  Drive drive(small());
  std::vector<Request> first;
  for (int i = 0; i < 10; ++i) {
    first.push_back(*drive.ask());
    EXPECT_EQ(first.back().recipe.kind, Recipe::Kind::kRandom);
  }
  EXPECT_FALSE(drive.ask());
  drive.tell(first[0], 1);
  auto child = drive.ask();
  ASSERT_TRUE(child);
  EXPECT_EQ(child->recipe.first_parent, 0u);
}

TEST(RegularizedEvolution, ParentIsTheBestOfTheTournament) {
  Drive drive(small());
  for (int i = 0; i < 10; ++i) {
    Request r = *drive.ask();
    drive.tell(r, i == 4 ? 100 : i);
  }
  for (int i = 0; i < 5; ++i) EXPECT_EQ(drive.ask()->recipe.first_parent, 4u);
}

TEST(RegularizedEvolution, TheOldestGoesHoweverGood) {
  Drive drive(small());
  for (int i = 0; i < 10; ++i) {
    Request r = *drive.ask();
    drive.tell(r, i == 0 ? 100 : i);
  }
  Request r = *drive.ask();
  EXPECT_EQ(r.recipe.first_parent, 0u);
  drive.tell(r, 5);  // birth 10 enters, birth 0 leaves
  EXPECT_EQ(drive.ask()->recipe.first_parent, 9u);
}

TEST(RegularizedEvolution, UnrankedIsWorseThanAnythingRanked) {
  Drive drive(small());
  for (int i = 0; i < 10; ++i) {
    Request r = *drive.ask();
    drive.tell(r, i == 3 ? -1e300 : 1e300, i == 3);
  }
  EXPECT_EQ(drive.ask()->recipe.first_parent, 3u);
}

TEST(RegularizedEvolution, MutatesAsOftenAsAsked) {
  RegularizedEvolutionSettings s = small();
  s.mutation_probability = 0.9;
  s.crossover_probability = 0.25;
  Drive drive(s);
  int copies = 0, crossed = 0;
  const int n = 4000;
  for (int i = 0; i < n + 10; ++i) {
    Request r = *drive.ask();
    copies += r.recipe.kind == Recipe::Kind::kCopy;
    crossed += r.recipe.kind == Recipe::Kind::kCrossover;
    EXPECT_TRUE(r.recipe.kind != Recipe::Kind::kCrossover || (r.recipe.first && r.recipe.second));
    drive.tell(r, i);
  }
  EXPECT_NEAR(crossed, n * 0.25, 5 * std::sqrt(n * 0.25 * 0.75));
  EXPECT_NEAR(copies, n * 0.075, 5 * std::sqrt(n * 0.075 * 0.925));
}

TEST(RegularizedEvolution, StartsAnewWithoutProgress) {
  RegularizedEvolutionSettings s = small();
  s.restart_after = 20;
  Drive drive(s);
  Request old;
  for (int i = 0; i < 10; ++i) drive.tell(*drive.ask(), 1);
  old = *drive.ask();
  for (int i = 0; i < 11; ++i) drive.tell(*drive.ask(), 1);
  // 21 tells, the first of them the only best: a new start.
  Request fresh = *drive.ask();
  EXPECT_EQ(fresh.recipe.kind, Recipe::Kind::kRandom);
  drive.tell(old, 1000);  // bred before the restart: not let in
  for (int i = 0; i < 9; ++i) drive.tell(*drive.ask(), i);
  EXPECT_NE(drive.ask()->recipe.first_parent, old.birth);
}

TEST(RegularizedEvolution, IsAValue) {
  Drive drive(small());
  for (int i = 0; i < 10; ++i) drive.tell(*drive.ask(), i);
  Drive copy = drive;
  EXPECT_EQ(drive.ask()->recipe.first_parent, copy.ask()->recipe.first_parent);
}

}  // namespace
}  // namespace equivolve::search
