// sequence_design from the command line.
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

TEST(SequenceDesignRuns, FromMeasuredRowsToDesigns) {
  TempFolder folder;
  std::ofstream csv(folder.path() / "mine.csv");
  csv << "variant,activity\n";
  for (int i = 0; i < 64; ++i) {
    std::string text;
    int score = 0;
    for (int k = 0, rest = i * 37; k < 6; ++k, rest = rest * 5 / 3 + 11) {
      text += "ACGT"[rest % 4];
      score += text.back() == 'G' ? 1 : 0;
    }
    csv << text << ',' << score << '\n';
  }
  csv.close();
  const std::string yaml = folder.path() / "run.yaml";
  std::ofstream(yaml) << "evaluator: sequence_design\n"
                         "data: {file: mine.csv, sequence: variant, target: activity}\n"
                         "options: {designs: 8, references: [offline_best]}\n"
                         "budget: {candidates: 12}\nfinal: {top: 1, repeats: 2}\n";
  const std::string store = folder.path() / "runs.db";
  const Finished run = equivolve({"run", yaml, "--store", store, "--json", "--quiet"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(answer(run)["candidates"], 12);
  const std::string out = folder.path() / "designs";
  const Finished applied = equivolve({"apply", "1", "--store", store, "--out", out});
  ASSERT_EQ(applied.exit_code, 0) << applied.err;
  for (const char* name :
       {"designs.csv", "designs.fasta", "logo.svg", "histograms.svg", "report.txt"})
    EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(out) / name)) << name;
}

TEST(SequenceDesignRuns, SequencesAsCandidatesAreReproducible) {
  const std::string yaml =
      std::string(EQUIVOLVE_SOURCE_DIR) + "/examples/sequences_as_candidates.yaml";
  std::string digests[2];
  for (int i = 0; i < 2; ++i) {
    TempFolder folder;
    const auto json =
        answer(equivolve({"run", yaml, "--store", folder.path() / "runs.db", "--json", "--quiet",
                          "--set", "budget.candidates=200", "--workers", i == 0 ? "1" : "3"}));
    digests[i] = json["result_digest"].dump();
    EXPECT_EQ(json["failed"].is_null() ? 0 : json["failed"].get<int>(), 0);
  }
  EXPECT_EQ(digests[0], digests[1]);
}

TEST(SequenceDesignRuns, MissingTablesAreSaidWithTheirSource) {
  TempFolder folder;
  const std::string yaml = folder.path() / "run.yaml";
  std::ofstream(yaml) << "evaluator: sequence_design\ndata: {landscape: tfbind8}\n";
  const Finished done = equivolve({"validate", yaml});
  EXPECT_NE(done.exit_code, 0);
  EXPECT_NE(done.err.find("curl -LO"), std::string::npos) << done.err;
}

}  // namespace
}  // namespace equivolve::tests
