// How rows become tasks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <thread>

#include "evaluators/algorithm_discovery/task.hpp"
#include "evaluators/common/interpreters/machine.hpp"
#include "tests/evaluators/support/cases.hpp"
#include "tests/evaluators/support/files.hpp"

namespace equivolve::algorithm_discovery {
namespace {

/// 100 rows; column "id" is the row's number, so that rows can be told apart after standardising.
/// Every fourth is class b.
std::string numbered_rows() {
  std::string csv = "id,noise,y\n";
  for (int r = 0; r < 100; ++r)
    csv += std::to_string(r) + "," + std::to_string(r * 37 % 11) + (r % 4 == 0 ? ",b\n" : ",a\n");
  return csv;
}

class TableTasks : public ::testing::Test {
 protected:
  TableTasks() : file_(folder_.write("t.csv", numbered_rows())) {}
  std::unique_ptr<Problem> open(double test_share = 0.2, std::uint64_t split_seed = 0) const {
    return open_table({file_, "y", test_share, split_seed}, {});
  }
  /// Row numbers, by undoing the standardisation of the first column.
  static std::vector<int> rows_of(const Task& task, const Examples& examples) {
    std::vector<int> rows;
    for (std::size_t r = 0; r < examples.rows(); ++r)
      rows.push_back(
          static_cast<int>(std::lround(task.feature_scales[0].undo(examples.row(r)[0]))));
    return rows;
  }
  static std::set<int> set_of(const std::vector<int>& rows) { return {rows.begin(), rows.end()}; }

  test::TemporaryFolder folder_;
  std::string file_;
};

TEST_F(TableTasks, AreSixtyTwentyTwentyStratifiedAndDisjoint) {
  const auto problem = open();
  const auto test =
      rows_of(problem->test_tasks(1)->front(), problem->test_tasks(1)->front().judged);
  EXPECT_EQ(test.size(), 20u);
  EXPECT_EQ(std::count_if(test.begin(), test.end(), [](int r) { return r % 4 == 0; }), 5);
  const Tasks tasks = problem->validation_tasks(1);
  ASSERT_EQ(tasks->size(), 4u);
  for (const Task& task : *tasks) {
    const auto train = rows_of(task, task.train), judged = rows_of(task, task.judged);
    EXPECT_EQ(train.size(), 60u);
    EXPECT_EQ(judged.size(), 20u);
    EXPECT_EQ(std::count(task.train.classes.begin(), task.train.classes.end(), 1u), 15);
    EXPECT_EQ(std::count(task.judged.classes.begin(), task.judged.classes.end(), 1u), 5);
    std::set<int> all = set_of(train);
    all.merge(set_of(judged));
    all.merge(set_of(test));
    EXPECT_EQ(all.size(), 100u);
    for (std::size_t r = 0; r < train.size(); ++r)
      EXPECT_EQ(task.train.classes[r], train[r] % 4 == 0 ? 1u : 0u);
    EXPECT_TRUE(std::is_sorted(judged.begin(), judged.end()));
    EXPECT_FALSE(std::is_sorted(train.begin(), train.end()));
  }
}

TEST_F(TableTasks, TestRowsDependOnTheSplitSeedOnly) {
  auto test_rows = [&](std::uint64_t split_seed, std::uint64_t common_seed) {
    const auto problem = open(0.2, split_seed);
    const Tasks tasks = problem->test_tasks(common_seed);
    return rows_of(tasks->front(), tasks->front().judged);
  };
  EXPECT_EQ(test_rows(3, 1), test_rows(3, 999));
  EXPECT_NE(test_rows(3, 1), test_rows(4, 1));
}

TEST_F(TableTasks, ResamplingsDifferAndFollowTheSeed) {
  const auto problem = open();
  std::set<std::vector<int>> seen;
  for (std::uint64_t seed : {1u, 2u, 3u})
    for (const Task& task : *problem->validation_tasks(seed))
      seen.insert(rows_of(task, task.judged));
  EXPECT_EQ(seen.size(), 12u);
  const auto again = open();
  for (std::size_t t = 0; t < 4; ++t)
    EXPECT_EQ((*again->validation_tasks(2))[t].train.features,
              (*problem->validation_tasks(2))[t].train.features);
}

TEST_F(TableTasks, AreStandardisedByTrainingRowsOnly) {
  const auto problem = open();
  for (const Task& task : *problem->validation_tasks(5)) {
    const auto train = rows_of(task, task.train);
    double sum = 0, squares = 0;
    for (int r : train) sum += r;
    const double mean = sum / 60;
    for (int r : train) squares += (r - mean) * (r - mean);
    EXPECT_NEAR(task.feature_scales[0].mean, mean, 1e-12);
    EXPECT_NEAR(task.feature_scales[0].deviation, std::sqrt(squares / 60), 1e-12);
    double standardised = 0;
    for (std::size_t r = 0; r < 60; ++r) standardised += task.train.row(r)[0];
    EXPECT_NEAR(standardised, 0, 1e-12);
  }
}

TEST_F(TableTasks, WithoutATestShareAllRowsArePool) {
  const auto problem = open(0);
  EXPECT_FALSE(problem->info().has_test);
  EXPECT_EQ(problem->pool_task(1).train.rows(), 100u);
  EXPECT_EQ(problem->validation_tasks(1)->front().judged.rows(), 25u);
}

TEST_F(TableTasks, AreBuiltOnceAndSharedBetweenThreads) {
  const auto problem = open();
  std::vector<Tasks> got(8);
  {
    std::vector<std::jthread> team;
    for (std::size_t t = 0; t < got.size(); ++t)
      team.emplace_back([&, t] { got[t] = problem->validation_tasks(42); });
  }
  for (const Tasks& tasks : got) EXPECT_EQ(tasks, got[0]);
  // The cache is bounded, and what it forgets is built alike again.
  const std::vector<double> before = got[0]->front().train.features;
  got.clear();
  for (std::uint64_t seed = 1000; seed < 1100; ++seed) problem->validation_tasks(seed);
  EXPECT_EQ(problem->validation_tasks(42)->front().train.features, before);
}

TEST(RegressionTasks, StandardiseTheTarget) {
  const auto problem = open_table({test::data_file("diabetes.csv"), "progression", 0.2, 0}, {});
  EXPECT_EQ(problem->info().kind, TaskKind::kRegression);
  for (const Task& task : *problem->validation_tasks(1)) {
    double sum = 0, squares = 0;
    for (double y : task.train.targets) sum += y, squares += y * y;
    EXPECT_NEAR(sum / static_cast<double>(task.train.rows()), 0, 1e-12);
    EXPECT_NEAR(squares / static_cast<double>(task.train.rows()), 1, 1e-12);
  }
}

TEST(SyntheticTasks, AreWhatTheySay) {
  SyntheticData data;
  data.dimension = 3;
  const auto problem = open_synthetic(data);
  const Tasks tasks = problem->validation_tasks(1);
  ASSERT_EQ(tasks->size(), 10u);
  for (const Task& task : *tasks) {
    ASSERT_EQ(task.train.rows(), 100u);
    ASSERT_EQ(task.judged.rows(), 100u);
    // A linear teacher: three rows give the weights (Cramer), which then explain all others.
    auto x = [&](int r, int c) { return task.train.row(r)[c]; };
    auto det = [](double a, double b, double c, double d, double e, double f, double g, double h,
                  double i) {
      return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
    };
    const auto& y = task.train.targets;
    const double all =
        det(x(0, 0), x(0, 1), x(0, 2), x(1, 0), x(1, 1), x(1, 2), x(2, 0), x(2, 1), x(2, 2));
    const double w[3] = {
        det(y[0], x(0, 1), x(0, 2), y[1], x(1, 1), x(1, 2), y[2], x(2, 1), x(2, 2)) / all,
        det(x(0, 0), y[0], x(0, 2), x(1, 0), y[1], x(1, 2), x(2, 0), y[2], x(2, 2)) / all,
        det(x(0, 0), x(0, 1), y[0], x(1, 0), x(1, 1), y[1], x(2, 0), x(2, 1), y[2]) / all};
    for (std::size_t r = 0; r < 100; ++r) {
      const double* row = task.judged.row(r);
      EXPECT_NEAR(w[0] * row[0] + w[1] * row[1] + w[2] * row[2], task.judged.targets[r], 1e-8);
    }
  }
  EXPECT_NE(problem->validation_tasks(2)->front().train.features, tasks->front().train.features);
  EXPECT_EQ(problem->test_tasks(1), problem->test_tasks(2));
  EXPECT_NE(problem->test_tasks(1)->front().train.features, tasks->front().train.features);
}

TEST(SyntheticTasks, TwoLayerTeacherIsHomogeneousButNotLinear) {
  SyntheticData data;
  data.kind = Synthetic::kTwoLayerTeacher;
  data.dimension = 1;
  // In one dimension u max(0, w x): zero on one side, linear on the other.
  const Tasks tasks = open_synthetic(data)->validation_tasks(1);
  for (const Task& task : *tasks) {
    std::set<bool> sides_with_zero;
    for (std::size_t r = 0; r < task.train.rows(); ++r)
      if (task.train.targets[r] == 0) sides_with_zero.insert(task.train.row(r)[0] > 0);
    EXPECT_EQ(sides_with_zero.size(), 1u);
  }
}

}  // namespace
}  // namespace equivolve::algorithm_discovery
