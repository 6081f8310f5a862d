#include "search/genome/program_analysis.hpp"

#include <gtest/gtest.h>

#include "search/variation/program_variation.hpp"
#include "tests/search/support/programs.hpp"

namespace equivolve::search {
namespace {

const MemoryShape kShape{6, 4, 2, 8};

PreparedProgram prepare(const std::string& text, bool prune, bool classification = false) {
  const Genome genome = to_genome(test::program(text, kShape));
  const ProgramView view = *view_program(genome.flat);
  return prune ? prepare_pruned(view, {classification}) : prepare_plain(view, {classification});
}

std::vector<std::uint32_t> kept(const PreparedProgram& p, Function f) {
  return p[f].origin;
}

TEST(Liveness, KeepsWhatReachesThePrediction) {
  auto p = prepare(
      "setup:\n  s2 = 0.1\n  s3 = 7\npredict:\n  s1 = dot(v0, v1)\nlearn:\n  s4 = s0 - s1\n  s4 = "
      "s2 * s4\n  v2 = s4 * v0\n  v1 = v1 + v2\n  s5 = s3 * s3\n",
      true);
  EXPECT_EQ(kept(p, Function::kSetup), (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(kept(p, Function::kPredict), (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(kept(p, Function::kLearn), (std::vector<std::uint32_t>{0, 1, 2, 3}));
  EXPECT_EQ(p.live_state[0], (std::vector<std::uint8_t>{2}));
  EXPECT_EQ(p.live_state[1], (std::vector<std::uint8_t>{1}));
}

TEST(Liveness, CarriesMemoryFromOneExampleToTheNext) {
  // s3 is written in predict and read in the next predict only.
  auto p = prepare("predict:\n  s1 = s3 + s2\n  s3 = dot(v0, v0)\nlearn:\n  s2 = s0 + s2\n", true);
  EXPECT_EQ(kept(p, Function::kPredict), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(kept(p, Function::kLearn), (std::vector<std::uint32_t>{0}));
}

TEST(Liveness, AnElementWriteKeepsTheRestOfTheVector) {
  auto p = prepare("setup:\n  v1[0] = 1\n  v1[1] = 2\npredict:\n  s1 = dot(v0, v1)\n", true);
  EXPECT_EQ(kept(p, Function::kSetup), (std::vector<std::uint32_t>{0, 1}));
}

TEST(Liveness, NothingLivesWhenThePredictionIsConstant) {
  auto p = prepare("predict:\n  s1 = 0.5\nlearn:\n  v1 = v1 + v0\n  s1 = s0 + s0\n", true);
  EXPECT_EQ(kept(p, Function::kPredict), (std::vector<std::uint32_t>{0}));
  EXPECT_TRUE(kept(p, Function::kLearn).empty());
}

TEST(Liveness, LearnSeesTheFeaturesThatPredictLeft) {
  auto p = prepare("predict:\n  s1 = dot(v0, v1)\n  v0 = v0 - v0\nlearn:\n  v1 = v1 + v0\n", true);
  EXPECT_EQ(kept(p, Function::kPredict), (std::vector<std::uint32_t>{0, 1}));
}

TEST(KnownZeros, AProductWithAZeroMemoryIsZero) {
  // v1 is never written, so the dot product is zero whatever v0 holds; s5 may be Inf.
  auto p = prepare("predict:\n  s1 = dot(v0, v1)\n", false);
  ASSERT_EQ(p[Function::kPredict].instructions.size(), 1u);
  EXPECT_EQ(p[Function::kPredict].instructions[0].op, kZeroFill);
  EXPECT_EQ(zero_kind(p[Function::kPredict].instructions[0]), Kind::kScalar);
}

TEST(KnownZeros, EndWhereLearnWrites) {
  auto p = prepare("predict:\n  s1 = dot(v0, v1)\nlearn:\n  v1 = v1 + v0\n", false);
  EXPECT_EQ(p[Function::kPredict].instructions[0].op, static_cast<std::uint8_t>(Op::kDot));
}

TEST(KnownZeros, TheLabelIsZeroInPredictOnly) {
  auto p = prepare("predict:\n  s1 = s0 * s2\nlearn:\n  s2 = s0 * s0\n", false);
  EXPECT_EQ(p[Function::kPredict].instructions[0].op, kZeroFill);
  EXPECT_EQ(p[Function::kLearn].instructions[0].op, static_cast<std::uint8_t>(Op::kScalarProduct));
}

TEST(KnownZeros, TheSigmoidOfZeroIsNotZero) {
  const std::string text = "predict:\n  s1 = s2 * s2\nlearn:\n  s3 = s1 * s1\n  s4 = s3 + s3\n";
  EXPECT_EQ(prepare(text, false, false)[Function::kLearn].instructions[0].op, kZeroFill);
  EXPECT_NE(prepare(text, false, true)[Function::kLearn].instructions[0].op, kZeroFill);
}

TEST(KnownZeros, ApplyBeforeLiveness) {
  // s3 feeds only a product with a memory that stays zero: dead.
  auto p = prepare("predict:\n  s3 = dot(v0, v0)\n  s1 = s3 * s5\n", true);
  EXPECT_EQ(kept(p, Function::kPredict), (std::vector<std::uint32_t>{1}));
}

TEST(RandomDraws, LiveOnesAreNumberedAsIfDeadOnesWereNotThere) {
  auto with_dead = prepare(
      "setup:\n  s5 = uniform(0, 1)\n  s2 = gaussian(0, 1)\n  s4 = uniform(0, 1)\n  s3 = "
      "uniform(0, 1)\npredict:\n  s1 = s2 + s3\n",
      false);
  auto without = prepare(
      "setup:\n  s2 = gaussian(0, 1)\n  s3 = uniform(0, 1)\npredict:\n  s1 = s2 + s3\n", false);
  EXPECT_EQ(with_dead[Function::kSetup].ordinal(1), without[Function::kSetup].ordinal(0));
  EXPECT_EQ(with_dead[Function::kSetup].ordinal(3), without[Function::kSetup].ordinal(1));
  EXPECT_GE(with_dead[Function::kSetup].ordinal(0), kDeadOrdinal);
}

TEST(Pruning, IsIdempotentAndKeepsOrder) {
  const ProgramSpace space = test::wide_space();
  for (std::uint64_t i = 0; i < 3000; ++i) {
    hashing::Stream stream(3, hashing::Purpose::kTest, i);
    const Genome genome = to_genome(random_program(space, stream));
    const PreparedProgram plain = prepare_plain(*view_program(genome.flat), {});
    const PreparedProgram once = prepare_pruned(*view_program(genome.flat), {});
    // Prune the pruned program again, where it holds no fills (they have no genome).
    Program pruned;
    bool has_fill = false;
    for (std::size_t f = 0; f < kFunctionCount; ++f) {
      pruned.functions[f] = once.functions[f].instructions;
      for (const auto& instruction : pruned.functions[f])
        has_fill = has_fill || instruction.op == kZeroFill;
      EXPECT_LE(once.functions[f].instructions.size(), plain.functions[f].instructions.size());
      EXPECT_TRUE(std::is_sorted(once.functions[f].origin.begin(), once.functions[f].origin.end()));
    }
    if (has_fill) continue;
    const Genome again = to_genome(pruned);
    EXPECT_EQ(canonical_bytes(prepare_pruned(*view_program(again.flat), {})),
              canonical_bytes(once));
  }
}

}  // namespace
}  // namespace equivolve::search
