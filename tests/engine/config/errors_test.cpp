// How a problem is shown. What is said of which fault: errors/.
#include <gtest/gtest.h>

#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

TEST(ErrorText, ShowsTheLineAndACaretUnderThePlace) {
  EXPECT_EQ(problems("evaluator: toy\nsearch: {lookahead: 0}   # no\n"),
            "run.yaml:2:21: search.lookahead is '0'; expected an integer from 1 to 65536\n"
            "  search: {lookahead: 0}   # no\n"
            "                      ^\n");
}

TEST(ErrorText, CountsCharactersAndNotBytes) {
  EXPECT_EQ(problems("evaluator: toy\noptions: {\"\xc3\xa9\xc3\xa9\": .nan}\n"),
            "run.yaml:2:17: options: '.nan' is not finite; expected a finite number\n"
            "  options: {\"\xc3\xa9\xc3\xa9\": .nan}\n"
            "                  ^\n");
}

TEST(ErrorText, LongLinesAreCutAroundThePlace) {
  const std::string text = problems("evaluator: toy\noptions: {a: " + std::string(5000, 'x') +
                                    ", b: .nan, c: " + std::string(5000, 'y') + "}\n");
  EXPECT_LT(text.size(), 400u);
  EXPECT_NE(text.find("xxx, b: .nan, c: yyy"), std::string::npos) << text;
}

TEST(Errors, AllOfThemAreReportedAtOnce) {
  const auto result =
      read("evaluatr: toy\nseed: x\nsearch: {lookahead: 0, order: arrival}\nbudget: {time: 1}\n");
  ASSERT_FALSE(result);
  std::vector<std::uint32_t> lines;
  for (const ConfigProblem& problem : result.error()) lines.push_back(problem.line);
  EXPECT_EQ(lines, (std::vector<std::uint32_t>{1, 2, 3, 3, 4}));
}

}  // namespace
}  // namespace equivolve::engine::test
