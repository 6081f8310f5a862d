#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/config/config_support.hpp"
#include "tests/engine/config/section_support.hpp"

namespace equivolve::engine::test {
namespace {

using search::GraphSpace;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kGraph = search::Representation::kGraph;
constexpr const char* kOffered = R"({"representation": "graph", "vertices": 7, "max_edges": 9,
  "operations": ["conv3x3", "conv1x1", "maxpool"]})";

GraphSpace space(const std::string& user, const std::string& offered = kOffered) {
  return space_over<GraphSpace>(kGraph, offered, user);
}
std::vector<std::string> refusals(const std::string& user, const std::string& offered = kOffered) {
  return refusals_over(kGraph, offered, user);
}

TEST(GraphSection, TheDefaultAlone) {
  EXPECT_EQ(space("{}"), (GraphSpace{7, 9, {"conv3x3", "conv1x1", "maxpool"}}));
  EXPECT_EQ(space(""), space("{}"));
}

TEST(GraphSection, WhatTheUserWritesWins) {
  EXPECT_EQ(space(R"({"vertices": 5, "max_edges": 6})"),
            (GraphSpace{5, 6, {"conv3x3", "conv1x1", "maxpool"}}));
}

TEST(GraphSection, OperationsAreNarrowedInTheEvaluatorsOrder) {
  EXPECT_EQ(space(R"({"operations": ["maxpool", "conv3x3", "maxpool"]})").operations,
            (std::vector<std::string>{"conv3x3", "maxpool"}));
}

TEST(GraphSection, OperationsTheEvaluatorDoesNotHaveAreRefused) {
  EXPECT_THAT(
      refusals(R"({"operations": ["conv3x3", "conv3X4", "softmax"]})"),
      ElementsAre("/operations/1 unknown operation 'conv3X4'; expected one of conv3x3, conv1x1, "
                  "maxpool; did you mean 'conv3x3'?",
                  "/operations/2 unknown operation 'softmax'; expected one of conv3x3, conv1x1, "
                  "maxpool"));
}

TEST(GraphSection, AllProblemsAreSaidAtOnce) {
  EXPECT_THAT(
      refusals(R"({"vertices": 65, "max_edges": 0, "edges": 3, "operations": ["conv2x2"]})"),
      testing::UnorderedElementsAre(
          "/vertices space.vertices is 65; expected an integer from 2 to 64",
          "/max_edges space.max_edges is 0; expected an integer from 1 to 2016",
          HasSubstr("/edges"), HasSubstr("/operations/0 unknown operation 'conv2x2'")));
}

TEST(GraphSection, AnEmptyListLeavesNothingToSearch) {
  EXPECT_THAT(refusals(R"({"operations": []})"),
              ElementsAre("/operations space.operations is empty; expected at least one"));
  EXPECT_EQ(space(R"({"vertices": 2, "operations": []})").operations.size(), 0u);
}

TEST(GraphSection, WithoutADefaultTheUserSaysAll) {
  EXPECT_THAT(refusals("{}", "{}"),
              ElementsAre(" space.operations is empty; expected at least one"));
  EXPECT_EQ(space(R"({"vertices": 4, "max_edges": 5, "operations": ["b", "a", "b"]})", "{}"),
            (GraphSpace{4, 5, {"b", "a"}}));
  EXPECT_THAT(refusals(R"({"operations": ["a", "two words", "input"]})", "{}"),
              ElementsAre(HasSubstr("/operations/1 'two words' cannot be the name of an operation"),
                          HasSubstr("/operations/2 'input' cannot be the name of an operation")));
}

TEST(GraphSection, ADefaultMayLeaveTheOperationsToTheUser) {
  EXPECT_EQ(space(R"({"operations": ["a"]})", R"({"vertices": 3})"), (GraphSpace{3, 9, {"a"}}));
}

TEST(GraphSection, NoMoreOperationsThanAGenomeCanName) {
  std::string list;
  for (int i = 0; i < 300; ++i) list += (i == 0 ? "\"n" : ", \"n") + std::to_string(i) + "\"";
  EXPECT_THAT(refusals("{\"operations\": [" + list + "]}", "{}"),
              ElementsAre("/operations more than 255 operations; expected at most that many"));
}

TEST(GraphSection, ABadDefaultIsTheEvaluatorsFault) {
  EXPECT_THAT(refusals("{}", R"({"vertices": 1})"),
              ElementsAre(HasSubstr("the evaluator's own default space is wrong at '/vertices'")));
}

TEST(GraphSection, WithoutAnEvaluatorFormAndNamesAreChecked) {
  const auto alone = [](const std::string& user) {
    return texts_of(space_section(kGraph).check_alone(user));
  };
  EXPECT_THAT(alone(R"({"operations": ["anything"]})"), IsEmpty());
  EXPECT_THAT(alone("{}"), IsEmpty());
  EXPECT_THAT(alone(R"({"vertices": "7", "operations": ["a b"]})"),
              ElementsAre(HasSubstr("/vertices"), HasSubstr("/operations/0")));
}

TEST(GraphSection, RoundTrips) {
  for (const char* user : {"{}", R"({"operations": ["maxpool"]})",
                           R"({"vertices": 2, "max_edges": 2016, "operations": []})"}) {
    const search::Space any(space(user));
    EXPECT_EQ(space_section(kGraph).read(to_json(any), "{}"), any);
    EXPECT_EQ(space_section(kGraph).read("{}", to_json(any)), any);
    EXPECT_EQ(*space_of_resolved(R"({"space": )" + to_json(any) + "}"), any);
  }
}

TEST(GraphSection, ProblemsHaveLines) {
  auto result = read(
      "evaluator: toy\nspace:\n  representation: graph\n  vertices: 7\n"
      "  operations:\n    - conv3x3\n    - conv3x4\n");
  ASSERT_TRUE(result) << text_of(result.error());
  const auto resolved = resolve_space(*result, kOffered);
  ASSERT_FALSE(resolved);
  EXPECT_THAT(text_of(resolved.error()), HasSubstr("run.yaml:7:7: unknown operation 'conv3x4'"));
}

}  // namespace
}  // namespace equivolve::engine::test
