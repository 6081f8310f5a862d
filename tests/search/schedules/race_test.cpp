#include "search/schedules/race.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "hashing/stream.hpp"

namespace equivolve::search {
namespace {

std::vector<Outcome> repeats(const std::vector<std::vector<double>>& values) {
  std::vector<Outcome> all;
  for (const auto& objectives : values) {
    Outcome one;
    one.ranked = true;
    one.objectives = objectives;
    all.push_back(one);
  }
  return all;
}

void end(Race& race, const std::vector<std::vector<double>>& values) {
  const auto all = repeats(values);
  race.end(all, mean_of(all));
}

TEST(Student, AgreesWithPublishedTables) {
  // 95 % points of Student's t, NIST/SEMATECH e-Handbook 1.3.6.7.2.
  for (const auto& [n, t] :
       {std::pair{10.0, 1.812}, {15.0, 1.753}, {20.0, 1.725}, {30.0, 1.697}, {100.0, 1.660}})
    EXPECT_NEAR(student_95(n), t, 0.002) << n;
}

TEST(MeanOf, AveragesEverythingThatIsANumber) {
  auto two = repeats({{1, 4}, {3, 8}});
  two[0].violation = 1;
  two[1].descriptors = two[0].descriptors = {2};
  two[0].figures = {1, 2, 3};
  two[1].figures = {3, 2, 5};
  const Outcome mean = mean_of(two);
  EXPECT_TRUE(mean.ranked);
  EXPECT_EQ(mean.objectives, (std::vector<double>{2, 6}));
  EXPECT_EQ(mean.violation, 0.5);
  EXPECT_EQ(mean.descriptors, (std::vector<double>{2}));
  EXPECT_EQ(mean.figures, (std::vector<double>{2, 2, 4}));
  two[1] = Outcome();
  EXPECT_FALSE(mean_of(two).ranked);
}

TEST(Race, NobodyIsGivenUpBeforeTheSpreadIsKnown) {
  Race race(5);
  EXPECT_TRUE(race.may_still_win(repeats({{-100}})));
  end(race, {{1}, {1.1}, {0.9}, {1}, {1}});
  EXPECT_TRUE(race.may_still_win(repeats({{-100}})));  // 4 degrees of freedom
  end(race, {{1}, {1.1}, {0.9}, {1}, {1}});
  EXPECT_TRUE(race.may_still_win(repeats({{-100}})));  // 8
  end(race, {{0}, {0.1}, {-0.1}, {0}, {0}});
  EXPECT_FALSE(race.may_still_win(repeats({{-100}})));
}

TEST(Race, TheBoundIsThePublishedOne) {
  Race race(3);
  // Variance 1 in each of eight, which are 16 degrees of freedom; the best mean is 10.
  for (double mean = 3; mean <= 10; ++mean) end(race, {{mean - 1}, {mean}, {mean + 1}});
  const double t = student_95(16);
  const double one = 10 - t * std::sqrt(1.0 + 1.0 / 3), two = 10 - t * std::sqrt(0.5 + 1.0 / 3);
  EXPECT_TRUE(race.may_still_win(repeats({{one + 1e-6}})));
  EXPECT_FALSE(race.may_still_win(repeats({{one - 1e-6}})));
  EXPECT_TRUE(race.may_still_win(repeats({{two + 1e-6}, {two + 1e-6}})));
  EXPECT_FALSE(race.may_still_win(repeats({{two - 1e-6}, {two - 1e-6}})));
  EXPECT_FALSE(race.may_still_win(repeats({{99}, {99}, {99}})));  // it has them all
}

TEST(Race, WithoutNoiseOnlyTheBetterGoesOn) {
  Race race(2);
  for (int i = 0; i < 10; ++i) end(race, {{5}, {5}});
  EXPECT_FALSE(race.may_still_win(repeats({{5}})));
  EXPECT_TRUE(race.may_still_win(repeats({{5.001}})));
}

TEST(Race, OfSeveralObjectivesTheUndominatedGoOn) {
  Race race(2);
  for (int i = 0; i < 6; ++i) end(race, {{0, 9}, {0, 9}});
  for (int i = 0; i < 6; ++i) end(race, {{9, 0}, {9, 0}});
  EXPECT_TRUE(race.may_still_win(repeats({{1, 8}})));
  EXPECT_FALSE(race.may_still_win(repeats({{-1, 8}})));
  EXPECT_FALSE(race.may_still_win(repeats({{9, -1}})));
  EXPECT_FALSE(race.may_still_win(repeats({{9, 0}})));
}

TEST(Race, ABehaviourThatComesAgainPushesNobodyOut) {
  Race race(2);
  for (int i = 0; i < 6; ++i) end(race, {{9, 0}, {9, 0}});
  for (std::size_t i = 0; i < 2 * Race::kIncumbents; ++i) end(race, {{0, 9}, {0, 9}});
  EXPECT_FALSE(race.may_still_win(repeats({{8, -1}})));
}

// A thousand candidates of one worth: 5 % at most of those that are as good as the incumbent are
// given up after one trial, where the incumbent's mean is not a lucky one.
TEST(Race, SeldomGivesUpOneThatIsAsGood) {
  hashing::Stream stream(8, hashing::Purpose::kTest, 0);
  Race race(8);
  for (int i = 0; i < 200; ++i) {
    std::vector<std::vector<double>> values;
    for (int r = 0; r < 8; ++r) values.push_back({-3 + stream.gaussian()});
    end(race, values);
  }
  end(race, {{-1}, {1}, {-1}, {1}, {-1}, {1}, {-1}, {1}});  // mean 0, the best by far
  int given_up = 0;
  for (int i = 0; i < 2000; ++i)
    given_up += race.may_still_win(repeats({{stream.gaussian()}})) ? 0 : 1;
  EXPECT_LT(given_up, 100);
  EXPECT_GT(given_up, 20);
}

}  // namespace
}  // namespace equivolve::search
