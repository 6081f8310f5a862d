#include <gtest/gtest.h>

#include <cmath>

#include "search/variation/expression_variation.hpp"
#include "tests/search/support/expressions.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;

std::string rewritten(const std::string& text, const ExpressionSpace& space) {
  return to_text(test::expression(text, space), space.inputs);
}

TEST(ExpressionText, HasOnlyTheParenthesesThatTheTreeNeeds) {
  const ExpressionSpace space = test::arithmetic_space();
  for (const char* text : {
           "x0 * sin(x1) + 0.5",
           "x0 + x1 + 1",
           "x0 + (x1 + 1)",
           "x0 - (x1 - 1)",
           "(x0 - x1) * 2 / (x0 / x1)",
           "x0 * (x1 * 2)",
           "-x0 * x1",
           "-(x0 * x1)",
           "-(-x0)",
           "-(x0 + x1)",
           "x0 ^ x1 ^ 2",
           "(x0 ^ x1) ^ 2",
           "-x0 ^ 2",
           "(-x0) ^ 2",
           "x0 ^ -x1",
           "(-2) ^ x0",
           "-2 ^ x0",
           "x0 ^ -2",
           "x0 ^ -2 ^ x1",
           "x0 ^ (-2) ^ x1",
           "x0 - -2",
           "x0 + -2",
           "-2 * x0",
           "-(2)",
           "-(-2)",
           "-0",
           "where(less(x0, 1), and(x0, x1), max(x0, -x1))",
           "1e-05 * x0 + 1.2345678901234567e+300",
       })
    EXPECT_EQ(rewritten(text, space), text);
  EXPECT_EQ(rewritten("((x0)) +( x1*3 )", space), "x0 + x1 * 3");
  EXPECT_EQ(rewritten("x0 # the first\n + .5", space), "x0 + 0.5");
  EXPECT_EQ(rewritten("--x0", space), "-(-x0)");
}

TEST(ExpressionText, TellsAConstantFromAnOperationOnOne) {
  const ExpressionSpace space = test::arithmetic_space();
  EXPECT_EQ(test::expression("-2", space).size(), 1u);
  EXPECT_EQ(test::expression("-(2)", space).size(), 2u);
  EXPECT_EQ(test::expression("-2 ^ x0", space).size(), 4u);
  EXPECT_TRUE(std::signbit(test::expression("-0", space)[0].value));
  EXPECT_EQ(test::expression("x0 - 2", space)[2].op, static_cast<int>(ExpressionOp::kSub));
}

TEST(ExpressionText, QuotesNamesThatAreNoWords) {
  const ExpressionSpace space = test::every_operation_space();
  EXPECT_EQ(rewritten("\"mean \"\"radius\"\"\" + x0", space), "\"mean \"\"radius\"\"\" + x0");
  EXPECT_EQ(rewritten("sin(sin)", space), "sin(sin)") << "an input may be called as an operation";
}

struct Refusal {
  const char* text;
  std::size_t line, column;
  const char* message;
};

TEST(ExpressionText, SaysWhatIsWrongAndWhere) {
  const ExpressionSpace space = test::arithmetic_space();
  for (const Refusal& r : {
           Refusal{"", 1, 1, "expected a number, an input, a function or '('"},
           Refusal{"x0 +", 1, 5, "expected a number, an input, a function or '('"},
           Refusal{"x0 * (x1\n + x0", 2, 6, "expected ')'"},
           Refusal{"x0 x1", 1, 4, "expected '+', '-', '*', '/', '^' or the end of the formula"},
           Refusal{"1 +\n x9", 2, 2, "no input is called 'x9'; did you mean 'x0'?"},
           Refusal{"sine(x0)", 1, 1, "no operation is called 'sine'; did you mean 'sin'?"},
           Refusal{"sin(x0, x1)", 1, 7, "'sin' takes 1 operand, but there are more"},
           Refusal{"max(x0)", 1, 7, "'max' takes 2 operands, but there is 1"},
           Refusal{"1e999", 1, 1, "expected a number that a double can hold"},
           Refusal{"2x", 1, 1,
                   "a name does not begin with a digit; other names stand in double "
                   "quotes"},
           Refusal{"x0 + \"a", 1, 6, "the name that begins here has no closing '\"'"},
           Refusal{"constant(x0)", 1, 1, "no operation is called 'constant'"},
       }) {
    const auto parsed = parse_expression(r.text, space.inputs);
    ASSERT_FALSE(parsed) << r.text;
    EXPECT_EQ(parsed.error().line, r.line) << r.text;
    EXPECT_EQ(parsed.error().column, r.column) << r.text;
    EXPECT_EQ(parsed.error().message, r.message) << r.text;
  }
}

TEST(ExpressionText, RefusesNestingWithoutEnd) {
  const ExpressionSpace space = test::arithmetic_space();
  const std::string deep(100'000, '(');
  ASSERT_FALSE(parse_expression(deep, space.inputs));
  EXPECT_EQ(parse_expression(deep, space.inputs).error().message, "nested too deeply");
  EXPECT_FALSE(parse_expression(std::string(100'000, '-'), space.inputs));
  std::string powers = "x0";
  for (int i = 0; i < 2000; ++i) powers += "^x0";
  EXPECT_FALSE(parse_expression(powers, space.inputs));
  std::string terms = "x0";
  for (int i = 0; i < 5000; ++i) terms += "+x0";
  EXPECT_EQ(parse_expression(terms, space.inputs).error().message,
            "the formula has more than 4096 tokens");
}

TEST(ExpressionText, ReadsBackToTheSameBytes) {
  for (const ExpressionSpace& space :
       {test::every_operation_space(), test::arithmetic_space(), test::boolean_space()})
    for (std::uint64_t i = 0; i < 34'000; ++i) {
      Stream stream(5, Purpose::kTest, i);
      Genome genome = random_genome(space, stream);
      for (std::uint64_t m = stream.below(4); m > 0; --m)
        genome = mutate_genome(genome.flat, space, stream).genome;
      const std::string text = genome_text(genome.flat, space);
      const auto back = parse_genome(text, space);
      ASSERT_TRUE(back) << text << ": " << back.error().message;
      ASSERT_EQ(*back, genome) << text;
    }
}

TEST(ExpressionText, MutatedTextsAreReadOrRefused) {
  const ExpressionSpace space = test::every_operation_space();
  constexpr std::string_view kBytes = "()+-*/^,.\"#\n 0159ex_\x80sinqrtwhelao\xff";
  std::size_t read = 0;
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    Stream stream(6, Purpose::kTest, i);
    std::string text = genome_text(random_genome(space, stream).flat, space);
    for (std::uint64_t edits = 1 + stream.below(4); edits > 0 && !text.empty(); --edits) {
      const std::size_t at = stream.below(text.size());
      const char c = kBytes[stream.below(kBytes.size())];
      switch (stream.below(4)) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        case 2:
          text.erase(at, 1 + stream.below(5));
          break;
        default:
          text += text.substr(at, 20);
      }
    }
    const auto parsed = parse_genome(text, space);
    if (!parsed) {
      EXPECT_FALSE(parsed.error().message.empty());
      EXPECT_GE(parsed.error().line, 1u);
      continue;
    }
    ++read;
    ASSERT_TRUE(check_genome(parsed->flat, space)) << text;
    ASSERT_EQ(parse_genome(genome_text(parsed->flat, space), space), *parsed) << text;
  }
  EXPECT_GT(read, 1000u);
}

}  // namespace
}  // namespace equivolve::search
