// resume --set, reproduce, delete: what is done to a run that is in the store.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "engine/store/reader.hpp"
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

// One run with that budget would have ended earlier: this one cannot be made to be it.
TEST_F(StoredRun, ABudgetThatIsSpentIsRefused) {
  run("budget.candidates=400");
  const auto before = json({"show", "1"});
  for (const auto& [setting, said] : std::vector<std::pair<std::string, std::string>>{
           {"budget.candidates=100", "budget.candidates is 100, but it has had 400 candidates"},
           {"budget.evaluations=3", "budget.evaluations is 3, but it has made"},
           {"budget.time=1ns", "budget.time is 1ns, but it has searched for"},
           {"budget.target.fitness=0.0001", "its best reaches budget.target already"}}) {
    const Finished done = call({"resume", "1", "--set", setting});
    EXPECT_EQ(done.exit_code, 2) << setting << done.out;
    EXPECT_NE(done.err.find(said), std::string::npos) << setting << ": " << done.err;
  }
  EXPECT_EQ(json({"show", "1"}), before);
  EXPECT_EQ(json({"resume", "1", "--set", "budget.candidates=400"})["candidates"], 400);
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

TEST_F(StoredRun, TellsWhatWasDoneToItsData) {
  std::string rows = "a,b,y\n";
  for (int i = 0; i < 60; ++i)
    rows += std::to_string(i % 7) + "," + (i == 4 ? "" : std::to_string(i % 5)) + "," +
            std::to_string(i % 2) + "\n";
  write_file(folder_.path() / "t.csv", rows);
  write_file(yaml_,
             "evaluator: algorithm_discovery\ndata: {file: t.csv, target: y, missing: impute}\n"
             "budget: {candidates: 60}\n");
  run("seed=1");
  const Finished shown = call({"show", "1"});
  EXPECT_NE(shown.out.find("  data           "), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("b 1 (median)"), std::string::npos) << shown.out;
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
  const std::string out = folder_.path() / "result";
  EXPECT_EQ(call({"apply", "1", "--out", out}).exit_code, 2) << "the data are gone";
  EXPECT_FALSE(std::filesystem::exists(out));
  EXPECT_EQ(call({"apply", "1", "--out", out, "--set", "data.file=" + moved}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(out + "/model.py"));
  EXPECT_EQ(call({"resume", "1", "--set", "budget.candidates=+9"}).exit_code, 2);
  const std::string there = "data.file=" + moved;
  EXPECT_EQ(json({"resume", "1", "--set", there, "--set", "budget.candidates=+9"})["candidates"],
            69);
  EXPECT_EQ(call({"apply", "1", "--out", folder_.path() / "result"}).exit_code, 0)
      << "the new place is kept";
  write_file(moved, rows + "6,4,1\n");
  const Finished applied = call({"apply", "1", "--out", out, "--set", there});
  EXPECT_EQ(applied.exit_code, 2);
  EXPECT_NE(applied.err.find("changed"), std::string::npos) << applied.err;
  const Finished changed = call({"resume", "1", "--set", there, "--set", "budget.candidates=+9"});
  EXPECT_EQ(changed.exit_code, 2);
  EXPECT_NE(changed.err.find("changed"), std::string::npos) << changed.err;
  const std::string said = ": equivolve resume 1 --store " + store_ + " --fork\n";
  EXPECT_NE(changed.err.find(said), std::string::npos) << changed.err;
  EXPECT_EQ(json({"resume", "1", "--fork", "--quiet"})["run"], 2) << "as it said";
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

std::vector<engine::OutcomeRow> outcomes(const std::string& store) {
  auto reader = engine::StoreReader::open(store);
  EXPECT_TRUE(reader) << reader.error().message;
  return (*reader)->replay(1).value().outcomes;
}

// The module's figures depend on the environment, for one genome in sixteen.
TEST_F(StoredRun, ReproduceNamesTheFirstTicketThatDiffers) {
  write_file(yaml_,
             "evaluator: {id: unruly, isolation: thread}\noptions: {do: drift}\nsearch: "
             "{population_size: 20, "
             "tournament_size: 4}\nfinal: {top: 1, repeats: 1}\n"
             "space: {operations: [scalar_sum, scalar_product]}\nbudget: {candidates: 400}\n"
             "plugins: {folders: [" EQUIVOLVE_TEST_MODULES "/good]}\n");
  const Environment drift = {{"EQUIVOLVE_TEST_DRIFT", "1"}};
  const std::string other = folder_.path() / "other.db";
  json({"run", yaml_, "--quiet"});
  ASSERT_EQ(equivolve({"run", yaml_, "--quiet", "--store", other}, drift).exit_code, 0);
  EXPECT_EQ(json({"reproduce", "1", "--check"})["equal"], true);
  const auto stored = outcomes(store_), now = outcomes(other);
  std::uint64_t first = 0;
  while (first < stored.size() && stored[first].told == now[first].told) ++first;
  ASSERT_GT(first, 0u);
  ASSERT_LT(first, stored.size());

  const std::vector<std::string> command = {"reproduce", "1", "--check", "--store", store_};
  const Finished told = equivolve(command, drift);
  EXPECT_EQ(told.exit_code, 1);
  EXPECT_NE(told.out.find("the first ticket that differs is " + std::to_string(first) + "\n"),
            std::string::npos)
      << told.out;
  std::vector<std::string> as_json = command;
  as_json.push_back("--json");
  const auto report = answer(equivolve(as_json, drift));
  EXPECT_EQ(report["equal"], false);
  EXPECT_EQ(report["first_difference"], first);
  EXPECT_NE(report["result_digest"], report["stored_result_digest"]);
}

TEST_F(StoredRun, AForkIsANewRunFromTheSameConfiguration) {
  run("budget.candidates=300");
  const auto fork =
      json({"resume", "1", "--fork", "--set", "search.population_size=17", "--quiet"});
  EXPECT_EQ(fork["run"], 2);
  EXPECT_EQ(fork["seed"], json({"show", "1"})["seed"]);
  expect_same_run(fork, json({"run", yaml_, "--quiet", "--set", "budget.candidates=300", "--set",
                              "search.population_size=17"}));
  EXPECT_EQ(json({"show", "2"})["forked_from"], 1);
  EXPECT_FALSE(json({"show", "1"}).contains("forked_from"));
  EXPECT_EQ(json({"list"})[1]["forked_from"], 1);
  EXPECT_NE(call({"show", "2"}).out.find("forked from run 1"), std::string::npos);
  EXPECT_NE(call({"list"}).out.find("(forked from run 1)"), std::string::npos);
  const auto seeded =
      json({"resume", "2", "--fork", "--seed", "9", "--set", "budget.candidates=+50", "--quiet"});
  EXPECT_EQ(seeded["seed"], 9);
  EXPECT_EQ(seeded["candidates"], 350);
  EXPECT_EQ(json({"show", "4"})["forked_from"], 2);
  EXPECT_EQ(json({"show", "1"})["candidates"], 300) << "the parent stays as it is";
  EXPECT_TRUE(problems().empty());
}

TEST_F(StoredRun, AForkThatCannotBeIsRefused) {
  run("budget.candidates=100");
  const std::vector<std::pair<std::vector<std::string>, std::string>> refused = {
      {{"resume", "1", "--fork"}, "equivolve reproduce 1"},
      {{"resume", "1", "--fork", "--seed", "x"}, "seed"},
      {{"resume", "1", "--fork", "--set", "search.population_size=0"}, "population_size"},
      {{"resume", "7", "--fork", "--seed", "9"}, "no run"},
      {{"resume", "1", "--seed", "9"}, "--fork"}};
  for (const auto& [command, said] : refused) {
    const Finished done = call(command);
    EXPECT_EQ(done.exit_code, 2) << said;
    EXPECT_NE(done.err.find(said), std::string::npos) << done.err;
  }
  EXPECT_EQ(json({"list"}).size(), 1u);
}

TEST_F(StoredRun, EveryCommandTakesTheSameNumbersOfWorkers) {
  EXPECT_EQ(call({"run", yaml_, "--quiet", "--workers", "0"}).exit_code, 0);
  EXPECT_EQ(call({"resume", "1", "--workers", "0", "--set", "budget.candidates=+10"}).exit_code, 0);
  EXPECT_EQ(call({"reproduce", "1", "--check", "--workers", "0"}).exit_code, 0);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"run", yaml_}, {"resume", "1"}, {"reproduce", "1"}}) {
    std::vector<std::string> all = command;
    all.insert(all.end(), {"--workers", "4097"});
    const Finished done = call(all);
    EXPECT_EQ(done.exit_code, 2) << command.front();
    EXPECT_NE(done.err.find("4096"), std::string::npos) << done.err;
  }
}

/// A terminal of which the test is the person.
class Terminal {
 public:
  Terminal() : master_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    EXPECT_EQ(grantpt(master_), 0);
    EXPECT_EQ(unlockpt(master_), 0);
    name_ = ptsname(master_);
    slave_ = open(name_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    EXPECT_GE(slave_, 0);
  }
  ~Terminal() {
    close(slave_);
    close(master_);
  }
  static bool can_be_had() {
    const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master >= 0) close(master);
    return master >= 0;
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Types a line, which waits for the command, and runs it with the terminal as its input.
  Finished answer_to(const std::vector<std::string>& arguments, const std::string& line) {
    const std::string typed = line + "\n";
    EXPECT_EQ(write(master_, typed.data(), typed.size()), static_cast<ssize_t>(typed.size()));
    std::vector<std::string> command = {"/bin/sh", "-c", "exec \"$0\" \"$@\" < " + name_};
    for (const std::string& word : equivolve_command(arguments)) command.push_back(word);
    return run_process(command);
  }

 private:
  int master_ = -1, slave_ = -1;
  std::string name_;
};

TEST_F(StoredRun, DeleteAsksAtATerminal) {
  if (!Terminal::can_be_had()) GTEST_SKIP() << "this machine gives no pseudo-terminal";
  run("budget.candidates=100");
  Terminal terminal;
  const std::vector<std::string> command = {"delete", "1", "--store", store_};
  for (const char* no : {"n", "", "no"}) {
    const Finished kept = terminal.answer_to(command, no);
    EXPECT_EQ(kept.exit_code, 2) << kept.err;
    EXPECT_NE(kept.err.find("nothing was deleted"), std::string::npos) << kept.err;
  }
  EXPECT_EQ(json({"list"}).size(), 1u);
  const Finished deleted = terminal.answer_to(command, "y");
  EXPECT_EQ(deleted.exit_code, 0) << deleted.err;
  EXPECT_NE(deleted.err.find("run 1 \"small\""), std::string::npos) << deleted.err;
  EXPECT_TRUE(json({"list"}).empty());
}

TEST_F(StoredRun, ADeleteThatWasKilledIsEndedByTheNext) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  run("budget.candidates=100");
  const std::vector<std::string> command = {"delete", "1", "--yes", "--store", store_};
  ASSERT_EQ(equivolve(command, {{"EQUIVOLVE_FAULT", "store.delete_rows.after:2"}}).signal, SIGKILL);
  EXPECT_TRUE(json({"list"}).empty());
  EXPECT_TRUE(problems().empty());
  for (const char* other : {"show", "resume"}) {
    const Finished gone = call({other, "1"});
    EXPECT_EQ(gone.exit_code, 2) << other;
    EXPECT_NE(gone.err.find("equivolve delete 1 --yes"), std::string::npos) << gone.err;
  }
  EXPECT_EQ(equivolve(command).exit_code, 0);
  EXPECT_NE(call({"show", "1"}).err.find("no run"), std::string::npos);
  EXPECT_TRUE(problems().empty());
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
