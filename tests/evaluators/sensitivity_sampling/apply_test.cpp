// What a person takes home: the rows, how good they are, and how to use them.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <sstream>

#include "tests/evaluators/sensitivity_sampling/support.hpp"

namespace equivolve::test {
namespace {

using nlohmann::json;

std::vector<std::vector<std::string>> csv_of(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    rows.emplace_back();
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

class SamplingApply : public testing::Test {
 protected:
  SamplingApply() : session_(sensitivity_sampling_module(), small_search()) {}
  std::map<std::string, std::string> apply(json options, const std::string& candidate = "lewis") {
    options["data"] = diabetes_;
    return session_.apply(candidate, options);
  }

  const std::string diabetes_ = data_file("diabetes.csv");
  Session session_;
};

TEST_F(SamplingApply, WritesWeightedRows) {
  const auto files = apply({{"rows", 150}, {"target", "progression"}, {"p", 1.5}});
  const auto rows = csv_of(files.at("rows.csv"));
  ASSERT_GT(rows.size(), 110u);
  ASSERT_LT(rows.size(), 190u);
  EXPECT_EQ(rows[0], (std::vector<std::string>{"row", "weight"}));
  double sum = 0, last = 0;
  for (std::size_t k = 1; k < rows.size(); ++k) {
    const double row = std::stod(rows[k][0]), weight = std::stod(rows[k][1]);
    EXPECT_GT(row, last);
    EXPECT_LE(row, 442);
    EXPECT_GE(weight, 1);
    last = row;
    sum += weight;
  }
  EXPECT_NEAR(sum, 442, 130) << "weights stand for all rows";
  EXPECT_NE(files.at("summary.txt").find("distortion of this sample: at least 0."),
            std::string::npos)
      << files.at("summary.txt");
  const std::string& chart = files.at("distortion.svg");
  for (const char* name : {"this sampler", "uniform", "lewis_pivotal", "combined"})
    EXPECT_NE(chart.find(std::string(">") + name + "<"), std::string::npos) << name;
}

TEST_F(SamplingApply, CoefficientsOfAllRowsAreLeastSquaresAtTwo) {
  const auto files = apply({{"rows", 200}, {"target", "progression"}});
  EXPECT_NE(files.at("summary.txt").find("distortion of this sample: 0."), std::string::npos)
      << "exact at p = 2";
  const auto coefficients = csv_of(files.at("coefficients.csv"));
  ASSERT_EQ(coefficients.size(), 12u);
  EXPECT_EQ(coefficients[11][0], "intercept");
  const auto table = csv_of(read_file(diabetes_));
  std::vector<double> normal(11, 0.0);
  double size = 0;
  for (std::size_t r = 1; r < table.size(); ++r) {
    double residual = std::stod(table[r][10]) - std::stod(coefficients[11][2]);
    for (std::size_t c = 0; c < 10; ++c) {
      EXPECT_EQ(coefficients[c + 1][0], table[0][c]);
      residual -= std::stod(coefficients[c + 1][2]) * std::stod(table[r][c]);
    }
    for (std::size_t c = 0; c < 10; ++c) normal[c] += residual * std::stod(table[r][c]);
    normal[10] += residual;
    size += std::abs(residual);
  }
  for (std::size_t c = 0; c < 11; ++c) EXPECT_NEAR(normal[c] / size, 0, 1e-3) << c;
}

TEST_F(SamplingApply, ExactSizesAndErrorsAreKept) {
  EXPECT_EQ(csv_of(apply({{"rows", 99}, {"exact", true}}).at("rows.csv")).size(), 100u);
  EXPECT_EQ(csv_of(apply({{"rows", 99}}, "lewis_pivotal").at("rows.csv")).size(), 100u);
  const auto files = apply({{"error", 0.3}});
  const std::string& summary = files.at("summary.txt");
  const std::string said = "samples with a distortion of at most 0.3: ";
  const auto at = summary.find(said);
  ASSERT_NE(at, std::string::npos) << summary;
  EXPECT_GE(std::stod(summary.substr(at + said.size())), 50);
  EXPECT_LT(csv_of(files.at("rows.csv")).size(), 300u);
  EXPECT_FALSE(files.contains("coefficients.csv")) << "no target";
}

TEST_F(SamplingApply, TakesAFormula) {
  const auto files =
      session_.apply(formula("lse(log_tau, log_lewis)"), {{"data", diabetes_}, {"rows", 120}});
  EXPECT_TRUE(files.contains("rows.csv"));
  EXPECT_THROW(session_.apply(formula("log(log_tau)"), {{"data", diabetes_}}), Refusal);
}

TEST_F(SamplingApply, SaysWhatIsWrong) {
  const auto refused = [&](const json& options, const std::string& pointer) {
    try {
      session_.apply("lewis", options);
      ADD_FAILURE() << "accepted " << options;
    } catch (const Refusal& refusal) {
      EXPECT_EQ(refusal.pointer, pointer) << refusal.message;
    }
  };
  refused(json::object(), "/data");
  refused({{"data", diabetes_}, {"rows", 5}}, "/rows");
  refused({{"data", diabetes_}, {"target", "nothing"}}, "/data/target");
  refused({{"data", diabetes_}, {"p", 100}}, "/p");
  EXPECT_EQ(csv_of(apply({{"rows", 100000}}).at("rows.csv")).size(), 443u);
  EXPECT_NE(session_.log().find("all are kept"), std::string::npos);
}

TEST_F(SamplingApply, ScriptFitsWhatIsSaid) {
  std::string output;
  if (std::string(EQUIVOLVE_PYTHON).empty() ||
      run_command(std::string(EQUIVOLVE_PYTHON) + " -c 'import numpy'", output) != 0)
    GTEST_SKIP() << "no python3 with numpy";
  for (double p : {1.5, 2.0, 3.0}) {
    const auto files = apply({{"rows", 150}, {"target", "progression"}, {"p", p}});
    TemporaryFolder folder;
    folder.write("rows.csv", files.at("rows.csv"));
    const std::string script = folder.write("use_rows.py", files.at("use_rows.py"));
    ASSERT_EQ(run_command(std::string(EQUIVOLVE_PYTHON) + " " + script + " " + diabetes_, output),
              0)
        << output;
    const auto printed = csv_of(output), expected = csv_of(files.at("coefficients.csv"));
    ASSERT_EQ(printed.size() + 1, expected.size()) << output;
    for (std::size_t c = 0; c < printed.size(); ++c) {
      EXPECT_EQ(printed[c][0], expected[c + 1][0]);
      const double value = std::stod(expected[c + 1][1]);
      EXPECT_NEAR(std::stod(printed[c][1]), value, 2e-3 * (1 + std::abs(value))) << "p " << p;
    }
  }
}

}  // namespace
}  // namespace equivolve::test
