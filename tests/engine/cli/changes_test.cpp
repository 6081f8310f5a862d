#include "engine/cli/changes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace equivolve::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Changes, PlusAddsToThePresentBudget) {
  engine::BudgetConfig present;
  present.candidates = 100;
  present.time = std::chrono::minutes(5);
  const auto sums = add_to_present(
      {"budget.candidates=+50", "budget.time=+90s", "budget.evaluations=7", "name=+1"}, present);
  ASSERT_TRUE(sums);
  EXPECT_THAT(*sums, ElementsAre("budget.candidates=150", "budget.time=390s",
                                 "budget.evaluations=7", "name=+1"));
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"budget.evaluations=+1", "no budget.evaluations to add to"},
      {"budget.candidates=+", "integer"},
      {"budget.candidates=+-3", "integer"},
      {"budget.candidates=+18446744073709551615", "too large"},
      {"budget.time=+5", "duration"},
      {"budget.target.accuracy=+1", "'+' can be used"}};
  for (const auto& [assignment, said] : refused) {
    const auto sum = add_to_present({assignment}, present);
    ASSERT_FALSE(sum) << assignment;
    EXPECT_THAT(sum.error(), HasSubstr(said));
  }
}

TEST(Changes, KeysThatDifferAreNamed) {
  EXPECT_THAT(changed_keys(R"({"a":{"b":1,"c":[1]},"d":2})", R"({"a":{"b":1,"c":[2]},"e":2})"),
              ElementsAre("a.c", "d", "e"));
  EXPECT_THAT(changed_keys(R"({"a":1})", R"({"a":1})"), ElementsAre());
}

TEST(Changes, OnlyWhatHasNoPartInTheResultMayChange) {
  for (const char* key :
       {"budget.candidates", "budget.target.accuracy", "workers.count", "store.file",
        "evaluator.deadline", "evaluator.isolation", "evaluator.memory", "evaluator.cpu_time",
        "evaluator.open_files", "data.file"})
    EXPECT_TRUE(may_change(key)) << key;
  for (const char* key : {"seed", "name", "search.lookahead", "evaluator.id", "data.target",
                          "data.files", "final.top", "space.representation", "hashing.policy"})
    EXPECT_FALSE(may_change(key)) << key;
}

}  // namespace
}  // namespace equivolve::cli
