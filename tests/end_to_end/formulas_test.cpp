// Symbolic regression from the YAML file to the formula that is taken home: the front of accuracy
// and complexity, and model.py, which predicts what Equivolve predicts.
#include <signal.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/engine/report/html_check.hpp"
#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class Formulas : public testing::Test {
 protected:
  Formulas() {
    write_file(yaml_, "evaluator: algorithm_discovery\ndata: {file: " + data_ +
                          ", target: progression}\nspace: {representation: expression}\n"
                          "seed: 3\nsearch: {population_size: 50}\n"
                          "budget: {candidates: 1500}\nfinal: {top: 3, repeats: 2}\n");
  }
  Finished run(const Environment& environment = {}) {
    return equivolve({"run", yaml_, "--store", store_, "--json", "--quiet"}, environment);
  }
  nlohmann::json shown() { return answer(equivolve({"show", "1", "--store", store_, "--json"})); }
  /// Every told candidate, by an export that knows nothing of fronts.
  std::vector<nlohmann::json> candidates() {
    const std::string all = folder_.path() / "all.jsonl";
    EXPECT_EQ(equivolve({"export", "1", "--store", store_, "--out", all}).exit_code, 0);
    std::vector<nlohmann::json> rows;
    for (const std::string& line : lines_of(all)) rows.push_back(nlohmann::json::parse(line));
    return rows;
  }
  void expect_front_of_all(const nlohmann::json& front) {
    const auto all = candidates();
    const auto number = [](const nlohmann::json& row, const char* key) {
      return row[key].get<double>();
    };
    std::vector<nlohmann::json> expected;
    for (const auto& row : all) {
      if (row["status"] != "ok" || row["hit"] == true) continue;
      bool beaten = false;
      for (const auto& other : all) {
        if (other["status"] != "ok") continue;
        const double fitness = number(other, "fitness") - number(row, "fitness"),
                     tokens = number(other, "complexity") - number(row, "complexity");
        const double rounding =
            1e-9 * std::max(std::fabs(number(other, "fitness")), std::fabs(number(row, "fitness")));
        beaten = beaten || (fitness >= 0 && tokens <= 0 && (fitness > 0 || tokens < 0)) ||
                 (fitness >= -rounding && tokens <= 0 && (fitness > rounding || tokens < 0));
      }
      if (!beaten) expected.push_back(row);
    }
    ASSERT_EQ(front.size(), expected.size());
    EXPECT_GT(front.size(), 2u);
    for (const auto& row : expected) {
      const auto same = [&](const nlohmann::json& c) {
        return c["birth"] == row["birth"] && c["text"] == row["genome"] &&
               c["figures"]["fitness"] == row["fitness"] &&
               c["figures"]["complexity"] == row["complexity"];
      };
      EXPECT_EQ(std::count_if(front.begin(), front.end(), same), 1) << row;
    }
  }

  TempFolder folder_;
  const std::string data_ = std::string(EQUIVOLVE_SOURCE_DIR) + "/data/diabetes.csv",
                    yaml_ = folder_.path() / "formula.yaml", store_ = folder_.path() / "runs.db";
};

TEST_F(Formulas, HaveAFrontOfAccuracyAndComplexity) {
  const Finished done = run();
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto summary = answer(done);
  EXPECT_EQ(summary["objective"], "fitness");
  const auto front = shown()["front"];
  expect_front_of_all(front);
  // The search's best is one end of it.
  double best = 0;
  for (const auto& row : candidates())
    if (row["status"] == "ok") best = std::max(best, row["fitness"].get<double>());
  EXPECT_EQ(front.front()["figures"]["fitness"], best);
  for (std::size_t i = 1; i < front.size(); ++i) {
    EXPECT_LE(front[i]["figures"]["fitness"], front[i - 1]["figures"]["fitness"]);
    EXPECT_LE(front[i]["figures"]["complexity"], front[i - 1]["figures"]["complexity"]);
  }
  const Finished text = equivolve({"show", "1", "--store", store_});
  std::istringstream lines(text.out.substr(text.out.find("\nfront: ") + 1));
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(line.rfind("front: " + std::to_string(front.size()) + " candidates", 0), 0u) << line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_NE(line.find("complexity  genome"), std::string::npos) << line;
  std::size_t rows = 0;
  while (std::getline(lines, line) && line.starts_with("    ")) {
    EXPECT_LT(line.size(), 120u);
    ++rows;
  }
  EXPECT_EQ(rows, std::min<std::size_t>(front.size(), 20));
  EXPECT_EQ(line, "  all of it: equivolve export 1 --store " + store_ + " --front --out front.csv");
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(line,
            "  one of it: equivolve apply 1 --store " + store_ + " --birth BIRTH --out result");
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(line.rfind("next: ", 0), 0u) << line;
}

TEST_F(Formulas, ExportTheFrontAlone) {
  ASSERT_EQ(run().exit_code, 0);
  const std::string all = folder_.path() / "all.csv", some = folder_.path() / "front.csv";
  ASSERT_EQ(equivolve({"export", "1", "--store", store_, "--out", all}).exit_code, 0);
  const Finished done =
      equivolve({"export", "1", "--store", store_, "--out", some, "--front", "--json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto front = shown()["front"];
  EXPECT_EQ(answer(done)["candidates"], front.size());
  const auto rows = lines_of(some), every = lines_of(all);
  ASSERT_EQ(rows.size(), front.size() + 1);
  EXPECT_EQ(rows[0], every[0]);
  for (const std::string& row : rows)
    EXPECT_EQ(std::count(every.begin(), every.end(), row), 1) << row;
}

TEST_F(Formulas, HaveAFrontWhenKilledToo) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  const Finished killed = run({{"EQUIVOLVE_FAULT", "run.before_finish:1"}});
  ASSERT_EQ(killed.signal, SIGKILL) << killed.err;
  const auto summary = shown();
  EXPECT_EQ(summary["status"], "interrupted");
  expect_front_of_all(summary["front"]);
  EXPECT_NE(equivolve({"show", "1", "--store", store_}).out.find("\nfront: "), std::string::npos);
}

TEST_F(Formulas, InheritFittedNumbersThroughAKill) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  const auto whole = answer(run());
  for (const char* workers : {"1", "8"}) {
    const Finished other =
        equivolve({"run", yaml_, "--store", folder_.path() / ("w" + std::string(workers) + ".db"),
                   "--json", "--quiet", "--set", std::string("workers.count=") + workers});
    EXPECT_EQ(answer(other)["result_digest"], whole["result_digest"]) << workers;
  }
  // Genomes are stored as they were fitted: those that are one number are all the same, the mean.
  std::vector<double> numbers;
  for (const auto& row : candidates()) {
    const std::string text = row["genome"];
    if (row["complexity"] == 1 && std::none_of(text.begin(), text.end(), [](unsigned char c) {
          return std::isalpha(c) && c != 'e';
        }))
      numbers.push_back(std::stod(text));
  }
  ASSERT_GT(numbers.size(), 1u);
  for (double number : numbers) EXPECT_NEAR(number, numbers.front(), 2e-4) << "seven digits";
  std::filesystem::remove(store_);
  const Finished killed = run({{"EQUIVOLVE_FAULT", "run.told:200"}});
  ASSERT_EQ(killed.signal, SIGKILL) << killed.err;
  const Finished done = equivolve({"resume", "1", "--store", store_, "--json", "--quiet"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(answer(done)["result_digest"], whole["result_digest"]);
  EXPECT_EQ(answer(done)["best"]["text"], whole["best"]["text"]);
  EXPECT_EQ(equivolve({"store", "verify", "--store", store_}).exit_code, 0);
}

TEST_F(Formulas, HaveTheirFrontInTheReport) {
  ASSERT_EQ(run().exit_code, 0);
  const std::string page = folder_.path() / "page.html";
  ASSERT_EQ(equivolve({"report", "1", "--store", store_, "--html", page}).exit_code, 0);
  std::ifstream in(page);
  const std::string html(std::istreambuf_iterator<char>(in), {});
  EXPECT_EQ(html_fault(html), "");
  const std::string text = visible_text(html);
  const auto front = shown()["front"];
  EXPECT_NE(text.find(std::to_string(front.size()) + " candidates that no other beats"),
            std::string::npos);
  for (const auto& one : front)
    EXPECT_NE(text.find(one["text"].get<std::string>()), std::string::npos) << one;
  write_file(yaml_, small_yaml(60));
  ASSERT_EQ(run().exit_code, 0);
  ASSERT_EQ(equivolve({"report", "2", "--store", store_, "--html", page}).exit_code, 0);
  std::ifstream again(page);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(again), {}).find("no other beats"),
            std::string::npos)
      << "of one objective there is none";
}

TEST_F(Formulas, AreAppliedByTheirBirth) {
  ASSERT_EQ(run().exit_code, 0);
  const std::string out = folder_.path() / "out";
  const auto front = shown()["front"];
  const std::string birth = front.back()["birth"].dump(), text = front.back()["text"];
  ASSERT_EQ(equivolve({"apply", "1", "--store", store_, "--birth", birth, "--out", out}).exit_code,
            0);
  const auto by_birth = lines_of(out + "/formula.txt");
  ASSERT_EQ(
      equivolve({"apply", "1", "--store", store_, "--candidate", "(" + text + ")", "--out", out})
          .exit_code,
      0);
  EXPECT_EQ(lines_of(out + "/formula.txt"), by_birth);

  const std::string other = folder_.path() / "other";
  const auto refused = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--out", other});
    const Finished done = equivolve(arguments);
    EXPECT_EQ(done.exit_code, 2) << done.err;
    EXPECT_FALSE(std::filesystem::exists(other));
    return done.err;
  };
  EXPECT_NE(
      refused({"apply", "1", "--store", store_, "--candidate", "77"}).find("expected --birth 77"),
      std::string::npos);
  EXPECT_NE(refused({"apply", "1", "--store", store_, "--birth", "99999"}).find("99999"),
            std::string::npos);
  refused({"apply", "1", "--store", store_, "--birth", "1", "--candidate", "ridge"});
  refused({"apply", yaml_, "--birth", "1"});
}

TEST_F(Formulas, WithOneObjectiveHaveNone) {
  write_file(yaml_, small_yaml(60));
  ASSERT_EQ(run().exit_code, 0);
  EXPECT_FALSE(shown().contains("front"));
  EXPECT_EQ(equivolve({"show", "1", "--store", store_}).out.find("\nfront: "), std::string::npos);
  const std::string out = folder_.path() / "front.csv";
  const Finished refused = equivolve({"export", "1", "--store", store_, "--out", out, "--front"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("one objective, fitness"), std::string::npos) << refused.err;
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(Formulas, ModelPredictsWhatEquivolvePredicts) {
  if (run_process({"/usr/bin/python3", "-c", "import numpy"}).exit_code != 0)
    GTEST_SKIP() << "python3-numpy is not installed";
  ASSERT_EQ(run().exit_code, 0);
  const std::string out = folder_.path() / "out";
  const Finished applied =
      equivolve({"apply", "latest", "--store", store_, "--data", data_, "--out", out});
  ASSERT_EQ(applied.exit_code, 0) << applied.err;
  EXPECT_FALSE(lines_of(out + "/formula.txt").empty());
  const Finished model = run_process({"/usr/bin/python3", out + "/model.py", data_});
  ASSERT_EQ(model.exit_code, 0) << model.err;
  std::istringstream theirs(model.out);
  std::string line;
  const auto ours = lines_of(out + "/predictions.csv");
  ASSERT_EQ(ours.size(), 443u);
  const auto prediction = [](const std::string& row) {
    return std::stod(row.substr(row.find(',') + 1));
  };
  for (std::size_t row = 0; row < ours.size(); ++row) {
    ASSERT_TRUE(std::getline(theirs, line)) << "line " << row;
    if (row == 0) continue;
    EXPECT_NEAR(prediction(line), prediction(ours[row]), 1e-9 * std::abs(prediction(ours[row])))
        << "line " << row;
  }
  EXPECT_FALSE(std::getline(theirs, line));
}

TEST_F(Formulas, AWordThatIsNoFormulaIsRefusedInPlainWords) {
  const Finished refused =
      equivolve({"apply", yaml_, "--candidate", "rigde", "--out", folder_.path() / "out"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("nor an expression; did you mean 'ridge'?"), std::string::npos)
      << refused.err;
}

}  // namespace
}  // namespace equivolve::tests
