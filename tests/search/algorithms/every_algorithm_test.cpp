// What every algorithm promises, whatever it does.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/search/support/configurations.hpp"
#include "tests/search/support/search_loop.hpp"
#include "tests/search/support/sequences.hpp"

namespace equivolve::search {
namespace {

using test::SearchLoop;
using test::Told;

struct Named {
  std::string name;
  Algorithm algorithm;
  SearchLoop::Judge judge;
  std::shared_ptr<const Space> space;
  bool draws = true;  ///< another seed gives another search
};

/// Two objectives, a constraint, two descriptors; some candidates fail.
Outcome judge(const Genome& genome) {
  double counts[4] = {};
  for (std::size_t i = sizeof(eqv_sequence_header); i < genome.flat.size(); ++i)
    ++counts[static_cast<std::size_t>(genome.flat[i]) % 4];
  Outcome out;
  out.ranked = counts[0] != 3;
  if (!out.ranked) return out;
  out.objectives = {counts[0] - counts[1] / 2, counts[1] + counts[2]};
  out.violation = std::max(0.0, counts[3] - 4);
  out.descriptors = {counts[2], counts[3] / 12};
  return out;
}

ConfigurationSpace three_numbers() {
  return test::made({test::number("x", 0, 1), test::number("rate", 1e-4, 1, true),
                     test::integer("depth", 1, 30)});
}

/// Of those numbers: a constraint, and failures.
Outcome judge_numbers(const Genome& genome) {
  static const ConfigurationSpace space = three_numbers();
  const auto values = view_configuration(genome.flat, space);
  const double x = values[0].number, rate = std::log10(values[1].number), depth = values[2].number;
  Outcome out;
  out.ranked = depth != 13;
  if (!out.ranked) return out;
  out.objectives = {-(x - 0.3) * (x - 0.3) - (rate + 2) * (rate + 2) - std::abs(depth - 7) / 10};
  out.violation = std::max(0.0, x - 0.8);
  return out;
}

/// Of all representations, and of configurations alone.
std::vector<Named> every_algorithm() {
  RegularizedEvolutionSettings aging;
  aging.population_size = 20;
  aging.crossover_probability = 0.3;
  aging.restart_after = 150;
  MuPlusLambdaSettings elitist;
  elitist.population_size = 20;
  elitist.children = 7;
  elitist.crossover_probability = 0.3;
  elitist.restart_after = 150;
  Nsga2Settings several;
  several.population_size = 20;
  MapElitesSettings grid;
  grid.descriptors = {{0, 12, 12}, {0, 1, 3}};
  grid.population_size = 20;
  grid.crossover_probability = 0.3;
  IslandsSettings ring, anywhere;
  ring.migration_every = anywhere.migration_every = 90;
  anywhere.migration = IslandsSettings::Migration::kRandom;
  const std::vector<std::pair<std::string, Algorithm>> of_all = {
      {"random", RandomSearch()},
      {"regularized_evolution", RegularizedEvolution(aging)},
      {"hill_climbing", HillClimbing({1, 60})},
      {"hill_climbing, steepest", HillClimbing({25, 60})},
      {"mu_plus_lambda", MuPlusLambda(elitist)},
      {"nsga2", Nsga2(several)},
      {"map_elites", MapElites(grid)},
      {"islands, ring", Islands(ring, RegularizedEvolution(aging))},
      {"islands, random", Islands(anywhere, MuPlusLambda(elitist))}};
  std::vector<Named> all;
  const auto sequences =
      std::make_shared<const Space>(SequenceSpace{{"A", "C", "G", "T"}, 4, 12, 8});
  for (const auto& [name, algorithm] : of_all) all.push_back({name, algorithm, judge, sequences});

  const auto space = std::make_shared<const Space>(three_numbers());
  const std::shared_ptr<const ConfigurationSpace> numbers(space,
                                                          &std::get<ConfigurationSpace>(*space));
  TpeSettings one_by_one;
  one_by_one.multivariate = false;
  all.push_back({"tpe", Tpe(numbers, TpeSettings()), judge_numbers, space});
  all.push_back({"tpe, univariate", Tpe(numbers, one_by_one), judge_numbers, space});
  all.push_back({"cma_es", CmaEs(numbers, CmaEsSettings()), judge_numbers, space});
  all.push_back({"grid", Grid(numbers, GridSettings()), judge_numbers, space, false});
  return all;
}

SearchLoop loop_with(const Named& one, std::size_t lookahead, std::uint64_t seed = 11) {
  return SearchLoop(Searcher(one.algorithm, one.space, seed), lookahead, one.judge);
}

void expect_same(const std::vector<Told>& a, const std::vector<Told>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(*a[i].candidate.genome, *b[i].candidate.genome) << i;
    ASSERT_EQ(a[i].candidate.birth, b[i].candidate.birth) << i;
    ASSERT_EQ(a[i].candidate.first_parent, b[i].candidate.first_parent) << i;
    ASSERT_EQ(a[i].candidate.second_parent, b[i].candidate.second_parent) << i;
  }
}

TEST(EveryAlgorithm, ACopyGoesOnAlike) {
  for (const Named& one : every_algorithm()) {
    SCOPED_TRACE(one.name);
    SearchLoop loop = loop_with(one, 16);
    loop.run(333);
    SearchLoop copy = loop;
    loop.run(1200);
    copy.run(1200);
    expect_same(loop.told(), copy.told());
  }
}

TEST(EveryAlgorithm, ASeedGivesOneSearchAndAnotherSeedAnother) {
  for (const Named& one : every_algorithm()) {
    SCOPED_TRACE(one.name);
    const auto first = loop_with(one, 16).run(600);
    expect_same(first, loop_with(one, 16).run(600));
    if (!one.draws) continue;
    const auto other = loop_with(one, 16, 12).run(600);
    std::size_t differ = 0;
    for (std::size_t i = 0; i < 600; ++i)
      differ += *first[i].candidate.genome != *other[i].candidate.genome;
    EXPECT_GT(differ, 300u);
  }
}

// Births count up without gaps; parents were told when their child was asked.
TEST(EveryAlgorithm, LineageIsValid) {
  for (const Named& one : every_algorithm())
    for (const std::size_t lookahead : {std::size_t{1}, std::size_t{16}, std::size_t{64}}) {
      SCOPED_TRACE(one.name + ", lookahead " + std::to_string(lookahead));
      SearchLoop loop = loop_with(one, lookahead);
      const auto& told = loop.run(1500);
      ASSERT_EQ(told.size(), 1500u) << "it never stops by itself";
      for (std::size_t i = 0; i < told.size(); ++i) {
        const Recipe& recipe = told[i].request.recipe;
        ASSERT_EQ(told[i].request.birth, i);
        ASSERT_EQ(told[i].request.ticket, i);
        const bool is_proposed = recipe.kind == Recipe::Kind::kProposal;
        ASSERT_EQ(recipe.propose != nullptr, is_proposed);
        const bool has_parent = recipe.kind != Recipe::Kind::kRandom && !is_proposed;
        ASSERT_EQ(recipe.first != nullptr, has_parent);
        ASSERT_EQ(recipe.first_parent != kNoBirth, has_parent);
        ASSERT_EQ(recipe.second != nullptr, recipe.kind == Recipe::Kind::kCrossover);
        if (!has_parent) continue;
        ASSERT_LT(recipe.first_parent, i);
        ASSERT_EQ(*recipe.first, *told[recipe.first_parent].candidate.genome);
        if (recipe.second) {
          ASSERT_LT(recipe.second_parent, i);
          ASSERT_EQ(*recipe.second, *told[recipe.second_parent].candidate.genome);
        }
      }
    }
}

TEST(EveryAlgorithm, GoesOnWhereEveryCandidateFails) {
  for (const Named& one : every_algorithm()) {
    SCOPED_TRACE(one.name);
    SearchLoop loop(Searcher(one.algorithm, one.space, 1), 8,
                    [](const Genome&) { return Outcome{}; });
    EXPECT_EQ(loop.run(500).size(), 500u);
  }
}

TEST(Searcher, ACrossedChildIsMutatedWhereTheRecipeSaysSo) {
  const auto space = std::make_shared<const Space>(test::dna_space(8));
  const auto sequence = [&](const char* text) {
    return std::make_shared<const Genome>(*parse_genome(text, *space));
  };
  const Searcher searcher(RandomSearch(), space, 5);
  Request request;
  request.recipe.kind = Recipe::Kind::kCrossover;
  request.recipe.first = sequence("AAAAAAAA");
  request.recipe.second = sequence("CCCCCCCC");
  std::size_t foreign = 0;
  for (Birth birth = 0; birth < 100; ++birth) {
    request.birth = birth;
    request.recipe.mutates_crossed = false;
    const Bred crossed = searcher.vary(request, 0);
    request.recipe.mutates_crossed = true;
    const Bred mutated = searcher.vary(request, 0);
    EXPECT_EQ(mutated.op, crossed.op);
    EXPECT_NE(mutated.genome, crossed.genome);
    EXPECT_EQ(genome_text(crossed.genome.flat, *space).find_first_of("GT"), std::string::npos);
    foreign += genome_text(mutated.genome.flat, *space).find_first_of("GT") != std::string::npos;
  }
  EXPECT_GT(foreign, 50u);
}

}  // namespace
}  // namespace equivolve::search
