#include "engine/config/evaluator_checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::HasSubstr;

EvaluatorInfo info() {
  EvaluatorInfo out;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  out.figures = {{"accuracy", "", Role::kObjective, false, 0, 1, true},
                 {"loss", "", Role::kObjective, true, 0, kInfinity, true},
                 {"seconds", "s", Role::kMetric, true, 0, 1, false}};
  return out;
}

const EvaluatorDescriptor kDescriptor{"toy", "1", "", true, true, true, false, {"program"}};

std::string check(const std::string& text) {
  const auto result = read(text);
  return text_of(check_targets(*result, kDescriptor, info()));
}

TEST(EvaluatorChecks, TargetsMustBeFiguresThatAreTold) {
  EXPECT_EQ(check("evaluator: toy\nbudget: {target: {accuracy: 0.9}}\n"), "");
  EXPECT_THAT(check("evaluator: toy\nbudget: {target: {acuracy: 0.9}}\n"),
              HasSubstr("run.yaml:2:19: budget.target names 'acuracy', which is no figure of "
                        "evaluator 'toy'; expected one of "
                        "accuracy, loss; did you mean 'accuracy'?"));
  EXPECT_THAT(check("evaluator: toy\nbudget: {target: {seconds: 1}}\n"),
              HasSubstr("which is only a metric of"));
}

TEST(EvaluatorChecks, TargetsMustBeWithinReach) {
  EXPECT_EQ(check("evaluator: toy\nbudget: {target: {accuracy: 1, loss: 0}}\n"), "");
  EXPECT_EQ(check("evaluator: toy\nbudget: {target: {loss: 1e9}}\n"), "");
  EXPECT_THAT(
      check("evaluator: toy\nbudget: {target: {accuracy: 95}}\n"),
      HasSubstr("run.yaml:2:29: budget.target.accuracy is 95, which no candidate can reach: "
                "accuracy is maximized and lies in [0, 1]; expected at most 1"));
  EXPECT_THAT(check("evaluator: toy\nbudget: {target: {accuracy: 0}}\n"),
              HasSubstr("budget.target.accuracy is 0, which every candidate reaches: accuracy is "
                        "maximized and lies in [0, 1]; expected more than 0"));
  EXPECT_THAT(check("evaluator: toy\nbudget: {target: {loss: -0.5}}\n"),
              HasSubstr("budget.target.loss is -0.5, which no candidate can reach: loss is "
                        "minimized and lies in [0, inf]; expected at least 0"));
}

EvaluatorInfo with_descriptors() {
  EvaluatorInfo out = info();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  out.figures.push_back({"length", "", Role::kDescriptor, false, 0, 50, true});
  out.figures.push_back({"mass", "", Role::kDescriptor, false, 0, kInfinity, true});
  return out;
}

std::string settle(const std::string& keys, const EvaluatorInfo& evaluator) {
  auto result = read("evaluator: toy\nsearch: {algorithm: map_elites, " + keys + "}\n");
  if (!result) return text_of(result.error());
  return text_of(settle_descriptors(*result, kDescriptor, evaluator));
}

TEST(EvaluatorChecks, DescriptorsAreSettledByTheFileAndTheEvaluator) {
  auto result = read(
      "evaluator: toy\nsearch: {algorithm: map_elites, descriptors: {mass: {high: 2, bins: 5}}}\n");
  ASSERT_TRUE(result);
  EXPECT_EQ(text_of(settle_descriptors(*result, kDescriptor, with_descriptors())), "");
  const auto& descriptors = result->configuration.search.descriptors;
  EXPECT_EQ(descriptors.at("length").low, 0);
  EXPECT_EQ(descriptors.at("length").high, 50);
  EXPECT_EQ(descriptors.at("length").bins, 10u);
  EXPECT_EQ(descriptors.at("mass").low, 0);
  EXPECT_EQ(descriptors.at("mass").high, 2);
  EXPECT_EQ(descriptors.at("mass").bins, 5u);
}

TEST(EvaluatorChecks, DescriptorsMustBeThereAndHaveRanges) {
  EXPECT_THAT(settle("seed: 1", info()), HasSubstr("unknown key 'seed'"));
  EXPECT_THAT(settle("population_size: 9", info()),
              HasSubstr("run.yaml:2:21: search.algorithm is 'map_elites', which needs descriptors; "
                        "evaluator 'toy' has none; expected another algorithm"));
  EXPECT_THAT(settle("population_size: 9", with_descriptors()),
              HasSubstr("search.descriptors has no range for 'mass', which the evaluator bounds by "
                        "[0, inf]; expected low and high, as in {mass: {low: 0, high: 10}}"));
  EXPECT_THAT(
      settle("descriptors: {mass: {low: 0, high: 1}, lenght: {bins: 3}}", with_descriptors()),
      HasSubstr("search.descriptors names 'lenght', which is no descriptor of evaluator "
                "'toy'; expected one of length, mass; did you mean 'length'?"));
  EXPECT_THAT(
      settle("descriptors: {mass: {low: 3, high: 4}, length: {low: 60}}", with_descriptors()),
      HasSubstr("search.descriptors has 'length' from 60 to 50; expected low below high"));
  EXPECT_THAT(settle("descriptors: {mass: {high: 4, bins: 5000}, length: {bins: 5000}}",
                     with_descriptors()),
              HasSubstr("search.descriptors makes a grid of 2.5e+07 cells; expected at most "
                        "10000000"));
}

TEST(EvaluatorChecks, WarnsOfOneObjectiveWhereSeveralAreMeant) {
  EvaluatorInfo one = info();
  one.figures.erase(one.figures.begin() + 1);
  auto result = read("evaluator: toy\nsearch: {algorithm: nsga2}\n");
  ASSERT_TRUE(result);
  EXPECT_EQ(text_of(settle_descriptors(*result, kDescriptor, info())), "");
  EXPECT_TRUE(result->warnings.empty());
  EXPECT_EQ(text_of(settle_descriptors(*result, kDescriptor, one)), "");
  ASSERT_EQ(result->warnings.size(), 1u);
  EXPECT_THAT(result->warnings[0].message, HasSubstr("evaluator 'toy' has one objective"));
}

TEST(EvaluatorChecks, RepresentationsMustBeAccepted) {
  auto result = read("evaluator: toy\nspace: {representation: program}\n");
  EvaluatorDescriptor other = kDescriptor;
  other.representations = {"graph", "sequence"};
  EXPECT_THAT(text_of(settle_representation(*result, other)),
              HasSubstr("run.yaml:2:25: space.representation is 'program', evaluator is 'toy'; "
                        "expected graph or sequence"));
}

TEST(EvaluatorChecks, TheEvaluatorsFirstRepresentationStandsWhereNoneIsNamed) {
  auto result = read("evaluator: toy\n");
  EvaluatorDescriptor other = kDescriptor;
  other.representations = {"graph", "sequence"};
  EXPECT_TRUE(settle_representation(*result, other).empty());
  EXPECT_EQ(result->configuration.representation, "graph");
  EXPECT_THAT(result->configuration.evaluator.config_json,
              HasSubstr(R"("representation":"graph")"));
}

TEST(MapProblem, LeadsFromThePointerToTheLine) {
  const auto result = read(
      "evaluator: toy\ndata: x.csv\noptions:\n  layers: [1, 2]\nspace: {memories: {scalars: 2}}\n");
  ASSERT_TRUE(result);
  auto place = [&](const std::string& pointer, PointsInto into) {
    const ConfigProblem problem = map_problem(*result, {pointer, "why", true}, into);
    return std::to_string(problem.line) + ":" + std::to_string(problem.column) + " " +
           problem.message;
  };
  EXPECT_EQ(place("/options/layers/1", PointsInto::kConfig), "4:15 options.layers.1: why");
  EXPECT_EQ(place("/data/file", PointsInto::kConfig), "2:1 data.file: why") << "the short form";
  EXPECT_EQ(place("/options/absent", PointsInto::kConfig), "3:1 options.absent: why");
  EXPECT_EQ(place("", PointsInto::kConfig), "1:12 why");
  EXPECT_EQ(place("/memories/scalars", PointsInto::kSpace), "5:29 space.memories.scalars: why");
}

}  // namespace
}  // namespace equivolve::engine::test
