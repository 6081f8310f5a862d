#include "engine/config/algorithm_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/config/resolved.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::HasSubstr;

/// The algorithm of a file after its representation was settled, or what is wrong.
std::string settled(const std::string& text, const std::string& representation = "configuration",
                    std::size_t objectives = 1) {
  auto result = read("evaluator: toy\n" + text);
  if (!result) return text_of(result.error());
  result->configuration.representation = representation;
  const ConfigProblems problems = settle_algorithm(*result, objectives);
  return problems.empty() ? result->configuration.search.algorithm : text_of(problems);
}

TEST(AlgorithmChoice, FewEvaluationsOfConfigurationsAreForTpe) {
  EXPECT_EQ(settled("budget: {evaluations: 999}\n"), "tpe");
  EXPECT_EQ(settled("budget: {candidates: 200}\n"), "tpe");
  EXPECT_EQ(settled("budget: {candidates: 50000, evaluations: 500}\n"), "tpe");
  EXPECT_EQ(settled("budget: {evaluations: 1000}\n"), "regularized_evolution");
  EXPECT_EQ(settled("budget: {time: 10m}\n"), "regularized_evolution");
  EXPECT_EQ(settled(""), "regularized_evolution");
  for (const char* other : {"program", "graph", "expression", "sequence"})
    EXPECT_EQ(settled("budget: {evaluations: 100}\n", other), "regularized_evolution");
  EXPECT_EQ(settled("search: {algorithm: auto}\nbudget: {evaluations: 9}\n"), "tpe");
  EXPECT_EQ(settled("search: {algorithm: random}\nbudget: {evaluations: 9}\n"), "random");
}

TEST(AlgorithmChoice, SeveralObjectivesOfConfigurationsAreForNsga2) {
  EXPECT_EQ(settled("budget: {evaluations: 100}\n", "configuration", 2), "nsga2");
  EXPECT_EQ(settled("budget: {evaluations: 5000}\n", "configuration", 2), "nsga2");
  EXPECT_EQ(settled("", "expression", 2), "regularized_evolution");
  EXPECT_EQ(settled("search: {algorithm: tpe}\n", "configuration", 2), "tpe");
}

// What was chosen is stored, so that a larger budget does not choose again.
TEST(AlgorithmChoice, WhatWasChosenIsKept) {
  auto result = read("evaluator: toy\nbudget: {evaluations: 100}\n");
  result->configuration.representation = "configuration";
  ASSERT_TRUE(settle_algorithm(*result, 1).empty());
  const std::string stored = to_json_text(result->configuration);
  EXPECT_THAT(stored, HasSubstr(R"("algorithm": "tpe")"));
  auto resumed = from_json_text(stored);
  ASSERT_TRUE(resumed);
  resumed->budget.evaluations = 50'000;
  resumed->representation = "configuration";
  EXPECT_EQ(settled_algorithm(*resumed, 1), "tpe");
}

TEST(AlgorithmChoice, OtherRepresentationsAreRefused) {
  for (const char* algorithm : {"tpe", "cma_es", "grid"}) {
    const std::string text = std::string("search: {algorithm: ") + algorithm + "}\n";
    EXPECT_EQ(settled(text), algorithm);
    EXPECT_THAT(settled(text, "program"),
                HasSubstr("run.yaml:2:21: search.algorithm is '" + std::string(algorithm) +
                          "', which searches configurations only; space.representation is "
                          "'program'; expected another algorithm"));
  }
}

std::string checked(const std::string& algorithm, const search::Space& space) {
  const auto result = read("evaluator: toy\nsearch: {algorithm: " + algorithm + "}\n");
  return text_of(check_algorithm(*result, space));
}

TEST(AlgorithmChoice, CmaEsWantsNumbersWithoutConditions) {
  search::Parameter x, kind;
  x.name = "x";
  kind.name = "kind";
  kind.kind = search::ParameterKind::kChoice;
  kind.step = 1;
  kind.choices = {"a", "b"};
  const search::Space numbers = *search::make_configuration_space({x}, {});
  const search::Space mixed = *search::make_configuration_space({x, kind}, {});
  EXPECT_EQ(checked("cma_es", numbers), "");
  EXPECT_EQ(checked("tpe", mixed), "");
  EXPECT_THAT(checked("cma_es", mixed),
              HasSubstr("run.yaml:2:21: search.algorithm is 'cma_es', and parameter 'kind' is a "
                        "choice; expected floats and integers without conditions"));
}

// Alone the key has no effect, whatever it is.
TEST(AlgorithmChoice, AGenerationHasTwoCandidatesAtLeast) {
  const std::string text = "evaluator: toy\nsearch: {cma_population: 1";
  EXPECT_TRUE(read(text + "}\n"));
  const auto refused = read(text + ", algorithm: cma_es}\n");
  ASSERT_FALSE(refused);
  EXPECT_THAT(text_of(refused.error()), HasSubstr("run.yaml:2:26: search.cma_population is 1; "
                                                  "expected 0 or an integer from 2 to 1000000"));
}

// Whether a key has an effect is known only once the algorithm is.
TEST(AlgorithmChoice, KeysWithoutEffectAreNamedOnceItIsSettled) {
  auto result = read(
      "evaluator: toy\nsearch: {population_size: 50, startup_candidates: 5}\nbudget: {evaluations: "
      "100}\n");
  EXPECT_TRUE(result->warnings.empty());
  auto other = *result;
  result->configuration.representation = "configuration";
  ASSERT_TRUE(settle_algorithm(*result, 1).empty());
  ASSERT_EQ(result->warnings.size(), 1u);
  EXPECT_THAT(result->warnings[0].message,
              HasSubstr("search.population_size has no effect: search.algorithm is tpe"));
  other.configuration.representation = "program";
  ASSERT_TRUE(settle_algorithm(other, 1).empty());
  ASSERT_EQ(other.warnings.size(), 1u);
  EXPECT_THAT(other.warnings[0].message,
              HasSubstr("search.startup_candidates has no effect: search.algorithm is "
                        "regularized_evolution"));
}

}  // namespace
}  // namespace equivolve::engine::test
