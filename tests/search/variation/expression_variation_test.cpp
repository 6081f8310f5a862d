#include "search/variation/expression_variation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>

#include "tests/search/support/expressions.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;
using Token = eqv_expression_token;

ExpressionView view_of(const Genome& genome) {
  return *view_expression(genome.flat);
}

ExpressionSpace tight_space() {
  ExpressionSpace space = test::every_operation_space();
  space.max_size = 3;
  space.max_depth = 2;
  space.initial_depth_low = 0;
  space.initial_depth_high = 2;
  return space;
}

ExpressionSpace wide_expressions() {
  ExpressionSpace space = test::every_operation_space();
  space.max_size = 4096;
  space.max_depth = 255;
  space.initial_depth_low = 0;
  space.initial_depth_high = 12;
  return space;
}

ExpressionSpace only_unary() {
  ExpressionSpace space = test::arithmetic_space();
  space.inputs = {"x"};
  space.operations = {ExpressionOp::kNot};
  space.constants = false;
  return space;
}

class EveryExpressionSpace : public testing::TestWithParam<ExpressionSpace> {};
INSTANTIATE_TEST_SUITE_P(Spaces, EveryExpressionSpace,
                         testing::Values(test::every_operation_space(), test::arithmetic_space(),
                                         test::boolean_space(), tight_space(), wide_expressions(),
                                         only_unary()));

TEST_P(EveryExpressionSpace, HoldsAllThatIsBred) {
  const ExpressionSpace& space = GetParam();
  for (std::uint64_t i = 0; i < 400; ++i) {
    Stream stream(1, Purpose::kTest, i);
    Genome a = random_genome(space, stream), b = random_genome(space, stream);
    ASSERT_TRUE(check_genome(a.flat, space));
    for (int m = 0; m < 30; ++m) {
      a = mutate_genome(a.flat, space, stream).genome;
      const auto checked = check_genome(a.flat, space);
      ASSERT_TRUE(checked) << checked.error().message << ": " << genome_text(a.flat, space);
      const Bred crossed = cross_genomes(a.flat, b.flat, space, stream);
      ASSERT_TRUE(check_genome(crossed.genome.flat, space));
      ASSERT_TRUE(crossed.op == Operator::kCrossover || crossed.genome == a);
      b = crossed.genome;
    }
  }
}

TEST_P(EveryExpressionSpace, BreedsAsTheStreamSays) {
  const ExpressionSpace& space = GetParam();
  Stream one(1, Purpose::kTest, 9), same(1, Purpose::kTest, 9);
  const Genome parent = random_genome(space, one);
  EXPECT_EQ(parent, random_genome(space, same));
  EXPECT_EQ(mutate_genome(parent.flat, space, one).genome,
            mutate_genome(parent.flat, space, same).genome);
}

TEST(RandomExpressions, AreRampedHalfAndHalf) {
  ExpressionSpace space = test::arithmetic_space();
  space.operations = {ExpressionOp::kAdd, ExpressionOp::kMul};
  space.max_size = 1000;
  std::map<std::uint32_t, int> full, all;
  constexpr int kDrawn = 10'000;
  for (std::uint64_t i = 0; i < kDrawn; ++i) {
    Stream stream(3, Purpose::kTest, i);
    const Genome genome = random_genome(space, stream);
    const ExpressionView e = view_of(genome);
    const std::uint32_t depth = expression_depth(e);
    ++all[depth];
    full[depth] += e.size() == (std::size_t{2} << depth) - 1;
  }
  EXPECT_EQ(all.begin()->first >= 1, true) << "the root is an operation";
  EXPECT_EQ(all.rbegin()->first, 6u);
  // Half of those of each of the five depths are full: 1000, standard deviation 28; some that grew
  // are, too, where they are shallow.
  for (std::uint32_t depth = 4; depth <= 6; ++depth) EXPECT_NEAR(full[depth], 1000, 150) << depth;
  EXPECT_GT(full[2], 850);
}

TEST(RandomExpressions, KeepToASmallSizeWithoutLeaningToOneSide) {
  ExpressionSpace space = test::arithmetic_space();
  space.operations = {ExpressionOp::kAdd};
  space.max_size = 15;
  space.max_depth = space.initial_depth_low = space.initial_depth_high = 10;
  double left = 0, right = 0;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    Stream stream(4, Purpose::kTest, i);
    const Genome genome = random_genome(space, stream);
    const ExpressionView e = view_of(genome);
    ASSERT_LE(e.size(), 15u);
    const std::size_t start = subtree_start(e, e.size() - 2);
    left += static_cast<double>(start);
    right += static_cast<double>(e.size() - 1 - start);
  }
  EXPECT_LT(right / left, 2.0);
  EXPECT_GT(right / left, 0.5);
}

std::map<Operator, int> operators_of(const std::string& text, const ExpressionSpace& space, int n) {
  const Genome parent = to_genome(test::expression(text, space));
  std::map<Operator, int> counts;
  Stream stream(5, Purpose::kTest, 0);
  for (int i = 0; i < n; ++i) ++counts[mutate_genome(parent.flat, space, stream).op];
  return counts;
}

TEST(ExpressionMutation, DrawsItsKindsByTheirWeights) {
  auto counts = operators_of("x0 * sin(x1) + 0.5", test::arithmetic_space(), 8000);
  // Weights 2 2 2 1 1: 1000 a weight, standard deviation at most 39.
  EXPECT_NEAR(counts[Operator::kSubtreeMutation], 2000, 200);
  EXPECT_NEAR(counts[Operator::kPointMutation], 2000, 200);
  EXPECT_NEAR(counts[Operator::kPerturbConstants], 2000, 200);
  EXPECT_NEAR(counts[Operator::kInsertOperation], 1000, 150);
  EXPECT_NEAR(counts[Operator::kHoistMutation], 1000, 150);
  auto lone = operators_of("x0", test::arithmetic_space(), 1000);
  EXPECT_EQ(lone[Operator::kPerturbConstants], 0);
  EXPECT_EQ(lone[Operator::kHoistMutation], 0);
}

/// Children of one parent by one kind of mutation.
std::vector<Genome> children(const std::string& text, const ExpressionSpace& space, Operator op) {
  const Genome parent = to_genome(test::expression(text, space));
  std::vector<Genome> out;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    Stream stream(6, Purpose::kTest, i);
    Bred child = mutate_genome(parent.flat, space, stream);
    if (child.op == op) out.push_back(std::move(child.genome));
  }
  EXPECT_GT(out.size(), 100u);
  return out;
}

TEST(ExpressionMutation, PointChangesOneTokenAndKeepsTheShape) {
  const ExpressionSpace space = test::arithmetic_space();
  const auto parent = test::expression("x0 * sin(x1) + 0.5", space);
  for (const Genome& child : children("x0 * sin(x1) + 0.5", space, Operator::kPointMutation)) {
    const ExpressionView e = view_of(child);
    ASSERT_EQ(e.size(), parent.size());
    int changed = 0;
    for (std::size_t i = 0; i < e.size(); ++i) {
      changed += std::memcmp(&e[i], &parent[i], sizeof e[i]) != 0;
      EXPECT_EQ(arity_of(e[i]), arity_of(parent[i]));
    }
    EXPECT_EQ(changed, 1);
  }
}

TEST(ExpressionMutation, ConstantsMoveOneOrAll) {
  const ExpressionSpace space = test::arithmetic_space();
  int one = 0, both = 0, flipped = 0;
  for (const Genome& child : children("2 * x0 + 100", space, Operator::kPerturbConstants)) {
    const ExpressionView e = view_of(child);
    ASSERT_EQ(e.size(), 5u);
    const bool first = e[0].value != 2, second = e[3].value != 100;
    one += first != second;
    both += first && second;
    flipped += e[3].value < 0;
    EXPECT_LE(std::abs(e[3].value), 200);
    EXPECT_GE(std::abs(e[3].value), 50);
  }
  EXPECT_NEAR(static_cast<double>(both) / (one + both), 0.5, 0.1);
  EXPECT_GT(flipped, 0);
  EXPECT_LT(flipped, (one + both) / 20);
}

TEST(ExpressionMutation, HoistTakesASubtreeOfItsOwn) {
  const ExpressionSpace space = test::arithmetic_space();
  std::map<std::string, int> texts;
  for (const Genome& child : children("x0 + sin(x1)", space, Operator::kHoistMutation))
    ++texts[genome_text(child.flat, space)];
  EXPECT_EQ(texts.size(), 4u);
  for (const char* text : {"x0", "x1", "sin(x1)", "x0 + x1"}) EXPECT_GT(texts[text], 0) << text;
}

TEST(ExpressionMutation, InsertionKeepsTheParentWithin) {
  const ExpressionSpace space = test::arithmetic_space();
  for (const Genome& child : children("x0 / x1", space, Operator::kInsertOperation)) {
    const ExpressionView e = view_of(child);
    EXPECT_TRUE(e.size() == 4 || e.size() == 5) << genome_text(child.flat, space);
    EXPECT_GE(expression_depth(e), 2u);
  }
}

TEST(ExpressionCrossover, PutsASubtreeOfOneIntoTheOther) {
  const ExpressionSpace space = test::arithmetic_space();
  const Genome a = to_genome(test::expression("x0 + sin(x0)", space));
  const Genome b = to_genome(test::expression("x1 * 7", space));
  std::map<std::string, int> texts;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    Stream stream(7, Purpose::kTest, i);
    const Bred child = cross_genomes(a.flat, b.flat, space, stream);
    EXPECT_EQ(child.op, Operator::kCrossover);
    ++texts[genome_text(child.genome.flat, space)];
  }
  // 4 points of the first by 3 of the second.
  EXPECT_EQ(texts.size(), 12u);
  EXPECT_GT(texts["x0 + x1 * 7"], 800) << "nine points in ten are operations";
  EXPECT_GT(texts["x0 + sin(7)"], 0);
}

TEST(ExpressionCrossover, HandsTheParentOnWhereEveryChildWouldBeTooLarge) {
  ExpressionSpace space = test::arithmetic_space();
  space.operations = {ExpressionOp::kSin};
  const Genome a = to_genome(test::expression("sin(sin(x0))", space));
  const Genome b = to_genome(test::expression("sin(sin(sin(x0)))", space));
  space.max_size = 3;
  int copies = 0;
  for (std::uint64_t i = 0; i < 500; ++i) {
    Stream stream(8, Purpose::kTest, i);
    const Bred child = cross_genomes(a.flat, b.flat, space, stream);
    EXPECT_LE(view_of(child.genome).size(), 3u);
    copies += child.op == Operator::kCopy;
  }
  EXPECT_LT(copies, 250);
}

}  // namespace
}  // namespace equivolve::search
