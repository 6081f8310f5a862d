// What a person takes home: the rows, how good they are, and how to use them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>
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

/// A column that repeats, one that is constant, three that sum to a constant (a category), and rows
/// of zeros.
std::string awkward_table() {
  std::string csv = "a,twice,b,five,kind,y\n";
  for (int i = 0; i < 90; ++i) {
    const int a = i % 9 == 0 ? 0 : i * 37 % 61, b = i % 9 == 0 ? 0 : i * i % 17;
    csv += fmt::format("{},{},{},5,{},{}\n", a, 2 * a, b, std::string(1, "uvw"[i % 3]),
                       3 * a - b + i % 3 + i % 5);
  }
  return csv;
}

TEST_F(SamplingApply, DependentAndConstantColumnsLeaveCoefficients) {
  TemporaryFolder folder;
  const std::string file = folder.write("x.csv", awkward_table());
  const auto files =
      session_.apply("lewis", {{"data", file}, {"target", "y"}, {"rows", 60}, {"p", 1.5}});
  const std::string log = session_.log();
  for (const char* said :
       {"column 'five' is constant and is left out", "column 'twice' depends on those before it",
        "column 'kind=w' depends on those before it"})
    EXPECT_NE(log.find(said), std::string::npos) << log;
  const auto rows = csv_of(files.at("coefficients.csv"));
  std::map<std::string, double> all;
  for (std::size_t k = 1; k < rows.size(); ++k) all[rows[k][0]] = std::stod(rows[k][2]);
  ASSERT_EQ(all.size(), 7u) << files.at("coefficients.csv");
  EXPECT_FALSE(all.contains("five"));
  EXPECT_EQ(all.at("twice"), 0);
  EXPECT_EQ(all.at("kind=w"), 0);
  EXPECT_NEAR(all.at("a"), 3, 0.05);
  EXPECT_NEAR(all.at("b"), -1, 0.2);
  EXPECT_NEAR(all.at("kind=u"), -2, 0.5) << "kind w is where the others are measured from";
}

TEST_F(SamplingApply, FilesDoNotDependOnThreads) {
  for (const char* candidate : {"sensitivity", "lewis_pivotal"}) {
    const json options{{"rows", 120}, {"target", "progression"}, {"p", 1.5}};
    auto with_threads = [&](int threads) {
      json all = options;
      all["threads"] = threads;
      return apply(all, candidate);
    };
    const auto one = with_threads(1);
    EXPECT_EQ(one, with_threads(3)) << candidate;
    EXPECT_EQ(one, with_threads(16)) << candidate;
    EXPECT_EQ(one, apply(options, candidate)) << "the machine's own number";
  }
}

TEST_F(SamplingApply, SensitivitiesAreExactWhereThatIsAsked) {
  for (double p : {1.0, 3.0}) {
    const json options{{"rows", 120}, {"p", p}, {"exact_sensitivities", true}};
    const auto files = apply(options, "sensitivity");
    const std::string& summary = files.at("summary.txt");
    const std::string said = "(exact to ";
    const auto at = summary.find(said);
    ASSERT_NE(at, std::string::npos) << summary;
    EXPECT_LT(std::stod(summary.substr(at + said.size())), 1e-7) << "p " << p;
  }
  EXPECT_NE(apply({{"rows", 120}}, "sensitivity").at("summary.txt").find("(approximate)"),
            std::string::npos);
}

/// The refusal of a table, or empty.
std::string refusal_of_table(Session& session, const std::string& csv, json options) {
  TemporaryFolder folder;
  options["data"] = folder.write("x.csv", csv);
  try {
    session.apply("lewis", options);
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.status, EQV_UNSUPPORTED) << refusal.message;
    return refusal.pointer + ": " + refusal.message;
  }
  return "";
}

TEST_F(SamplingApply, EveryBadTableHasAStatus) {
  const auto expect = [&](const std::string& csv, const json& options, const std::string& part) {
    const std::string said = refusal_of_table(session_, csv, options);
    EXPECT_NE(said.find(part), std::string::npos) << "'" << said << "' has no '" << part << "'";
  };
  const json two{{"rows", 2}};
  expect("a,b\n1,2\n3,nan\n4,5\n6,7\n", two, "row 2");
  expect("a,b\n1,2\n3,\n4,5\n6,7\n", two, "row 2");
  expect("a,b\n1,2\n3,inf\n4,5\n6,7\n", two, "row 2");
  expect("a,b\n1,2\n3,x\n4,5\n6,7\n", {{"rows", 2}, {"target", "b"}}, "row 2");
  expect("a,b\n", two, "rows");
  expect("", two, "empty");
  expect("a,b\n5,7\n5,7\n5,7\n5,7\n", two, "/data/file: no feature varies");
  expect("a,y\n5,1\n5,2\n5,3\n5,4\n", {{"rows", 2}, {"target", "y"}}, "no feature varies");
  expect("a,b,c,d,e\n1,2,3,4,5\n2,5,1,7,7\n3,1,4,1,5\n", two, "there are 3 rows and 6 columns");
  std::string rows = "a,b\n";
  for (int i = 0; i < 30; ++i) rows += fmt::format("{},{}\n", i * 7 % 30, i * i % 11);
  expect(rows, {{"rows", 2}}, "there are 3 independent columns");
  for (double p : {0.5, 51.0, 1e9}) expect(rows, {{"p", p}}, "/p: must be a number from 1 to 50");
  EXPECT_EQ(refusal_of_table(session_, rows, {{"rows", 31}}), "") << "all rows are kept";
  EXPECT_EQ(refusal_of_table(session_, awkward_table(), {{"p", 50}}), "") << "rank deficient";
}

TEST_F(SamplingApply, ScriptSaysWhatIsWrong) {
  std::string output;
  if (std::string(EQUIVOLVE_PYTHON).empty() ||
      run_command(std::string(EQUIVOLVE_PYTHON) + " -c 'import numpy'", output) != 0)
    GTEST_SKIP() << "no python3 with numpy";
  TemporaryFolder folder;
  const auto files = apply({{"rows", 150}, {"target", "progression"}});
  folder.write("rows.csv", files.at("rows.csv"));
  const std::string script = folder.write("use_rows.py", files.at("use_rows.py"));
  const auto expect = [&](const std::string& arguments, const std::string& part) {
    EXPECT_NE(run_command(std::string(EQUIVOLVE_PYTHON) + " " + script + " " + arguments + " 2>&1",
                          output),
              0)
        << arguments;
    EXPECT_EQ(output.find("Traceback"), std::string::npos) << output;
    EXPECT_NE(output.find(part), std::string::npos) << output;
  };
  expect("", "python3 use_rows.py YOUR.csv");
  expect(folder.path("none.csv"), "cannot be read");
  expect(folder.write("short.csv", "progression,a\n1,2\n"), "not the table that was sampled");
  expect(folder.write("empty.csv", ""), "not the table that was sampled");
  expect(diabetes_ + " nothing", "has no column 'nothing'");
  expect(diabetes_ + " progression x", "expected a number from 1 on");
  expect(diabetes_ + " progression 0.5", "expected a number from 1 on");
  std::string words = "progression\tword\n";
  for (int i = 0; i < 442; ++i) words += "x\ty\n";
  expect(folder.write("words.csv", words), "has cells that are no numbers");
  folder.write("rows.csv", "a,b\n1,2\n");
  expect(diabetes_, "is not the file that was written beside this script");
}

// A time in seconds: what varies of it is a ten-thousandth of what it is.
TEST_F(SamplingApply, ScriptFitsColumnsFarFromZero) {
  std::string output;
  if (std::string(EQUIVOLVE_PYTHON).empty() ||
      run_command(std::string(EQUIVOLVE_PYTHON) + " -c 'import numpy'", output) != 0)
    GTEST_SKIP() << "no python3 with numpy";
  TemporaryFolder folder;
  std::string text = "t,a,y\n";
  for (int i = 0; i < 400; ++i) {
    const double t = 1.7e9 + 251.0 * i, a = std::sin(1.0 * i);
    text += std::to_string(t) + "," + std::to_string(a) + "," +
            std::to_string(0.5 * (t - 1.7e9) + 3 * a + 0.01 * std::cos(7.0 * i)) + "\n";
  }
  const std::string table = folder.write("times.csv", text);
  const auto files =
      session_.apply("lewis", {{"data", table}, {"rows", 200}, {"target", "y"}, {"p", 2}});
  folder.write("rows.csv", files.at("rows.csv"));
  const std::string script = folder.write("use_rows.py", files.at("use_rows.py"));
  ASSERT_EQ(run_command(std::string(EQUIVOLVE_PYTHON) + " " + script + " " + table, output), 0)
      << output;
  const auto printed = csv_of(output);
  ASSERT_EQ(printed.size(), 3u) << output;
  EXPECT_NEAR(std::stod(printed[0][1]), 0.5, 1e-5);
  EXPECT_NEAR(std::stod(printed[1][1]), 3, 1e-2);
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
