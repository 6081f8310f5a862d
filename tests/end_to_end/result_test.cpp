// The result a person takes home: predictions, the program as text, and model.py, which gives the
// same predictions.
#include <fstream>
#include <random>
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
  const Finished help = run_process({"/usr/bin/python3", out + "/model.py", "--help"});
  EXPECT_EQ(help.exit_code, 0) << help.err;
  EXPECT_NE(help.out.find("read_features"), std::string::npos) << help.out;
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

TEST(Apply, SaysWhatItPredictedAndTakesOptionsWithHyphens) {
  TempFolder folder;
  const std::string yaml = std::string(EQUIVOLVE_SOURCE_DIR) + "/examples/quickstart.yaml",
                    out = folder.path() / "out";
  const auto apply = [&](std::vector<std::string> more) {
    std::vector<std::string> all = {"apply", yaml, "--candidate", "logistic_regression",
                                    "--out", out};
    all.insert(all.end(), more.begin(), more.end());
    return equivolve(all);
  };
  const Finished test = apply({});
  EXPECT_NE(test.err.find("the test rows of the run's own data, 113"), std::string::npos)
      << test.err;
  EXPECT_EQ(test.last_line(), "next: python3 " + out + "/model.py YOUR.csv");
  for (const char* option : {"--predictions-for", "--predictions_for"}) {
    const Finished all = apply({option, "all"});
    EXPECT_EQ(all.exit_code, 0) << all.err;
    EXPECT_NE(all.err.find("all rows of the run's own data, 569"), std::string::npos) << all.err;
  }
  const Finished both = apply({"--data", yaml, "--predictions-for", "all"});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_NE(both.err.find("equivolve: --predictions-for: "), std::string::npos) << both.err;
  const Finished wrong = apply({"--predictions-for", "none"});
  EXPECT_NE(wrong.err.find("equivolve: --predictions-for is "), std::string::npos) << wrong.err;
  const Finished described = equivolve({"evaluators", "describe", "algorithm_discovery"});
  EXPECT_NE(described.out.find("--predictions-for"), std::string::npos) << described.out;
}

TEST(Apply, AMovedDataFileIsNamed) {
  TempFolder folder;
  const std::string store = folder.path() / "r.db", out = folder.path() / "out";
  std::filesystem::copy_file(std::string(EQUIVOLVE_SOURCE_DIR) + "/data/diabetes.csv",
                             folder.path() / "old.csv");
  write_file(folder.path() / "t.yaml",
             "evaluator: algorithm_discovery\ndata: {file: old.csv, target: progression}\n"
             "budget: {candidates: 50}\nfinal: {top: 1, repeats: 1}\n");
  ASSERT_EQ(equivolve({"run", folder.path() / "t.yaml", "--store", store, "--quiet"}).exit_code, 0);
  std::filesystem::rename(folder.path() / "old.csv", folder.path() / "new.csv");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"apply", "1", "--out", out},
        std::vector<std::string>{"reproduce", "1"},
        std::vector<std::string>{"resume", "1", "--set", "budget.candidates=+10"}}) {
    std::vector<std::string> all = command;
    all.insert(all.end(), {"--store", store});
    const Finished gone = equivolve(all);
    EXPECT_EQ(gone.exit_code, 2) << command.front();
    EXPECT_NE(gone.err.find("--set data.file=PATH"), std::string::npos) << gone.err;
  }
  const Finished there = equivolve({"apply", "1", "--out", out, "--store", store, "--set",
                                    "data.file=" + (folder.path() / "new.csv").string()});
  EXPECT_EQ(there.exit_code, 0) << there.err;
}

// Rows to be predicted are read once, and may come out of another program.
TEST(Apply, TakesRowsFromAPipe) {
  TempFolder folder;
  const std::string root = EQUIVOLVE_SOURCE_DIR, data = root + "/data/diabetes.csv",
                    yaml = folder.path() / "t.yaml";
  write_file(yaml,
             "evaluator: algorithm_discovery\ndata: {file: " + data + ", target: progression}\n");
  const auto applied = [&](const std::string& rows, const std::string& out) {
    const Finished done =
        run_process({"/bin/bash", "-c",
                     "exec \"$0\" apply \"$1\" --candidate ridge --out \"$2\" --data " + rows,
                     equivolve_command({}).front(), yaml, out});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return slurp(out + "/predictions.csv");
  };
  const std::string of_file = applied("'" + data + "'", folder.path() / "file");
  EXPECT_GT(of_file.size(), 1'000u);
  EXPECT_EQ(applied("<(cat '" + data + "')", folder.path() / "pipe"), of_file);
}

TEST(Apply, UnknownOptionsNameTheNearest) {
  TempFolder folder;
  const std::string yaml = std::string(EQUIVOLVE_SOURCE_DIR) + "/examples/quickstart.yaml";
  const auto expect_hint = [&](std::vector<std::string> more, const std::string& hint) {
    std::vector<std::string> words = {"apply", yaml, "--out", folder.path() / "o"};
    words.insert(words.end(), more.begin(), more.end());
    const Finished applied = equivolve(words);
    EXPECT_EQ(applied.exit_code, 2);
    EXPECT_NE(applied.err.find("did you mean '" + hint + "'"), std::string::npos) << applied.err;
  };
  const std::string rival = "logistic_regression";
  expect_hint({"--candidate", rival, "--dat", "x.csv"}, "--data");
  expect_hint({"--candidate", rival, "--candidat", "ridge"}, "--candidate");
  expect_hint({"--candidate", rival, "--forse"}, "--force");
}

/// 80 rows whose labels have nothing to do with their three columns.
std::string noise_table() {
  std::mt19937_64 random(6);
  std::string out = "a,b,c,label\n";
  for (int row = 0; row < 80; ++row) {
    for (int column = 0; column < 3; ++column) {
      double sum = -6;  // of twelve uniform numbers: about normal, and the same everywhere
      for (int i = 0; i < 12; ++i) sum += static_cast<double>(random() >> 11) * 0x1p-53;
      out += std::to_string(sum) + ",";
    }
    out += random() % 2 == 0 ? "yes\n" : "no\n";
  }
  return out;
}

// The best of many on noise looks better than its rivals: without an interval, that is all it is.
TEST(Summary, OfOneRepeatClaimsNothingAndPrintsNoInterval) {
  TempFolder folder;
  const std::string data = folder.path() / "noise.csv", yaml = folder.path() / "noise.yaml",
                    store = folder.path() / "runs.db", page = folder.path() / "page.html";
  write_file(data, noise_table());
  write_file(yaml,
             "evaluator: algorithm_discovery\ndata: {file: noise.csv, target: label, test_share: "
             "0}\nbudget: {candidates: 400}\nfinal: {top: 3, repeats: 1}\n");
  for (const char* seed : {"1", "2"}) {
    SCOPED_TRACE(seed);
    const Finished run = equivolve({"run", yaml, "--store", store, "--seed", seed});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const Finished show = equivolve({"show", "latest", "--store", store});
    ASSERT_EQ(
        equivolve({"report", "latest", "--html", page, "--store", store, "--quiet"}).exit_code, 0);
    for (const std::string& text : {run.out, show.out, slurp(page)}) {
      EXPECT_NE(text.find("o improvement found over the best reference"), std::string::npos)
          << text;
      EXPECT_NE(text.find(": no interval"), std::string::npos) << text;
      EXPECT_EQ(text.find(" [-"), std::string::npos) << text;
    }
    const auto summary = answer(equivolve({"show", "latest", "--store", store, "--json"}));
    EXPECT_FALSE(summary["improved"].get<bool>());
    for (const auto& [name, reference] : summary["references"].items()) {
      EXPECT_EQ(reference["confirmed_difference"]["count"], 1) << name;
      EXPECT_TRUE(reference["confirmed_difference"]["low"].is_null()) << name;
      EXPECT_EQ(reference["failed_repeats"], 0) << name;
    }
  }
}

}  // namespace
}  // namespace equivolve::tests
