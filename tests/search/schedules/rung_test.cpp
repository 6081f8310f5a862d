#include "search/schedules/rung.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "hashing/stream.hpp"
#include "search/algorithms/nondominated_sorting.hpp"

namespace equivolve::search {
namespace {

Outcome worth(std::vector<double> objectives, double violation = 0) {
  Outcome outcome;
  outcome.ranked = true;
  outcome.objectives = std::move(objectives);
  outcome.violation = violation;
  return outcome;
}

TEST(Rung, AdmitsTheBestShareOfDistinctOutcomes) {
  hashing::Stream stream(3, hashing::Purpose::kTest, 0);
  for (const double share : {1.0 / 3, 0.25, 0.5, 0.9}) {
    Rung rung(share);
    std::set<double, std::greater<>> seen;
    for (int i = 0; i < 900; ++i) {
      const double value = static_cast<double>(stream.below(400));
      seen.insert(value);
      const auto ahead = std::distance(seen.begin(), seen.find(value));
      const double most =
          std::max(1.0, std::floor(share * static_cast<double>(seen.size()) + 1e-9));
      ASSERT_EQ(rung.admits(worth({value})), static_cast<double>(ahead) < most) << share << i;
    }
  }
}

TEST(Rung, TheFirstOneIsAdmittedAndWhatFailedNever) {
  Rung rung(0.01);
  EXPECT_FALSE(rung.admits(Outcome()));
  EXPECT_TRUE(rung.admits(worth({-5})));
  EXPECT_FALSE(rung.admits(worth({-6})));
  EXPECT_TRUE(rung.admits(worth({-4})));
}

TEST(Rung, ConstraintsAreMetFirst) {
  Rung rung(0.5);
  EXPECT_TRUE(rung.admits(worth({1}, 0.1)));
  EXPECT_TRUE(rung.admits(worth({0})));
  EXPECT_FALSE(rung.admits(worth({9}, 0.2)));
}

TEST(Rung, ForgetsWhatWasSeenLongAgo) {
  Rung rung(0.1);
  EXPECT_TRUE(rung.admits(worth({1e6})));
  EXPECT_FALSE(rung.admits(worth({-1})));
  for (std::size_t i = 0; i < Rung::kHeld; ++i) rung.admits(worth({-2.0 - static_cast<double>(i)}));
  // The million is gone, and this is the best of those that are held.
  EXPECT_TRUE(rung.admits(worth({0})));
}

TEST(Rung, SeveralObjectivesGoByRankThenByCrowding) {
  Rung rung(0.25);
  // Front 1 of four: (0,3) (1,2) (1.1,1.9) (3,0).
  for (const auto& at : {std::pair{0.0, 3.0}, {1.0, 2.0}, {3.0, 0.0}})
    rung.admits(worth({at.first, at.second}));
  for (double x : {-1.0, -2.0, -3.0, -4.0}) EXPECT_FALSE(rung.admits(worth({x, x})));
  // Of now eight the best two go on: the ends of the front, which stand alone.
  EXPECT_FALSE(rung.admits(worth({1.1, 1.9})));
  EXPECT_TRUE(rung.admits(worth({0.0, 3.0})));
  EXPECT_TRUE(rung.admits(worth({4.0, -1.0})));
}

TEST(Rung, SeveralObjectivesAgreeWithSortingAll) {
  hashing::Stream stream(4, hashing::Purpose::kTest, 0);
  Rung rung(1.0 / 3);
  std::vector<Outcome> held;
  for (int i = 0; i < 150; ++i) {
    held.push_back(worth({stream.uniform(), stream.uniform(), stream.uniform()}));
    std::vector<const Outcome*> all;
    for (const Outcome& one : held) all.push_back(&one);
    const std::size_t ahead = count_ahead(all, held.size() - 1);
    ASSERT_EQ(rung.admits(held.back()), ahead < std::max<std::size_t>(1, held.size() / 3)) << i;
  }
}

}  // namespace
}  // namespace equivolve::search
