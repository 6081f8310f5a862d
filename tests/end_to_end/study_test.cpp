// `equivolve study`: figures that are known exactly, and what the command refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/equivolve.hpp"

namespace equivolve::tests {
namespace {

using testing::HasSubstr;

TEST(StudyHashing, FindsEveryBooleanFunctionOnce) {
  const auto json = answer(equivolve({"study", "hashing", "--only", "boolean", "--json"}));
  EXPECT_EQ(json["seed"], 1);
  EXPECT_FALSE(json.contains("graphs"));
  const auto& rows = json["boolean"]["classes"];
  ASSERT_EQ(rows.size(), 2u);
  const int functions[] = {16, 256};
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(rows[i]["inputs"], 2 + i);
    EXPECT_EQ(rows[i]["classes"], functions[i]);
    EXPECT_EQ(rows[i]["truth_tables"], functions[i]);
    EXPECT_EQ(rows[i]["merged_but_different"], 0);
    EXPECT_EQ(rows[i]["equal_but_apart"], 0);
    EXPECT_GT(rows[i]["expressions"], 100000);
  }
}

TEST(StudyHashing, QuickPolynomialsAreNeverMissedOnTheDefaultGrid) {
  const auto json = answer(
      equivolve({"study", "hashing", "--only", "polynomials", "--quick", "--json", "--quiet"}));
  EXPECT_EQ(json["polynomials"]["default_missed_double"], 0);
  EXPECT_EQ(json["polynomials"]["default_wrong_double"], 0);
  EXPECT_EQ(json["polynomials"]["pairs"], 1000);
  EXPECT_EQ(json["polynomials"]["comparisons"].size(), 2u * 4 * 7 * 3);
  EXPECT_EQ(json["quick"], true);
}

TEST(StudyHashing, PrintsAlignedTables) {
  const Finished done = equivolve({"study", "hashing", "--only", "boolean", "--quick"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("boolean: "));
  EXPECT_THAT(done.out, HasSubstr("truth_tables  classes  merged_but_different"));
  EXPECT_THAT(done.out, HasSubstr("          256      256                     0"));
}

TEST(StudyHashing, RefusesAnUnknownStudyWithTheNearestName) {
  const Finished done = equivolve({"study", "hashing", "--only", "bolean"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("bolean"));
  EXPECT_THAT(done.err, HasSubstr("did you mean 'boolean'?"));
  EXPECT_EQ(equivolve({"study"}).exit_code, 2);
  EXPECT_EQ(equivolve({"study", "hashing", "--seed", "x"}).exit_code, 2);
}

}  // namespace
}  // namespace equivolve::tests
