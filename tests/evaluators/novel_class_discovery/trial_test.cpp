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
