// What cannot be used is refused with a place and a reason.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/evaluators/support/algorithm_discovery.hpp"

namespace equivolve::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

Refusal refusal_of(const json& config) {
  try {
    Session session(algorithm_discovery(), config);
  } catch (const Refusal& refusal) {
    return refusal;
  }
  return {};
}

void expect_refused(const json& config, const std::string& pointer, const std::string& message) {
  const Refusal refusal = refusal_of(config);
  EXPECT_EQ(refusal.status, EQV_UNSUPPORTED) << config;
  EXPECT_EQ(refusal.pointer, pointer) << config;
  EXPECT_THAT(refusal.message, HasSubstr(message)) << config;
}

json at(json config, const std::string& pointer, const json& value) {
  config[json::json_pointer(pointer)] = value;
  return config;
}

TEST(Refusals, OfSettings) {
  const json good = breast_cancer();
  ASSERT_EQ(refusal_of(good).status, EQV_OK);
  expect_refused(json::object(), "", "'data' is missing");
  expect_refused({{"data", json::object()}}, "/data", "needs 'file'");
  expect_refused({{"data", 3}}, "/data", "must be a mapping");
  expect_refused({{"data", {{"file", data_file("digits.csv")}}}}, "/data", "'target' is missing");
  expect_refused(at(good, "/data/file", 7), "/data/file", "must be text");
  expect_refused(at(good, "/data/file", "/nowhere/x.csv"), "/data/file",
                 "there is no file '/nowhere/x.csv'");
  expect_refused(at(good, "/data/file", "/tmp"), "/data/file", "is a folder");
  expect_refused(at(good, "/data/target", "diagnosys"), "/data/target",
                 "did you mean 'diagnosis'?");
  expect_refused(at(good, "/data/target", "qqqqqqqqqqqqqqqqq"), "/data/target", "has no column");
  expect_refused(at(good, "/data/test_share", 0.95), "/data/test_share", "from 0 to 0.9");
  expect_refused(at(good, "/data/test_share", "much"), "/data/test_share", "must be a number");
  expect_refused(at(good, "/data/split_seed", -1), "/data/split_seed", "must be a whole number");
  expect_refused(at(good, "/data/synthetic", "linear"), "/data/synthetic", "beside 'file'");
  expect_refused(at(good, "/data/test_shar", 0.1), "/data/test_shar", "did you mean 'test_share'?");
  expect_refused(at(good, "/options/task", "clasification"), "/options/task",
                 "did you mean 'classification'?");
  expect_refused(at(good, "/options/resamplings", 0), "/options/resamplings", "from 1 to 100");
  expect_refused(at(good, "/options/screening_tasks", 0), "/options/screening_tasks",
                 "from 1 to 1000");
  expect_refused(at(good, "/options/screening_tasks", 4), "/options/screening_tasks",
                 "expected fewer");
  expect_refused(at(good, "/options/resamplings", 2.5), "/options/resamplings",
                 "must be a whole number");
  expect_refused(at(good, "/options/validation_share", 0), "/options/validation_share",
                 "must be a number");
  expect_refused(at(good, "/options/epochs", 1001), "/options/epochs", "from 1 to 1000");
  expect_refused(at(good, "/options/class_weights", "equal"), "/options/class_weights",
                 "none, balanced");
  expect_refused(at(good, "/options/error_bound", -1), "/options/error_bound", "must be a number");
  expect_refused(at(good, "/options/max_live_instructions", 0), "/options/max_live_instructions",
                 "whole number");
  expect_refused(at(good, "/options/aggregate", "max"), "/options/aggregate", "mean, median");
  expect_refused(at(good, "/options/epoch", 2), "/options/epoch", "did you mean 'epochs'?");
  expect_refused(at(good, "/representation", "graph"), "/representation",
                 "'program' and 'expression' only");
}

TEST(Refusals, OfSyntheticTasks) {
  const json good = {{"data", {{"synthetic", "linear"}}}};
  ASSERT_EQ(refusal_of(good).status, EQV_OK);
  expect_refused(at(good, "/data/synthetic", "cubic"), "/data/synthetic",
                 "linear, two_layer_teacher");
  expect_refused(at(good, "/data/dimension", 0), "/data/dimension", "from 1 to 1000");
  expect_refused(at(good, "/data/target", "y"), "/data/target", "unknown key");
  expect_refused(at(good, "/options/task", "classification"), "/options/task",
                 "contradicts data.synthetic, whose tasks are regression");
}

/// Refusals of a table given as text.
class TableRefusals : public ::testing::Test {
 protected:
  void expect(const std::string& csv, const std::string& pointer, const std::string& message,
              json options = json::object()) {
    expect_refused({{"data", {{"file", folder_.write("t.csv", csv)}, {"target", "y"}}},
                    {"options", std::move(options)}},
                   pointer, message);
  }
  /// n rows of x, y with the given cell in one row's column.
  static std::string rows(int n, int bad_row = -1, const std::string& x = "1",
                          const std::string& y = "a") {
    std::string csv = "x,y\n";
    for (int r = 0; r < n; ++r)
      csv += r == bad_row ? x + "," + y + "\n"
                          : std::to_string(r * r % 17) + (r % 2 ? ",a\n" : ",b\n");
    return csv;
  }
  TemporaryFolder folder_;
};

TEST_F(TableRefusals, NameRowAndColumn) {
  expect(rows(30, 7, "abc"), "/data/file",
         "'abc' in row 8 (line 9), column 'x' is not a finite number");
  expect(rows(30, 0, ""), "/data/file", "missing value in row 1 (line 2), column 'x'");
  expect(rows(30, 29, "NA"), "/data/file", "missing value in row 30 (line 31), column 'x'");
  expect(rows(30, 3, "1", "?"), "/data/file", "missing value in row 4 (line 5), column 'y'");
  expect("x,y\n1,2,3\n", "/data/file", "row 1 (line 2) has 3 cells");
  expect("x,y\n", "/data/file", "no rows");
  expect("", "/data/file", "empty");
}

TEST_F(TableRefusals, OfTooLittle) {
  expect(rows(9), "/data/file", "has 9 rows; at least 10 are needed");
  expect("y\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "/data/file", "no column beside the target");
  expect(rows(30, 4, "1", "c"), "/data/target", "class 'c' has 1 row; at least 3 are needed");
  std::string one = "x,y\n", same = "x,y\n", many = "x,y\n";
  for (int r = 0; r < 20; ++r)
    one += std::to_string(r) + ",a\n", same += std::to_string(r) + ",3.5\n";
  for (int r = 0; r < 1001; ++r) many += "1,name" + std::to_string(r) + "\n";
  expect(one, "/data/target", "holds one class only");
  expect(same, "/data/target", "holds one value only");
  expect(many, "/data/target", "holds more than 1000 different classes");
}

TEST_F(TableRefusals, OfTextInARegression) {
  expect(rows(30), "/data/target", "'b' in row 1 (line 2), column 'y' is not a finite number",
         {{"task", "regression"}});
}

TEST_F(TableRefusals, TheTargetTellsTheTask) {
  auto kind = [&](const std::string& csv) {
    Session session(algorithm_discovery(),
                    {{"data", {{"file", folder_.write("k.csv", csv)}, {"target", "y"}}}});
    return std::string(session.info().figures[0].name);
  };
  std::string twenty = "x,y\n", many = "x,y\n", fractions = "x,y\n";
  for (int r = 0; r < 80; ++r) twenty += std::to_string(r) + "," + std::to_string(r % 20) + "\n";
  for (int r = 0; r < 84; ++r) many += std::to_string(r) + "," + std::to_string(r % 21) + "\n";
  for (int r = 0; r < 80; ++r)
    fractions += std::to_string(r) + "," + std::to_string(r % 3) + ".5\n";
  EXPECT_EQ(kind(rows(30)), "accuracy");
  EXPECT_EQ(kind(twenty), "accuracy");
  EXPECT_EQ(kind(many), "fitness");
  EXPECT_EQ(kind(fractions), "fitness");
}

}  // namespace
}  // namespace equivolve::test
