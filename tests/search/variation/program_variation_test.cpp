#include "search/variation/program_variation.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include <gtest/gtest.h>

#include "tests/search/support/programs.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;

bool within(const Program& p, const ProgramSpace& space) {
  if (!check_program(to_genome(p).flat, space.memories)) return false;
  for (std::size_t f = 0; f < kFunctionCount; ++f) {
    const auto& allowed = space.functions[f];
    if (p.functions[f].size() < allowed.min_length || p.functions[f].size() > allowed.max_length)
      return false;
    for (const auto& i : p.functions[f])
      if (std::find(allowed.operations.begin(), allowed.operations.end(), static_cast<Op>(i.op)) ==
          allowed.operations.end())
        return false;
  }
  return true;
}

class EverySpace : public testing::TestWithParam<ProgramSpace> {};
INSTANTIATE_TEST_SUITE_P(Spaces, EverySpace,
                         testing::Values(test::wide_space(), test::narrow_space()));

TEST_P(EverySpace, ChildrenStayWithinIt) {
  const ProgramSpace& space = GetParam();
  for (std::uint64_t i = 0; i < 300; ++i) {
    Stream stream(1, Purpose::kTest, i);
    Program a = random_program(space, stream);
    Program b = random_program(space, stream);
    ASSERT_TRUE(within(a, space));
    for (int m = 0; m < 60; ++m) {
      a = mutate(a, space, stream).program;
      ASSERT_TRUE(within(a, space));
    }
    ASSERT_TRUE(within(crossover(a, b, stream), space));
  }
}

TEST_P(EverySpace, IsAPureFunctionOfTheStream) {
  const ProgramSpace& space = GetParam();
  Stream one(1, Purpose::kTest, 9), same(1, Purpose::kTest, 9), other(1, Purpose::kTest, 10);
  const Program p = random_program(space, one);
  EXPECT_TRUE(p == random_program(space, same));
  EXPECT_FALSE(p == random_program(space, other));
  EXPECT_TRUE(mutate(p, space, one).program == mutate(p, space, same).program);
}

std::map<Operator, int> count_operators(const ProgramSpace& space, int n) {
  std::map<Operator, int> counts;
  Stream stream(2, Purpose::kTest, 0);
  for (int i = 0; i < n; ++i) ++counts[mutate(random_program(space, stream), space, stream).op];
  return counts;
}

TEST(Mutation, FixedLengthsAreNeitherGrownNorCut) {
  auto counts = count_operators(test::narrow_space(), 3000);
  EXPECT_EQ(counts.count(Operator::kInsertInstruction), 0u);
  EXPECT_EQ(counts.count(Operator::kRemoveInstruction), 0u);
  // Three kinds of equal weight: 1000 each, standard deviation 26; five of them either way.
  for (Operator op :
       {Operator::kChangeArgument, Operator::kReplaceInstruction, Operator::kRandomiseFunction})
    EXPECT_NEAR(counts[op], 1000, 130) << operator_name(op);
}

TEST(Mutation, RemovalIsTwiceAsLikelyAsInsertion) {
  auto counts = count_operators(test::wide_space(), 6000);
  EXPECT_NEAR(counts[Operator::kInsertInstruction], 1000, 150);
  EXPECT_NEAR(counts[Operator::kRemoveInstruction], 2000, 190);
}

TEST(Mutation, ConstantsAreScaledAndSometimesNegated) {
  ProgramSpace space = test::narrow_space();
  for (auto& f : space.functions) f = {0, 0, 0, {Op::kScalarConstant}};
  space[Function::kSetup] = {1, 1, 1, {Op::kScalarConstant}};
  const Program parent = test::program("setup:\n  s1 = 0.5\n", space.memories);
  int scaled = 0, negated = 0;
  Stream stream(3, Purpose::kTest, 0);
  for (int i = 0; i < 6000; ++i) {
    const VariedProgram child = mutate(parent, space, stream);
    const auto& c = child.program[Function::kSetup][0];
    if (child.op != Operator::kChangeArgument || c.out != parent[Function::kSetup][0].out ||
        c.value == 0.5)
      continue;
    ++scaled;
    negated += c.value < 0;
    EXPECT_GE(std::abs(c.value), 0.25);
    EXPECT_LE(std::abs(c.value), 1.0);
  }
  ASSERT_GT(scaled, 500);
  EXPECT_NEAR(static_cast<double>(negated) / scaled, 0.1, 5 * std::sqrt(0.1 * 0.9 / scaled));
}

TEST(Crossover, TakesTheHeadOfOneAndTheTailOfTheOther) {
  const ProgramSpace space = test::narrow_space();
  Stream stream(4, Purpose::kTest, 0);
  for (int n = 0; n < 200; ++n) {
    const Program a = random_program(space, stream), b = random_program(space, stream);
    const Program child = crossover(a, b, stream);
    for (std::size_t f = 0; f < kFunctionCount; ++f) {
      const auto same = [](const eqv_instruction& x, const eqv_instruction& y) {
        return std::memcmp(&x, &y, sizeof x) == 0;
      };
      std::size_t head = 0;
      while (head < child.functions[f].size() &&
             same(child.functions[f][head], a.functions[f][head]))
        ++head;
      for (std::size_t i = head; i < child.functions[f].size(); ++i)
        EXPECT_TRUE(same(child.functions[f][i], b.functions[f][i]));
    }
  }
}

}  // namespace
}  // namespace equivolve::search
