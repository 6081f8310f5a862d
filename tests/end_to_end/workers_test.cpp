// `evaluator: {isolation: process}`: the run of threads, in workers.
#include <gtest/gtest.h>

#include <sqlite3.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

class Workers : public testing::Test {
 protected:
  Finished run(const std::string& yaml, const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"run", yaml, "--store", new_store(), "--json", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return equivolve(arguments);
  }
  std::string new_store() {
    return store_ = folder_.path() / ("run" + std::to_string(runs_++) + ".db");
  }
  std::string citizen(const std::string& what, const std::string& evaluator_keys = "") {
    const std::string yaml = folder_.path() / "citizen.yaml";
    write_file(yaml, "evaluator: {id: citizen, isolation: process" + evaluator_keys +
                         "}\nseed: 3\noptions: {do: " + what +
                         "}\nplugins: {folders: [" EQUIVOLVE_TEST_MODULES
                         "/good]}\nspace: {operations: [scalar_sum, scalar_product]}\nsearch: "
                         "{algorithm: random}\nbudget: {candidates: 200}\n"
                         "final: {top: 2, repeats: 2}\n");
    return yaml;
  }

  TempFolder folder_;
  std::string store_;
  int runs_ = 0;
};

TEST_F(Workers, GiveTheResultOfThreads) {
  const std::string yaml = folder_.path() / "small.yaml";
  write_file(yaml, small_yaml(1000));
  const Finished threads = run(yaml, {"--workers", "2"});
  ASSERT_EQ(threads.exit_code, 0) << threads.err;
  const auto expected = answer(threads);
  for (const char* workers : {"1", "2", "8"}) {
    const Finished done = run(yaml, {"--workers", workers, "--set", "evaluator.isolation=process"});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    const auto found = answer(done);
    EXPECT_EQ(found["result_digest"], expected["result_digest"]) << workers;
    EXPECT_EQ(found["trajectory_digest"], expected["trajectory_digest"]) << workers;
    EXPECT_EQ(found["best"], expected["best"]) << workers;
    EXPECT_EQ(found["references"], expected["references"]) << workers;
  }
}

TEST_F(Workers, AResumedRunMayChangeItsIsolation) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  const std::string yaml = folder_.path() / "small.yaml";
  write_file(yaml, small_yaml(400));
  const auto whole = answer(run(yaml, {}));
  const std::string store = new_store();
  const Finished killed =
      equivolve({"run", yaml, "--store", store, "--quiet", "--set", "evaluator.isolation=process"},
                {{"EQUIVOLVE_FAULT", "run.told:150"}});
  ASSERT_EQ(killed.signal, SIGKILL);
  const Finished done = equivolve({"resume", "1", "--store", store, "--json", "--quiet", "--set",
                                   "evaluator.isolation=thread"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(answer(done)["result_digest"], whole["result_digest"]);
}

/// The resolved configuration of the store's only run.
nlohmann::json stored_configuration(const std::string& store) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  std::string text;
  if (sqlite3_open_v2(store.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK &&
      sqlite3_prepare_v2(database, "SELECT config_resolved FROM runs", -1, &statement, nullptr) ==
          SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return nlohmann::json::parse(text, nullptr, false);
}

TEST_F(Workers, AreTheDefaultOfWhatIsNotBuiltIn) {
  const std::string yaml = citizen("abort");
  std::ifstream in(yaml);
  std::string text(std::istreambuf_iterator<char>(in), {});
  text.replace(text.find(", isolation: process"), 20, "");
  write_file(yaml, text);
  const Finished done = run(yaml, {});
  EXPECT_EQ(done.exit_code, 4) << "the engine stands";
  EXPECT_EQ(stored_configuration(store_)["evaluator"]["isolation"], "process");
  const std::string small = folder_.path() / "small.yaml";
  write_file(small, small_yaml(50));
  ASSERT_EQ(run(small, {}).exit_code, 0);
  EXPECT_EQ(stored_configuration(store_)["evaluator"]["isolation"], "thread");
}

TEST_F(Workers, MayBeStartedByAnotherProgramAndHaveQuestionsWait) {
  const std::string yaml = folder_.path() / "small.yaml";
  write_file(yaml, small_yaml(1000));
  const auto expected = answer(run(yaml, {"--workers", "2"}));
  const Finished done = run(yaml, {"--workers", "2", "--set", "evaluator.isolation=process",
                                   "--set", "workers.launcher=nice -n 1"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(answer(done)["result_digest"], expected["result_digest"]);
  const auto stored = stored_configuration(store_)["workers"];
  EXPECT_EQ(stored["launcher"], nlohmann::json({"nice", "-n", "1"}));
  EXPECT_EQ(stored["prefetch"], 16);
}

TEST_F(Workers, HaveFewDescriptorsUnlessTheyMayHaveMore) {
  const std::string said = folder_.path() / "said";
  const auto descriptors = [&](const std::string& keys) {
    const Finished done = run(citizen("nothing", keys), {"--set", "budget.candidates=2", "--set",
                                                         "workers.launcher=[sh, -c, 'ulimit -n > " +
                                                             said + "; exec \"$@\"', sh]"});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    int count = 0;
    std::ifstream(said) >> count;
    return count;
  };
  EXPECT_EQ(descriptors(""), 256);
  EXPECT_EQ(descriptors(", open_files: 99"), 99);
  EXPECT_EQ(descriptors(", open_files: 22"), 22) << "the least that works";
}

TEST_F(Workers, TooFewDescriptorsAreRefusedInTheFile) {
  const std::string file = citizen("nothing", ", open_files: 21");
  const Finished done = run(file, {});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_NE(done.err.find("citizen.yaml:1:58: evaluator.open_files is 21, with which no worker can "
                          "be started; give at least 22, or 0 for what the system allows"),
            std::string::npos)
      << done.err;
  EXPECT_EQ(run(citizen("nothing", ", open_files: 0"), {"--set", "budget.candidates=2"}).exit_code,
            0);
}

TEST_F(Workers, OfScriptsNeedFourDescriptors) {
  const std::string yaml = folder_.path() / "script.yaml";
  const auto run_with = [&](const std::string& files) {
    write_file(yaml, "evaluator: {id: script, open_files: " + files + R"(}
options: {command: [echo, '{{"score": {x}}}'], metrics: {score: maximize}}
space: {representation: configuration, parameters: {x: {type: float, low: 0, high: 1}}}
budget: {candidates: 2}
)");
    return run(yaml, {});
  };
  const Finished refused = run_with("3");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("script.yaml:1:37: evaluator.open_files is 3, with which no program "
                             "can be started; give at least 4, or 0 for what the system allows"),
            std::string::npos)
      << refused.err;
  const Finished done = run_with("4");
  EXPECT_EQ(done.exit_code, 0) << done.err;
}

TEST_F(Workers, ThatCannotBeStartedEndTheRunWithFive) {
  const std::string flag = folder_.path() / "started";
  const Finished done = run(citizen("sometimes, also: abort"),
                            {"--workers", "1", "--set",
                             "workers.launcher=[sh, -c, 'test ! -e " + flag + " || exit 7; touch " +
                                 flag + "; exec \"$@\"', sh]"});
  EXPECT_EQ(done.exit_code, 5) << done.err;
  EXPECT_NE(done.err.find("while it was loaded: exited with code 7"), std::string::npos)
      << done.err;
  const Finished resumed = equivolve(
      {"resume", "1", "--store", store_, "--json", "--quiet", "--set", "workers.launcher=[env]"});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  const auto whole = answer(run(citizen("sometimes, also: abort"), {"--workers", "1"}));
  EXPECT_EQ(answer(resumed)["result_digest"], whole["result_digest"]) << "no trial was blamed";
}

TEST_F(Workers, TheLogsOfFailedTrialsAreKept) {
  const Finished done = run(citizen("sometimes, also: say_and_crash"), {"--workers", "2"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const Finished shown = equivolve({"show", "1", "--store", store_});
  EXPECT_NE(shown.out.find("the last words"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("  failed         search "), std::string::npos) << shown.out;
  const auto all = answer(equivolve({"show", "1", "--logs", "--json", "--store", store_}));
  ASSERT_GT(all["failures"].size(), 5u);
  for (const auto& one : all["failures"]) {
    EXPECT_EQ(one["reason"], "crash");
    EXPECT_EQ(one["log"], nlohmann::json({"to stdout", "the last words"}));
  }
  EXPECT_EQ(equivolve({"store", "verify", "--store", store_}).exit_code, 0);
}

TEST_F(Workers, CrashesCostTheirOwnTrialsAlone) {
  const auto good = answer(run(citizen("nothing"), {"--workers", "2"}));
  ASSERT_EQ(good["failed"], 0);
  const Finished done = run(citizen("sometimes, also: abort"), {"--workers", "4"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto found = answer(done);
  EXPECT_EQ(found["candidates"], 200);
  EXPECT_GT(found["failed"], 5);
  EXPECT_LT(found["failed"], 50);
  const auto other = answer(run(citizen("sometimes, also: abort"), {"--workers", "1"}));
  EXPECT_EQ(other["result_digest"], found["result_digest"]);
  EXPECT_EQ(equivolve({"store", "verify", "--store", store_}).exit_code, 0);
}

/// On threads each behaviour that crashes costs three engines; what comes of it in the end is what
/// workers give.
TEST_F(Workers, ACrashOnAThreadIsRememberedByTheNextSession) {
  const std::string yaml = citizen("sometimes, also: abort");
  const std::string less = "budget.candidates=40";
  const Finished workers = run(yaml, {"--set", less});
  ASSERT_EQ(workers.exit_code, 0) << workers.err;
  const auto expected = answer(workers);
  ASSERT_GT(expected["failed"], 0);
  ASSERT_LT(expected["failed"], 10);

  const std::string left = folder_.path() / ("run" + std::to_string(runs_) + ".db.run-1.crashes");
  write_file(left, "crash 6 trial 0000000000000001\n");  // of a file that is gone
  Finished last = run(yaml, {"--set", less, "--set", "evaluator.isolation=thread"});
  std::size_t crashes = 0;
  const std::string notes = store_ + ".run-1.crashes";
  ASSERT_EQ(notes, left);
  while (last.exit_code != 0 && crashes < 100) {
    ASSERT_TRUE(std::filesystem::exists(notes)) << last.err;
    EXPECT_NE(last.err.find("run 1 can be resumed"), std::string::npos) << last.err;
    EXPECT_NE(last.err.find(": equivolve resume 1 --store " + store_ + "\n"), std::string::npos)
        << last.err;
    ++crashes;
    last = equivolve({"resume", "1", "--store", store_, "--json"});
    EXPECT_NE(last.err.find("has crashed in " + std::to_string(crashes)), std::string::npos);
  }
  ASSERT_EQ(last.exit_code, 0) << last.err;
  const auto found = answer(last);
  EXPECT_EQ(crashes, 3 * expected["failed"].get<std::size_t>());
  for (const char* key : {"result_digest", "trajectory_digest", "candidates", "failed"})
    EXPECT_EQ(found[key], expected[key]) << key;
  EXPECT_FALSE(std::filesystem::exists(notes)) << "it is for a run that has not finished";
  const Finished shown = equivolve({"show", "1", "--store", store_});
  EXPECT_NE(shown.out.find("was set aside"), std::string::npos) << shown.out;
}

TEST_F(Workers, ThatAllFailEndTheRunAtOnce) {
  const Finished done = run(citizen("abort"), {"--workers", "2"});
  EXPECT_EQ(done.exit_code, 4);
  EXPECT_NE(done.err.find("signal 6 (Aborted)"), std::string::npos) << done.err;
}

TEST_F(Workers, TooManyFailuresEndTheRun) {
  // About one in ten fails.
  const Finished done =
      run(citizen("sometimes, also: exit", ", max_failed_share: 0.05"), {"--workers", "2"});
  EXPECT_EQ(done.exit_code, 4);
  EXPECT_NE(done.err.find("evaluator.max_failed_share"), std::string::npos) << done.err;
  const auto ended = answer(equivolve({"show", "1", "--store", store_, "--json"}));
  EXPECT_GE(ended["candidates"], 50) << "fewer say too little";
  EXPECT_LT(ended["candidates"], 200);
  EXPECT_GT(ended["failed"].get<double>(), 0.05 * ended["candidates"].get<double>());
  EXPECT_EQ(equivolve({"store", "verify", "--store", store_}).exit_code, 0);
  const Finished allowed =
      run(citizen("sometimes, also: exit", ", max_failed_share: 0.2"), {"--workers", "2"});
  EXPECT_EQ(allowed.exit_code, 0) << allowed.err;
  EXPECT_EQ(answer(allowed)["candidates"], 200);
}

// P12. The first probe, and every thousandth, is made twice.
TEST_F(Workers, AProbeThatDiffersFromItselfEndsProbing) {
  for (const char* isolation : {"thread", "process"}) {
    const Finished done =
        run(citizen("fickle_probe"), {"--set", std::string("evaluator.isolation=") + isolation});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    const auto found = answer(done);
    EXPECT_NE(found["irreproducible_because"].dump().find("two digests"), std::string::npos)
        << found["irreproducible_because"];
    EXPECT_EQ(found["candidates"], 200);
    EXPECT_LE(found["classes"], 32) << "those that had been asked for already";
    EXPECT_EQ(answer(equivolve({"show", "1", "--store", store_, "--json"}))["candidates"], 200);
    EXPECT_EQ(equivolve({"store", "verify", "--store", store_}).exit_code, 0);
  }
  EXPECT_TRUE(answer(run(citizen("nothing"), {}))["irreproducible_because"].empty());
}

TEST_F(Workers, FailedTrialsAreShownWithoutALogToo) {
  const Finished done = run(citizen("sometimes, also: exit"), {"--workers", "2"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto all = answer(equivolve({"show", "1", "--logs", "--json", "--store", store_}));
  EXPECT_EQ(all["failures"].size(), all["failed"]);
  for (const auto& one : all["failures"]) EXPECT_EQ(one["log"], nlohmann::json::array()) << one;
  const Finished shown = equivolve({"show", "1", "--store", store_});
  EXPECT_NE(shown.out.find(", crash: exited with code 3\n"), std::string::npos) << shown.out;
}

// P2 and P13: what describes evaluators outlives them.
TEST_F(Workers, ALibraryThatCrashesWhileLoadedIsListedWithTheOthers) {
#ifndef EQUIVOLVE_SANITIZED
  const std::string end = "was ended by signal 11";
#else
  const std::string end = "exited with code";
#endif
  const std::string folder = EQUIVOLVE_TEST_MODULES "/bad";
  const Finished listed = equivolve(
      {"evaluators", "list", "--folder", folder, "--folder", EQUIVOLVE_TEST_MODULES "/good"});
  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_NE(
      listed.out.find("crashing_citizen.so          cannot be used: while it was loaded: " + end),
      std::string::npos)
      << listed.out;
  for (const char* other : {"\ncitizen ", "\nalgorithm_discovery ", "\nscript "})
    EXPECT_NE(("\n" + listed.out).find(other), std::string::npos) << listed.out;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"evaluators", "describe"}, {"init"}}) {
    std::vector<std::string> all = words;
    all.insert(all.end(), {"crashing_citizen", "--folder", folder});
    const Finished described = equivolve(all);
    EXPECT_EQ(described.exit_code, 4) << described.out;
    EXPECT_NE(described.err.find("crashing_citizen.so while it was loaded: " + end),
              std::string::npos)
        << described.err;
  }
  const Finished good =
      equivolve({"evaluators", "describe", "citizen", "--folder", EQUIVOLVE_TEST_MODULES "/good"});
  EXPECT_EQ(good.exit_code, 0) << good.err;
  EXPECT_NE(good.out.find("misbehaves on request"), std::string::npos) << good.out;
}

TEST_F(Workers, AModuleThatCrashesWhileLoadedIsNamed) {
  const std::string yaml = folder_.path() / "bad.yaml";
  write_file(yaml,
             "evaluator: {id: crashing_citizen, isolation: process}\n"
             "plugins: {folders: [" EQUIVOLVE_TEST_MODULES "/bad]}\n");
  const Finished done = run(yaml, {});
  EXPECT_EQ(done.exit_code, 4);
#ifndef EQUIVOLVE_SANITIZED
  const std::string end = "was ended by signal 11";
#else
  const std::string end = "exited with code";  // it catches the signal itself
#endif
  EXPECT_NE(done.err.find("crashing_citizen.so while it was loaded: " + end), std::string::npos)
      << done.err;
}

/// An example, made small.
struct Small {
  const char* example;
  std::vector<std::string> settings;
};
void PrintTo(const Small& small, std::ostream* out) {
  *out << small.example;
}

class IsolationOf : public testing::TestWithParam<Small> {};

TEST_P(IsolationOf, MakesNoDifference) {
  TempFolder folder;
  const auto run = [&](const std::string& isolation) {
    std::vector<std::string> words{
        "run",
        std::string(EQUIVOLVE_SOURCE_DIR) + "/examples/" + GetParam().example + ".yaml",
        "--store",
        folder.path() / (isolation + ".db"),
        "--workers",
        "2",
        "--json",
        "--quiet",
        "--set",
        "evaluator.isolation=" + isolation,
        "--set",
        "final.repeats=1"};
    for (const std::string& setting : GetParam().settings)
      words.insert(words.end(), {"--set", setting});
    const Finished done = equivolve(words);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return answer(done);
  };
  const auto threads = run("thread"), processes = run("process");
  EXPECT_EQ(processes["failed"], threads["failed"]);
  // (Figures may be times.)
  for (const char* key :
       {"result_digest", "trajectory_digest", "candidates", "evaluations", "classes"})
    EXPECT_EQ(processes[key], threads[key]) << key;
  EXPECT_EQ(processes["best"]["text"], threads["best"]["text"]);
  EXPECT_EQ(processes["references"].size(), threads["references"].size());
}

INSTANTIATE_TEST_SUITE_P(
    All, IsolationOf,
    testing::Values(Small{"quickstart", {"budget.candidates=200"}},
                    Small{"formula", {"budget.candidates=60"}},
                    Small{"novel_class_discovery",
                          {"budget.candidates=4", "options.train.epochs=1", "options.restarts=1",
                           "options.max_rows=200", "final.top=1"}},
                    Small{"sensitivity_sampling",
                          {"budget.candidates=20", "data.rows=200", "options.rows_per_column=[10]",
                           "final.top=1"}},
                    Small{"sequence_design", {"budget.candidates=8", "final.top=1"}},
                    Small{"sequences_as_candidates", {"budget.candidates=60", "final.top=1"}},
                    Small{"test_time_adaptation", {"budget.candidates=6", "final.top=1"}}),
    [](const auto& info) { return std::string(info.param.example); });

}  // namespace
}  // namespace equivolve::tests
