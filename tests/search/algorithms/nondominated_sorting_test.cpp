#include "search/algorithms/nondominated_sorting.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "search/algorithms/outcome_order.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<const Outcome*> pointers(const std::vector<Outcome>& outcomes) {
  std::vector<const Outcome*> all;
  for (const Outcome& one : outcomes) all.push_back(&one);
  return all;
}

Outcome outcome(std::vector<double> objectives, double violation = 0) {
  Outcome out;
  out.ranked = true;
  out.objectives = std::move(objectives);
  out.violation = violation;
  return out;
}

/// By the definition: a front is what nothing that is left dominates.
std::vector<Front> fronts_by_force(const std::vector<Outcome>& outcomes) {
  std::vector<Front> fronts;
  std::vector<bool> taken(outcomes.size());
  for (std::size_t left = outcomes.size(); left > 0;) {
    Front front;
    for (std::uint32_t i = 0; i < outcomes.size(); ++i) {
      bool dominated = taken[i];
      for (std::size_t j = 0; j < outcomes.size(); ++j)
        dominated = dominated || (!taken[j] && dominates(outcomes[j], outcomes[i]));
      if (!dominated) front.push_back(i);
    }
    for (const std::uint32_t i : front) taken[i] = true;
    left -= front.size();
    fronts.push_back(std::move(front));
  }
  return fronts;
}

TEST(NondominatedSorting, KnownAnswer) {
  const std::vector<Outcome> outcomes{
      outcome({1, 5}), outcome({2, 4}),    outcome({2, 4}),    outcome({1, 4}),
      outcome({0, 0}), outcome({5, 1}),    outcome({9, 9}, 2), outcome({0, 0}, 0.5),
      Outcome{},       outcome({3, 3}, 2), Outcome{}};
  const auto fronts = nondominated_fronts(pointers(outcomes));
  const std::vector<Front> expected{{0, 1, 2, 5}, {3}, {4}, {7}, {6, 9}, {8, 10}};
  EXPECT_EQ(fronts, expected);
  EXPECT_TRUE(nondominated_fronts({}).empty());
}

TEST(NondominatedSorting, AgreesWithTheDefinition) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Stream stream(seed, Purpose::kTest, 2);
    const std::size_t objectives = 1 + seed % 5;
    // Few values: many ties and duplicates. Many: hardly any.
    const std::uint64_t values = seed % 2 == 0 ? 4 : 1000;
    const double infeasible = seed % 3 == 0 ? 0.3 : 0, unranked = seed % 7 == 0 ? 0.2 : 0;
    std::vector<Outcome> outcomes;
    for (std::uint64_t i = 0, n = stream.below(80); i < n; ++i) {
      Outcome one;
      one.ranked = !stream.chance(unranked);
      for (std::size_t k = 0; one.ranked && k < objectives; ++k)
        one.objectives.push_back(static_cast<double>(stream.below(values)));
      if (stream.chance(infeasible)) one.violation = 1 + static_cast<double>(stream.below(3));
      outcomes.push_back(std::move(one));
    }
    EXPECT_EQ(nondominated_fronts(pointers(outcomes)), fronts_by_force(outcomes)) << seed;
  }
}

TEST(CrowdingDistance, KnownAnswer) {
  // On a line: the distances of the neighbours, each objective over its range of 10.
  const std::vector<Outcome> outcomes{outcome({0, 10}), outcome({10, 0}), outcome({1, 7}),
                                      outcome({4, 5})};
  const auto distances = crowding_distances(pointers(outcomes), {0, 1, 2, 3});
  EXPECT_EQ(distances[0], kInfinity);
  EXPECT_EQ(distances[1], kInfinity);
  EXPECT_DOUBLE_EQ(distances[2], (4.0 - 0) / 10 + (10.0 - 5) / 10);
  EXPECT_DOUBLE_EQ(distances[3], (10.0 - 1) / 10 + (7.0 - 0) / 10);
  // Members alone count, in the front's order.
  EXPECT_EQ(crowding_distances(pointers(outcomes), {0, 1, 3})[2], 2.0);
}

TEST(CrowdingDistance, WhereNothingDiffers) {
  const std::vector<Outcome> outcomes{outcome({1, 1}), outcome({1, 1}), outcome({1, 1}), Outcome{}};
  const auto distances = crowding_distances(pointers(outcomes), {0, 1, 2});
  EXPECT_EQ(distances[1], 0);  // the first and the last are the ends
  EXPECT_EQ(crowding_distances(pointers(outcomes), {3}), std::vector<double>{0});
  EXPECT_TRUE(crowding_distances(pointers(outcomes), {}).empty());
}

TEST(CrowdingDistance, AgreesWithTheDefinition) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Stream stream(seed, Purpose::kTest, 3);
    const std::size_t objectives = 1 + seed % 4;
    std::vector<Outcome> outcomes;
    Front front;
    for (std::uint32_t i = 0; i < 30; ++i) {
      outcomes.push_back(outcome({}));
      for (std::size_t k = 0; k < objectives; ++k)
        outcomes.back().objectives.push_back(stream.uniform());
      front.push_back(i);
    }
    const auto distances = crowding_distances(pointers(outcomes), front);
    for (std::uint32_t i = 0; i < 30; ++i) {
      // All values differ: the neighbours are the nearest below and above.
      double expected = 0;
      for (std::size_t k = 0; k < objectives; ++k) {
        double below = -kInfinity, above = kInfinity, least = 1, most = 0;
        const double mine = outcomes[i].objectives[k];
        for (const Outcome& one : outcomes) {
          const double v = one.objectives[k];
          if (v < mine) below = std::max(below, v);
          if (v > mine) above = std::min(above, v);
          least = std::min(least, v);
          most = std::max(most, v);
        }
        expected += (above - below) / (most - least);
      }
      if (expected == kInfinity)
        EXPECT_EQ(distances[i], kInfinity);
      else
        EXPECT_NEAR(distances[i], expected, 1e-12);
    }
  }
}

}  // namespace
}  // namespace equivolve::search
