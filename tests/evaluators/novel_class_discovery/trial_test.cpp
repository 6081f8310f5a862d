// How a method is judged: on classes that play novel.
#include "evaluators/novel_class_discovery/trial.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "evaluators/novel_class_discovery/folds.hpp"
#include "tests/evaluators/novel_class_discovery/blobs.hpp"

namespace equivolve::novel_class_discovery::test {
namespace {

double fitness(const LearningRows& rows, const Options& options) {
  TrialSettings how;
  how.seed = 1;
  how.parallel_for = [](std::size_t n, const std::function<void(std::size_t)>& body) {
    for (std::size_t i = 0; i < n; ++i) body(i);
  };
  const TrialOutcome out = validate(Method{}, rows, options, how);
  EXPECT_EQ(out.end, DiscoveryEnd::kDone);
  return out.inductive.accuracy;
}

// Nobody tells it that two classes are novel and two more are hidden.
TEST(Fitness, CountsClassesInEachFoldWhereTheirNumberIsNotGiven) {
  const BlobProblem p = blob_problem(5, 2, 30, 4);
  Options options;
  options.estimate = true;
  options.count.most = 8;
  TrialSettings how;
  how.seed = 1;
  how.parallel_for = [](std::size_t n, const std::function<void(std::size_t)>& body) {
    for (std::size_t i = 0; i < n; ++i) body(i);
  };
  const TrialOutcome out = validate(Method{}, p.rows, options, how);
  EXPECT_DOUBLE_EQ(out.clusters, 2);
  EXPECT_DOUBLE_EQ(out.inductive.accuracy, 1);
}

// Where one class is hidden at a time, one cluster of everything holds all of it.
TEST(Fitness, OfOneHiddenClassIsNotWonByPuttingAllTogether) {
  for (std::size_t known : {2u, 3u}) {
    BlobProblem p = blob_problem(known, 2, 30, 4);
    Options options;
    options.classes = 2;
    ASSERT_EQ(hidden_classes(known, options.hidden_fraction, 1)[0].size(), 1u);
    EXPECT_EQ(fitness(p.rows, options), 1) << "three plain blobs, told apart";
    // No row differs from any other: all are in one cluster, a third of which was hidden.
    std::fill(p.rows.known.values.begin(), p.rows.known.values.end(), 0.0f);
    std::fill(p.rows.unlabelled.values.begin(), p.rows.unlabelled.values.end(), 0.0f);
    EXPECT_NEAR(fitness(p.rows, options), 30.0 / 90, 1e-12) << known;
  }
}

// Two hidden classes, each in a cluster of its own, are found by accuracy whoever else is in there.
TEST(Fitness, OfSeveralHiddenClassesIsNotWonByPuttingNovelOnesBesideThem) {
  BlobProblem p = blob_problem(5, 2, 30, 4);
  ASSERT_EQ(hidden_classes(5, 0.4, 1)[0].size(), 2u);
  Options options;
  options.classes = 2;
  EXPECT_EQ(fitness(p.rows, options), 1);
  // One column tells rows of even classes from rows of odd ones, and nothing else: two clusters.
  p.rows.known = Points(p.rows.known.rows, 1);
  p.rows.unlabelled = Points(p.rows.unlabelled.rows, 1);
  for (std::size_t r = 0; r < p.rows.known.rows; ++r)
    p.rows.known(r, 0) = p.rows.classes_of_known[r] % 2 ? 9.0f : 0.0f;
  for (std::size_t r = 0; r < p.rows.unlabelled.rows; ++r)
    p.rows.unlabelled(r, 0) = p.truth[r] % 2 ? 9.0f : 0.0f;
  TrialSettings how;
  how.seed = 1;
  how.parallel_for = [](std::size_t n, const std::function<void(std::size_t)>& body) {
    for (std::size_t i = 0; i < n; ++i) body(i);
  };
  const TrialOutcome out = validate(Method{}, p.rows, options, how);
  // Of each fold: 1 and 1/2 where the hidden ones lie apart; beside each a novel class.
  double accuracy = 0, overlap = 0;
  const auto folds = hidden_classes(5, 0.4, 1);
  for (const Labels& hidden : folds) {
    const bool apart = hidden[0] % 2 != hidden[1] % 2;
    accuracy += (apart ? 1.0 : 0.5) / static_cast<double>(folds.size());
    // Together: 30 of the 90 rows of two hidden classes and a novel one, for one of the two.
    overlap += (apart ? 0.5 : 1.0 / 6) / static_cast<double>(folds.size());
  }
  EXPECT_NEAR(out.by_accuracy, accuracy, 1e-12);
  EXPECT_NEAR(out.by_overlap, overlap, 1e-12);
  EXPECT_EQ(out.inductive.accuracy, out.by_overlap);
  options.measure = FoldMeasure::kAccuracy;
  EXPECT_EQ(validate(Method{}, p.rows, options, how).inductive.accuracy, out.by_accuracy);
}

// Attraction counts as before: a row told to be of its own known class is right.
TEST(Fitness, OfOneHiddenClassAmongMixedRowsCountsThoseOfKnownClassesToo) {
  BlobProblem p = blob_problem(3, 2, 30, 4);
  Options options;
  options.classes = 2;
  options.mixed = true;
  EXPECT_EQ(fitness(p.rows, options), 1);
  // All rows alike lie on the known classes' means: nothing of the hidden class is found, and of
  // the 12 rows that lost their labels only those of the nearest known class are right.
  std::fill(p.rows.known.values.begin(), p.rows.known.values.end(), 0.0f);
  std::fill(p.rows.unlabelled.values.begin(), p.rows.unlabelled.values.end(), 0.0f);
  EXPECT_LE(fitness(p.rows, options), 0.5);
}

}  // namespace
}  // namespace equivolve::novel_class_discovery::test
