#include "search/algorithms/grid.hpp"

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
using ::testing::DoubleEq;
using ::testing::ElementsAre;

/// All points, each in the space; at most 10^5.
std::vector<Genome> points_of(const ConfigurationSpace& space, std::uint32_t points = 3) {
  test::ModelSearch search(Grid(test::shared(space), {points}), space,
                           [](const Genome&) { return test::worth(0); });
  for (int i = 0; i < 100'000 && search.step();) ++i;
  for (const Genome& genome : search.told) {
    const auto checked = check_genome(genome.flat, space);
    EXPECT_TRUE(checked) << checked.error().message;
  }
  EXPECT_FALSE(search.step());
  return search.told;
}

std::set<std::string> texts_of(const std::vector<Genome>& genomes,
                               const ConfigurationSpace& space) {
  std::set<std::string> texts;
  for (const Genome& genome : genomes) texts.insert(genome_text(genome.flat, space));
  return texts;
}

/// Every product of values, made a configuration by leaving out what is inactive.
void enumerate(const ConfigurationSpace& space, std::size_t at, ConfigurationDraft& draft,
               std::set<std::string>& out) {
  if (at == space.parameters.size()) {
    if (!met_combination(space, draft.values()))
      out.insert(genome_text(draft.genome().flat, space));
    return;
  }
  const Parameter& p = space.parameters[at];
  for (double i = 0; i < value_count(p); ++i) {
    if (draft.open(at)) draft.set(at, value_at(p, i));
    enumerate(space, at + 1, draft, out);
  }
}

TEST(Grid, HasEveryAllowedConfigurationOnce) {
  std::size_t spaces = 0, conditional = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    hashing::Stream stream(41, hashing::Purpose::kTest, i);
    test::Draft drawn = test::random_draft(stream);
    const auto space = make_configuration_space(drawn.parameters, drawn.forbidden);
    if (!space) continue;
    ++spaces;
    for (const Parameter& p : space->parameters) conditional += p.when.empty() ? 0 : 1;
    std::set<std::string> all;
    ConfigurationDraft draft(*space);
    enumerate(*space, 0, draft, all);
    const auto found = points_of(*space);
    EXPECT_EQ(texts_of(found, *space), all) << "draft " << i;
    EXPECT_EQ(found.size(), all.size()) << "draft " << i;
  }
  EXPECT_GT(spaces, 150u);
  EXPECT_GT(conditional, 150u);
}

TEST(Grid, TheLastParameterChangesFastest) {
  const auto space = test::made({choice("kind", {"a", "b"}), integer("n", 1, 5, false, 2)});
  std::vector<std::vector<double>> found;
  for (const Genome& genome : points_of(space)) found.push_back(test::numbers(genome, space));
  EXPECT_THAT(found, ElementsAre(ElementsAre(0, 1), ElementsAre(0, 3), ElementsAre(0, 5),
                                 ElementsAre(1, 1), ElementsAre(1, 3), ElementsAre(1, 5)));
}

TEST(Grid, ItsSizeIsKnownWithoutWalkingIt) {
  const auto space = test::made({choice("kind", {"a", "b"}), integer("n", 1, 5, false, 2),
                                 number("lr", 1e-4, 1, true), boolean("b")});
  EXPECT_EQ(most_grid_points(space, {5}), static_cast<double>(points_of(space, 5).size()));
  EXPECT_EQ(most_grid_points(space, {5}), 2 * 3 * 5 * 2);
  std::vector<Parameter> many(60, boolean("b"));
  for (std::size_t i = 0; i < many.size(); ++i) many[i].name = "b" + std::to_string(i);
  EXPECT_EQ(most_grid_points(test::made(many), {1}), std::pow(2.0, 60));
}

TEST(Grid, FloatsHavePointsOnTheirScaleWithBothEnds) {
  const auto values = [](const ConfigurationSpace& space, std::uint32_t points) {
    std::vector<double> out;
    for (const Genome& genome : points_of(space, points))
      out.push_back(test::numbers(genome, space)[0]);
    return out;
  };
  const auto log = test::made({number("lr", 1e-4, 1, true)});
  const std::vector<double> five = values(log, 5);
  ASSERT_EQ(five.size(), 5u);
  EXPECT_EQ(five.front(), 1e-4);
  EXPECT_EQ(five.back(), 1);
  for (int i = 1; i < 4; ++i) EXPECT_NEAR(five[i] / five[i - 1], 10, 1e-9);
  EXPECT_THAT(values(test::made({number("x", -1, 3)}), 3), ElementsAre(-1, 1, 3));
  EXPECT_THAT(values(test::made({number("x", -1, 3)}), 1), ElementsAre(1));
  EXPECT_THAT(values(test::made({number("x", 0, 0.5, false, 0.1)}), 2),
              ElementsAre(0, 0.1, 0.2, 0.3, 0.4, 0.5));
  EXPECT_THAT(values(test::made({number("x", 2.5, 2.5)}), 7), ElementsAre(2.5));
}

// Between these ends there is one number only.
TEST(Grid, NoPointComesTwiceWhereNumbersRunOut) {
  const double low = 1, high = std::nextafter(std::nextafter(1.0, 2), 2);
  EXPECT_EQ(points_of(test::made({number("x", low, high)}), 50).size(), 3u);
}

// 2^60 points are forbidden by what the first two parameters are.
TEST(Grid, PassesOverWhatIsForbiddenAtOnce) {
  std::vector<Parameter> parameters{boolean("a"), boolean("b")};
  for (int i = 0; i < 60; ++i) parameters.push_back(boolean("p" + std::to_string(i)));
  const auto space = test::made(parameters, {{one_of(0, {0}), one_of(1, {0})}, {one_of(0, {0})}});
  test::ModelSearch search(Grid(test::shared(space), {}), space,
                           [](const Genome&) { return test::worth(0); });
  ASSERT_TRUE(search.step());
  EXPECT_EQ(test::numbers(search.told[0], space)[0], 1);
}

TEST(Grid, GoesOnAlikeInACopyAndWhateverIsTold) {
  const ConfigurationSpace space = test::rich_space();
  test::ModelSearch one(
      Grid(test::shared(space), {4}), space, [](const Genome&) { return test::worth(1); }, 1, 8);
  for (int i = 0; i < 100; ++i) one.step();
  test::ModelSearch copy = one, other(
                                    Grid(test::shared(space), {4}), space,
                                    [](const Genome&) { return test::failed(); }, 9, 3);
  for (int i = 0; i < 100; ++i) one.step(), copy.step();
  for (int i = 0; i < 200; ++i) other.step();
  EXPECT_EQ(one.told, copy.told);
  EXPECT_EQ(one.told, other.told);
  EXPECT_THAT(one.ops, ::testing::Each(Operator::kGridPoint));
}

TEST(Grid, ASpaceWithoutParametersHasOnePoint) {
  EXPECT_EQ(points_of(ConfigurationSpace{}).size(), 1u);
}

}  // namespace
}  // namespace equivolve::search
