#include "search/algorithms/map_elites.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "tests/search/support/configurations.hpp"
#include "tests/search/support/search_loop.hpp"

namespace equivolve::search {
namespace {

using test::Drive;
using test::SearchLoop;
using test::Told;

MapElitesSettings grid() {
  MapElitesSettings s;
  s.descriptors = {{0, 1, 10}, {-5, 5, 4}};
  s.population_size = 5;
  return s;
}

Outcome outcome(double fitness, std::vector<double> descriptors, double violation = 0) {
  Outcome out;
  out.ranked = true;
  out.objectives = {fitness};
  out.descriptors = std::move(descriptors);
  out.violation = violation;
  return out;
}

TEST(MapElites, CellsAreCountedRowByRow) {
  const MapElites algorithm(grid());
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(algorithm.cell_of({0, -5}), 0u);
  EXPECT_EQ(algorithm.cell_of({0, -2.5}), 1u);  // a lower end belongs to its cell
  EXPECT_EQ(algorithm.cell_of({0.999, 4.9}), 39u);
  EXPECT_EQ(algorithm.cell_of({1, 5}), 39u);  // and the last upper end
  EXPECT_EQ(algorithm.cell_of({-7, 1e300}), 3u);
  EXPECT_EQ(algorithm.cell_of({kInfinity, -kInfinity}), 36u);
  EXPECT_EQ(algorithm.cell_of({std::nan(""), 0}), std::nullopt);
  EXPECT_EQ(algorithm.cell_of({0.5}), std::nullopt);
}

TEST(MapElites, KeepsTheBestOfEachCell) {
  Drive<MapElites> drive{MapElites(grid())};
  drive.tell(*drive.ask(), outcome(1, {0.05, 0}));
  drive.tell(*drive.ask(), outcome(5, {0.55, 0}));
  drive.tell(*drive.ask(), outcome(2, {0.05, 0}));     // better than birth 0
  drive.tell(*drive.ask(), outcome(2, {0.05, 0}));     // as good: does not replace
  drive.tell(*drive.ask(), outcome(9, {0.05, 0}, 1));  // infeasible
  drive.tell(*drive.ask(), 0, false);                  // unranked
  const auto& elites = drive.algorithm().elites();
  ASSERT_EQ(elites.size(), 2u);
  EXPECT_EQ(elites[0].member.birth, 2u);
  EXPECT_EQ(elites[1].member.birth, 1u);
}

TEST(MapElites, GoesOnAtRandomWhileNoCellIsFilled) {
  Drive<MapElites> drive{MapElites(grid())};
  std::vector<Request> asked;
  for (int i = 0; i < 20; ++i) asked.push_back(*drive.ask());
  for (const Request& request : asked) EXPECT_EQ(request.recipe.kind, Recipe::Kind::kRandom);
  drive.tell(asked[7], outcome(0, {0, 0}));
  EXPECT_EQ(drive.ask()->recipe.first_parent, 7u);
}

TEST(MapElites, ParentsAreDrawnFromAllCellsAlike) {
  Drive<MapElites> drive{MapElites(grid())};
  for (int i = 0; i < 10; ++i) drive.tell(*drive.ask(), outcome(1000 * i, {i / 10.0 + 0.01, 0}));
  const int n = 10'000;
  std::map<Birth, int> drawn;
  for (int i = 0; i < n; ++i) ++drawn[drive.ask()->recipe.first_parent];
  // Births 5 and up were bred while the grid filled; each has a cell of its own.
  ASSERT_EQ(drawn.size(), 10u);
  for (const auto& one : drawn) EXPECT_NEAR(one.second, n * 0.1, 5 * std::sqrt(n * 0.09));
}

// Two numbers are the descriptors themselves and the fitness falls with a third: every cell can be
// filled, and its elite is told by brute force over all that was told.
TEST(MapElites, FillsTheGridAndKeepsElites) {
  const auto space =
      test::made({test::number("x", 0, 1), test::number("y", 0, 1), test::number("z", 0, 1)});
  const auto judge = [&space](const Genome& genome) {
    const auto values = view_configuration(genome.flat, space);
    return outcome(-values[2].number, {values[0].number, values[1].number});
  };
  MapElitesSettings s;
  s.descriptors = {{0, 1, 10}, {0, 1, 10}};
  s.population_size = 50;
  SearchLoop loop(Searcher(MapElites(s), std::make_shared<const Space>(space), 1), 16, judge);
  MapElites replayed(s);
  std::map<std::uint64_t, double> best;
  for (const Told& one : loop.run(4000)) {
    replayed.tell(one.request, one.candidate, one.outcome);
    const auto cell = *replayed.cell_of(one.outcome.descriptors);
    const double fitness = one.outcome.objectives[0];
    const auto place = best.try_emplace(cell, fitness);
    place.first->second = std::max(place.first->second, fitness);
  }
  EXPECT_EQ(best.size(), 100u);
  ASSERT_EQ(replayed.elites().size(), best.size());
  for (const MapElites::Elite& elite : replayed.elites()) {
    EXPECT_EQ(elite.member.score.fitness, best[elite.cell]);
    EXPECT_GT(elite.member.score.fitness, -0.2);  // of 4,000 at random, 40 a cell: about -1/41
  }
}

}  // namespace
}  // namespace equivolve::search
