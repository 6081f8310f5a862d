// `evaluator: script` from the YAML file to the command that is taken home.
#include <gtest/gtest.h>

#include <signal.h>

#include <fstream>

#include <fmt/format.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

class Scripts : public testing::Test {
 protected:
  /// A shell script that is best at x = 3, and its configuration; `options` beside the command.
  void write(const std::string& options, const std::string& script) {
    write_file(folder_.path() / "try.sh", script);
    write_file(yaml_,
               "evaluator: script\nseed: 4\noptions:\n"
               "  command: [sh, try.sh, \"{x}\", [\"{extra}\"]]\n" +
                   options +
                   "space:\n  representation: configuration\n  parameters:\n"
                   "    x: {type: int, low: -20, high: 20}\n"
                   "    more: {type: bool}\n"
                   "    extra: {type: int, low: 1, high: 4, when: {more: true}}\n"
                   "budget: {candidates: 60}\nfinal: {top: 2, repeats: 1}\n");
  }
  Finished run(const std::string& store, const std::string& workers,
               const Environment& environment = {}) {
    return equivolve({"run", yaml_, "--store", store, "--json", "--quiet", "--workers", workers},
                     environment);
  }
  std::string new_store() { return folder_.path() / fmt::format("{}.db", stores_++); }

  static constexpr const char* kOptions = "  metrics: {loss: minimize}\n  deterministic: true\n";
  static constexpr const char* kScript =
      "for i in 1 2 3; do echo \"{\\\"step\\\": $i, \\\"loss\\\": $((($1 - 3) * ($1 - 3) + 3 - "
      "i))}\"; done\n";
  TempFolder folder_;
  const std::string yaml_ = folder_.path() / "script.yaml";
  int stores_ = 0;
};

TEST_F(Scripts, FindTheirBestOnAnyNumberOfWorkers) {
  write(kOptions, kScript);
  const Finished one = run(new_store(), "1");
  ASSERT_EQ(one.exit_code, 0) << one.err;
  EXPECT_EQ(answer(one)["best"]["validation"]["loss"], 0);
  EXPECT_EQ(answer(one)["reproducible"], true);
  for (const char* workers : {"2", "8"})
    EXPECT_EQ(answer(run(new_store(), workers))["result_digest"], answer(one)["result_digest"]);
}

TEST_F(Scripts, AKilledRunEndsAsIfItHadNot) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  write(kOptions, kScript);
  const auto whole = answer(run(new_store(), "2"));
  const std::string store = new_store();
  ASSERT_EQ(run(store, "2", {{"EQUIVOLVE_FAULT", "run.told:25"}}).signal, SIGKILL);
  const Finished done = equivolve({"resume", "1", "--store", store, "--json", "--quiet"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(answer(done)["result_digest"], whole["result_digest"]);
}

TEST_F(Scripts, ApplySaysWhatToType) {
  write(kOptions, kScript);
  const std::string store = new_store();
  ASSERT_EQ(run(store, "2").exit_code, 0);
  const Finished applied =
      equivolve({"apply", "1", "--store", store, "--out", folder_.path() / "result"});
  ASSERT_EQ(applied.exit_code, 0) << applied.err;
  std::ifstream in(folder_.path() / "result" / "command.txt");
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line.substr(0, 11), "sh try.sh 3") << line;
}

// `evaluator: {command, metrics}`, the command as a line or as a list.
TEST_F(Scripts, HaveAShortForm) {
  write(kOptions, kScript);
  const auto expected = answer(run(new_store(), "2"));
  const std::string rest =
      "seed: 4\noptions: {deterministic: true}\n"
      "space:\n  representation: configuration\n  parameters:\n"
      "    x: {type: int, low: -20, high: 20}\n    more: {type: bool}\n"
      "    extra: {type: int, low: 1, high: 4, when: {more: true}}\n"
      "budget: {candidates: 60}\nfinal: {top: 2, repeats: 1}\n";
  write_file(yaml_,
             "evaluator: {command: [sh, try.sh, \"{x}\", [\"{extra}\"]], metrics: {loss: "
             "minimize}}\n" +
                 rest);
  const Finished list = run(new_store(), "2");
  ASSERT_EQ(list.exit_code, 0) << list.err;
  EXPECT_EQ(answer(list)["result_digest"], expected["result_digest"]);
  write_file(yaml_, "evaluator:\n  command: sh 'try.sh' {x}\n  metrics: {loss: minimize}\n" + rest);
  const Finished line = run(new_store(), "2");
  ASSERT_EQ(line.exit_code, 0) << line.err;
  EXPECT_EQ(answer(line)["best"]["validation"]["loss"], 0);
  write_file(yaml_, "evaluator:\n  command: sh 'try.sh {x}\n  metrics: {loss: minimise}\n" + rest);
  const Finished wrong = run(new_store(), "2");
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_NE(wrong.err.find("script.yaml:2:12: evaluator.command has a ' that is not closed"),
            std::string::npos)
      << wrong.err;
  EXPECT_NE(wrong.err.find("script.yaml:3:19: options.metrics.loss is \"minimise\""),
            std::string::npos)
      << wrong.err;
}

// What a launcher, variables and slots do for workers they do for scripts.
TEST_F(Scripts, AreStartedAsWorkersAre) {
  write(kOptions, "echo \"slot $SLOT of $*\" >&2; exit 3\n");
  const Finished done = equivolve({"run", yaml_, "--store", new_store(), "--json", "--quiet",
                                   "--workers", "2", "--set", "workers.launcher=env A=b", "--set",
                                   "workers.environment={SLOT: \"<{slot}>\"}"});
  EXPECT_EQ(done.exit_code, 4);
  EXPECT_NE(done.err.find("slot <"), std::string::npos) << done.err;
  const Finished shown = equivolve(
      {"show", "1", "--logs", "--store", folder_.path() / fmt::format("{}.db", stores_ - 1)});
  EXPECT_NE(shown.out.find("| slot <0> of "), std::string::npos) << shown.out;
}

TEST_F(Scripts, AreReadByPatternsToo) {
  write("  metrics: {loss: minimize}\n  patterns: {loss: \"loss = (\\\\S+)\"}\n",
        "echo \"epoch 1, loss = 100\"; echo \"epoch 2, loss = $((($1 - 3) * ($1 - 3)))\"\n");
  const Finished done = run(new_store(), "2");
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(answer(done)["best"]["validation"]["loss"], 0);
}

// The lowest loss, at x = 3, misses the constraint; whole grids are tried.
TEST_F(Scripts, ConstraintsAreMetFirst) {
  const std::string script =
      "echo \"{\\\"loss\\\": $((($1 - 3) * ($1 - 3))), \\\"lack\\\": $((6 - $1)), \\\"size\\\": "
      "$1}\"\n";
  for (const auto& [aim, best] : {std::pair("at_most_zero", 9), std::pair("record", 0)}) {
    write(fmt::format("  metrics: {{loss: minimize, lack: {}, size: descriptor}}\n", aim), script);
    const Finished done =
        equivolve({"run", yaml_, "--store", new_store(), "--json", "--quiet", "--set",
                   "search.algorithm=grid", "--set", "budget.candidates=300"});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(answer(done)["best"]["validation"]["loss"], best) << aim;
  }
  const Finished cells = equivolve({"validate", yaml_, "--set", "search.algorithm=map_elites",
                                    "--set", "search.descriptors={size: {low: -20, high: 20}}"});
  EXPECT_EQ(cells.exit_code, 0) << cells.err;
}

TEST_F(Scripts, FailuresAreCountedAndTheRunGoesOn) {
  write(kOptions, std::string("[ $1 -lt -10 ] && { echo too small >&2; exit 7; }\n") + kScript);
  const std::string store = new_store();
  const auto done = answer(run(store, "2"));
  EXPECT_GT(done["failed"], 0);
  EXPECT_EQ(done["candidates"], 60);
  EXPECT_EQ(done["best"]["validation"]["loss"], 0);
  EXPECT_EQ(equivolve({"store", "verify", "--store", store}).exit_code, 0);
}

TEST_F(Scripts, ThatFailFromTheStartEndTheRunWithWhatTheySaid) {
  write(kOptions, "echo no such data >&2; exit 1\n");
  const Finished done = run(new_store(), "2");
  EXPECT_EQ(done.exit_code, 4);
  EXPECT_NE(done.err.find("exited with code 1: no such data"), std::string::npos) << done.err;
}

TEST_F(Scripts, SlowOnesAreEndedByTheDeadline) {
  write(kOptions, "[ $1 -eq 7 ] && sleep 100\n" + std::string(kScript));
  std::ofstream(yaml_, std::ios::app) << "search: {algorithm: grid}\nworkers: 2\n";
  const Finished done = equivolve({"run", yaml_, "--store", new_store(), "--json", "--quiet",
                                   "--set", "evaluator.deadline=5s"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_GT(answer(done)["failed"], 0);
}

TEST_F(Scripts, MistakesAreNamedWithTheirPlace) {
  struct Case {
    const char *options, *message;
  };
  for (const Case& one :
       {Case{"  metrics: {loss: minimise}\n",
             "script.yaml:5:19: options.metrics.loss is \"minimise\""},
        Case{"  metrics: {loss: record}\n",
             "script.yaml:5:12: options.metrics: has none to minimize"},
        Case{"  metrics: {a: minimize, b: minimize}\n", "expected options.objective"},
        Case{"  metrics: {loss: minimize}\n  folder: nowhere\n",
             "script.yaml:6:11: options.folder: there is no folder"},
        Case{"  metrics: {loss: minimize}\n  patterns: {loss: \"(\"}\n",
             "script.yaml:6:20: options.patterns.loss: is no regular expression"}}) {
    write(one.options, kScript);
    const Finished done = equivolve({"validate", yaml_});
    EXPECT_EQ(done.exit_code, 2) << one.options;
    EXPECT_NE(done.err.find(one.message), std::string::npos) << done.err;
  }
  write(kOptions, kScript);
  const Finished unknown = equivolve({"validate", yaml_, "--set", "options.command=[sh, \"{y}\"]"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.err.find("options.command names {y}; expected more, extra, x, scratch"),
            std::string::npos)
      << unknown.err;
}

}  // namespace
}  // namespace equivolve::tests
