#include "search/algorithms/initial_candidates.hpp"

#include <gtest/gtest.h>

#include "search/algorithms/searcher.hpp"
#include "search/variation/variation.hpp"
#include "tests/search/support/configurations.hpp"
#include "tests/search/support/programs.hpp"
#include "tests/search/support/search_loop.hpp"

namespace equivolve::search {
namespace {

using test::SearchLoop;
using test::Told;

const ConfigurationSpace& numbers() {
  static const ConfigurationSpace space =
      test::made({test::number("x", 0, 1), test::number("y", 0, 1)});
  return space;
}

/// Better than random ones.
GivenGenomes given(std::size_t count) {
  GivenGenomes all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(std::make_shared<const Genome>(
        test::configuration("x: 0\ny: 0." + std::to_string(10 + i) + "\n", numbers())));
  return all;
}

Outcome judge(const Genome& genome) {
  Outcome out;
  out.ranked = true;
  const ConfigurationView view(genome.flat, numbers());
  out.objectives = {-*view.number_of("x"), *view.number_of("y")};
  out.descriptors = {*view.number_of("x")};
  return out;
}

std::vector<Told> run(Algorithm algorithm, const GivenGenomes& genomes, std::size_t lookahead,
                      std::size_t tells) {
  SearchLoop loop(Searcher(std::move(algorithm), std::make_shared<const Space>(numbers()), 3,
                           Schedule(), Pruner(), {}, InitialCandidates(genomes)),
                  lookahead, judge);
  return loop.run(tells);
}

std::vector<Algorithm> beginning_at_random() {
  RegularizedEvolutionSettings aging;
  aging.population_size = 12;
  MuPlusLambdaSettings elitist;
  elitist.population_size = 12;
  Nsga2Settings several;
  several.population_size = 12;
  MapElitesSettings cells;
  cells.descriptors = {{0, 1, 10}};
  cells.population_size = 12;
  IslandsSettings islands;
  islands.islands = 3;
  return {RandomSearch(),         RegularizedEvolution(aging),
          MuPlusLambda(elitist),  Nsga2(several),
          MapElites(cells),       Islands(islands, RegularizedEvolution(aging)),
          HillClimbing({1, 500}), Tpe(std::make_shared<const ConfigurationSpace>(numbers()), {})};
}

TEST(InitialCandidates, ComeFirstInOrder) {
  const GivenGenomes genomes = given(8);
  for (const Algorithm& algorithm : beginning_at_random()) {
    const auto told = run(algorithm, genomes, 16, 100);
    ASSERT_EQ(told.size(), 100u);
    for (std::size_t i = 0; i < told.size(); ++i) {
      const bool is_given = told[i].candidate.op == Operator::kGiven;
      ASSERT_EQ(is_given, i < genomes.size()) << algorithm.index() << " " << i;
      if (!is_given) continue;
      EXPECT_EQ(*told[i].candidate.genome, *genomes[i]);
      EXPECT_EQ(told[i].candidate.first_parent, kNoBirth);
    }
  }
}

// A given candidate takes a random one's place, and nothing of the others' randomness.
TEST(InitialCandidates, LeaveTheOtherRandomOnesAsTheyWere) {
  const auto without = run(RandomSearch(), {}, 4, 30), with = run(RandomSearch(), given(5), 4, 30);
  for (std::size_t i = 5; i < 30; ++i)
    EXPECT_EQ(*with[i].candidate.genome, *without[i].candidate.genome) << i;
}

TEST(InitialCandidates, AreParents) {
  for (const Algorithm& algorithm : beginning_at_random()) {
    if (std::holds_alternative<RandomSearch>(algorithm) || std::holds_alternative<Tpe>(algorithm))
      continue;
    int children = 0;
    for (const Told& one : run(algorithm, given(12), 1, 200))
      children += one.candidate.first_parent < 12 ? 1 : 0;
    EXPECT_GE(children, 5) << algorithm.index();
  }
}

// One at a time: each climb begins at the next.
TEST(InitialCandidates, BeginTheClimbs) {
  const auto told = run(HillClimbing({1, 5}), given(3), 1, 60);
  std::vector<Birth> births;
  for (const Told& one : told)
    if (one.candidate.op == Operator::kGiven) births.push_back(one.candidate.birth);
  ASSERT_EQ(births.size(), 3u);
  EXPECT_EQ(births[0], 0u);
  EXPECT_GT(births[1], 5u);
  for (const Told& one : told)
    if (one.candidate.birth == births[1] + 1) {
      EXPECT_EQ(one.candidate.first_parent, births[1]);
    }
}

// With more than its startup it has learnt from all of them before it proposes.
TEST(InitialCandidates, CountForTpe) {
  TpeSettings settings;
  settings.startup = 6;
  const Tpe tpe(std::make_shared<const ConfigurationSpace>(numbers()), settings);
  const auto told = run(tpe, given(6), 1, 10);
  for (std::size_t i = 0; i < told.size(); ++i)
    EXPECT_EQ(told[i].candidate.op, i < 6 ? Operator::kGiven : Operator::kSampleModel) << i;
}

TEST(InitialCandidates, ThatAreRefusedAreBredAnew) {
  for (const Algorithm& algorithm :
       {Algorithm(RandomSearch()),
        Algorithm(Tpe(std::make_shared<const ConfigurationSpace>(numbers()), {}))}) {
    Searcher searcher(algorithm, std::make_shared<const Space>(numbers()), 3, Schedule(), Pruner(),
                      {}, InitialCandidates(given(1)));
    const auto request = searcher.ask(0);
    ASSERT_TRUE(request);
    EXPECT_EQ(searcher.vary(*request, 0).op, Operator::kGiven);
    const Bred again = searcher.vary(*request, 1);
    EXPECT_EQ(again.op, Operator::kRandom);
    EXPECT_TRUE(check_genome(again.genome.flat, numbers()));
    EXPECT_EQ(again.genome, searcher.vary(*request, 1).genome);
  }
}

TEST(Limits, OfProgramsAreLengthsAndOperations) {
  const ProgramSpace narrow = test::narrow_space();
  hashing::Stream stream(1, hashing::Purpose::kTest, 0);
  const Space space = narrow;
  const Genome inside = random_genome(space, stream);
  EXPECT_TRUE(check_limits(inside.flat, space));
  ProgramSpace shorter = narrow;
  shorter[Function::kLearn].min_length = shorter[Function::kLearn].max_length = 3;
  const auto refused = check_limits(inside.flat, Space(shorter));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "learn has 6 instructions; expected 3");
  ProgramSpace fewer = narrow;
  fewer[Function::kPredict].operations = {Op::kVectorHeaviside};
  const auto foreign = check_limits(inside.flat, Space(fewer));
  ASSERT_FALSE(foreign);
  EXPECT_NE(foreign.error().message.find("not one of the operations of space.predict"),
            std::string::npos)
      << foreign.error().message;
}

}  // namespace
}  // namespace equivolve::search
