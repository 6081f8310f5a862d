// Trials through the C interface.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <numeric>
#include <thread>

#include "evaluators/algorithm_discovery/task.hpp"
#include "search/variation/program_variation.hpp"
#include "tests/evaluators/support/algorithm_discovery.hpp"

namespace equivolve::test {
namespace {

using ::testing::HasSubstr;
namespace domain = equivolve::algorithm_discovery;

/// Gradient descent in plain C++ on a task of the evaluator: the raw scores of the judged rows.
std::vector<double> descend(const domain::Task& task, std::uint32_t positive, int epochs) {
  std::vector<double> w(task.dimension, 0.0);
  auto dot = [&](const double* x) {
    double sum = x[0] * w[0];
    for (std::uint32_t i = 1; i < task.dimension; ++i) sum += x[i] * w[i];
    return sum;
  };
  for (int epoch = 0; epoch < epochs; ++epoch)
    for (std::size_t r = 0; r < task.train.rows(); ++r) {
      const double* x = task.train.row(r);
      const double score = dot(x);
      const bool classes = task.classes > 0;
      const double label =
          classes ? (task.train.classes[r] == positive ? 1.0 : 0.0) : task.train.targets[r];
      const double step = 0.05 * (label - (classes ? 1 / (1 + std::exp(-score)) : score));
      for (std::uint32_t i = 0; i < task.dimension; ++i) w[i] = w[i] + step * x[i];
    }
  std::vector<double> scores;
  for (std::size_t r = 0; r < task.judged.rows(); ++r) scores.push_back(dot(task.judged.row(r)));
  return scores;
}

TEST(Evaluate, BinaryAccuracyIsThatOfTheSameMathematics) {
  Session session(algorithm_discovery(), with_option(breast_cancer(), "epochs", 2));
  const auto problem =
      domain::open_table({data_file("breast_cancer.csv"), "diagnosis", 0.2, 0}, {});
  for (std::uint64_t seed : {1u, 2u, 3u}) {
    double accuracy = 0;
    const auto tasks = problem->validation_tasks(seed);
    for (const auto& task : *tasks) {
      const auto scores = descend(task, 1, 2);
      double right = 0;
      for (std::size_t r = 0; r < scores.size(); ++r)
        right += (scores[r] >= 0) == (task.judged.classes[r] == 1);
      accuracy += right / static_cast<double>(scores.size());
    }
    const Trial trial = session.evaluate(genome_of(kGradientDescent, quickstart_shape(30)), {seed});
    ASSERT_EQ(trial.status, EQV_OK) << trial.message;
    EXPECT_DOUBLE_EQ(trial.figures[0], accuracy / 4);
    EXPECT_GT(trial.figures[0], 0.9);
  }
}

TEST(Evaluate, SeveralClassesAreOneAgainstTheRest) {
  Session session(algorithm_discovery(), with_option(digits(), "resamplings", 1));
  domain::Options options;
  options.resamplings = 1;
  const auto problem = domain::open_table({data_file("digits.csv"), "digit", 0.2, 0}, options);
  const auto tasks = problem->validation_tasks(1);
  const auto& task = tasks->front();
  std::vector<std::vector<double>> scores;
  for (std::uint32_t c = 0; c < 10; ++c) scores.push_back(descend(task, c, 1));
  double right = 0;
  for (std::size_t r = 0; r < task.judged.rows(); ++r) {
    std::uint32_t best = 0;
    for (std::uint32_t c = 1; c < 10; ++c)
      if (scores[c][r] > scores[best][r]) best = c;
    right += best == task.judged.classes[r];
  }
  const Trial trial = session.evaluate(genome_of(kGradientDescent, quickstart_shape(64)));
  ASSERT_EQ(trial.status, EQV_OK) << trial.message;
  EXPECT_DOUBLE_EQ(trial.figures[0], right / static_cast<double>(task.judged.rows()));
  EXPECT_GT(trial.figures[0], 0.85);
}

TEST(Evaluate, RegressionFiguresAreThoseOfTheSameMathematics) {
  Session session(algorithm_discovery(), diabetes());
  const auto problem = domain::open_table({data_file("diabetes.csv"), "progression", 0.2, 0}, {});
  double fitness = 0, rmse = 0;
  for (const auto& task : *problem->validation_tasks(1)) {
    const auto scores = descend(task, 0, 1);
    double squares = 0;
    for (std::size_t r = 0; r < scores.size(); ++r)
      squares += std::pow(scores[r] - task.judged.targets[r], 2);
    const double root = std::sqrt(squares / static_cast<double>(scores.size()));
    fitness += (1 - 2 / M_PI * std::atan(root)) / 4;
    rmse += root * task.target_scale.deviation / 4;
  }
  const Trial trial = session.evaluate(genome_of(kGradientDescent, quickstart_shape(10)));
  ASSERT_EQ(trial.status, EQV_OK) << trial.message;
  EXPECT_NEAR(trial.figures[0], fitness, 1e-12);
  EXPECT_NEAR(trial.figures[1], rmse, 1e-9);
  EXPECT_LT(trial.figures[1], 80);  // in units of the target, whose standard deviation is 77
  EXPECT_GT(trial.figures[2], 0.2);
}

TEST(Evaluate, ScreeningIsATrialOnTheFirstTasks) {
  const nlohmann::json synthetic{{"data", {{"synthetic", "linear"}, {"tasks", 5}}}};
  nlohmann::json two_tasks = synthetic;
  two_tasks["data"]["tasks"] = 2;
  struct Pair {
    nlohmann::json screened, few;
  };
  for (const Pair& pair : {Pair{with_option(breast_cancer(), "screening_tasks", 2),
                                with_option(breast_cancer(), "resamplings", 2)},
                           Pair{with_option(synthetic, "screening_tasks", 2), two_tasks}}) {
    Session screened(algorithm_discovery(), pair.screened), few(algorithm_discovery(), pair.few);
    ASSERT_EQ(screened.info().level_count, 2u);
    EXPECT_LE(screened.info().levels[0].relative_cost, 0.5);
    EXPECT_EQ(few.info().level_count, 1u);
    const std::uint32_t d = few.default_space()["memories"]["dimension"];
    const auto program = genome_of(kGradientDescent, quickstart_shape(d));
    TrialSettings full;
    full.level = 1;
    const Trial low = screened.evaluate(program), high = screened.evaluate(program, full);
    EXPECT_EQ(low.figures[0], few.evaluate(program).figures[0]);
    EXPECT_NE(low.figures[0], high.figures[0]);
    EXPECT_LT(low.cost, high.cost);
  }
}

TEST(Evaluate, ItemsOfTheTestSplitAverageToTheObjective) {
  for (const auto& config :
       {breast_cancer(), with_option(breast_cancer(), "class_weights", "balanced"), diabetes(),
        nlohmann::json{{"data", {{"synthetic", "linear"}}}}}) {
    Session session(algorithm_discovery(), config);
    const std::uint32_t d = session.default_space()["memories"]["dimension"];
    TrialSettings test;
    test.split = EQV_TEST;
    for (const Trial& trial :
         {session.evaluate(genome_of(kGradientDescent, quickstart_shape(d)), test),
          session.evaluate(std::string("constant"), test)}) {
      ASSERT_EQ(trial.status, EQV_OK) << trial.message;
      ASSERT_FALSE(trial.items.empty());
      const double mean = std::accumulate(trial.items.begin(), trial.items.end(), 0.0) /
                          static_cast<double>(trial.items.size());
      EXPECT_NEAR(mean, trial.figures[0], 1e-12);
    }
    EXPECT_TRUE(session.evaluate(std::string("constant")).items.empty());
  }
}

TEST(Evaluate, EndsOnNumbersThatAreNotFinite) {
  Session session(algorithm_discovery(), breast_cancer());
  const Trial trial = session.evaluate(genome_of(
      "setup:\n s2 = 1e200\npredict:\n s3 = s2 * s2\n s1 = s3 - s3\nlearn:\n s2 = s2 * s0\n",
      quickstart_shape(30)));
  EXPECT_EQ(trial.status, EQV_NON_FINITE);
  EXPECT_EQ(trial.figures[0], 0);
  EXPECT_THAT(trial.message, HasSubstr("not finite at example 1 of run 1"));
}

TEST(Evaluate, EndsOnErrorsBeyondTheBound) {
  auto far = [](double bound) {
    Session session(algorithm_discovery(), with_option(diabetes(), "error_bound", bound));
    return session.evaluate(
        genome_of("setup:\n s2 = 150\npredict:\n s1 = s2 + s3\nlearn:\n s2 = s2 + s3\n",
                  quickstart_shape(10)));
  };
  EXPECT_EQ(far(100).status, EQV_NON_FINITE);
  EXPECT_THAT(far(100).message, HasSubstr("error bound passed at example 1"));
  EXPECT_EQ(far(200).status, EQV_OK);
  // For classes the error is taken after the sigmoid.
  Session session(algorithm_discovery(), breast_cancer());
  EXPECT_EQ(session
                .evaluate(genome_of("setup:\n s2 = 1e6\npredict:\n s1 = s2 + s3\nlearn:\n",
                                    quickstart_shape(30)))
                .status,
            EQV_OK);
}

TEST(Evaluate, BudgetCountsLiveInstructions) {
  // Two dead instructions; 4 resamplings x (1 + 341 x (1 + 4) + 115 x 1) live ones.
  const auto program = genome_of(
      "setup:\n s2 = 0.05\n s3 = 2\npredict:\n v2 = v0 + v0\n s1 = dot(v0, v1)\nlearn:\n"
      " s3 = s0 - s1\n s3 = s2 * s3\n v2 = s3 * v0\n v1 = v1 + v2\n",
      quickstart_shape(30));
  const std::uint64_t live = Session(algorithm_discovery(), breast_cancer()).evaluate(program).cost;
  EXPECT_EQ(live, 4u * (1 + 341 * 5 + 115));
  Session enough(algorithm_discovery(),
                 with_option(breast_cancer(), "max_live_instructions", live));
  EXPECT_EQ(enough.evaluate(program).status, EQV_OK);
  Session short_by_one(algorithm_discovery(),
                       with_option(breast_cancer(), "max_live_instructions", live - 1));
  const Trial trial = short_by_one.evaluate(program);
  EXPECT_EQ(trial.status, EQV_INFEASIBLE);
  EXPECT_EQ(trial.figures[0], 0);
  EXPECT_THAT(trial.message, HasSubstr("max_live_instructions"));
  EXPECT_NE(enough.probe(program), short_by_one.probe(program));  // the digest knows
}

TEST(Evaluate, AnswersCancellation) {
  Session session(algorithm_discovery(), with_option(with_option(digits(), "epochs", 50),
                                                     "max_live_instructions", 1000000000));
  TrialSettings cancelled;
  cancelled.cancelled = true;
  EXPECT_EQ(session.evaluate(genome_of(kGradientDescent, quickstart_shape(64)), cancelled).status,
            EQV_CANCELLED);
}

TEST(Evaluate, KnowsNoTestSplitWithoutOne) {
  auto config = breast_cancer();
  config["data"]["test_share"] = 0;
  Session session(algorithm_discovery(), config);
  EXPECT_EQ(session.info().offers_test_split, 0u);
  TrialSettings test;
  test.split = EQV_TEST;
  EXPECT_EQ(session.evaluate(std::string("constant"), test).status, EQV_UNSUPPORTED);
}

void expect_same(const Trial& a, const Trial& b, const std::string& what) {
  EXPECT_EQ(a.status, b.status) << what;
  EXPECT_EQ(a.message, b.message) << what;
  EXPECT_EQ(a.items, b.items) << what;
  ASSERT_EQ(a.figures.size(), b.figures.size());
  for (std::size_t f = 0; f < a.figures.size(); ++f)
    EXPECT_EQ(std::bit_cast<std::uint64_t>(a.figures[f]),
              std::bit_cast<std::uint64_t>(b.figures[f]))
        << what;
}

TEST(Evaluate, IsIndependentOfThreadsAndOfWhoRunsBeside) {
  auto config = with_option(digits(), "resamplings", 2);
  config["data"]["test_share"] = 0.8;  // few rows, so that many programs can be tried
  Session session(algorithm_discovery(), config);
  const auto space = full_space({4, 3, 1, 64}, 4, 3, 4);
  ASSERT_EQ(session.bind(to_json(space)).status, EQV_OK);
  std::vector<search::Genome> genomes = {genome_of(kGradientDescent, space.memories)};
  for (std::uint64_t p = 0; p < 30; ++p) {
    auto stream = test_stream(20, p);
    genomes.push_back(search::to_genome(search::random_program(space, stream)));
  }
  std::vector<Trial> alone, beside(genomes.size());
  for (const auto& genome : genomes) alone.push_back(session.evaluate(genome));
  for (std::size_t g = 0; g < genomes.size(); ++g) {
    TrialSettings wide;
    wide.threads = 3;
    wide.own_seed = 987;
    expect_same(session.evaluate(genomes[g], wide), alone[g], "wide");
  }
  {
    std::vector<std::jthread> team;
    for (std::size_t t = 0; t < 4; ++t)
      team.emplace_back([&, t] {
        for (std::size_t g = t; g < genomes.size(); g += 4)
          beside[g] = session.evaluate(genomes[g]);
      });
  }
  for (std::size_t g = 0; g < genomes.size(); ++g)
    expect_same(beside[g], alone[g], "beside others");
}

}  // namespace
}  // namespace equivolve::test
