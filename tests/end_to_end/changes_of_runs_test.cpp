// resume --set, reproduce, delete: what is done to a run that is in the store.
#include <signal.h>

#include <gtest/gtest.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

class StoredRun : public testing::Test {
 protected:
  TempFolder folder_;
  std::string store_ = folder_.path() / "runs.db";
  std::string yaml_ = folder_.path() / "small.yaml";

  void SetUp() override { write_file(yaml_, small_yaml(400)); }

  Finished call(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--store", store_});
    return equivolve(arguments);
  }
  nlohmann::json json(std::vector<std::string> arguments) {
    arguments.push_back("--json");
    const Finished done = call(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return answer(done);
  }
  nlohmann::json run(const std::string& setting) {
    return json({"run", yaml_, "--quiet", "--set", setting});
  }
  /// Problems that store verify finds.
  nlohmann::json problems() { return json({"store", "verify"})["problems"]; }
};

void expect_same_run(const nlohmann::json& a, const nlohmann::json& b) {
  for (const char* key : {"result_digest", "trajectory_digest", "candidates", "evaluations",
                          "classes", "best", "references", "improved", "status", "stopped_by"})
    EXPECT_EQ(a[key], b[key]) << key;
}

TEST_F(StoredRun, AFinishedRunGoesOnAsIfItHadHadTheLargerBudget) {
  const auto whole = run("budget.candidates=900");
  const auto shorter = run("budget.candidates=400");
  const auto longer = json({"resume", "2", "--set", "budget.candidates=+500"});
  expect_same_run(longer, whole);
  EXPECT_EQ(longer["candidates"], 900);
  EXPECT_GT(shorter["probe_seconds"].get<double>(), 0);
  EXPECT_GE(longer["probe_seconds"], shorter["probe_seconds"]) << "it has 500 probes more";
  // The new budget is the run's own from now on.
  expect_same_run(json({"resume", "2"}), whole);
  EXPECT_EQ(json({"resume", "2", "--set", "budget.candidates=+50"})["candidates"], 950);
  EXPECT_TRUE(problems().empty());
}

TEST_F(StoredRun, EvaluationsCanBeAddedToAndTargetsRaised) {
  const auto whole = json({"run", yaml_, "--quiet", "--set", "budget.evaluations=300", "--set",
                           "budget.candidates=100000"});
  json({"run", yaml_, "--quiet", "--set", "budget.evaluations=120", "--set",
        "budget.candidates=100000"});
  expect_same_run(json({"resume", "2", "--set", "budget.evaluations=+180"}), whole);
  EXPECT_TRUE(problems().empty());
}

TEST_F(StoredRun, ABudgetThatIsSpentEndsTheRunWhereItIs) {
  const auto first = run("budget.candidates=400");
  const auto again = json({"resume", "1", "--set", "budget.candidates=100"});
  EXPECT_EQ(again["candidates"], 400);
  EXPECT_EQ(again["result_digest"], first["result_digest"]);
}

TEST_F(StoredRun, WhatWouldMakeItAnotherRunIsRefused) {
  run("budget.candidates=100");
  const auto before = json({"show", "1"});
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"search.population_size=17", "search.population_size"},
      {"seed=8", "seed"},
      {"hashing.policy=off", "hashing.policy"},
      {"final.top=4", "final.top"},
      {"data.tasks=3", "data.tasks"},
      {"budget.candidates=+x", "+5000"},
      {"budget.time=+10m", "no budget.time"},
      {"budget.target=+1", "'+' can be used"},
      {"budget.candidate=7", "candidates"}};
  for (const auto& [setting, said] : refused) {
    const Finished done = call({"resume", "1", "--set", setting});
    EXPECT_EQ(done.exit_code, 2) << setting;
    EXPECT_NE(done.err.find(said), std::string::npos) << setting << ": " << done.err;
  }
  EXPECT_EQ(json({"show", "1"}), before);
}

TEST_F(StoredRun, AMovedDataFileIsFollowedWhenItsBytesAreTheSame) {
  const std::string csv = folder_.path() / "t.csv", moved = folder_.path() / "moved.csv";
  std::string rows = "a,b,y\n";
  for (int i = 0; i < 60; ++i)
    rows +=
        std::to_string(i % 7) + "," + std::to_string(i % 5) + "," + std::to_string(i % 2) + "\n";
  write_file(csv, rows);
  write_file(yaml_,
             "evaluator: algorithm_discovery\ndata: {file: t.csv, target: y}\n"
             "budget: {candidates: 60}\n");
  run("seed=1");
  std::filesystem::rename(csv, moved);
  EXPECT_EQ(call({"resume", "1", "--set", "budget.candidates=+9"}).exit_code, 2);
  const std::string there = "data.file=" + moved;
  EXPECT_EQ(json({"resume", "1", "--set", there, "--set", "budget.candidates=+9"})["candidates"],
            69);
  EXPECT_EQ(call({"apply", "1", "--out", folder_.path() / "result"}).exit_code, 0)
      << "the new place is kept";
  write_file(moved, rows + "6,4,1\n");
  const Finished changed = call({"resume", "1", "--set", there, "--set", "budget.candidates=+9"});
  EXPECT_EQ(changed.exit_code, 2);
  EXPECT_NE(changed.err.find("changed"), std::string::npos) << changed.err;
}

TEST_F(StoredRun, ReproduceSaysEqual) {
  const auto first = run("budget.candidates=300");
  const auto checked = json({"reproduce", "1", "--check", "--workers", "3"});
  EXPECT_EQ(checked["equal"], true);
  EXPECT_EQ(checked["tickets"], 300);
  EXPECT_EQ(checked["result_digest"], first["result_digest"]);
  EXPECT_EQ(checked["trajectory_digest"], first["trajectory_digest"]);
  EXPECT_TRUE(checked["new_run"].is_null());
  EXPECT_EQ(json({"list"}).size(), 1u);
  const auto kept = json({"reproduce", "1"});
  EXPECT_EQ(kept["new_run"], 2);
  EXPECT_EQ(json({"show", "2"})["result_digest"], first["result_digest"]);
}

TEST_F(StoredRun, ReproduceRepeatsARunThatTimeEnded) {
  const auto timed = json({"run", yaml_, "--quiet", "--set", "budget.candidates=2000000000",
                           "--set", "budget.time=300ms"});
  ASSERT_EQ(timed["stopped_by"], "time");
  ASSERT_EQ(timed["reproducible"], false);
  const auto again = json({"reproduce", "latest", "--check"});
  EXPECT_EQ(again["equal"], true);
  EXPECT_EQ(again["tickets"], timed["stopped_at"]);
  EXPECT_EQ(again["result_digest"], timed["result_digest"]);
}

TEST_F(StoredRun, DeleteRemovesARunAndNothingElse) {
  run("budget.candidates=200");
  const auto second = run("budget.candidates=300");
  const Finished unasked = call({"delete", "1"});
  EXPECT_EQ(unasked.exit_code, 2);
  EXPECT_NE(unasked.err.find("--yes"), std::string::npos) << unasked.err;
  EXPECT_EQ(call({"delete", "1", "nothing", "--yes"}).exit_code, 2);
  EXPECT_EQ(json({"list"}).size(), 2u) << "all or none";
  const auto deleted = json({"delete", "1", "1", "--yes"});
  EXPECT_GT(deleted["rows"], 400);
  EXPECT_GT(deleted["free_bytes"], 0);
  EXPECT_EQ(call({"show", "1"}).exit_code, 2);
  EXPECT_EQ(json({"show", "2"}), second);
  EXPECT_TRUE(problems().empty());
  const auto compacted = json({"store", "compact"});
  EXPECT_LT(compacted["bytes_after"], compacted["bytes_before"]);
  EXPECT_EQ(json({"show", "2"}), second);
  EXPECT_TRUE(problems().empty());
  expect_same_run(json({"resume", "2", "--set", "budget.candidates=+1"}),
                  run("budget.candidates=301"));
}

}  // namespace
}  // namespace equivolve::tests
