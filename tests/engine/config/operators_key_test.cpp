#include "engine/config/operators_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/config/resolved.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::HasSubstr;

std::string with(const std::string& operators) {
  return "evaluator: toy\nsearch:\n  operators: " + operators + "\n";
}

std::string checked(const std::string& operators, const std::string& representation,
                    std::vector<std::string> overrides = {}) {
  auto result = read(with(operators), std::move(overrides));
  if (!result) return text_of(result.error());
  result->configuration.representation = representation;
  return text_of(check_operators(*result));
}

TEST(OperatorsKey, TakesWeightsOfTheRepresentation) {
  EXPECT_EQ(checked("{}", "sequence"), "");
  EXPECT_EQ(checked("{insert_token: 0, delete_token: 2.5, one_point_crossover: 1e-6}", "sequence"),
            "");
  EXPECT_EQ(checked("{gaussian_step: 0, polynomial_mutation: 1}", "configuration"), "");
  const Configuration c = configuration(with("{insert_token: 0, delete_token: 2.5}"));
  EXPECT_EQ(operator_weights(c.search),
            (std::map<search::Operator, double>{{search::Operator::kInsertToken, 0},
                                                {search::Operator::kDeleteToken, 2.5}}));
  const auto back = from_json_text(to_json_text(c));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->search.operators, c.search.operators);
}

TEST(OperatorsKey, RefusesOthersWithTheNearestName) {
  EXPECT_THAT(checked("{delete_tokn: 1}", "sequence"),
              HasSubstr("run.yaml:3:15: search.operators names 'delete_tokn', which is no "
                        "operator; expected one of change_argument, "));
  EXPECT_THAT(checked("{delete_tokn: 1}", "sequence"), HasSubstr("did you mean 'delete_token'?"));
  EXPECT_THAT(checked("{insert_operation: 1}", "sequence"),
              HasSubstr("run.yaml:3:15: search.operators names 'insert_operation', which is no "
                        "operator of the representation 'sequence'; expected one of "
                        "substitute_token, insert_token, delete_token, one_point_crossover, "
                        "two_point_crossover"));
  EXPECT_THAT(checked("{random: 1}", "sequence"), HasSubstr("which is no operator"));
}

TEST(OperatorsKey, RefusesWhatIsNoWeight) {
  for (const char* weight : {"-1", "1e-7", "1000001", "'1'", "much", "[]", "~", ".nan"})
    EXPECT_THAT(checked("{insert_token: " + std::string(weight) + "}", "sequence"),
                HasSubstr("search.operators has 'insert_token', whose weight "))
        << weight;
  EXPECT_THAT(checked("{insert_token: -1}", "sequence"),
              HasSubstr("run.yaml:3:29: search.operators has 'insert_token', whose weight is "
                        "'-1'; expected 0, or a number from 1e-06 to 1000000"));
}

TEST(OperatorsKey, LeavesOneOfEachKind) {
  EXPECT_THAT(checked("{change_graph: 0}", "graph"),
              HasSubstr("search.operators leaves no mutation of representation 'graph'; expected a "
                        "weight above 0 "
                        "for one of change_graph (search.mutation_probability: 0 does without "
                        "any)"));
  EXPECT_THAT(checked("{one_point_crossover: 0, two_point_crossover: 0}", "sequence"),
              HasSubstr("leaves no crossover of representation 'sequence'"));
  EXPECT_THAT(checked("{uniform_crossover: 0, blend_crossover: 0}", "configuration"),
              HasSubstr("leaves no crossover of representation 'configuration'"));
  // NSGA-II's own are others.
  EXPECT_EQ(checked("{uniform_crossover: 0, blend_crossover: 0}", "configuration",
                    {"search.algorithm=nsga2"}),
            "");
  EXPECT_THAT(checked("{polynomial_mutation: 0}", "configuration", {"search.algorithm=nsga2"}),
              HasSubstr("leaves no mutation of representation 'configuration'; expected a weight "
                        "above 0 for one of "
                        "gaussian_step, resample_parameter, polynomial_mutation"));
}

TEST(OperatorsKey, SaysWhereItHasNoEffect) {
  for (const char* algorithm : {"random", "tpe", "cma_es", "grid"}) {
    const auto result =
        read(with("{gaussian_step: 2}"), {"search.algorithm=" + std::string(algorithm)});
    ASSERT_TRUE(result);
    EXPECT_THAT(text_of(result->warnings),
                HasSubstr("run.yaml:3:3: search.operators has no effect: search.algorithm is " +
                          std::string(algorithm)));
  }
  for (const char* algorithm : {"islands", "hill_climbing", "nsga2", "map_elites"}) {
    const auto result =
        read(with("{gaussian_step: 2}"), {"search.algorithm=" + std::string(algorithm)});
    EXPECT_EQ(text_of(result->warnings), "") << algorithm;
  }
}

TEST(OperatorsKey, SaysWhichWeightsAreNeverLookedAt) {
  const auto warnings = [](const std::string& weights, std::vector<std::string> settings) {
    const auto result = read(with(weights), std::move(settings));
    return result ? text_of(result->warnings) : "refused";
  };
  const std::string crossover = "{blend_crossover: 2, gaussian_step: 2}";
  EXPECT_THAT(warnings(crossover, {"search.algorithm=regularized_evolution"}),
              HasSubstr("search.operators.blend_crossover has no effect: "
                        "search.crossover_probability is 0"));
  EXPECT_THAT(warnings(crossover, {"search.algorithm=hill_climbing"}),
              HasSubstr("search.operators.blend_crossover has no effect: "
                        "search.algorithm is hill_climbing"));
  EXPECT_THAT(
      warnings(crossover, {"search.algorithm=mu_plus_lambda", "search.crossover_probability=1",
                           "search.mutation_probability=0"}),
      HasSubstr("search.operators.gaussian_step has no effect: "
                "search.mutation_probability is 0"));
  EXPECT_EQ(warnings(crossover, {"search.algorithm=nsga2"}), "");
  EXPECT_EQ(warnings("{blend_crossover: 0}", {"search.algorithm=regularized_evolution"}), "");
}

}  // namespace
}  // namespace equivolve::engine::test
