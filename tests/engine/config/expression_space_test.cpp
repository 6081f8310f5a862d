#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/config/spaces/expression_section.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using search::ExpressionOp;
using search::ExpressionSpace;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kOffered =
    R"({"representation": "expression", "inputs": ["age", "bmi"], "operations": ["mul", "add", "sin"]})";

ExpressionSpace expressions(const std::string& user, const std::string& offered = kOffered) {
  const auto result = expression_section().read(offered, user);
  if (result) return std::get<ExpressionSpace>(*result);
  for (const PointerProblem& problem : result.error())
    ADD_FAILURE() << problem.pointer << ": " << problem.message;
  return {};
}

std::vector<std::string> refused(const std::string& user, const std::string& offered = kOffered) {
  std::vector<std::string> out;
  if (const auto result = expression_section().read(offered, user); !result)
    for (const PointerProblem& problem : result.error())
      out.push_back(problem.pointer + " " + problem.message);
  return out;
}

TEST(ExpressionSection, TheDefaultAlone) {
  const ExpressionSpace s = expressions("{}");
  EXPECT_THAT(s.inputs, ElementsAre("age", "bmi"));
  EXPECT_THAT(s.operations, ElementsAre(ExpressionOp::kAdd, ExpressionOp::kMul, ExpressionOp::kSin))
      << "ascending";
  EXPECT_TRUE(s.constants);
  EXPECT_EQ(s.constant_range, 5);
  EXPECT_EQ(s.max_size, 40u);
  EXPECT_EQ(s.max_depth, 10u);
  EXPECT_EQ(s.initial_depth_low, 2u);
  EXPECT_EQ(s.initial_depth_high, 6u);
}

TEST(ExpressionSection, WhatTheUserWritesWins) {
  const ExpressionSpace s = expressions(
      R"({"representation": "expression", "operations": ["nand", "nand"], "constants": {"range": 0.5},
          "max_size": 7, "max_depth": 5, "initial_depth": {"low": 1, "high": 3}})");
  EXPECT_THAT(s.operations, ElementsAre(ExpressionOp::kNand));
  EXPECT_EQ(s.constant_range, 0.5);
  EXPECT_EQ(s.max_size, 7u);
  EXPECT_EQ(s.max_depth, 5u);
  EXPECT_EQ(s.initial_depth_low, 1u);
  EXPECT_EQ(s.initial_depth_high, 3u);
  EXPECT_FALSE(expressions(R"({"constants": false})").constants);
  EXPECT_TRUE(expressions(R"({"constants": true})").constants);
}

TEST(ExpressionSection, TheInitialDepthFollowsTheRange) {
  EXPECT_EQ(expressions(R"({"max_depth": 3})").initial_depth_high, 3u);
  EXPECT_EQ(expressions(R"({"max_depth": 1})").initial_depth_low, 1u);
  EXPECT_EQ(expressions(R"({"initial_depth": {"high": 1}})").initial_depth_low, 1u);
  EXPECT_EQ(expressions(R"({"initial_depth": {"low": 8}})").initial_depth_high, 8u);
}

TEST(ExpressionSection, RefusalsPointAtTheValue) {
  EXPECT_THAT(refused(R"({"operations": ["mull", "add", "sine"]})"),
              ElementsAre("/operations/0 unknown operation 'mull'; expected a name of the list in "
                          "docs/spaces.md; did you mean 'mul'?",
                          "/operations/2 unknown operation 'sine'; expected a name of the list in "
                          "docs/spaces.md; did you mean 'sin'?"));
  EXPECT_THAT(
      refused(R"({"operations": []})"),
      ElementsAre("/operations space has no operations; expected a list with at least one"));
  EXPECT_THAT(refused(R"({"inputs": ["age"]})"),
              ElementsAre("/inputs space.inputs is not what the evaluator's data have; expected "
                          "[age, bmi], or the key left out"));
  EXPECT_THAT(refused(R"({"inputs": ["a", "b", "a"]})"),
              ElementsAre("/inputs/2 space.inputs names 'a' twice; expected names that differ"));
  EXPECT_THAT(refused(R"({"max_size": 0})"),
              ElementsAre("/max_size space.max_size is 0; expected an integer from 1 to 4096"));
  EXPECT_THAT(refused(R"({"max_depht": 3})"), ElementsAre(HasSubstr("did you mean 'max_depth'?")));
  EXPECT_THAT(refused(R"({"constants": {"range": 0}})"), ElementsAre(HasSubstr("above 0")));
  EXPECT_THAT(refused(R"({"constants": 5})"), ElementsAre(HasSubstr("true or false or a map")));
  EXPECT_THAT(refused(R"({"constants": {"rnge": 3}})"),
              ElementsAre("/constants/rnge unknown key 'rnge' in space.constants; expected one of "
                          "range; did you mean 'range'?"));
  EXPECT_THAT(refused(R"({"constants": {"foo": 3}})"),
              ElementsAre("/constants/foo unknown key 'foo' in space.constants; expected one of "
                          "range"));
  EXPECT_THAT(refused(R"({"inputs": []})"),
              ElementsAre("/inputs space.inputs is an empty list; expected a list with 1 to 65535 "
                          "items"));
  EXPECT_THAT(refused(R"({"operations": ["neg"]})"),
              ElementsAre("/operations/0 unknown operation 'neg'; expected a name of the list in "
                          "docs/spaces.md; did you mean 'negate'?"));
  EXPECT_THAT(refused(R"({"initial_depth": {"low": 4, "high": 3}})"),
              ElementsAre("/initial_depth/low space.initial_depth.low is 4, "
                          "space.initial_depth.high is 3; expected a range"));
  EXPECT_THAT(refused(R"({"max_depth": 4, "initial_depth": {"high": 5}})"),
              ElementsAre("/initial_depth/high space.initial_depth.high is 5, space.max_depth is "
                          "4; expected no more than that"));
}

TEST(ExpressionSection, SaysAllAtOnce) {
  EXPECT_THAT(refused(R"({"max_size": -1, "max_depht": 2, "operations": ["mull"]})").size(), 3u);
}

TEST(ExpressionSection, WithoutADefaultTheUserSaysAll) {
  EXPECT_EQ(refused("{}", "{}").size(), 2u) << "inputs and operations";
  EXPECT_THAT(expressions(R"({"inputs": ["x"], "operations": ["sin"]})", "{}").inputs,
              ElementsAre("x"));
}

TEST(ExpressionSection, CanBeCheckedWithoutAnEvaluator) {
  const auto alone = expression_section().check_alone;
  EXPECT_THAT(alone("{}"), IsEmpty());
  EXPECT_THAT(alone(R"({"inputs": ["x"], "max_depth": 3})"), IsEmpty());
  EXPECT_EQ(alone(R"({"operations": []})").size(), 1u);
  EXPECT_EQ(alone(R"({"operations": ["x"]})").size(), 1u);
  EXPECT_EQ(alone(R"({"initial_depth": {"low": 4, "high": 3}})").size(), 1u);
}

TEST(ExpressionSection, RoundTrips) {
  for (const char* user : {"{}", R"({"constants": false})", R"({"constants": {"range": 1e-3}})",
                           R"({"max_depth": 0, "max_size": 1})"}) {
    const search::Space any(expressions(user));
    const std::string text = expression_section().to_json(any);
    EXPECT_EQ(expression_section().read(text, "{}"), any);
    EXPECT_EQ(expression_section().read("{}", text), any);
  }
}

TEST(ExpressionSection, ABadDefaultIsTheEvaluatorsFault) {
  EXPECT_THAT(refused("{}", R"({"operations": ["fly"]})"),
              ElementsAre(HasSubstr(" the evaluator's own default space is wrong at "
                                    "'/operations/0'")));
}

}  // namespace
}  // namespace equivolve::engine::test
