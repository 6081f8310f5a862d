#include <gtest/gtest.h>

#include "search/genome/program.hpp"
#include "search/variation/program_variation.hpp"
#include "tests/search/support/programs.hpp"

namespace equivolve::search {
namespace {

using hashing::Purpose;
using hashing::Stream;

std::string text_of(const Program& program) {
  return to_text(*view_program(to_genome(program).flat));
}

TEST(ProgramText, RandomGenomeGoesThroughTextUnchanged) {
  const ProgramSpace space = test::wide_space();
  for (std::uint64_t i = 0; i < 5000; ++i) {
    Stream stream(11, Purpose::kTest, i);
    Program before = random_program(space, stream);
    for (int m = 0; m < 5; ++m) before = mutate(before, space, stream).program;
    auto after = parse_program(text_of(before), space.memories);
    ASSERT_TRUE(after) << after.error().message << "\n" << text_of(before);
    ASSERT_TRUE(*after == before) << text_of(before);
    ASSERT_EQ(to_genome(*after), to_genome(before));
  }
}

TEST(ProgramText, ReadsLinearRegressionAsWritten) {
  const std::string text =
      "setup:\n  s2 = 0.01\npredict:\n  s1 = dot(v0, v1)\nlearn:\n  s3 = s0 - s1\n  s3 = s2 * s3\n "
      " v2 = s3 * v0\n  v1 = v1 + v2\n";
  const Program p = test::program(text, {4, 3, 0, 8});
  EXPECT_EQ(p[Function::kLearn].size(), 4u);
  EXPECT_EQ(p[Function::kSetup][0].value, 0.01);
  EXPECT_EQ(text_of(p), text);
}

TEST(ProgramText, BlanksAndCommentsDoNotMatter) {
  const MemoryShape shape{4, 3, 0, 8};
  EXPECT_TRUE(test::program("setup:\npredict:\ns1=dot( v0 ,v1 )  # a comment\n\nlearn:\r\n",
                            shape) == test::program("predict:\n  s1 = dot(v0, v1)\n", shape));
}

struct BadText {
  const char* text;
  std::size_t line;
  const char* message;
};

TEST(ProgramText, SaysWhereAndWhatIsWrong) {
  const std::vector<BadText> cases = {
      {"s1 = s2 + s3\n", 1, "expected setup:"},
      {"setup:\n  s1 = s2 + v3\n", 2, "kinds"},
      {"setup:\n  s1 = frobnicate(s2)\n", 2, "frobnicate"},
      {"setup:\n  s9 = 1\n", 2, "address beyond"},
      {"setup:\n  v1[99] = 1\n", 2, "element beyond"},
      {"setup:\n  s1 = 1 2\n", 2, "unexpected text"},
      {"setup:\n  s1 = nan\n", 2, "expected a memory"},
      {"setup:\n  s1 = uniform(1, 0)\n", 2, "high end below"},
      {"setup:\n  s1 = gaussian(0, -1)\n", 2, "negative standard"},
      {"setup:\n  s1 = dot(v0\n", 2, "expected ')'"},
      {"learn:\n  no_op\nlearn:\n", 3, "twice"},
      {"setup:\n  v1 = 0.5\n", 2, "expected a memory"},
  };
  for (const BadText& c : cases) {
    auto parsed = parse_program(c.text, {4, 3, 1, 8});
    ASSERT_FALSE(parsed) << c.text;
    EXPECT_EQ(parsed.error().line, c.line) << c.text;
    EXPECT_NE(parsed.error().message.find(c.message), std::string::npos)
        << c.text << " -> " << parsed.error().message;
  }
}

TEST(ProgramText, AnyBytesAreRefusedOrReadWithoutHarm) {
  const std::string letters = "svm0129=+-*/()[],.:# \n\tedotrnpilauxy_";
  for (std::uint64_t i = 0; i < 20000; ++i) {
    Stream stream(5, Purpose::kTest, i);
    std::string text = stream.chance(0.5) ? "setup:\n" : "";
    for (std::uint64_t n = stream.below(60); n > 0; --n)
      text += letters[stream.below(letters.size())];
    auto parsed = parse_program(text, {4, 3, 1, 8});
    EXPECT_TRUE(!parsed || check_program(to_genome(*parsed).flat, {4, 3, 1, 8}));
  }
}

TEST(Program, FlatFormIsCheckedByteByByte) {
  const MemoryShape shape{4, 3, 0, 8};
  const Genome good =
      to_genome(test::program("setup:\n  s2 = 0.01\npredict:\n  s1 = dot(v0, v1)\n", shape));
  ASSERT_TRUE(check_program(good.flat, shape));
  Genome cut = good;
  cut.flat.pop_back();
  EXPECT_FALSE(check_program(cut.flat, shape));
  Genome long_address = good;
  long_address.flat[8 + 16 + 1] = std::byte{200};
  auto checked = check_program(long_address.flat, shape);
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find("predict, instruction 1"), std::string::npos)
      << checked.error().message;
  Genome unknown = good;
  unknown.flat[8] = std::byte{65};
  EXPECT_FALSE(check_program(unknown.flat, shape));
  Genome padded = good;
  padded.flat[8 + 16 + 4] = std::byte{1};
  EXPECT_FALSE(check_program(padded.flat, shape));
}

}  // namespace
}  // namespace equivolve::search
