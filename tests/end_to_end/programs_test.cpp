// `evaluator: {command: [...]}`: a program in another language, alive between trials.
#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

class Programs : public testing::Test {
 protected:
  void SetUp() override {
    if (run_process({"python3", "-c", "pass"}).exit_code != 0) GTEST_SKIP() << "no python3";
  }
  /// `body`: of a function of x and kind that is best at x = 3.
  void write(const std::string& body, const std::string& decorator = "minimize='loss'",
             const std::string& more = "") {
    write_file(folder_.path() / "tune.py",
               "import os, sys, time\nimport equivolve\n\n"
               "@equivolve.evaluator(" +
                   decorator +
                   ", deterministic=True)\n"
                   "def try_it(x, flag, kind='none', trial=None):\n" +
                   body);
    write_file(
        yaml_,
        "evaluator: {command: [python3, tune.py]}\nseed: 4\n"
        "space:\n  representation: configuration\n  parameters:\n"
        "    x: {type: int, low: -20, high: 20}\n"
        "    flag: {type: bool}\n    kind: {type: choice, values: [a, b], when: {flag: true}}\n"
        "budget: {candidates: 60}\nfinal: {top: 2, repeats: 1}\n" +
            more);
  }
  Finished run(const std::vector<std::string>& more = {}) {
    store_ = folder_.path() / ("run" + std::to_string(runs_++) + ".db");
    std::vector<std::string> arguments{"run", yaml_, "--store", store_, "--json", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return equivolve(arguments);
  }

  static constexpr const char* kBody =
      "    print('a line in between')\n"
      "    assert flag == (kind in ('a', 'b')), (flag, kind)\n"
      "    return (x - 3) ** 2\n";
  TempFolder folder_;
  const std::string yaml_ = folder_.path() / "tune.yaml";
  std::string store_;
  int runs_ = 0;
};

TEST_F(Programs, FindTheirBestOnAnyNumberOfWorkers) {
  write(kBody);
  const Finished one = run({"--workers", "1"});
  ASSERT_EQ(one.exit_code, 0) << one.err;
  EXPECT_EQ(answer(one)["best"]["validation"]["loss"], 0);
  EXPECT_EQ(answer(one)["failed"], 0);
  for (const char* workers : {"2", "4"})
    EXPECT_EQ(answer(run({"--workers", workers}))["result_digest"], answer(one)["result_digest"]);
}

// The lowest loss, at x = 3, misses the constraint.
TEST_F(Programs, ConstraintsAreMetFirst) {
  write("    return {'loss': (x - 3) ** 2, 'lack': 6 - x, 'size': x}\n",
        "minimize='loss', at_most_zero='lack', descriptors=['size']");
  const Finished done = run({"--set", "search.algorithm=grid", "--set", "budget.candidates=200"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(answer(done)["best"]["validation"]["loss"], 9);
  const Finished valid = equivolve({"validate", yaml_});
  EXPECT_NE(valid.out.find("figures: loss (objective, minimize), lack (constraint, at most 0), "
                           "size (descriptor)\n"),
            std::string::npos)
      << valid.out << valid.err;
}

TEST_F(Programs, MayHaveLevels) {
  write("    return (x - 3) ** 2 + (5 if trial.level == 0 else 0)\n",
        "minimize='loss', levels={'fast': 0.1, 'full': 1}");
  const Finished done = run({"--set", "search.schedule=hurdle"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  ASSERT_EQ(answer(done)["levels"].size(), 2u);
  EXPECT_GT(answer(done)["levels"][0]["evaluations"], answer(done)["levels"][1]["evaluations"]);
  EXPECT_LT(answer(done)["best"]["validation"]["loss"], 5);
}

TEST_F(Programs, ExceptionsFailTheirTrialsAlone) {
  write(
      "    if x < -10: raise ValueError('too small')\n"
      "    if x > 15: os._exit(3)\n"
      "    if x == 14: raise equivolve.Infeasible('not 14')\n" +
      std::string(kBody));
  const Finished done = run({"--set", "search.algorithm=random"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_GT(answer(done)["failed"], 5);
  EXPECT_EQ(answer(done)["candidates"], 60);
  EXPECT_EQ(equivolve({"store", "verify", "--store", store_}).exit_code, 0);
}

TEST_F(Programs, MistakesFailTheirTrialAndAreNamed) {
  write(
      "    if x < -5: sys.exit('left early')\n"
      "    if x > 10: trial.report(1, los=1)\n"
      "    if x == 10: trial.report(-1, loss=1)\n" +
      std::string(kBody));
  const Finished done =
      run({"--set", "search.algorithm=random", "--set", "evaluator.max_failed_share=1"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const std::string failures =
      equivolve({"show", "latest", "--logs", "--json", "--store", store_}).out;
  EXPECT_NE(failures.find("SystemExit: left early"), std::string::npos) << failures;
  EXPECT_NE(failures.find("'los' is none of the figures; they are: loss"), std::string::npos)
      << failures;
  EXPECT_EQ(failures.find("lost_worker"), std::string::npos) << failures;
}

TEST_F(Programs, WhatIsNoFigureIsRefusedByItsName) {
  write(
      "    if x % 7 == 1: return None\n"
      "    if x % 7 == 2: return {'acuracy': 1}\n"
      "    if x % 7 == 3: return {'accuracy': '0.5'}\n"
      "    if x % 7 == 4: return '0.5'\n"
      "    if x % 7 == 5: return {'accuracy': [1, 2]}\n"
      "    return {'accuracy': -abs(x), 'fit_seconds': 1} if x % 2 else -abs(x)\n",
      "maximize='accuracy', record=['fit_seconds']");
  const Finished done = run({"--set", "search.algorithm=random", "--set",
                             "evaluator.max_failed_share=1", "--set", "budget.candidates=200"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_GT(answer(done)["failed_by_reason"]["wrong_shape"], 10);
  EXPECT_EQ(answer(done)["failed_by_reason"].size(), 1u) << done.out;
  const std::string failures = equivolve({"show", "latest", "--logs", "--store", store_}).out;
  for (const char* said :
       {"try_it() returned None; expected a mapping with accuracy, fit_seconds (or a number)",
        "try_it(): 'acuracy' is none of the figures; they are: accuracy, fit_seconds; did you mean "
        "'accuracy'?",
        "'accuracy' is '0.5'; expected a number", "try_it() returned '0.5'; expected a mapping",
        "'accuracy' is of type list; expected a number"})
    EXPECT_NE(failures.find(said), std::string::npos) << said << failures;
}

TEST_F(Programs, ARunWithoutAResultThatTimeHasEndedIsGoneOnWith) {
  write("    time.sleep(0.05)\n    return float('nan')\n");
  store_ = folder_.path() / "none.db";
  const Finished done =
      equivolve({"run", yaml_, "--store", store_, "--set", "budget={time: 1s}", "--workers", "1"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("nothing was found: no candidate had a finite fitness"),
            std::string::npos)
      << done.out;
  const std::string longer = "equivolve resume 1 --store " + store_ + " --set budget.time=+";
  EXPECT_NE(done.out.find("search on for longer: " + longer), std::string::npos) << done.out;
}

TEST_F(Programs, TheFirstFailureIsSaid) {
  write("    if x < 0: raise ValueError('too small')\n" + std::string(kBody));
  store_ = folder_.path() / "said.db";
  const Finished done =
      equivolve({"run", yaml_, "--store", store_, "--set", "search.algorithm=random", "--set",
                 "evaluator.max_failed_share=1"});
  EXPECT_NE(done.out.find("first failure  ValueError: too small"), std::string::npos) << done.out;
  const Finished shown = equivolve({"show", "1", "--store", store_});
  const std::string failed =
      std::to_string(
          answer(equivolve({"show", "1", "--store", store_, "--json"}))["failed"].get<int>()) +
      " failed (evaluator_error ";
  for (const std::string& text : {done.out, shown.out})
    EXPECT_NE(text.find(failed), std::string::npos) << failed << text;

  const auto content = [](const std::string& file) {
    std::ifstream in(file);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string csv = folder_.path() / "failed.csv", lines = folder_.path() / "failed.jsonl";
  for (const std::string& file : {csv, lines})
    ASSERT_EQ(equivolve({"export", "1", "--store", store_, "--out", file}).exit_code, 0);
  EXPECT_NE(content(csv).find(",evaluator_error,\"ValueError: too small\"\n"), std::string::npos);
  EXPECT_NE(content(csv).find("\",,\n"), std::string::npos) << "of one that has not failed";
  EXPECT_NE(content(lines).find(R"("reason":"evaluator_error","message":"ValueError: too small"})"),
            std::string::npos);
}

TEST_F(Programs, MayBeStoppedOnTheirWay) {
  write(
      "    for step in range(1, 11):\n"
      "        loss = (x - 3) ** 2 + 10 - step\n"
      "        if trial.report(step, 10, loss=loss): break\n"
      "    return {'loss': loss}\n",
      "minimize='loss'");
  const Finished done = run({"--set", "search.pruning=median"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_GT(answer(done)["pruned"], 0) << done.out;
  EXPECT_EQ(answer(done)["failed"], 0);
}

// What is cut by its deadline has no whole figures, whatever it returns.
TEST_F(Programs, CutByTheirDeadlineHaveFailed) {
  write(
      "    for step in range(1, 400 if x > 0 else 2):\n"
      "        if trial.report(step, loss=100 - step): break\n"
      "        time.sleep(0.01)\n"
      "    return 100 - step\n");
  const Finished done =
      run({"--set", "evaluator.deadline=1s", "--set", "budget.candidates=6", "--set",
           "search.algorithm=random", "--set", "evaluator.max_failed_share=1"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto json = answer(done);
  EXPECT_GT(json["failed"], 0);
  EXPECT_LT(json["failed"], 6);
  EXPECT_EQ(json["best"]["validation"]["loss"], 99) << json;
}

TEST_F(Programs, HaveAProcessOfTheirOwnAndAnyTime) {
  write(kBody);
  const Finished refused = run({"--set", "evaluator.isolation=thread"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find("evaluator.isolation is thread, evaluator.command is a program"),
            std::string::npos)
      << refused.err;
  const Finished shown = equivolve({"validate", yaml_, "--json"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
}

TEST_F(Programs, MayBeWrittenAsALineAndShareAWorker) {
  write(kBody);
  const auto expected = answer(run());
  const Finished done = run({"--set", "evaluator.command=\"python3 'tune.py'\"", "--set",
                             "workers={count: 1, prefetch: 8}"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(answer(done)["result_digest"], expected["result_digest"]);
}

TEST_F(Programs, ReportsFindTheirControlsAmongQuestionsThatWait) {
  write(
      "    for step in range(1, 6):\n"
      "        loss = (x - 3) ** 2 + 10 - step\n"
      "        if trial.report(step, 5, loss=loss): break\n"
      "    return {'loss': loss}\n");
  const Finished alone = run({"--workers", "1"}),
                 queued = run({"--set", "workers={count: 1, prefetch: 8}"});
  ASSERT_EQ(queued.exit_code, 0) << queued.err;
  EXPECT_EQ(answer(queued)["result_digest"], answer(alone)["result_digest"]);
  EXPECT_EQ(answer(queued)["failed"], 0);
  const Finished pruned =
      run({"--set", "workers={count: 1, prefetch: 8}", "--set", "search.pruning=median"});
  ASSERT_EQ(pruned.exit_code, 0) << pruned.err;
  EXPECT_GT(answer(pruned)["pruned"], 0) << pruned.out;
}

TEST_F(Programs, HaveVariablesOfTheirSlot) {
  write("    print(os.environ['GPU'], file=sys.stderr)\n    raise ValueError(os.environ['GPU'])\n");
  const Finished done =
      run({"--workers", "2", "--set", "workers.environment={GPU: \"gpu{slot}\"}"});
  EXPECT_EQ(done.exit_code, 4);
  EXPECT_NE(done.err.find("ValueError: gpu"), std::string::npos) << done.err;
  EXPECT_EQ(done.err.find("{slot}"), std::string::npos) << done.err;
}

TEST_F(Programs, HaveTheirShareOfTheMachine) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "sanitizers map more than a limit would allow";
#endif
  write(
      "    from resource import getrlimit, RLIMIT_DATA, RLIMIT_AS, RLIMIT_NOFILE\n"
      "    raise ValueError('%d and %d, %d.' % (getrlimit(RLIMIT_DATA)[0], "
      "getrlimit(RLIMIT_AS)[0], getrlimit(RLIMIT_NOFILE)[0]))\n");
  const auto said = [&](const std::vector<std::string>& more) {
    const std::string err = run(more).err;
    const std::size_t at = err.find("ValueError: ");
    return at == std::string::npos ? err : err.substr(at + 12, err.find('.', at) - at - 12);
  };
  const double machine =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  const double two = std::stod(said({"--workers", "2"})),
               four = std::stod(said({"--workers", "4"}));
  EXPECT_GT(four, 0);
  EXPECT_LE(two, 0.8 * machine / 2 + 1);
  EXPECT_NEAR(two, 2 * four, 2);
  EXPECT_TRUE(said({"--set", "evaluator.memory=0"}).starts_with("-1 and -1, "));
  EXPECT_EQ(said({"--set", "evaluator.memory=1GiB", "--set", "evaluator.open_files=99"}),
            "-1 and 1073741824, 99");
}

TEST_F(Programs, MayTakeSoMuchOfAProcessor) {
  write("    while True: pass\n");
  const Finished done = run({"--set", "evaluator.cpu_time=1s", "--set", "budget.candidates=1"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(answer(done)["failed"], 1);
  EXPECT_EQ(answer(done)["irreproducible_because"][0],
            "1 outcome was decided by a deadline or for memory");
}

TEST_F(Programs, AnotherProgramIsAnotherRun) {
  write(kBody);
  ASSERT_EQ(run({"--set", "budget.candidates=20"}).exit_code, 0);
  const std::string store = store_;
  write(std::string(kBody) + "    # another file\n");
  const Finished other = equivolve(
      {"resume", "1", "--store", store, "--json", "--quiet", "--set", "budget.candidates=40"});
  EXPECT_EQ(other.exit_code, 2) << other.err;
}

TEST_F(Programs, ThatDoNotSpeakAreNamed) {
  write(kBody);
  const Finished silent = run({"--set", "evaluator.command=[python3, -c, 'print(1)']"});
  EXPECT_EQ(silent.exit_code, 4);
  EXPECT_NE(silent.err.find("no JSON object: 1"), std::string::npos) << silent.err;
  const Finished missing = run({"--set", "evaluator.command=[no-such-program]"});
  EXPECT_EQ(missing.exit_code, 4);
  EXPECT_NE(missing.err.find("no-such-program"), std::string::npos) << missing.err;
  const Finished other = run({"--set", "evaluator.id=other"});
  EXPECT_NE(other.exit_code, 0);
  EXPECT_NE(other.err.find("calls itself 'tune', evaluator.id is 'other'"), std::string::npos)
      << other.err;
}

TEST_F(Programs, ThatCannotBeLoadedSayWhere) {
  struct Case {
    const char* text;
    const char* says;
  };
  for (const Case& one :
       {Case{
            "import equivolve\nimport no_such_module\n",
            "tune.py while it was loaded: exited with code 1: ModuleNotFoundError: No module named "
            "'no_such_module' (tune.py, line 2)"},
        Case{"import equivolve\n\n\ndef f(:\n    pass\n", " (tune.py, line 4)"},
        Case{"import equivolve\n\n@equivolve.evaluator(minimize=3)\ndef f(x): return x\n",
             "TypeError"}}) {
    write(kBody);
    write_file(folder_.path() / "tune.py", one.text);
    const Finished done = run();
    EXPECT_EQ(done.exit_code, 4);
    EXPECT_NE(done.err.find(one.says), std::string::npos) << done.err;
    EXPECT_EQ(done.err.find("Traceback"), std::string::npos) << done.err;
  }
}

// Found out before any trial, with the place in the configuration.
TEST_F(Programs, AFunctionThatDoesNotFitItsSpaceIsNamed) {
  struct Case {
    const char* head;
    const char* says;
  };
  for (const Case& one :
       {Case{"def try_it(x, flg, kind='none'):",
             "try_it() takes no 'flag'; it takes x, flg, kind; "
             "did you mean 'flg'?"},
        Case{"def try_it(x, flag, kind='none', *, depth):",
             "try_it() needs 'depth', which is no parameter of the space"},
        Case{"def try_it(x, flag, kind):", "try_it() gets no 'kind' while it is inactive"}}) {
    write(kBody);
    write_file(folder_.path() / "tune.py",
               std::string("import equivolve\n\n@equivolve.evaluator(minimize='loss')\n") +
                   one.head + "\n    return x\n");
    const Finished done = run();
    EXPECT_EQ(done.exit_code, 2) << done.err;
    EXPECT_NE(done.err.find(one.says), std::string::npos) << done.err;
  }
  write(kBody);
  write_file(folder_.path() / "tune.py",
             "import equivolve\n\n@equivolve.evaluator(minimize='loss')\ndef try_it(**all):\n"
             "    return all['x']\n");
  EXPECT_EQ(run().exit_code, 0);
}

TEST_F(Programs, HaveTheOptionsAndTheDataThatTheyDeclare) {
  write_file(folder_.path() / "table.csv", "7\n");
  const std::string more = "data: {table: table.csv}\noptions: {shift: 2}\n";
  write(kBody, "minimize='loss'", more);
  write_file(folder_.path() / "tune.py",
             "import equivolve\n\n@equivolve.evaluator(minimize='loss', options={'shift': 0, "
             "'word': 'one'}, data=['table'])\n"
             "def try_it(x, flag, table, shift, trial, kind='none'):\n"
             "    assert trial.options == {'shift': 2, 'word': 'one'}, trial.options\n"
             "    assert trial.data['table'] == table\n"
             "    return (x - 3) ** 2 + shift + int(open(table).read())\n");
  const Finished done = run({"--set", "search.algorithm=grid", "--set", "budget.candidates=200"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(answer(done)["failed"], 0) << done.out;
  EXPECT_EQ(answer(done)["best"]["validation"]["loss"], 9);
  const Finished misspelt = run({"--set", "options.shfit=2"});
  EXPECT_EQ(misspelt.exit_code, 2);
  EXPECT_NE(misspelt.err.find("shfit"), std::string::npos) << misspelt.err;
  EXPECT_NE(misspelt.err.find("did you mean 'shift'?"), std::string::npos) << misspelt.err;
  const Finished wrong = run({"--set", "options.shift=much"});
  EXPECT_EQ(wrong.exit_code, 2) << wrong.err;
  const Finished gone = run({"--set", "data.table=gone.csv"});
  EXPECT_EQ(gone.exit_code, 2);
  EXPECT_NE(gone.err.find("there is no"), std::string::npos) << gone.err;
  // Another table is another evaluation.
  const std::string store = store_;
  const std::string context = answer(equivolve({"validate", yaml_, "--json"}))["context"];
  write_file(folder_.path() / "table.csv", "8\n");
  EXPECT_NE(answer(equivolve({"validate", yaml_, "--json"}))["context"], context);
}

TEST_F(Programs, TakeNoOptionsThatTheyDoNotDeclare) {
  write(kBody, "minimize='loss'", "options: {folds: 5}\n");
  const Finished done = run();
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_NE(done.err.find("folds"), std::string::npos) << done.err;
}

TEST_F(Programs, LogsStayWithTheirTrialsWhereQuestionsWait) {
  write("    print('words of', x)\n    raise ValueError(str(x))\n");
  const Finished done = run({"--set", "workers={count: 1, prefetch: 8}", "--set",
                             "search.algorithm=random", "--set", "budget.candidates=8"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  const auto all = answer(equivolve({"show", "1", "--logs", "--json", "--store", store_}));
  ASSERT_GE(all["failures"].size(), 5u) << all;
  for (const auto& one : all["failures"]) {
    const std::string x = std::string(one["message"]).substr(std::string("ValueError: ").size());
    ASSERT_FALSE(one["log"].empty()) << one;
    EXPECT_EQ(one["log"].front(), "words of " + x) << one;
  }
}

// Three processes, however many sessions the run has.
TEST_F(Programs, WhatWasSetAsideStaysSoWhenTheRunGoesOn) {
  write(kBody);
  write_file(folder_.path() / "tune.py",
             "import os\nimport equivolve\n\n@equivolve.evaluator(minimize='loss', "
             "deterministic=True)\ndef try_it(x):\n"
             "    if x == 3:\n        open('crashes', 'a').write('x')\n        os._exit(3)\n"
             "    return x\n");
  write_file(
      yaml_,
      "evaluator: {command: [python3, tune.py]}\nseed: 4\nhashing: {policy: off}\n"
      "space:\n  representation: configuration\n  parameters:\n"
      "    x: {type: int, low: 0, high: 3}\n"
      "search: {algorithm: random}\nbudget: {candidates: 60}\nfinal: {top: 1, repeats: 1}\n");
  const auto crashes = [&] {
    std::ifstream in(folder_.path() / "crashes");
    return std::string(std::istreambuf_iterator<char>(in), {}).size();
  };
  const Finished first = run({"--workers", "1"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_GT(answer(first)["failed"], 5);
  EXPECT_EQ(crashes(), 3u);
  const Finished second = equivolve(
      {"resume", "1", "--store", store_, "--json", "--quiet", "--set", "budget.candidates=120"});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_GT(answer(second)["failed"], answer(first)["failed"]);
  EXPECT_EQ(crashes(), 3u);
}

TEST_F(Programs, InPythonSpeakTheProtocol) {
  write(
      "    for step in range(3):\n"
      "        if trial.report(step, loss=x): break\n"
      "    return {'loss': (x - 3) ** 2}\n");
  const Finished checked = equivolve({"evaluators", "check", "--config", yaml_, "--json"});
  EXPECT_EQ(checked.exit_code, 0) << checked.out << checked.err;
  EXPECT_EQ(answer(checked)["conformant"], true);
  EXPECT_GE(answer(checked)["steps"].size(), 13u);
  const Finished unspaced =
      equivolve({"evaluators", "check", "--", "python3", std::string(folder_.path() / "tune.py")});
  EXPECT_EQ(unspaced.exit_code, 2) << "there is no space to draw candidates from";
  EXPECT_NE(unspaced.out.find("left out  trials: "), std::string::npos) << unspaced.out;
}

TEST_F(Programs, TuneAModelOfScikitLearn) {
  // A Python of one's own in PATH may lack what the system's has.
  std::string python;
  for (const char* one : {"python3", "/usr/bin/python3"})
    if (python.empty() && run_process({one, "-c", "import sklearn"}).exit_code == 0) python = one;
  if (python.empty()) GTEST_SKIP() << "no python3-sklearn";
  const Finished done = equivolve(
      {"run", std::string(EQUIVOLVE_SOURCE_DIR) + "/examples/needs-packages/sklearn_forest.yaml",
       "--store", folder_.path() / "runs.db", "--json", "--quiet", "--set", "budget.candidates=12",
       "--set", "final.repeats=1", "--set",
       "evaluator.command=[" + python + ", sklearn_forest.py]"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(answer(done)["failed"], 0);
  EXPECT_GT(answer(done)["best"]["validation"]["accuracy"], 0.8);
}

TEST_F(Programs, AResumedRunFindsItsProgram) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  write(kBody);
  const auto whole = answer(run());
  const std::string store = folder_.path() / "killed.db";
  ASSERT_EQ(
      equivolve({"run", yaml_, "--store", store, "--quiet"}, {{"EQUIVOLVE_FAULT", "run.told:25"}})
          .signal,
      SIGKILL);
  const Finished done = equivolve({"resume", "1", "--store", store, "--json", "--quiet"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(answer(done)["result_digest"], whole["result_digest"]);
}

}  // namespace
}  // namespace equivolve::tests
