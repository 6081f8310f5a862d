#include "engine/plugins/threads_evaluator.hpp"

#include <cmath>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/engine/plugins/modules_support.hpp"

namespace equivolve::engine {
namespace {

using test::genome;
using test::view;

const std::atomic<bool> kGoOn{false};

class ThreadsEvaluatorTest : public testing::Test {
 protected:
  ThreadsEvaluatorTest() { EXPECT_TRUE(made_.evaluator) << made_.error.message; }

  void note(std::uint64_t behaviour, int times, const char* step = "trial") const {
    std::ofstream file(file_, std::ios::app);
    for (int i = 0; i < times; ++i) file << fmt::format("\ncrash 11 {} {:016x}\n", step, behaviour);
  }
  bool is_set_aside(const TrialResult& result) const {
    if (result.status == Status::kOk) return false;
    EXPECT_EQ(result.status, Status::kFailed);
    EXPECT_EQ(result.reason, Reason::kCrash);
    EXPECT_NE(result.message.find("set aside"), std::string::npos) << result.message;
    EXPECT_EQ(result.figures.size(), made_.evaluator->info().figures.size());
    for (const double figure : result.figures) EXPECT_TRUE(std::isnan(figure));
    return true;
  }

  const test::TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "crashes";
  const CrashNotes notes_{file_, ""};
  const test::Made made_ = test::make("citizen", R"({"options": {"do": "nothing"}})");
  const search::Genome good_ = genome(1), bad_ = genome(2);
  const std::uint64_t own_ = behaviours_of(view(bad_), std::nullopt).own;
};

TEST_F(ThreadsEvaluatorTest, WhatHasCrashedTwiceIsTriedAgain) {
  note(own_, 2);
  ThreadsEvaluator evaluator(*made_.evaluator, notes_);
  EXPECT_FALSE(is_set_aside(evaluator.evaluate(view(bad_), {}, kGoOn)));
  EXPECT_EQ(evaluator.probe(view(bad_), 1, kGoOn).status, Status::kOk);
}

/// What comes before a trial, and went well, is not refused for it: a replayed run would differ.
TEST_F(ThreadsEvaluatorTest, WhatCrashesInTrialsIsProbedYet) {
  note(own_, 3);
  ThreadsEvaluator evaluator(*made_.evaluator, notes_);
  EXPECT_TRUE(is_set_aside(evaluator.evaluate(view(bad_), {}, kGoOn)));
  EXPECT_EQ(evaluator.probe(view(bad_), 1, kGoOn).status, Status::kOk);
}

TEST_F(ThreadsEvaluatorTest, WhatHasCrashedThreeTimesIsTriedNoMore) {
  note(own_, 3, "refine");
  ThreadsEvaluator evaluator(*made_.evaluator, notes_);
  EXPECT_TRUE(is_set_aside(evaluator.evaluate(view(bad_), {}, kGoOn)));
  EXPECT_EQ(evaluator.probe(view(bad_), 1, kGoOn).status, Status::kFailed);
  EXPECT_TRUE(evaluator.refine(view(bad_), kGoOn).empty());
  EXPECT_FALSE(is_set_aside(evaluator.evaluate(view(good_), {}, kGoOn)));
  EXPECT_EQ(evaluator.probe(view(good_), 1, kGoOn).status, Status::kOk);
}

TEST_F(ThreadsEvaluatorTest, WhatCrashesItsProbeIsNotTriedWithoutOne) {
  note(own_, 3, "probe");
  ThreadsEvaluator evaluator(*made_.evaluator, notes_);
  EXPECT_EQ(evaluator.probe(view(bad_), 1, kGoOn).status, Status::kFailed);
  EXPECT_TRUE(is_set_aside(evaluator.evaluate(view(bad_), {}, kGoOn)));
}

TEST_F(ThreadsEvaluatorTest, AClassIsSetAsideWhicheverOfItHasCrashed) {
  const hashing::Digest of_class{5, 77};
  note(of_class.lo, 3);
  ThreadsEvaluator evaluator(*made_.evaluator, notes_);
  TrialRequest request;
  request.behaviour = of_class;
  EXPECT_TRUE(is_set_aside(evaluator.evaluate(view(good_), request, kGoOn)));
  EXPECT_TRUE(is_set_aside(evaluator.evaluate(view(bad_), request, kGoOn)));
  request.behaviour = hashing::Digest{5, 78};
  EXPECT_FALSE(is_set_aside(evaluator.evaluate(view(good_), request, kGoOn)));
}

TEST_F(ThreadsEvaluatorTest, WhatAnEarlierSessionStoredIsNotPaidAgain) {
  ThreadsEvaluator evaluator(*made_.evaluator, notes_);
  EXPECT_FALSE(is_set_aside(evaluator.evaluate(view(bad_), {}, kGoOn)));
  evaluator.take_note(view(bad_), std::nullopt, failed_trial(Reason::kCrash, "was set aside"));
  EXPECT_TRUE(is_set_aside(evaluator.evaluate(view(bad_), {}, kGoOn)));
  EXPECT_FALSE(is_set_aside(evaluator.evaluate(view(good_), {}, kGoOn)));
}

TEST_F(ThreadsEvaluatorTest, GivesWhatItsEvaluatorGives) {
  ThreadsEvaluator evaluator(*made_.evaluator, notes_);
  const TrialResult expected = made_.evaluator->evaluate(view(good_), {}, kGoOn);
  const TrialResult found = evaluator.evaluate(view(good_), {}, kGoOn);
  EXPECT_EQ(found.status, Status::kOk);
  EXPECT_EQ(found.figures, expected.figures);
  EXPECT_EQ(evaluator.descriptor().id, "citizen");
  EXPECT_EQ(evaluator.probe(view(good_), 1, kGoOn).digest,
            made_.evaluator->probe(view(good_), 1, kGoOn).digest);
}

}  // namespace
}  // namespace equivolve::engine
