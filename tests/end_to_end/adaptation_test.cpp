// Test-time adaptation from the YAML file to what a person takes home.
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

class Adaptation : public testing::Test {
 protected:
  /// `more`: further sections of the file.
  void write(const std::string& options, const std::string& more) {
    write_file(yaml_,
               "evaluator: test_time_adaptation\nseed: 3\ndata:\n  file: " +
                   std::string(EQUIVOLVE_SOURCE_DIR) +
                   "/data/digits.csv\n  target: digit\n  pixels: {rows: 8, columns: 8, "
                   "white: 16}\noptions:\n  model: {epochs: 4, averaged_epochs: 1}\n  views: "
                   "{augmentations: 2}\n  stream: {samples: 24, batches: [8], corruptions: "
                   "[fog, rotate, gaussian_noise], unseen_corruptions: [rotate]}\n" +
                   options + more + "final: {top: 2, repeats: 2}\n");
  }
  nlohmann::json run(const std::string& store, const std::string& workers) {
    const Finished done = equivolve({"run", yaml_, "--store", folder_.path() / store, "--json",
                                     "--quiet", "--workers", workers});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return done.exit_code == 0 ? answer(done) : nlohmann::json();
  }

  TempFolder folder_;
  const std::filesystem::path yaml_ = folder_.path() / "run.yaml";
};

TEST_F(Adaptation, AnyNumberOfWorkersFindsTheSameRecipe) {
  write("", "budget: {candidates: 30}\n");
  const auto one = run("one.db", "1"), four = run("four.db", "4");
  EXPECT_EQ(one["result_digest"], four["result_digest"]);
  EXPECT_EQ(one["references"].size(), 7U);
  EXPECT_TRUE(one["best"]["test"].contains("nll"));
}

TEST_F(Adaptation, ALaterRunGoesOnWhereItStopped) {
  write("", "budget: {candidates: 12}\n");
  run("parts.db", "2");
  const Finished more = equivolve({"resume", "1", "--store", folder_.path() / "parts.db", "--set",
                                   "budget.candidates=+18", "--json", "--quiet"});
  ASSERT_EQ(more.exit_code, 0) << more.err;
  write("", "budget: {candidates: 30}\n");
  EXPECT_EQ(answer(more)["result_digest"], run("whole.db", "1")["result_digest"]);
}

TEST_F(Adaptation, LevelsAndRulesRunAsWell) {
  write("  screening_samples: 8\n",
        "space: {representation: expression, max_size: 9}\nbudget: {candidates: 40}\nsearch: "
        "{population_size: 10, tournament_size: 3}\n");
  const auto rules = run("rules.db", "2");
  EXPECT_EQ(rules["candidates"], 40);
  const std::filesystem::path out = folder_.path() / "out";
  const Finished applied =
      equivolve({"apply", "1", "--store", folder_.path() / "rules.db", "--out", out});
  ASSERT_EQ(applied.exit_code, 0) << applied.err;
  std::ifstream recipe(out / "recipe.yaml");
  const std::string text(std::istreambuf_iterator<char>(recipe), {});
  EXPECT_NE(text.find("restoration_rule: "), std::string::npos) << text;
}

TEST_F(Adaptation, WhatIsTakenHomeCanBeTheNextRunsModel) {
  write("", "budget: {candidates: 5}\n");
  run("runs.db", "1");
  const std::filesystem::path out = folder_.path() / "out";
  ASSERT_EQ(
      equivolve({"apply", "1", "--store", folder_.path() / "runs.db", "--out", out}).exit_code, 0);
  for (const char* file : {"recipe.yaml", "recipe.py", "predictions.csv", "stream.csv",
                           "error_over_stream.svg", "source_model.json"})
    EXPECT_TRUE(std::filesystem::exists(out / file)) << file;
  const Finished again = equivolve(
      {"run", yaml_, "--store", folder_.path() / "again.db", "--json", "--quiet", "--set",
       "options.model={file: " + (out / "source_model.nn").string() +
           ", posterior: file, posterior_file: " + (out / "source_variance.nn").string() + "}"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  const auto before =
      answer(equivolve({"show", "1", "--store", folder_.path() / "runs.db", "--json"}));
  EXPECT_EQ(answer(again)["references"]["tent"]["validation"]["nll"],
            before["references"]["tent"]["validation"]["nll"]);
}

TEST_F(Adaptation, ATypingMistakeIsPointedAt) {
  write("  severty: 3\n", "budget: {candidates: 5}\n");
  const Finished done = equivolve({"validate", yaml_});
  EXPECT_NE(done.exit_code, 0);
  EXPECT_NE((done.out + done.err).find("severty"), std::string::npos) << done.out << done.err;
}

}  // namespace
}  // namespace equivolve::tests
