// The commands as a person types them.
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

class Commands : public testing::Test {
 protected:
  TempFolder folder_;
  std::string store_ = folder_.path() / "runs.db";
  std::string yaml_ = folder_.path() / "small.yaml";

  void SetUp() override { write_file(yaml_, small_yaml(600)); }
  Finished run(std::vector<std::string> more = {}) {
    std::vector<std::string> all = {"run", yaml_, "--store", store_};
    all.insert(all.end(), more.begin(), more.end());
    return equivolve(all);
  }
  bool no_store() const { return !std::filesystem::exists(store_); }
};

TEST_F(Commands, RunPrintsASummaryAndTheNextCommand) {
  const Finished done = run();
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("600 candidates"), std::string::npos) << done.out;
  EXPECT_NE(done.out.find("ridge"), std::string::npos) << done.out;
  EXPECT_NE(done.last_line().find("next: equivolve apply 1 --store"), std::string::npos)
      << done.out;
}

TEST_F(Commands, JsonHasEveryPromisedKey) {
  const auto json = answer(run({"--json"}));
  for (const char* key : {"run", "status", "stopped_by", "candidates", "evaluations", "cache_hits",
                          "classes", "seconds", "seconds_saved", "reproducible", "result_digest",
                          "trajectory_digest", "best", "references"})
    EXPECT_TRUE(json.contains(key)) << key;
  for (const char* key : {"birth", "digest", "validation", "confirmed", "test"})
    EXPECT_TRUE(json["best"].contains(key)) << key;
  EXPECT_FALSE(json["references"].empty());
  for (const auto& [name, reference] : json["references"].items())
    for (const char* key : {"validation", "confirmed", "test"})
      EXPECT_TRUE(reference.contains(key)) << name << " " << key;
  EXPECT_EQ(json["status"], "finished");
  EXPECT_EQ(json["stopped_by"], "candidates");
  EXPECT_EQ(json["evaluations"].get<int>() + json["cache_hits"].get<int>(), 600);
  const auto shown = answer(equivolve({"show", "latest", "--store", store_, "--json"}));
  EXPECT_EQ(shown, json);
  EXPECT_EQ(answer(equivolve({"resume", "1", "--store", store_, "--json"})), json);
  EXPECT_EQ(answer(equivolve({"list", "--store", store_, "--json"}))[0], json);
}

TEST_F(Commands, OverridesAreTaken) {
  const auto json = answer(run({"--json", "--seed", "99", "--set", "budget.candidates=50",
                                "--workers", "3", "--set", "name=other"}));
  EXPECT_EQ(json["seed"], 99);
  EXPECT_EQ(json["candidates"], 50);
  EXPECT_EQ(json["name"], "other");
  EXPECT_EQ(equivolve({"show", "other", "--store", store_}).exit_code, 0);
}

TEST_F(Commands, TheStoreIsFoundByTheEnvironment) {
  EXPECT_EQ(equivolve({"run", yaml_, "--quiet"}, {{"EQUIVOLVE_STORE", store_}}).exit_code, 0);
  EXPECT_FALSE(no_store());
  EXPECT_EQ(equivolve({"list"}, {{"EQUIVOLVE_STORE", store_}}).exit_code, 0);
  EXPECT_EQ(
      equivolve({"run", yaml_, "--quiet"}, {{"EQUIVOLVE_STORE", ""}}, folder_.path()).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "equivolve.db"));
}

TEST_F(Commands, StoreVerifyRecomputesTheDigests) {
  const auto json = answer(run({"--json"}));
  const auto report = answer(equivolve({"store", "verify", "latest", "--store", store_, "--json"}));
  EXPECT_EQ(report["result_digest"], json["result_digest"]);
  EXPECT_EQ(report["trajectory_digest"], json["trajectory_digest"]);
  EXPECT_TRUE(report["problems"].empty());
  EXPECT_GT(report["rows"], 1200);
}

TEST_F(Commands, StoreVerifyTellsTheDigestsOfSeveralRunsApart) {
  const auto first = answer(run({"--json"})), second = answer(run({"--json", "--seed", "8"}));
  const auto report = answer(equivolve({"store", "verify", "--store", store_, "--json"}));
  ASSERT_EQ(report["runs"].size(), 2u);
  for (const auto& [place, summary] : {std::pair(0, first), std::pair(1, second)})
    for (const char* key : {"run", "result_digest", "trajectory_digest"})
      EXPECT_EQ(report["runs"][place][key], summary[key]) << key;
  EXPECT_FALSE(report.contains("result_digest")) << "of which run?";
  const std::string text = equivolve({"store", "verify", "--store", store_}).out;
  const std::size_t one = text.find("run 1 "), two = text.find("run 2 ");
  ASSERT_NE(two, std::string::npos) << text;
  EXPECT_EQ(text.find(first["result_digest"].get<std::string>(), one),
            text.find("result_digest", one) + 19)
      << text;
  EXPECT_EQ(text.find(second["result_digest"].get<std::string>(), two),
            text.find("result_digest", two) + 19)
      << text;
}

TEST_F(Commands, ExportWritesEveryCandidate) {
  run({"--quiet"});
  const std::string csv = folder_.path() / "c.csv", lines = folder_.path() / "c.jsonl";
  ASSERT_EQ(equivolve({"export", "1", "--store", store_, "--out", csv}).exit_code, 0);
  ASSERT_EQ(equivolve({"export", "1", "--store", store_, "--out", lines}).exit_code, 0);
  std::ifstream in(lines);
  std::string line;
  int rows = 0;
  while (std::getline(in, line)) {
    const auto row = nlohmann::json::parse(line);
    EXPECT_EQ(row["birth"], rows);
    EXPECT_NE(row["genome"].get<std::string>().find("predict:"), std::string::npos);
    ++rows;
  }
  EXPECT_EQ(rows, 600);
  std::ifstream table(csv);
  std::getline(table, line);
  EXPECT_EQ(
      line,
      "ticket,birth,parent,second_parent,operator,class,level,hit,status,fitness,seconds,genome,"
      "reason,message");
  EXPECT_EQ(
      equivolve({"export", "1", "--store", store_, "--out", folder_.path() / "c.txt"}).exit_code,
      2);
}

TEST_F(Commands, ValidateChecksWithoutRunning) {
  EXPECT_EQ(equivolve({"validate", yaml_, "--store", store_}).exit_code, 0);
  EXPECT_TRUE(no_store());
}

TEST_F(Commands, EvaluatorsAreListedAndDescribed) {
  const auto list = answer(equivolve({"evaluators", "list", "--json"}));
  EXPECT_EQ(list[0]["id"], "algorithm_discovery");
  const Finished described = equivolve({"evaluators", "describe", "algorithm_discovery"});
  EXPECT_EQ(described.exit_code, 0);
  EXPECT_NE(described.out.find("resamplings"), std::string::npos);
  EXPECT_NE(described.out.find("test_share"), std::string::npos);
  for (const char* key : {"\n  constants.fit ", "\n  constants.iterations "}) {
    const auto line = described.out.find(key);
    ASSERT_NE(line, std::string::npos) << described.out;
    EXPECT_NE(
        described.out.substr(line + 1, described.out.find('\n', line + 1) - line).find("Default"),
        std::string::npos);
  }
  EXPECT_NE(described.out.find("follow from the data"), std::string::npos) << described.out;
  const Finished misspelt = equivolve({"evaluators", "describe", "algorithm_discovry"});
  EXPECT_EQ(misspelt.exit_code, 2);
  EXPECT_NE(misspelt.err.find("algorithm_discovery"), std::string::npos) << misspelt.err;
}

TEST_F(Commands, InfoSaysWhatIsHere) {
  const auto json = answer(equivolve({"info", "--json"}));
  EXPECT_TRUE(json.contains("version"));
  EXPECT_TRUE(json.contains("kernel"));
  EXPECT_EQ(equivolve({"info"}).exit_code, 0);
}

TEST_F(Commands, HelpAndVersionAreWordsToo) {
  EXPECT_EQ(equivolve({"help"}).out, equivolve({"--help"}).out);
  EXPECT_EQ(equivolve({"help", "run"}).out, equivolve({"run", "--help"}).out);
  EXPECT_EQ(equivolve({"help", "store", "verify"}).out,
            equivolve({"store", "verify", "--help"}).out);
  EXPECT_EQ(equivolve({"version"}).out, equivolve({"--version"}).out);
}

TEST_F(Commands, RunSaysWhereItIsStoredAndHowToSearchOn) {
  const Finished done = run({"--set", "budget.candidates=3", "--set", "final.repeats=1"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("stored in " + store_), std::string::npos) << done.out;
  ASSERT_NE(done.out.find("no improvement found"), std::string::npos) << done.out;
  EXPECT_NE(done.out.find("--set budget.candidates=+3\n"), std::string::npos) << done.out;
}

struct BadCall {
  std::vector<std::string> arguments;
  int exit_code;
  const char* message;
};

TEST_F(Commands, BadCallsSayWhatIsWrongAndWriteNothing) {
  const std::string bad = folder_.path() / "bad.yaml", none = folder_.path() / "none.yaml",
                    column = folder_.path() / "column.yaml";
  write_file(
      bad, "evaluator: algorithm_discovery\ndata: {synthetic: linear}\nbudgets: {candidates: 3}\n");
  write_file(column, "evaluator: algorithm_discovery\ndata: {file: t.csv, target: diagnose}\n");
  write_file(folder_.path() / "t.csv", "a,diagnosis\n1,0\n2,1\n");
  const std::vector<BadCall> calls = {
      {{}, 2, "a command is required"},
      {{}, 2, "validate"},
      {{"help", "rnu"}, 2, "'run'"},
      {{"frobnicate"}, 2, "frobnicate"},
      {{"run"}, 2, "FILE"},
      {{"run", none, "--store", store_}, 2, "none.yaml"},
      {{"run", bad, "--store", store_}, 2, "bad.yaml:3:1"},
      {{"run", bad, "--store", store_}, 2, "budget"},
      {{"run", column, "--store", store_}, 2, "column.yaml:2:"},
      {{"run", column, "--store", store_}, 2, "diagnosis"},
      {{"run", yaml_, "--store", store_, "--set", "search.popultion_size=3"}, 2, "population_size"},
      {{"run", yaml_, "--store", store_, "--set", "budget.target.accuracy=0.5"}, 2, "accuracy"},
      {{"run", yaml_, "--store", ""}, 2, "--store: is empty"},
      {{"run", yaml_, "--store", store_, "--set", "data.seed=,"}, 2, "--set 'data.seed=\",\"'"},
      {{"run", yaml_, "--store", store_, "--workers", "-1"}, 2, "workers"},
      {{"run", yaml_, "--store", store_, "--events", "77"}, 2, "77"},
      {{"show", "1", "--store", store_}, 3, "runs.db"},
      {{"list", "--store", folder_.path()}, 3, "folder"},
      {{"apply", yaml_, "--out", folder_.path() / "o"}, 2, "--candidate"},
      {{"apply", yaml_, "--candidate", "rigde", "--out", folder_.path() / "o"}, 2, "ridge"},
  };
  for (const BadCall& call : calls) {
    const Finished done = equivolve(call.arguments);
    std::string said;
    for (const std::string& a : call.arguments) said += a + " ";
    EXPECT_EQ(done.exit_code, call.exit_code) << said << "\n" << done.err;
    EXPECT_NE(done.err.find(call.message), std::string::npos) << said << "\n" << done.err;
    EXPECT_EQ(done.out, "") << said;
    EXPECT_TRUE(no_store()) << said;
  }
}

TEST_F(Commands, AChangedDataFileIsNoticedAtResume) {
  const std::string csv = folder_.path() / "t.csv", yaml = folder_.path() / "table.yaml";
  std::string rows = "a,b,y\n";
  for (int i = 0; i < 60; ++i)
    rows +=
        std::to_string(i % 7) + "," + std::to_string(i % 5) + "," + std::to_string(i % 2) + "\n";
  write_file(csv, rows);
  write_file(yaml,
             "evaluator: algorithm_discovery\ndata: {file: t.csv, target: y}\nbudget: {candidates: "
             "2000000000}\n");
  Child child(equivolve_command({"run", yaml, "--store", store_, "--quiet", "--events", "3"}));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(child.next_event());
  child.signal(15);
  while (child.next_event()) {
  }
  EXPECT_EQ(child.wait().exit_code, 143);
  write_file(csv, rows + "6,4,1\n");
  const Finished resumed = equivolve({"resume", "latest", "--store", store_});
  EXPECT_EQ(resumed.exit_code, 2);
  EXPECT_NE(resumed.err.find("changed"), std::string::npos) << resumed.err;
}

TEST_F(Commands, EveryHelpHasAnExample) {
  for (const char* command :
       {"run", "resume", "list", "show", "apply", "export", "validate", "evaluators", "store"}) {
    const Finished help = equivolve({command, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_NE(help.out.find("Example"), std::string::npos) << command;
  }
}

}  // namespace
}  // namespace equivolve::tests
