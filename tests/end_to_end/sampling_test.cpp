// Row sampling from the YAML file to the rows that are taken home.
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

class RowSampling : public testing::Test {
 protected:
  void write(const std::string& space) {
    write_file(yaml_,
               "evaluator: sensitivity_sampling\n"
               "data: {families: [gauss, t2], test_families: [cheb], rows: 300, columns: 3}\n"
               "options: {powers: [1, 3], rows_per_column: [20], seeds: 2}\n"
               "seed: 4\nsearch: {population_size: 10, tournament_size: 3}\n"
               "hashing: {verify_fraction: 1}\n"
               "budget: {candidates: 60}\nfinal: {top: 2, repeats: 3}\nspace: " +
                   space + "\n");
  }
  nlohmann::json run() {
    const Finished done = equivolve({"run", yaml_, "--store", store_, "--json", "--quiet"});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return answer(done);
  }

  TempFolder folder_;
  const std::string yaml_ = folder_.path() / "rows.yaml", store_ = folder_.path() / "runs.db";
  const std::string table_ = std::string(EQUIVOLVE_SOURCE_DIR) + "/data/diabetes.csv";
};

TEST_F(RowSampling, FormulasAreFoundConfirmedAndApplied) {
  write("{representation: expression}");
  const auto json = run();
  EXPECT_EQ(json["candidates"], 60);
  EXPECT_EQ(json["wrong_hits"], 0);
  EXPECT_EQ(json["references"].size(), 8u);
  EXPECT_EQ(json["references"]["lewis"]["confirmed"]["log_distortion_ratio"], 0);
  EXPECT_TRUE(json["best"]["test"].contains("log_distortion_ratio"));
  EXPECT_TRUE(json["references"]["lewis_pivotal"].contains("test_difference"));
  const auto out = folder_.path() / "sample";
  const Finished applied = equivolve({"apply", "latest", "--store", store_, "--data", table_, "--p",
                                      "1.5", "--rows", "100", "--out", out});
  ASSERT_EQ(applied.exit_code, 0) << applied.err;
  for (const char* file : {"rows.csv", "summary.txt", "distortion.svg", "use_rows.py"})
    EXPECT_TRUE(std::filesystem::exists(out / file)) << file;
  // use_rows.py alone would ask for a target.
  EXPECT_TRUE(applied.last_line().starts_with("next: equivolve show 1")) << applied.out;
}

TEST_F(RowSampling, SchemesAreSearchedAsWell) {
  write("{representation: configuration}");
  const auto json = run();
  EXPECT_EQ(json["candidates"], 60);
  EXPECT_EQ(json["failed"], 0);
  EXPECT_EQ(json["wrong_hits"], 0);
  EXPECT_LE(json["best"]["confirmed"]["log_distortion_ratio"].get<double>(), 0.1);
  EXPECT_NE(json["best"]["text"].get<std::string>().find("scheme"), std::string::npos);
}

TEST_F(RowSampling, NeedsNoSearch) {
  write("{representation: expression}");
  const auto out = folder_.path() / "sample";
  const Finished done = equivolve({"apply", yaml_, "--candidate", "lewis_pivotal", "--data", table_,
                                   "--target", "progression", "--rows", "120", "--out", out});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_TRUE(std::filesystem::exists(out / "coefficients.csv"));
  EXPECT_TRUE(done.last_line().starts_with("next: python3 ")) << done.out;
  const Finished few = equivolve({"apply", yaml_, "--candidate", "lewis", "--data", table_,
                                  "--rows", "3", "--out", folder_.path() / "none"});
  EXPECT_EQ(few.exit_code, 2);
  EXPECT_NE(few.err.find("there are 12 independent columns"), std::string::npos) << few.err;
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "none" / "rows.csv"));
}

}  // namespace
}  // namespace equivolve::tests
