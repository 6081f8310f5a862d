#include "search/genome/expression.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "search/genome/expression_names.hpp"
#include "search/variation/expression_variation.hpp"
#include "tests/search/support/expressions.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;
using Token = eqv_expression_token;

std::string fault_of(const std::vector<Token>& tokens, const ExpressionSpace& space) {
  const auto checked = check_genome(to_genome(tokens).flat, space);
  return checked ? "" : checked.error().message;
}

TEST(ExpressionOps, NamesAreUniqueAndFound) {
  std::set<std::string_view> names;
  for (const ExpressionOpInfo& info : expression_op_table()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    if (info.arity > 0)
      EXPECT_EQ(expression_op_named(info.name), info.op);
    else
      EXPECT_FALSE(expression_op_named(info.name));
    EXPECT_LE(info.arity, kMostOperands);
    EXPECT_TRUE(!info.commutative || info.arity == 2);
  }
}

TEST(ExpressionOps, OtherNamesAndMisspeltOnesLeadToTheirs) {
  const auto meant = [](const std::string& name) { return expression_op_suggestion(name); };
  for (const auto& [other, name] :
       {std::pair("neg", "negate"), std::pair("subtract", "sub"), std::pair("multiply", "mul"),
        std::pair("divide", "div"), std::pair("pow", "power"), std::pair("ln", "log"),
        std::pair("+", "add"), std::pair("atan", "arctan"), std::pair("if", "where"),
        std::pair("squrt", "sqrt"), std::pair("mull", "mul"), std::pair("sine", "sin"),
        std::pair("Add", "add")})
    EXPECT_EQ(meant(other), std::string("; did you mean '") + name + "'?") << other;
  EXPECT_EQ(meant("photosynthesis"), "");
  EXPECT_EQ(meant(""), "");
  EXPECT_EQ(meant("addition plus"), "") << "part of the list, and no name";
}

TEST(Expression, IsCheckedTokenByToken) {
  const ExpressionSpace space = test::arithmetic_space();
  const Token x = input_token(0), add = operation_token(ExpressionOp::kAdd);
  EXPECT_EQ(fault_of({x, x, add}, space), "");
  EXPECT_EQ(fault_of({}, space), "the size is not that of an expression's tokens");
  EXPECT_EQ(fault_of({x, add}, space), "token 2: fewer values before it than it takes");
  EXPECT_EQ(fault_of({x, x}, space), "the tokens leave 2 values instead of one");
  EXPECT_EQ(fault_of({input_token(2)}, space), "token 1: input beyond the last");
  EXPECT_EQ(fault_of({x, {99, 0, 0, 0}}, space), "token 2: unknown operation");
  EXPECT_EQ(fault_of({{0, 0, 1, 0}}, space), "token 1: unused field is not zero");
  EXPECT_EQ(fault_of({{0, 0, 0, 1}}, space), "token 1: unused field is not zero");
  EXPECT_EQ(fault_of({{1, 1, 0, 1}}, space), "token 1: unused field is not zero");
  EXPECT_EQ(fault_of({constant_token(std::numeric_limits<double>::infinity())}, space),
            "token 1: number is not finite");
  const std::vector<std::byte> ragged(17);
  EXPECT_FALSE(check_genome(ragged, space));
}

TEST(ExpressionSpaces, RefuseWhatTheyDoNotHave) {
  ExpressionSpace space = test::arithmetic_space();
  EXPECT_EQ(fault_of(test::expression("cos(x0)", space), space),
            "token 2: operation 'cos' is not one of the space's");
  const auto parsed = parse_genome("x0 +\n cos(x1)", space);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message, "operation 'cos' is not one of the space's");
  EXPECT_EQ(parsed.error().line, 2u);
  EXPECT_EQ(parsed.error().column, 2u);
  space.constants = false;
  EXPECT_EQ(parse_genome("x0 + 1", space).error().message, "the space has no constants");
  space.max_size = 4;
  EXPECT_EQ(parse_genome("x0 + x1 + x0", space).error().message,
            "the formula has 5 tokens; max_size is 4");
  space.max_depth = 2;
  EXPECT_EQ(parse_genome("sin(sin(sin(x0)))", space).error().message,
            "the formula is 3 levels deep; max_depth is 2");
  EXPECT_TRUE(parse_genome("sin(sin(x0))", space));
}

TEST(Expression, KnowsItsSubtreesLevelsAndDepth) {
  const ExpressionSpace space = test::arithmetic_space();
  // x0 x1 1 + sin * x0 -
  const auto e = test::expression("x0 * sin(x1 + 1) - x0", space);
  EXPECT_EQ(expression_depth(e), 4u);
  EXPECT_EQ(expression_depth(test::expression("x0", space)), 0u);
  const std::vector<std::size_t> starts = {0, 1, 2, 1, 1, 0, 6, 0};
  const std::vector<std::uint32_t> levels = {2, 4, 4, 3, 2, 1, 1, 0};
  ASSERT_EQ(e.size(), starts.size());
  for (std::size_t i = 0; i < e.size(); ++i) {
    EXPECT_EQ(subtree_start(e, i), starts[i]) << i;
    EXPECT_EQ(level_of(e, i), levels[i]) << i;
  }
}

TEST(Expression, DeepestLevelIsTheDepth) {
  const ExpressionSpace space = test::every_operation_space();
  for (std::uint64_t i = 0; i < 2000; ++i) {
    Stream stream(1, Purpose::kTest, i);
    const Genome genome = random_genome(space, stream);
    const ExpressionView e = *view_expression(genome.flat);
    std::uint32_t deepest = 0;
    for (std::size_t at = 0; at < e.size(); ++at) deepest = std::max(deepest, level_of(e, at));
    EXPECT_EQ(deepest, expression_depth(e));
  }
}

std::vector<std::byte> structure(const std::string& text) {
  const ExpressionSpace space = test::every_operation_space();
  ExpressionSpace plain = space;
  plain.inputs = {"a", "b", "c"};
  return structural_bytes(to_genome(test::expression(text, plain)).flat, plain);
}

TEST(ExpressionStructure, SortsWhatCommutesAndNothingElse) {
  EXPECT_EQ(structure("a + b"), structure("b + a"));
  EXPECT_EQ(structure("a * b + sin(b * c)"), structure("sin(c * b) + b * a"));
  EXPECT_EQ(structure("max(a, min(b, c))"), structure("max(min(c, b), a)"));
  EXPECT_EQ(structure("xor(a, and(b, c))"), structure("xor(and(c, b), a)"));
  EXPECT_EQ(structure("lse(a, b)"), structure("lse(b, a)"));
  EXPECT_NE(structure("(a + b) + c"), structure("a + (b + c)"));
  EXPECT_NE(structure("a - b"), structure("b - a"));
  EXPECT_NE(structure("a ^ b"), structure("b ^ a"));
  EXPECT_NE(structure("less(a, b)"), structure("less(b, a)"));
  EXPECT_NE(structure("where(a, b, c)"), structure("where(b, a, c)"));
  EXPECT_NE(structure("a + 0"), structure("a + -0"));
}

/// The same formula with the operands of random commutative operations swapped.
std::vector<Token> swapped(ExpressionView e, Stream& stream) {
  std::vector<Token> out(e.begin(), e.end());
  for (std::size_t at = 0; at < out.size(); ++at) {
    if (!expression_op_info(op_of(out[at])).commutative || stream.chance(0.5)) continue;
    const std::size_t second = subtree_start(out, at - 1), first = subtree_start(out, second - 1);
    std::rotate(out.begin() + static_cast<std::ptrdiff_t>(first),
                out.begin() + static_cast<std::ptrdiff_t>(second),
                out.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return out;
}

TEST(ExpressionStructure, IsTheSameForEveryOrderOfOperands) {
  const ExpressionSpace space = test::every_operation_space();
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    Stream stream(2, Purpose::kTest, i);
    const Genome genome = random_genome(space, stream);
    const Genome other = to_genome(swapped(*view_expression(genome.flat), stream));
    ASSERT_TRUE(check_genome(other.flat, space));
    ASSERT_EQ(structural_bytes(genome.flat, space), structural_bytes(other.flat, space));
    // They are a genome of the space themselves, and their own structure.
    const auto bytes = structural_bytes(genome.flat, space);
    ASSERT_TRUE(check_genome(bytes, space));
    ASSERT_EQ(structural_bytes(bytes, space), bytes);
  }
}

}  // namespace
}  // namespace equivolve::search
