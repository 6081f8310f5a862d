#include <gtest/gtest.h>

#include <set>

#include "tests/evaluators/support/algorithm_discovery.hpp"

namespace equivolve::test {
namespace {

using nlohmann::json;

std::set<std::string> names_of(const Session& session) {
  std::set<std::string> names;
  for (const json& reference : session.references())
    names.insert(reference["name"].get<std::string>());
  return names;
}

TEST(References, DependOnTheTask) {
  EXPECT_EQ(names_of(Session(algorithm_discovery(), breast_cancer())),
            (std::set<std::string>{"logistic_regression", "constant", "logistic_sgd"}));
  EXPECT_EQ(names_of(Session(algorithm_discovery(), diabetes())),
            (std::set<std::string>{"ridge", "constant", "linear_regression_sgd"}));
  EXPECT_EQ(
      names_of(Session(algorithm_discovery(), {{"data", {{"synthetic", "two_layer_teacher"}}}})),
      (std::set<std::string>{"ridge", "constant", "linear_regression_sgd", "two_layer_network"}));
}

TEST(References, AreLeftOutWhereTheSpaceHasNoRoom) {
  Session session(algorithm_discovery(), breast_cancer());
  auto space = quickstart_space(30);
  std::erase(space[search::Function::kPredict].operations, search::Op::kDot);
  ASSERT_EQ(session.bind(to_json(space)).status, EQV_OK);
  EXPECT_EQ(names_of(session), (std::set<std::string>{"logistic_regression", "constant"}));
}

TEST(References, AreAsGoodAsTheyShouldBe) {
  Session cancer(algorithm_discovery(), breast_cancer());
  EXPECT_GT(cancer.evaluate(std::string("logistic_regression")).figures[0], 0.95);
  EXPECT_NEAR(cancer.evaluate(std::string("constant")).figures[0], 357.0 / 569, 0.01);
  EXPECT_EQ(cancer.evaluate(std::string("constant")).figures[1], 0.5);
  Session sugar(algorithm_discovery(), diabetes());
  double explained = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    explained += sugar.evaluate(std::string("ridge"), {seed}).figures[2] / 20;
  EXPECT_NEAR(explained, 0.49, 0.05);  // cross-validated R^2 of linear models on this data
  EXPECT_NEAR(sugar.evaluate(std::string("constant")).figures[0], 0.5,
              0.03);  // rmse about 1 in standard units
  Session tens(algorithm_discovery(), with_option(digits(), "resamplings", 1));
  EXPECT_GT(tens.evaluate(std::string("logistic_regression")).figures[0], 0.93);
  Session drawn(algorithm_discovery(), {{"data", {{"synthetic", "linear"}}}});
  EXPECT_GT(drawn.evaluate(std::string("ridge")).figures[0], 0.95);
}

TEST(References, ThatArePrograms) {
  for (const auto& config :
       {breast_cancer(), diabetes(), json{{"data", {{"synthetic", "linear"}}}},
        json{{"data", {{"synthetic", "two_layer_teacher"}, {"train", 5000}}}}}) {
    Session session(algorithm_discovery(), config);
    const std::uint32_t d = session.default_space()["memories"]["dimension"];
    for (const json& reference : session.references()) {
      if (!reference.contains("genome")) continue;
      // A linear program cannot learn a two-layer teacher.
      const bool hopeless = reference["name"] == "linear_regression_sgd" &&
                            config["data"].value("synthetic", "") == "two_layer_teacher";
      if (hopeless) continue;
      const Trial trial =
          session.evaluate(genome_of(reference["genome"].get<std::string>(), {4, 8, 2, d}));
      const Trial constant = session.evaluate(std::string("constant"));
      ASSERT_EQ(trial.status, EQV_OK) << reference << trial.message;
      EXPECT_GT(trial.figures[0], constant.figures[0] + 0.02) << reference;
    }
  }
}

TEST(References, UnknownNamesAreRefused) {
  Session session(algorithm_discovery(), diabetes());
  EXPECT_EQ(session.evaluate(std::string("logistic_regression")).status, EQV_INVALID_CANDIDATE);
}

TEST(References, BalancedWeightsReachLogisticRegression) {
  Session plain(algorithm_discovery(), breast_cancer());
  Session balanced(algorithm_discovery(),
                   with_option(breast_cancer(), "class_weights", "balanced"));
  double gain = 0;
  for (std::uint64_t seed = 0; seed < 5; ++seed)
    gain += balanced.evaluate(std::string("logistic_regression"), {seed}).figures[0] -
            plain.evaluate(std::string("logistic_regression"), {seed}).figures[1];
  EXPECT_NE(gain, 0);
}

}  // namespace
}  // namespace equivolve::test
