#include "engine/study/boolean_study.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace equivolve::study {
namespace {

std::uint32_t table_of(const std::string& text, std::uint32_t inputs) {
  const std::vector<std::string> names = {"x0", "x1", "x2", "x3", "x4"};
  const auto parsed = search::parse_expression(text, std::span(names).first(inputs));
  EXPECT_TRUE(parsed) << text;
  return truth_table(parsed->tokens, inputs);
}

TEST(TruthTable, HasABitForEachChoiceOfInputs) {
  EXPECT_EQ(table_of("x0", 2), 0b1010u);
  EXPECT_EQ(table_of("x1", 2), 0b1100u);
  EXPECT_EQ(table_of("and(x0, x1)", 2), 0b1000u);
  EXPECT_EQ(table_of("or(x0, x1)", 2), 0b1110u);
  EXPECT_EQ(table_of("xor(x0, x1)", 2), 0b0110u);
  EXPECT_EQ(table_of("not(x0)", 2), 0b0101u);
  EXPECT_EQ(table_of("and(x2, not(xor(x0, x1)))", 3), 0b10010000u);
  EXPECT_EQ(table_of("xor(x0, xor(x1, x2))", 3), 0b10010110u);
}

// De Morgan's laws, and xor by the others.
TEST(TruthTable, KnowsTheLaws) {
  EXPECT_EQ(table_of("not(and(x0, x1))", 3), table_of("or(not(x0), not(x1))", 3));
  EXPECT_EQ(table_of("xor(x0, x4)", 5), table_of("and(or(x0, x4), not(and(x0, x4)))", 5));
  EXPECT_EQ(table_of("or(x3, not(x3))", 5), ~0u);
}

TEST(BooleanStudy, FindsOneClassForEachFunction) {
  for (const std::uint64_t seed : {1u, 2u}) {
    const BooleanCounts two = count_boolean_classes(2, 500, seed);
    EXPECT_EQ(two.truth_tables, 16u);
    EXPECT_EQ(two.classes, 16u);
    EXPECT_EQ(two.merged_but_different, 0u);
    EXPECT_EQ(two.equal_but_apart, 0u);
    EXPECT_GT(two.expressions, 500u + 16 * 16);
  }
  const BooleanCounts three = count_boolean_classes(3, 500, 1);
  EXPECT_EQ(three.truth_tables, 256u);
  EXPECT_EQ(three.classes, 256u);
  EXPECT_EQ(three.merged_but_different, 0u);
  EXPECT_EQ(three.equal_but_apart, 0u);
}

// Without random ones: nothing rests on luck.
TEST(BooleanStudy, ReachesEveryFunctionBySystem) {
  EXPECT_EQ(count_boolean_classes(2, 0, 1).truth_tables, 16u);
  EXPECT_EQ(count_boolean_classes(3, 0, 1).truth_tables, 256u);
}

}  // namespace
}  // namespace equivolve::study
