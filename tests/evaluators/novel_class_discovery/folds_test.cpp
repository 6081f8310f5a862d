// Which classes play novel, and what of the rows a fold sees.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "evaluators/novel_class_discovery/folds.hpp"
#include "tests/evaluators/novel_class_discovery/blobs.hpp"

namespace equivolve::novel_class_discovery::test {
namespace {

TEST(Folds, OfFiveClassesHideTwoEachThreeTimes) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto folds = hidden_classes(5, 0.4, seed);
    ASSERT_EQ(folds.size(), 3u);
    std::set<std::uint32_t> hidden;
    for (const Labels& fold : folds) {
      EXPECT_EQ(fold.size(), 2u);
      hidden.insert(fold.begin(), fold.end());
    }
    EXPECT_EQ(hidden.size(), 5u);
  }
  EXPECT_NE(hidden_classes(5, 0.4, 1), hidden_classes(5, 0.4, 2));
}

TEST(Folds, LeaveAClassKnownAndHideOneAtLeast) {
  EXPECT_EQ(hidden_classes(2, 0.9, 1)[0].size(), 1u);
  EXPECT_EQ(hidden_classes(2, 0.01, 1).size(), 2u);
  EXPECT_EQ(hidden_classes(3, 0.9, 1)[0].size(), 2u);
}

TEST(Folds, MoveHiddenRowsAmongTheUnlabelledAndNameClassesAnew) {
  const BlobProblem p = blob_problem(5, 2, 3, 1);
  const Fold fold = make_fold(p.rows, {1, 3}, {});
  EXPECT_EQ(fold.rows.classes, 3u);
  EXPECT_EQ(fold.rows.classes_of_known, (Labels{0, 0, 0, 1, 1, 1, 2, 2, 2}));
  EXPECT_EQ(fold.truth, (Labels{3, 3, 3, 4, 4, 4}));
  EXPECT_EQ(fold.scored, (Labels{6, 7, 8, 9, 10, 11}));
  ASSERT_EQ(fold.rows.unlabelled.rows, 12u);
  for (std::size_t c = 0; c < 4; ++c) {
    EXPECT_EQ(fold.rows.unlabelled(6, c), p.rows.known(3, c));  // the first row of class 1
    EXPECT_EQ(fold.rows.known(3, c), p.rows.known(6, c));       // of class 2
  }
  EXPECT_TRUE(fold.rows.grouped.empty());
  EXPECT_EQ(make_fold(p.rows, {1, 3}, {.hidden_only = true}).rows.grouped, fold.scored);
}

TEST(Folds, WhereRowsAreMixedTakeLabelsOfKnownClassesToo) {
  const BlobProblem p = blob_problem(4, 2, 10, 1);
  const Fold fold = make_fold(p.rows, {0}, {.unlabelled_known = 0.2, .seed = 3});
  EXPECT_EQ(fold.rows.known.rows, 3u * 8);
  EXPECT_EQ(fold.scored.size(), 10u + 3 * 2);
  for (std::uint32_t c : {0u, 1u, 2u})
    EXPECT_EQ(std::count(fold.truth.begin(), fold.truth.end(), c), 2) << c;
  EXPECT_EQ(std::count(fold.truth.begin(), fold.truth.end(), 3u), 10);
}

}  // namespace
}  // namespace equivolve::novel_class_discovery::test
