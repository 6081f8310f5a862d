#include "search/algorithms/islands.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/search/support/search_loop.hpp"

namespace equivolve::search {
namespace {

using test::Drive;

constexpr std::uint32_t kIslands = 4;

IslandAlgorithm aging() {
  RegularizedEvolutionSettings s;
  s.population_size = 10;
  s.tournament_size = 5;
  return RegularizedEvolution(s);
}
IslandAlgorithm elitist() {
  MuPlusLambdaSettings s;
  s.population_size = 10;
  s.children = 5;
  return MuPlusLambda(s);
}

Islands islands(const IslandAlgorithm& each, std::uint64_t migration_every,
                IslandsSettings::Migration migration = IslandsSettings::Migration::kRing) {
  IslandsSettings s;
  s.islands = kIslands;
  s.migration = migration;
  s.migration_every = migration_every;
  return Islands(s, each);
}

std::uint64_t island_of(Birth birth) {
  return birth % kIslands;
}

TEST(Islands, EveryIslandEvolvesOnItsOwnParents) {
  for (const IslandAlgorithm& each : {aging(), elitist()}) {
    Drive<Islands> drive(islands(each, 0));
    std::map<std::uint64_t, std::set<Birth>> parents;
    for (Birth i = 0; i < 2000; ++i) {
      const Request request = *drive.ask();
      EXPECT_EQ(request.birth, i);
      if (request.recipe.kind == Recipe::Kind::kRandom)
        EXPECT_LT(i, 10 * kIslands) << "each island has a whole first population";
      else
        EXPECT_EQ(island_of(request.recipe.first_parent), island_of(i));
      parents[island_of(i)].insert(request.recipe.first_parent);
      drive.tell(request, static_cast<double>(i * 7919 % 1000));
    }
    for (const auto& one : parents) EXPECT_GT(one.second.size(), 10u) << "island " << one.first;
  }
}

// A replay asks at other moments than the run did: an ask that has to wait must leave no trace.
TEST(Islands, AnAskInVainChangesNothing) {
  Drive<Islands> asked(islands(aging(), 3));
  std::vector<Request> first;
  while (auto request = asked.ask()) first.push_back(*request);
  ASSERT_EQ(first.size(), 10 * kIslands);
  for (const Birth birth : {1, 2, 5}) asked.tell(first[birth], 100.0 + static_cast<double>(birth));
  Drive<Islands> silent = asked;
  ASSERT_FALSE(asked.ask().has_value()) << "the first island has nobody yet";
  for (Drive<Islands>* drive : {&asked, &silent}) drive->tell(first[0], 1.0);
  for (Birth birth = 4; birth < 40; ++birth) {
    const auto one = asked.ask(), other = silent.ask();
    ASSERT_TRUE(one && other);
    EXPECT_EQ(one->recipe.first_parent, other->recipe.first_parent);
    if (birth == 5) continue;
    for (Drive<Islands>* drive : {&asked, &silent}) drive->tell(first[birth], 2.0);
  }
}

// Only the first island has a good candidate; its fitness is what tells its copies.
TEST(Islands, TheBestGoesRoundTheRingOneStepAtATime) {
  for (const IslandAlgorithm& each : {aging(), elitist()}) {
    const std::uint64_t every = 400;
    Drive<Islands> drive(islands(each, every));
    // The best is kept on its island by being found there again.
    const auto fitness = [](Birth birth) { return island_of(birth) == 0 ? 100.0 : 0.0; };
    std::map<std::uint64_t, std::set<std::uint64_t>> sources;  // of an island's parents
    for (Birth i = 0; i < 4 * every; ++i) {
      const Request request = *drive.ask();
      if (request.recipe.kind != Recipe::Kind::kRandom)
        sources[island_of(i)].insert(island_of(request.recipe.first_parent));
      drive.tell(request, fitness(i));
      if (i + 1 == every) {
        for (const auto& one : sources) EXPECT_EQ(one.second.size(), 1u) << "before a migration";
      }
    }
    // From the island before, or further back by way of a migrant that travelled on.
    EXPECT_EQ(sources[1].count(0), 1u);
    EXPECT_EQ(sources[0].count(0), 1u);
    EXPECT_EQ(sources[0].count(1), 0u) << "against the ring";
    for (std::uint64_t i = 0; i < kIslands; ++i) EXPECT_EQ(sources[i].count(i), 1u);
  }
}

TEST(Islands, AMigrantIsAParentAtOnceAndLineageIsValid) {
  for (const auto migration :
       {IslandsSettings::Migration::kRing, IslandsSettings::Migration::kRandom})
    for (const IslandAlgorithm& each : {aging(), elitist()}) {
      Drive<Islands> drive(islands(each, 100, migration));
      std::set<Birth> told;
      std::set<std::pair<std::uint64_t, std::uint64_t>> ways;  // from island, to island
      for (Birth i = 0; i < 4000; ++i) {
        const Request request = *drive.ask();
        const Birth parent = request.recipe.first_parent;
        if (request.recipe.kind != Recipe::Kind::kRandom) {
          EXPECT_EQ(told.count(parent), 1u) << "a parent was bred and told before";
          ways.insert({island_of(parent), island_of(i)});
        }
        // It goes on rising, so that each island has its turn in having the best.
        drive.tell(request, static_cast<double>(i + i * 7919 % 997));
        told.insert(i);
      }
      std::size_t foreign = 0;
      for (const auto& way : ways) foreign += way.first != way.second;
      // The ring: to the next island (migrants may go on from there); at random: to any.
      if (migration == IslandsSettings::Migration::kRandom) {
        EXPECT_EQ(foreign, 12u);
      }
      for (std::uint64_t from = 0; from < kIslands; ++from)
        EXPECT_EQ(ways.count({from, (from + 1) % kIslands}), 1u);
    }
}

// One candidate stays the best of all; every migration offers it again to islands that have it.
TEST(Islands, ASecondCopyOfAMigrantIsNotLetIn) {
  Drive<Islands> drive(islands(elitist(), 40));
  for (Birth i = 0; i < 2000; ++i) drive.tell(*drive.ask(), i == 1 ? 1e6 : static_cast<double>(i));
  std::map<std::uint64_t, std::set<Birth>> parents;
  for (int i = 0; i < 2000; ++i) {
    const Request request = *drive.ask();
    parents[island_of(request.birth)].insert(request.recipe.first_parent);
  }
  for (const auto& one : parents) {
    EXPECT_EQ(one.second.count(1), 1u) << "island " << one.first;
    EXPECT_EQ(one.second.size(), 10u) << "island " << one.first;
  }
}

// With one tell less no one has migrated; with it, the neighbour's best is there.
TEST(Islands, MigrationComesAfterSoManyBirths) {
  Drive<Islands> drive(islands(elitist(), 60));
  for (Birth i = 0; i < 59; ++i) drive.tell(*drive.ask(), i == 41 ? 1000 : 0);
  const auto parents_on_island_2 = [](Drive<Islands> copy) {
    std::set<Birth> parents;
    for (int i = 0; i < 1000; ++i) {
      const Request request = *copy.ask();
      if (island_of(request.birth) == 2) parents.insert(request.recipe.first_parent);
    }
    return parents;
  };
  EXPECT_EQ(parents_on_island_2(drive).count(41), 0u);
  drive.tell(*drive.ask(), 0);
  // 41 was told after the first population and is a parent once its island selected.
  EXPECT_EQ(parents_on_island_2(drive).count(41), 1u);
}

}  // namespace
}  // namespace equivolve::search
