#include "search/algorithms/nsga2.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/search/support/configurations.hpp"
#include "tests/search/support/hypervolume.hpp"
#include "tests/search/support/search_loop.hpp"

namespace equivolve::search {
namespace {

using test::Drive;
using test::MultiProblem;
using test::Point;
using test::SearchLoop;
using test::Told;

Outcome outcome(std::vector<double> objectives, double violation = 0) {
  Outcome out;
  out.ranked = true;
  out.objectives = std::move(objectives);
  out.violation = violation;
  return out;
}

Nsga2Settings small(std::uint32_t population_size) {
  Nsga2Settings s;
  s.population_size = population_size;
  return s;
}

std::set<Birth> survivors(const Drive<Nsga2>& drive) {
  std::set<Birth> births;
  for (const auto& one : drive.algorithm().parents()) births.insert(one.birth);
  return births;
}

TEST(Hypervolume, KnownAnswers) {
  EXPECT_DOUBLE_EQ(test::hypervolume({{0, 0}}, {1, 2}), 2);
  EXPECT_DOUBLE_EQ(test::hypervolume({{0.5, 0}, {0, 0.5}, {0.6, 0.6}, {-1, 3}}, {1, 1}), 0.75);
  EXPECT_DOUBLE_EQ(test::hypervolume({{0, 0, 0}}, {1, 2, 3}), 6);
  EXPECT_DOUBLE_EQ(test::hypervolume({{0, 0, 0.5}, {0.5, 0.5, 0}, {0, 0, 2}}, {1, 1, 1}),
                   0.5 + 0.125);
}

TEST(Nsga2, WaitsForTheFirstPopulationOnly) {
  Drive<Nsga2> drive{Nsga2(small(4))};
  std::vector<Request> first;
  for (int i = 0; i < 4; ++i) first.push_back(*drive.ask());
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(drive.ask());
    drive.tell(first[i], outcome({1.0 * i, -1.0 * i}));
  }
  // From here on nothing is waited for, however much is in flight.
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(drive.ask()->recipe.first);
}

TEST(Nsga2, FrontsLiveOnThenTheLeastCrowded) {
  Drive<Nsga2> drive{Nsga2(small(4))};
  for (const auto& point : {Point{0, 10}, {10, 0}, {-1, -1}, {-2, -2}})
    drive.tell(*drive.ask(), outcome(point));
  EXPECT_EQ(survivors(drive), (std::set<Birth>{0, 1, 2, 3}));
  // Children 4 to 7 join births 0 and 1 in the first front. Their distances: 0.65, 0.85, 0.5, 0.95.
  for (const auto& point : {Point{1, 9}, {1.5, 5}, {5, 4.5}, {5.5, 4}})
    drive.tell(*drive.ask(), outcome(point));
  EXPECT_EQ(survivors(drive), (std::set<Birth>{0, 1, 5, 7}));
  std::size_t first_front = 0;
  for (const auto& one : drive.algorithm().parents()) first_front += one.front == 0;
  EXPECT_EQ(first_front, 4u);
}

TEST(Nsga2, InfeasibleOnesLiveByViolation) {
  Drive<Nsga2> drive{Nsga2(small(3))};
  drive.tell(*drive.ask(), outcome({9, 9}, 5));
  drive.tell(*drive.ask(), outcome({1, 1}, 1));
  drive.tell(*drive.ask(), 0, false);
  drive.tell(*drive.ask(), outcome({5, 5}, 3));
  drive.tell(*drive.ask(), outcome({-7, -7}));
  drive.tell(*drive.ask(), 0, false);
  EXPECT_EQ(survivors(drive), (std::set<Birth>{1, 3, 4}));
}

// ---- on published problems

test::SearchLoop::Judge judge_of(const MultiProblem& problem, std::shared_ptr<const Space> space) {
  return [&problem, space](const Genome& genome) {
    const auto values = view_configuration(genome.flat, std::get<ConfigurationSpace>(*space));
    std::vector<double> x;
    for (const auto& value : values) x.push_back(value.number);
    Outcome out;
    out.ranked = true;
    for (const double objective : problem.objectives(x)) out.objectives.push_back(-objective);
    return out;
  };
}

std::shared_ptr<const Space> unit_cube(std::size_t parameters) {
  std::vector<Parameter> all;
  for (std::size_t i = 0; i < parameters; ++i)
    all.push_back(test::number("x" + std::to_string(i), 0, 1));
  return std::make_shared<const Space>(test::made(std::move(all)));
}

/// Of the last population's first front, normalised.
double reached(const MultiProblem& problem, std::size_t evaluations, std::uint64_t seed,
               std::size_t lookahead) {
  const auto space = unit_cube(problem.parameters);
  const Nsga2Settings settings;
  SearchLoop loop(Searcher(Nsga2(settings), space, seed), lookahead, judge_of(problem, space));
  Nsga2 replayed(settings);
  for (const Told& one : loop.run(evaluations))
    replayed.tell(one.request, one.candidate, one.outcome);
  std::vector<Point> points;
  for (const auto& one : replayed.parents()) {
    Point p;
    for (std::size_t k = 0; k < problem.best.size(); ++k)
      p.push_back((-one.outcome.objectives[k] - problem.best[k]) /
                  (problem.worst[k] - problem.best[k]));
    points.push_back(std::move(p));
  }
  return test::hypervolume(points, Point(problem.best.size(), 1.0));
}

// Population 100, 25,000 evaluations, as such problems are published with; benchmarks/nsga2.cpp has
// more seeds. Three objectives spread by more from seed to seed (2 % at DTLZ2).
TEST(Nsga2, ReachesWhatItIsPublishedWith) {
  for (const MultiProblem& problem : test::multi_problems()) {
    const double volume = reached(problem, 25'000, 1, 16);
    RecordProperty(problem.name, std::to_string(volume));
    EXPECT_GT(volume, (problem.best.size() == 2 ? 0.99 : 0.95) * problem.nsga2) << problem.name;
    EXPECT_LT(volume, problem.front) << problem.name;
  }
}

}  // namespace
}  // namespace equivolve::search
