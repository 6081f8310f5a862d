// The result a person takes home: predictions, the program as text, and model.py, which gives the
// same predictions.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

std::string slurp(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

bool has_numpy() {
  return run_process({"/usr/bin/python3", "-c", "import numpy"}).exit_code == 0;
}

struct Table {
  const char* file;
  const char* target;
};

class Result : public testing::TestWithParam<Table> {};
INSTANTIATE_TEST_SUITE_P(Tables, Result,
                         testing::Values(Table{"breast_cancer.csv", "diagnosis"},
                                         Table{"diabetes.csv", "progression"}),
                         [](const auto& info) { return std::string(info.param.target); });

TEST_P(Result, ModelPredictsWhatEquivolvePredicts) {
  if (!has_numpy()) GTEST_SKIP() << "python3-numpy is not installed";
  TempFolder folder;
  const std::string data = std::string(EQUIVOLVE_SOURCE_DIR) + "/data/" + GetParam().file;
  const std::string yaml = folder.path() / "t.yaml", store = folder.path() / "r.db",
                    out = folder.path() / "out";
  write_file(yaml, "evaluator: algorithm_discovery\ndata: {file: " + data +
                       ", target: " + GetParam().target +
                       "}\nbudget: {candidates: 3000}\nfinal: {top: 3, repeats: 3}\n");
  ASSERT_EQ(equivolve({"run", yaml, "--store", store, "--quiet"}).exit_code, 0);
  const Finished applied =
      equivolve({"apply", "latest", "--store", store, "--data", data, "--out", out});
  ASSERT_EQ(applied.exit_code, 0) << applied.err;
  EXPECT_NE(slurp(out + "/program.txt").find("predict:"), std::string::npos);
  const Finished model = run_process({"/usr/bin/python3", out + "/model.py", data});
  ASSERT_EQ(model.exit_code, 0) << model.err;
  // One line a row after the header, whose prediction column is the same text.
  std::istringstream theirs(model.out), ours(slurp(out + "/predictions.csv"));
  std::string a, b;
  int rows = 0;
  while (std::getline(ours, a)) {
    ASSERT_TRUE(std::getline(theirs, b));
    ASSERT_EQ(a.substr(0, a.find(',', a.find(',') + 1)), b.substr(0, b.find(',', b.find(',') + 1)))
        << "line " << rows;
    ++rows;
  }
  EXPECT_GT(rows, 400);
}

TEST(Apply, AReferenceWithoutASearch) {
  TempFolder folder;
  const std::string yaml = std::string(EQUIVOLVE_SOURCE_DIR) + "/examples/quickstart.yaml",
                    out = folder.path() / "rival";
  const Finished applied =
      equivolve({"apply", yaml, "--candidate", "logistic_regression", "--out", out});
  ASSERT_EQ(applied.exit_code, 0) << applied.err;
  EXPECT_TRUE(std::filesystem::exists(out + "/predictions.csv"));
}

TEST(Apply, UnknownOptionsNameTheNearest) {
  TempFolder folder;
  const std::string yaml = std::string(EQUIVOLVE_SOURCE_DIR) + "/examples/quickstart.yaml";
  const Finished applied = equivolve({"apply", yaml, "--candidate", "logistic_regression", "--out",
                                      folder.path() / "o", "--dat", "x.csv"});
  EXPECT_EQ(applied.exit_code, 2);
  EXPECT_NE(applied.err.find("'data'"), std::string::npos) << applied.err;
}

}  // namespace
}  // namespace equivolve::tests
