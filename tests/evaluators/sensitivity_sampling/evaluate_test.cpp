// Trials: what the figures mean, that draws are shared, and how trials end.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluators/sensitivity_sampling/spaces.hpp"
#include "tests/evaluators/sensitivity_sampling/support.hpp"

namespace equivolve::test {
namespace {

using nlohmann::json;

TEST(SamplingTrial, LewisIsTheMeasure) {
  Session session(sensitivity_sampling_module(), small_search());
  EXPECT_STREQ(session.info().figures[0].name, "log_distortion_ratio");
  const Trial lewis = session.evaluate(formula("log_lewis"));
  ASSERT_EQ(lewis.status, EQV_OK) << lewis.message;
  EXPECT_EQ(lewis.figures[0], 0);
  EXPECT_EQ(lewis.figures[1], 0);
  EXPECT_EQ(lewis.figures[5], 2) << "feature tier";
  EXPECT_NEAR(lewis.figures[4], 1, 0.2) << "rows kept over rows asked for";
  EXPECT_GT(lewis.figures[6], 0) << "regression error";
  EXPECT_EQ(lewis.cost, 2u * 2 * 1 * 3);
  const Trial uniform = session.evaluate(formula("0"));
  EXPECT_GT(uniform.figures[0], 0.3) << "heavy rows are missed";
  EXPECT_EQ(session.evaluate(std::string("lewis")).figures, lewis.figures);
}

TEST(SamplingTrial, TestSplitHasFamiliesOfItsOwnAndItems) {
  Session session(sensitivity_sampling_module(), small_search());
  EXPECT_EQ(session.info().offers_test_split, 1u);
  TrialSettings settings;
  settings.split = EQV_TEST;
  const Trial test = session.evaluate(formula("log_tau"), settings);
  ASSERT_EQ(test.status, EQV_OK);
  ASSERT_EQ(test.items.size(), 2u) << "a cell for each power";
  EXPECT_NEAR(test.figures[0], (test.items[0] + test.items[1]) / 2, 1e-12);
  EXPECT_NE(test.figures[0], session.evaluate(formula("log_tau")).figures[0]);
  json without = small_search();
  without["data"]["test_families"] = json::array();
  Session none(sensitivity_sampling_module(), without);
  EXPECT_EQ(none.info().offers_test_split, 0u);
  EXPECT_EQ(none.evaluate(formula("log_tau"), settings).status, EQV_UNSUPPORTED);
}

TEST(SamplingTrial, FollowsFromTheCommonSeedAlone) {
  Session session(sensitivity_sampling_module(), small_search());
  TrialSettings settings;
  const Trial one = session.evaluate(formula("log_tau"), settings);
  settings.own_seed = 77;
  settings.threads = 4;
  EXPECT_EQ(session.evaluate(formula("log_tau"), settings).figures, one.figures);
  settings.common_seed = 2;
  EXPECT_NE(session.evaluate(formula("log_tau"), settings).figures, one.figures);
}

TEST(SamplingTrial, EndsWhereScoresAreNoNumbers) {
  Session session(sensitivity_sampling_module(), small_search());
  const Trial trial = session.evaluate(formula("log_tau + log(log_tau)"));
  EXPECT_EQ(trial.status, EQV_NON_FINITE);
  EXPECT_EQ(trial.message, "the log score of a row is not a number, or is infinite");
  // Scores that vanish beside others: rows that can never be drawn.
  const Trial narrow = session.evaluate(formula("1000 * log_tau"));
  ASSERT_EQ(narrow.status, EQV_OK) << narrow.message;
  EXPECT_EQ(narrow.figures[3], 1) << "the share of biased cells";
  EXPECT_EQ(session.evaluate(std::string("nobody")).status, EQV_INVALID_CANDIDATE);
  search::Genome broken = formula("log_tau");
  broken.flat.resize(8);
  EXPECT_EQ(session.evaluate(broken).status, EQV_INVALID_CANDIDATE);
}

TEST(SamplingTrial, CanBeCancelled) {
  Session session(sensitivity_sampling_module(), small_search());
  TrialSettings settings;
  settings.cancelled = true;
  EXPECT_EQ(session.evaluate(formula("log_tau"), settings).status, EQV_CANCELLED);
  EXPECT_EQ(session.evaluate(formula("log_lewis")).figures[0], 0) << "nothing half made is kept";
}

TEST(SamplingTrial, HasCheaperLevels) {
  json config = small_search();
  config["options"]["screening"] = true;
  config["options"]["rows_per_column"] = {10, 20};
  Session session(sensitivity_sampling_module(), config);
  ASSERT_EQ(session.info().level_count, 3u);
  double last = 0;
  for (std::uint32_t level = 0; level < 3; ++level) {
    EXPECT_GT(session.info().levels[level].relative_cost, last);
    last = session.info().levels[level].relative_cost;
    TrialSettings settings;
    settings.level = level;
    EXPECT_EQ(session.evaluate(formula("log_tau"), settings).status, EQV_OK);
  }
  EXPECT_EQ(last, 1);
}

TEST(SamplingTrial, SpreadingOutHelpsLewisWeights) {
  Session session(sensitivity_sampling_module(), small_search());
  const Trial pivotal = session.evaluate(std::string("lewis_pivotal"));
  ASSERT_EQ(pivotal.status, EQV_OK);
  EXPECT_LT(pivotal.figures[0], -0.1);
  EXPECT_NEAR(pivotal.figures[4], 1, 0.02) << "pivotal samples have one size";
}

TEST(SamplingSpace, IsCheckedWhenBound) {
  Session session(sensitivity_sampling_module(), small_search());
  json space = session.default_space(search::Representation::kExpression);
  EXPECT_EQ(session.bind(space).status, EQV_OK);
  space["inputs"][0] = "tau";
  EXPECT_EQ(session.bind(space).pointer, "/inputs");
  json config = small_search();
  config["representation"] = "configuration";
  Session configurations(sensitivity_sampling_module(), config);
  json parameters = configurations.default_space(search::Representation::kConfiguration);
  EXPECT_EQ(configurations.bind(parameters).status, EQV_OK);
  json more = parameters;
  more["parameters"]["colour"] = {{"type", "bool"}};
  EXPECT_EQ(configurations.bind(more).pointer, "/parameters/colour");
  more = parameters;
  more["parameters"]["rule"]["values"] = {"lewis", "dice"};
  EXPECT_EQ(configurations.bind(more).pointer, "/parameters/rule");
  EXPECT_EQ(configurations.references().size(), 8u);
}

}  // namespace
}  // namespace equivolve::test
