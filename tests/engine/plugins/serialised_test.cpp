// Evaluators that break rules at the C line itself, and one that is not thread-safe.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/engine/plugins/modules_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::HasSubstr;

TEST(NotThreadSafe, IsNeverEnteredTwice) {
  for (unsigned width : {1u, 2u, 4u, 8u}) {
    const Made made = make("raw_unruly");
    ASSERT_TRUE(made.evaluator) << made.error.message;
    std::atomic<int> refused{0};
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < width; ++t)
      threads.emplace_back([&] {
        const search::Genome one = genome();
        const std::atomic<bool> stop{false};
        for (int i = 0; i < 100; ++i) {
          if (made.evaluator->evaluate(view(one), {}, stop).status != Status::kOk) ++refused;
          if (made.evaluator->probe(view(one), 0).status != Status::kOk) ++refused;
        }
      });
    threads.clear();
    EXPECT_EQ(refused.load(), 0) << width << " threads";
  }
}

TEST(ThreadSafe, TrialsAtOnceDoNotMix) {
  const Made made = make("toy_c", R"({"options":{"byte":0}})");
  std::atomic<int> wrong{0};
  std::vector<std::jthread> threads;
  for (std::size_t t = 1; t <= 8; ++t)
    threads.emplace_back([&, t] {
      const search::Genome one = genome(t);
      const std::atomic<bool> stop{false};
      for (int i = 0; i < 200; ++i) {
        const TrialResult result = made.evaluator->evaluate(view(one), {}, stop);
        const bool fine = result.status == Status::kOk &&
                          result.figures[1] == static_cast<double>(one.flat.size()) &&
                          result.intermediate.size() == 2 &&
                          result.intermediate[1].value == result.figures[1];
        if (!fine) ++wrong;
      }
    });
  threads.clear();
  EXPECT_EQ(wrong.load(), 0);
}

TEST(AtTheCLine, WhatIsThrownThroughItIsCaught) {
  const TrialResult result = evaluate(*make("raw_unruly", "throw").evaluator);
  EXPECT_EQ(result.reason, Reason::kEvaluatorError);
  EXPECT_THAT(result.message, HasSubstr("across the line"));
}

TEST(AtTheCLine, AWrongFigureCountIsAWrongShape) {
  const TrialResult few = evaluate(*make("raw_unruly", "too_few").evaluator);
  EXPECT_EQ(few.reason, Reason::kWrongShape);
  EXPECT_THAT(few.message, HasSubstr("gave 1 figures instead of 2"));
  const TrialResult many = evaluate(*make("raw_unruly", "overflow").evaluator);
  EXPECT_EQ(many.reason, Reason::kWrongShape);
  EXPECT_THAT(many.message, HasSubstr("wrote past its 2 figures"));
}

TEST(AtTheCLine, AnOlderLayoutIsReadWithItsOwnStride) {
  const Made made = make("raw_unruly");
  const EvaluatorInfo& info = made.evaluator->info();
  ASSERT_EQ(info.figures.size(), 2u);
  EXPECT_EQ(info.figures[1].name, "second");
  EXPECT_EQ(info.figures[1].role, Role::kConstraint);
  EXPECT_TRUE(info.figures[1].reproducible) << "a member it does not know yet";
  EXPECT_EQ(info.sink, hashing::SinkSettings{}) << "probe settings lie beyond its struct_size";
}

}  // namespace
}  // namespace equivolve::engine::test
