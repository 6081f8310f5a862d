#include "search/algorithms/mu_plus_lambda.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/search/support/search_loop.hpp"

namespace equivolve::search {
namespace {

using test::Drive;

MuPlusLambdaSettings small() {
  MuPlusLambdaSettings s;
  s.population_size = 5;
  s.children = 3;
  return s;
}

// Who can be a parent, seen in many children that are never told.
std::set<Birth> parents_of(Drive<MuPlusLambda> drive) {
  std::set<Birth> parents;
  for (int i = 0; i < 500; ++i) parents.insert(drive.ask()->recipe.first_parent);
  return parents;
}

using ::testing::ElementsAre;

TEST(MuPlusLambda, StartsWithRandomCandidatesThenWaits) {
  Drive<MuPlusLambda> drive{MuPlusLambda(small())};
  std::vector<Request> first;
  for (int i = 0; i < 5; ++i) first.push_back(*drive.ask());
  EXPECT_FALSE(drive.ask());
  drive.tell(first[2], 1);
  EXPECT_EQ(drive.ask()->recipe.first_parent, 2u);
}

TEST(MuPlusLambda, TheBestOfParentsAndChildrenLiveOn) {
  Drive<MuPlusLambda> drive{MuPlusLambda(small())};
  for (int i = 0; i < 5; ++i) drive.tell(*drive.ask(), i);  // births 0 .. 4, fitness 0 .. 4
  EXPECT_THAT(parents_of(drive), ElementsAre(0u, 1u, 2u, 3u, 4u));
  drive.tell(*drive.ask(), 2.5);  // birth 5
  drive.tell(*drive.ask(), 10);   // birth 6
  EXPECT_THAT(parents_of(drive), ElementsAre(0u, 1u, 2u, 3u, 4u)) << "before the third child";
  drive.tell(*drive.ask(), -1);  // birth 7
  EXPECT_THAT(parents_of(drive), ElementsAre(2u, 3u, 4u, 5u, 6u));
}

TEST(MuPlusLambda, OfEqualsTheYoungerLives) {
  Drive<MuPlusLambda> drive{MuPlusLambda(small())};
  for (int i = 0; i < 8; ++i) drive.tell(*drive.ask(), 1);
  EXPECT_THAT(parents_of(drive), ElementsAre(3u, 4u, 5u, 6u, 7u));
}

// Against sorting everything that was told in one generation after the other.
TEST(MuPlusLambda, SelectsAsSortingDoes) {
  MuPlusLambdaSettings s = small();
  s.population_size = 20;
  for (const std::uint32_t children : {1u, 7u, 20u, 50u}) {
    s.children = children;
    Drive<MuPlusLambda> drive{MuPlusLambda(s)};
    hashing::Stream stream(children, hashing::Purpose::kTest, 0);
    std::vector<std::pair<double, Birth>> all;  // larger is better in both
    for (std::uint32_t i = 0; i < 20 + 10 * children; ++i) {
      const Request request = *drive.ask();
      const double fitness = static_cast<double>(stream.below(50));
      drive.tell(request, fitness);
      all.push_back({fitness, request.birth});
      if (i < 19 || (i - 19) % children != 0) continue;
      std::sort(all.rbegin(), all.rend());
      all.resize(20);
      std::set<Birth> expected;
      for (const auto& one : all) expected.insert(one.second);
      ASSERT_EQ(parents_of(drive), expected) << children << " " << i;
    }
  }
}

TEST(MuPlusLambda, TournamentsPreferTheBetter) {
  MuPlusLambdaSettings s = small();
  s.tournament_size = 2;
  s.population_size = 10;
  Drive<MuPlusLambda> drive{MuPlusLambda(s)};
  for (int i = 0; i < 10; ++i) drive.tell(*drive.ask(), i);
  const int n = 10'000;
  int best = 0, worst = 0;
  for (int i = 0; i < n; ++i) {
    const Birth parent = drive.ask()->recipe.first_parent;
    best += parent == 9;
    worst += parent == 0;
  }
  // The best of two draws from ten: rank r with probability (2 r - 1) / 100.
  EXPECT_NEAR(best, n * 0.19, 5 * std::sqrt(n * 0.19 * 0.81));
  EXPECT_NEAR(worst, n * 0.01, 5 * std::sqrt(n * 0.01 * 0.99));
}

TEST(MuPlusLambda, StartsAnewWithoutProgress) {
  MuPlusLambdaSettings s = small();
  s.restart_after = 10;
  Drive<MuPlusLambda> drive{MuPlusLambda(s)};
  for (int i = 0; i < 5; ++i) drive.tell(*drive.ask(), 1);
  const Request old = *drive.ask();
  for (int i = 0; i < 6; ++i) drive.tell(*drive.ask(), 1);
  const Request fresh = *drive.ask();
  EXPECT_EQ(fresh.recipe.kind, Recipe::Kind::kRandom);
  drive.tell(old, 1000);
  for (int i = 0; i < 4; ++i) drive.tell(*drive.ask(), 0);
  EXPECT_EQ(parents_of(drive).count(old.birth), 0u);
}

}  // namespace
}  // namespace equivolve::search
