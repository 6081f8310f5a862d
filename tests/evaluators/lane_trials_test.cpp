// Whole trials: the same outcome on every kind of kernel, whatever the number of threads.
#include <gtest/gtest.h>

#include "evaluators/algorithm_discovery/space.hpp"
#include "evaluators/algorithm_discovery/trial.hpp"
#include "search/variation/program_variation.hpp"
#include "tests/evaluators/support/cases.hpp"
#include "tests/evaluators/support/files.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using interpreters::LaneKind;

std::vector<LaneKind> lane_kinds() {
  std::vector<LaneKind> kinds;
  for (LaneKind kind : {LaneKind::kAvx2, LaneKind::kAvx512})
    if (interpreters::is_supported(kind)) kinds.push_back(kind);
  return kinds;
}

/// Programs of a space on the tasks of a problem, on every kind.
class Comparison {
 public:
  Comparison(const Problem& problem, const Options& options, search::ProgramSpace space)
      : figures_(problem.info(), options),
        rules_{problem.info().kind == TaskKind::kClassification, options.error_bound,
               options.epochs},
        tasks_(problem.validation_tasks(1)),
        space_(std::move(space)) {}

  /// How many of the programs finished.
  int compare(int programs) {
    int finished = 0;
    for (int p = 0; p < programs; ++p) {
      auto stream = test::test_stream(41, static_cast<std::uint64_t>(p));
      const auto genome = search::to_genome(search::random_program(space_, stream));
      const auto view = *search::view_program(genome.flat);
      const auto program = search::prepare_pruned(view, {rules_.classification});
      const TrialOutcome expected = run(LaneKind::kScalar, 1, program);
      finished += expected.status == EQV_OK;
      for (LaneKind kind : lane_kinds())
        for (unsigned threads : {1u, 3u}) {
          const TrialOutcome got = run(kind, threads, program);
          EXPECT_EQ(got.status, expected.status) << search::to_text(view);
          EXPECT_EQ(got.of_tasks, expected.of_tasks) << search::to_text(view);
          EXPECT_EQ(got.message, expected.message) << search::to_text(view);
          EXPECT_EQ(got.instructions, expected.instructions);
        }
      if (::testing::Test::HasFailure()) break;
    }
    return finished;
  }

 private:
  TrialOutcome run(LaneKind kind, unsigned threads, const search::PreparedProgram& program) const {
    const Trial trial(figures_, rules_, 100'000'000, kind);
    const auto backwards = [](std::size_t n, const std::function<void(std::size_t)>& body) {
      while (n-- > 0) body(n);
    };
    return trial.run(program, space_.memories, *tasks_, 7, false, threads, backwards,
                     [] { return false; });
  }

  Figures figures_;
  Rules rules_;
  Tasks tasks_;
  search::ProgramSpace space_;
};

TEST(LaneTrials, OfTwoClasses) {
  Options options;
  options.epochs = 2;
  const auto problem =
      open_table({test::data_file("breast_cancer.csv"), "diagnosis", 0.2, 0}, options);
  EXPECT_GT(Comparison(*problem, options, test::quickstart_space(30)).compare(150), 20);
}

TEST(LaneTrials, OfManyClasses) {
  Options options;
  options.resamplings = 2;
  const auto problem = open_table({test::data_file("digits.csv"), "digit", 0.2, 0}, options);
  EXPECT_GT(Comparison(*problem, options, test::quickstart_space(64)).compare(20), 2);
}

TEST(LaneTrials, OfARegressionWithAllOperations) {
  Options options;
  const auto problem =
      open_table({test::data_file("diabetes.csv"), "progression", 0.2, 0}, options);
  EXPECT_GT(Comparison(*problem, options, test::full_space({5, 4, 2, 10}, 6, 3, 6)).compare(60), 5);
}

TEST(LaneTrials, OfSyntheticTasks) {
  SyntheticData data;
  data.tasks = 19;
  const auto problem = open_synthetic(data);
  EXPECT_GT(Comparison(*problem, {}, test::quickstart_space(4)).compare(200), 20);
}

TEST(LaneTrials, OfMemoriesTooLargeForLanes) {
  SyntheticData data;
  data.dimension = 120;
  data.train = data.validation = 5;
  const auto problem = open_synthetic(data);
  EXPECT_GT(interpreters::lane_doubles({5, 4, 2, 120}, 10), std::size_t{1} << 17);
  EXPECT_GT(Comparison(*problem, {}, test::full_space({5, 4, 2, 120}, 3, 2, 3)).compare(20), 2);
}

TEST(LanePlans, NeverMixTasksOfDifferentSizes) {
  std::vector<Task> tasks(3);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    tasks[t].dimension = 2;
    for (Examples* examples : {&tasks[t].train, &tasks[t].judged}) {
      const std::size_t rows = t == 2 ? 4 : 3;
      examples->stride = 4;
      examples->features.assign(rows * 4, 1.0);
      examples->targets.assign(rows, 1.0);
    }
  }
  const LanePlan plan(tasks);
  ASSERT_EQ(plan.groups().size(), 2u);
  EXPECT_EQ(plan.groups()[0].lanes.size(), 2u);
  EXPECT_EQ(plan.groups()[0].train.count, 3u);
  EXPECT_EQ(plan.groups()[1].first_run, 2u);
  EXPECT_EQ(plan.groups()[1].train.count, 4u);
  EXPECT_EQ(plan.scores(), 3u * 4 + 4u * 4);
}

TEST(LanePlans, CopyNothingBeyondTheirLimit) {
  SyntheticData data;
  const Tasks set = open_synthetic(data)->validation_tasks(1);
  const std::vector<Task> tasks(set->begin(), set->end());
  const std::size_t labels = 12 * 200;
  EXPECT_EQ(LanePlan(tasks).doubles(), 12 * 200 * 4 + labels);
  EXPECT_EQ(LanePlan(tasks, {16, 12 * 200 * 4 - 1}).doubles(), labels);
}

}  // namespace
}  // namespace equivolve::algorithm_discovery
