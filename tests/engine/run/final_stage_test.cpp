#include "engine/run/final_stage.hpp"

#include <gtest/gtest.h>

#include "tests/engine/run/toy_evaluator.hpp"

namespace equivolve::engine {
namespace {

/// Leaders with as many sums as asked for: the toy's fitness rises with each.
std::vector<Leader> leaders(const std::vector<int>& sums) {
  std::vector<Leader> out;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    search::Program program;
    for (int n = 0; n < 8; ++n) {
      eqv_instruction instruction{};
      instruction.op =
          static_cast<std::uint8_t>(n < sums[i] ? search::Op::kScalarSum : search::Op::kScalarSin);
      program.functions[0].push_back(instruction);
    }
    Leader leader;
    leader.birth = leader.identity = i;
    leader.genome = std::make_shared<const search::Genome>(search::to_genome(program));
    leader.score = 1;
    leader.figures = {1, 0};
    out.push_back(leader);
  }
  return out;
}

struct Stage {
  test::ToyEvaluator evaluator;
  FinalConfig config{10, 5};
  std::atomic<bool> stop{false}, cancel{false};
  unsigned workers = 2;
  std::shared_ptr<const search::Space> space = test::toy_space();

  FinalResult go(const std::vector<Leader>& found) {
    auto executor = make_thread_executor(workers);
    const FinalStageParts parts{3,         config,  evaluator,
                                *executor, nullptr, nullptr,
                                stop,      cancel,  std::chrono::nanoseconds(0),
                                *space,    {}};
    auto result = run_final_stage(parts, found);
    EXPECT_TRUE(result) << (result ? "" : result.error());
    return result ? *result : FinalResult();
  }
};

TEST(FinalStage, TheWinnerIsTheBestConfirmedNotTheBestOfTheSearch) {
  Stage stage;
  stage.evaluator.noise = 0.01;
  const auto found = leaders({2, 7, 4});
  const FinalResult result = stage.go(found);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.winner, 1);
  EXPECT_EQ(result.found[1].repeats.size(), 5u);
  EXPECT_FALSE(result.found[1].test.empty());
  EXPECT_TRUE(result.found[0].test.empty());  // the test split is opened for the winner alone
}

TEST(FinalStage, ReferencesGoThroughTheSameRepeats) {
  Stage stage;
  stage.evaluator.noise = 0.5;
  stage.evaluator.row_spread = 0.01;
  const auto found = leaders({7});
  const FinalResult result = stage.go(found);
  ASSERT_EQ(result.comparisons.size(), 1u);
  // The noise is drawn from the common seed, so it cancels in the paired difference: 7 x 0.09 +
  // luck - 0.5.
  const Interval& i = result.comparisons[0].confirmed;
  EXPECT_NEAR(i.high - i.low, 0, 1e-9);
  EXPECT_GT(i.mean, 0.12);
  EXPECT_TRUE(result.improved);
  EXPECT_FALSE(result.references[0].validation.empty());
}

// One value has no interval, so nothing says that the difference is not luck.
TEST(FinalStage, OneRepeatIsNoImprovement) {
  Stage stage;
  stage.evaluator.info_.offers_test_split = false;
  stage.evaluator.own_noise = 0.01;
  const auto found = leaders({7});
  stage.config.repeats = 1;
  const FinalResult one = stage.go(found);
  EXPECT_GT(one.comparisons[0].confirmed.mean, 0.1);
  EXPECT_FALSE(one.improved);
  stage.config.repeats = 5;
  EXPECT_TRUE(stage.go(found).improved);
}

TEST(FinalStage, WithoutSpreadTheTestRowsDecideAndWithoutTheseNothing) {
  Stage stage;
  const auto found = leaders({7});
  EXPECT_FALSE(stage.go(found).improved);  // rows alike
  stage.evaluator.row_spread = 0.01;
  EXPECT_TRUE(stage.go(found).improved);
  stage.evaluator.row_spread = 1;  // wider than the difference
  EXPECT_FALSE(stage.go(found).improved);
  stage.evaluator.info_.offers_test_split = false;
  EXPECT_FALSE(stage.go(found).improved);
}

TEST(FinalStage, FailedRepeatsCountAgainstAFinalist) {
  Stage stage;
  stage.evaluator.own_noise = 0.01;
  stage.evaluator.fails_in = [](double fitness, const TrialRequest& request) {
    return (fitness > 0.6 && request.split == 0 && request.repeat > 2) ||
           (fitness > 0.36 && fitness < 0.5 && request.split == 0 && request.repeat == 1);
  };
  const auto found = leaders({7, 4, 3, 2});
  const FinalResult result = stage.go(found);
  EXPECT_EQ(failed_repeats(result.found[0]), 3u);
  EXPECT_EQ(failed_repeats(result.found[1]), 1u);
  EXPECT_EQ(result.winner, 2);  // the best of those that never failed
}

TEST(FinalStage, AWinnerOrARivalWithFailedRepeatsIsNoImprovement) {
  for (const bool rival : {false, true}) {
    SCOPED_TRACE(rival);
    Stage stage;
    stage.evaluator.own_noise = 0.01;
    const auto found = leaders({7});
    EXPECT_TRUE(stage.go(found).improved);
    stage.evaluator.fails_in = [rival](double fitness, const TrialRequest& request) {
      return (fitness == 0.5) == rival && request.repeat == 2;
    };
    const FinalResult result = stage.go(found);
    EXPECT_GT(result.comparisons[0].confirmed.low, 0);
    EXPECT_FALSE(result.improved);
  }
}

TEST(FinalStage, SaysWhenNothingWasImproved) {
  Stage stage;
  const auto found = leaders({1});
  const FinalResult result = stage.go(found);
  EXPECT_EQ(result.winner, 0);
  EXPECT_FALSE(result.improved);
}

TEST(FinalStage, ManagesWithoutAnythingFound) {
  Stage stage;
  const FinalResult result = stage.go({});
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.winner, -1);
  EXPECT_FALSE(result.improved);
  EXPECT_FALSE(result.references[0].test.empty());
}

TEST(FinalStage, AFailingWinnerIsPassedOver) {
  Stage stage;
  stage.evaluator.fails = [](double fitness) { return fitness > 0.6; };
  const auto found = leaders({7, 3});
  const FinalResult result = stage.go(found);
  EXPECT_EQ(result.winner, 1);
  EXPECT_EQ(result.found[0].problem, "told to fail");
}

TEST(FinalStage, GivesUpWhenAsked) {
  Stage stage;
  stage.stop = true;
  const auto found = leaders({7, 3});
  const FinalResult result = stage.go(found);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.trials, 0u) << "none was begun";
}

TEST(FinalStage, WhatIsInFlightAtAStopIsFinishedAndCounted) {
  Stage stage;
  stage.workers = 1;
  stage.evaluator.on_trial = [&](const auto&, const auto&, const auto&) { stage.stop = true; };
  const auto found = leaders({7, 3});
  const FinalResult result = stage.go(found);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(stage.evaluator.evaluations, 1u) << "nothing was begun after it";
  EXPECT_EQ(result.trials, 1u);
  EXPECT_FALSE(result.found[0].repeats[0].empty());
}

TEST(FinalStage, WhatIsCancelledIsNotCounted) {
  Stage stage;
  stage.workers = 1;
  stage.evaluator.on_trial = [&](const auto&, const auto&, const auto&) {
    stage.stop = stage.cancel = true;
  };
  const auto found = leaders({7, 3});
  const FinalResult result = stage.go(found);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.trials, 0u);
}

TEST(FinalStage, RefusesAReferenceThatDoesNotParse) {
  Stage stage;
  stage.evaluator.references = {{"broken", "", "setup:\n  s99 = 1\n"}};
  auto executor = make_thread_executor(1);
  const FinalStageParts parts{3,
                              stage.config,
                              stage.evaluator,
                              *executor,
                              nullptr,
                              nullptr,
                              stage.stop,
                              stage.cancel,
                              std::chrono::nanoseconds(0),
                              *stage.space,
                              {}};
  auto result = run_final_stage(parts, {});
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().find("broken"), std::string::npos);
}

}  // namespace
}  // namespace equivolve::engine
