#include "engine/config/space.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using search::Function;
using search::Op;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string name_of(Op op) {
  return std::string(search::op_info(op).name);
}

// Names come from the table, so that this test does not repeat it.
std::string names(std::initializer_list<Op> ops) {
  std::string out;
  for (Op op : ops) out += (out.empty() ? "\"" : ", \"") + name_of(op) + "\"";
  return "[" + out + "]";
}

const std::string kDefault =
    R"({"representation": "program", "memories": {"scalars": 4, "vectors": 3, "matrices": 1, "dimension": 30},
  "setup": {"length": 5}, "predict": {"min_length": 1, "max_length": 2, "initial_length": 2}, "learn": {"length": 6},
  "operations": )" +
    names({Op::kDot, Op::kScalarProduct, Op::kTranspose}) + R"(, "constant_range": 2})";

const SpaceSection& programs() {
  return space_section(search::Representation::kProgram);
}

search::ProgramSpace space(const std::string& user) {
  const auto result = programs().read(kDefault, user);
  if (result) return std::get<search::ProgramSpace>(*result);
  for (const PointerProblem& problem : result.error())
    ADD_FAILURE() << problem.pointer << ": " << problem.message;
  return {};
}

// "POINTER MESSAGE" of each problem.
std::vector<std::string> refusals(const std::string& user, const std::string& offered = kDefault) {
  std::vector<std::string> out;
  if (const auto result = programs().read(offered, user); !result)
    for (const PointerProblem& problem : result.error())
      out.push_back(problem.pointer + " " + problem.message);
  return out;
}

TEST(Space, TheDefaultAlone) {
  const search::ProgramSpace s = space("{}");
  EXPECT_EQ(s.memories, (search::MemoryShape{4, 3, 1, 30}));
  EXPECT_EQ(s.constant_range, 2);
  EXPECT_EQ(s[Function::kSetup].min_length, 5u);
  EXPECT_EQ(s[Function::kSetup].max_length, 5u);
  EXPECT_EQ(s[Function::kSetup].initial_length, 5u);
  EXPECT_EQ(s[Function::kPredict].max_length, 2u);
  EXPECT_THAT(s[Function::kLearn].operations,
              ElementsAre(Op::kScalarProduct, Op::kDot, Op::kTranspose))
      << "ascending";
}

TEST(Space, WhatTheUserWritesWins) {
  const search::ProgramSpace s =
      space(R"({"memories": {"scalars": 9}, "predict": {"length": 7}, "constant_range": 0.5,
    "learn": {"operations": )" +
            names({Op::kScalarSum, Op::kScalarSum}) + "}}");
  EXPECT_EQ(s.memories, (search::MemoryShape{9, 3, 1, 30}));
  EXPECT_EQ(s[Function::kPredict].min_length, 7u);
  EXPECT_EQ(s[Function::kPredict].initial_length, 7u);
  EXPECT_EQ(s.constant_range, 0.5);
  EXPECT_THAT(s[Function::kLearn].operations, ElementsAre(Op::kScalarSum));
  EXPECT_EQ(s[Function::kSetup].operations.size(), 3u) << "as offered";
}

TEST(Space, OperationsAtTheTopAreForAllThree) {
  const search::ProgramSpace s =
      space("{\"operations\": " + names({Op::kScalarSum}) +
            ", \"setup\": {\"operations\": " + names({Op::kScalarConstant}) + "}}");
  EXPECT_THAT(s[Function::kSetup].operations, ElementsAre(Op::kScalarConstant)) << "its own wins";
  EXPECT_THAT(s[Function::kPredict].operations, ElementsAre(Op::kScalarSum));
  EXPECT_THAT(s[Function::kLearn].operations, ElementsAre(Op::kScalarSum));
}

TEST(Space, TheInitialLengthFollowsTheRange) {
  const search::ProgramSpace s =
      space(R"({"setup": {"max_length": 9}, "learn": {"min_length": 2, "max_length": 3}})");
  EXPECT_EQ(s[Function::kSetup].initial_length, 5u);
  EXPECT_EQ(s[Function::kLearn].initial_length, 3u);
}

TEST(Space, TakingTheMatricesAwayTakesTheirOperationsToo) {
  EXPECT_THAT(space(R"({"memories": {"matrices": 0}})")[Function::kLearn].operations,
              ElementsAre(Op::kScalarProduct, Op::kDot));
}

TEST(Space, RefusalsPointAtTheValue) {
  EXPECT_THAT(refusals(R"({"setup": {"max_length": 1001}})"),
              ElementsAre("/setup/max_length space.setup.max_length is 1001; expected an integer "
                          "from 0 to 1000"));
  EXPECT_THAT(refusals(R"({"setup": {"min_length": 6}})"),
              ElementsAre("/setup/min_length space.setup.min_length is 6, space.setup.max_length "
                          "is 5; expected a range"));
  EXPECT_THAT(refusals(R"({"setup": {"initial_length": 9}})"),
              ElementsAre(HasSubstr("/setup/initial_length")));
  EXPECT_THAT(refusals(R"({"setup": {"length": 3, "min_length": 1}})"),
              ElementsAre(HasSubstr("/setup/length")));
  EXPECT_THAT(refusals(R"({"memory": {}})"), ElementsAre(HasSubstr("did you mean 'memories'?")));
  EXPECT_THAT(refusals(R"({"memories": {"scalars": 1}})"),
              ElementsAre(HasSubstr("/memories/scalars")));
  EXPECT_THAT(refusals(R"({"memories": {"scalars": "4"}})"),
              ElementsAre(HasSubstr("expected an integer")));
  EXPECT_THAT(refusals(R"({"constant_range": 0})"),
              ElementsAre(HasSubstr("expected a number above 0")));
  EXPECT_THAT(refusals(R"({"representation": "graph"})"),
              ElementsAre(HasSubstr("expected program")));
  EXPECT_THAT(refusals("[]"), ElementsAre(HasSubstr("expected a map")));
}

TEST(Space, TheDimensionIsTheEvaluators) {
  EXPECT_THAT(refusals(R"({"memories": {"dimension": 31}})"),
              ElementsAre("/memories/dimension space.memories.dimension is 31; expected 30, the "
                          "number of inputs in the data, or "
                          "the key left out"));
  EXPECT_THAT(refusals(R"({"memories": {"dimension": 30}})"), ::testing::IsEmpty());
}

TEST(Space, OperationsAreCheckedByName) {
  std::string wrong = name_of(Op::kScalarProduct);
  wrong.erase(2, 1);
  EXPECT_THAT(
      refusals("{\"learn\": {\"operations\": [\"" + name_of(Op::kDot) + "\", \"" + wrong + "\"]}}"),
      ElementsAre(HasSubstr("/learn/operations/1 unknown operation '" + wrong + "'")));
  EXPECT_THAT(refusals("{\"operations\": [\"" + wrong + "\"]}"),
              ElementsAre(HasSubstr("did you mean '" + name_of(Op::kScalarProduct) + "'?")));
  EXPECT_THAT(refusals(R"({"memories": {"matrices": 0}, "learn": {"operations": )" +
                       names({Op::kTranspose}) + "}}"),
              ElementsAre(HasSubstr("/learn/operations operation '" + name_of(Op::kTranspose) +
                                    "' needs matrices")));
}

TEST(Space, AnEmptyListNeedsALengthOfZero) {
  EXPECT_THAT(refusals(R"({"setup": {"operations": []}})"),
              ElementsAre(HasSubstr("space.setup has no operations")));
  EXPECT_THAT(refusals(R"({"setup": {"operations": [], "length": 0}})"), ::testing::IsEmpty());
}

TEST(Space, WithoutADefaultTheUserSaysAll) {
  EXPECT_EQ(refusals("{}", "{}").size(), 3u) << "no operations";
  const auto alone = programs().read(
      "{}", R"({"memories": {"dimension": 3}, "operations": )" + names({Op::kDot}) + "}");
  ASSERT_TRUE(alone);
  EXPECT_EQ(std::get<search::ProgramSpace>(*alone).memories.dimension, 3u);
}

TEST(Space, ADefaultMayLeaveTheOperationsToTheUser) {
  const std::string offered = R"({"memories": {"dimension": 3}})";
  EXPECT_THAT(refusals("{}", offered), ElementsAre(HasSubstr("space.setup has no operations"),
                                                   HasSubstr("space.predict has no operations"),
                                                   HasSubstr("space.learn has no operations")));
  EXPECT_THAT(refusals("{\"operations\": " + names({Op::kScalarSum}) + "}", offered),
              ::testing::IsEmpty());
}

TEST(Space, ABadDefaultIsTheEvaluatorsFault) {
  EXPECT_THAT(
      refusals("{}", R"({"memories": {"scalars": 0}})"),
      ElementsAre(HasSubstr("the evaluator's own default space is wrong at '/memories/scalars'")));
}

TEST(Space, RoundTrips) {
  for (const char* user :
       {"{}", R"({"memories": {"matrices": 0}})",
        R"({"learn": {"min_length": 0, "max_length": 1000}})", R"({"constant_range": 1e-3})"}) {
    const search::ProgramSpace one = space(user);
    const search::Space any(one);
    EXPECT_EQ(programs().read(to_json(any), "{}"), any);
    EXPECT_EQ(programs().read("{}", to_json(any)), any);
    EXPECT_EQ(*space_of_resolved(R"({"space": )" + to_json(any) + "}"), any);
  }
}

TEST(Space, ProblemsHaveLines) {
  auto result =
      read("evaluator: toy\nspace:\n  memories: {scalars: 4}\n  setup: {max_length: 1001}\n");
  ASSERT_TRUE(result);
  const auto resolved = resolve_space(*result, kDefault);
  ASSERT_FALSE(resolved);
  EXPECT_THAT(text_of(resolved.error()),
              HasSubstr("run.yaml:4:23: space.setup.max_length is 1001"));
  auto fine = read("evaluator: toy\nspace: {memories: {scalars: 5}}\n");
  EXPECT_EQ(std::get<search::ProgramSpace>(*resolve_space(*fine, kDefault)->space).memories.scalars,
            5u);
}

}  // namespace
}  // namespace equivolve::engine::test
