// Several questions at one worker, and workers that fail in ways of their own. The programs here
// are written in the shell's language: one line of JSON after the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdlib.h>

#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "engine/plugins/command_files.hpp"
#include "engine/plugins/set_aside.hpp"
#include "engine/plugins/workers/program_answers.hpp"
#include "engine/plugins/workers/python_traceback.hpp"
#include "engine/plugins/workers/question_logs.hpp"
#include "engine/plugins/workers/worker_evaluator.hpp"
#include "tests/engine/plugins/workers/workers_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

/// A folder of the test's own.
class Queue : public testing::Test {
 protected:
  Queue() {
    std::string name = (std::filesystem::temp_directory_path() / "queue-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Queue() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  /// A program that greets as it should; `evaluate`: what it does when it is asked to, $n being the
  /// question's number.
  std::string program(const std::string& evaluate, const std::string& more_figures = "") const {
    return write("program.sh", R"sh(
n=0
say() { printf '{"id":"%s",%s}\n' "$n" "$1"; }
while read -r line; do
  n=$((n + 1))
  case "$line" in
    *'"type":"hello"'*) say '"type":"hello_ok","protocol":1,"descriptor":{"id":"shell","version":"1","representations":["program"]}' ;;
    *'"type":"configure"'*) say '"type":"info","figures":[{"name":"score","role":"objective","direction":"maximize"})sh" +
                                   more_figures + R"sh(]' ;;
    *'"type":"goodbye"'*) exit 0 ;;
    *) )sh" + evaluate + R"sh( ;;
  esac
done
)sh");
  }
  Made make_program(const std::string& evaluate, WorkerSettings settings = quick_settings(),
                    const std::string& more_figures = "") const {
    Made made;
    auto module =
        load_program("", {"sh", program(evaluate, more_figures)}, folder_, std::move(settings));
    if (!module) {
      made.error = module.error();
      return made;
    }
    CreateOptions options;
    options.log = [log = made.log](int, std::string_view text) { log->emplace_back(text); };
    auto evaluator = (*module)->create("{}", options);
    if (evaluator)
      made.evaluator = std::move(*evaluator);
    else
      made.error = evaluator.error();
    return made;
  }
  static WorkerSettings queueing(std::uint32_t prefetch, std::uint32_t most) {
    WorkerSettings settings = quick_settings();
    settings.prefetch = prefetch;
    settings.most_workers = most;
    return settings;
  }

  std::filesystem::path folder_;
};

/// By genome, from as many threads as are asked for.
std::map<std::size_t, TrialResult> evaluate_all(Evaluator& evaluator, std::size_t count,
                                                std::size_t threads) {
  std::map<std::size_t, TrialResult> results;
  std::mutex lock;
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> all;
  for (std::size_t i = 0; i < threads; ++i)
    all.emplace_back([&] {
      for (std::size_t n = next++; n < count; n = next++) {
        const search::Genome one = genome(n);
        TrialResult result = evaluator.evaluate(view(one), {}, kNeverStops);
        const std::lock_guard guard(lock);
        results[n] = std::move(result);
      }
    });
  all.clear();
  return results;
}

TEST_F(Queue, ThreadsShareOneWorker) {
  const auto before = children();
  const Made alone = make_citizen("nothing"), shared = make_citizen("nothing", queueing(16, 1));
  ASSERT_TRUE(shared.evaluator) << shared.error.message;
  const auto expected = evaluate_all(*alone.evaluator, 200, 1);
  const auto found = evaluate_all(*shared.evaluator, 200, 16);
  EXPECT_EQ(children().size(), before.size() + 2);
  for (const auto& [n, result] : expected) {
    EXPECT_EQ(found.at(n).status, Status::kOk) << found.at(n).message;
    EXPECT_EQ(found.at(n).figures, result.figures);
  }
}

TEST_F(Queue, WhatWaitsBehindALostQuestionIsAskedAgain) {
  const Made good = make_citizen("nothing");
  const Made bad = make_citizen("sometimes\", \"also\": \"abort", queueing(16, 2));
  ASSERT_TRUE(bad.evaluator) << bad.error.message;
  const auto expected = evaluate_all(*good.evaluator, 200, 1);
  const auto found = evaluate_all(*bad.evaluator, 200, 16);
  std::size_t crashed = 0;
  for (const auto& [n, result] : found) {
    if (result.status == Status::kFailed) {
      ++crashed;
      EXPECT_EQ(result.reason, Reason::kCrash) << result.message;
    } else {
      EXPECT_EQ(result.figures, expected.at(n).figures) << result.message;
    }
  }
  // One in ten does so by itself: nobody fails for another's sake.
  const Made alone = make_citizen("sometimes\", \"also\": \"abort");
  std::size_t by_itself = 0;
  for (const auto& [n, result] : evaluate_all(*alone.evaluator, 200, 1))
    by_itself += result.status == Status::kFailed ? 1 : 0;
  EXPECT_GT(by_itself, 0u);
  EXPECT_EQ(crashed, by_itself);
}

TEST_F(Queue, MoreItemsCrossThanFitIntoAMessage) {
  const Made made = make_citizen("many_items");
  TrialRequest request;
  request.split = 1;
  const TrialResult result = evaluate(*made.evaluator, request);
  ASSERT_EQ(result.status, Status::kOk) << result.message;
  ASSERT_EQ(result.items.size(), std::size_t{5} << 20);
  for (std::size_t i = 0; i < result.items.size(); i += 9973)
    ASSERT_EQ(result.items[i], static_cast<double>(i) / 3) << i;
}

TEST_F(Queue, AStopCancelsAllThatWait) {
  const Made made = make_citizen("until_cancelled", queueing(8, 1));
  const auto before = children();
  std::atomic<bool> stop{false};
  std::vector<std::jthread> threads;
  std::atomic<int> cancelled{0};
  for (std::size_t i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      const search::Genome one = genome(i);
      if (made.evaluator->evaluate(view(one), {}, stop).status == Status::kCancelled) ++cancelled;
    });
  std::this_thread::sleep_for(50ms);
  stop = true;
  threads.clear();
  EXPECT_EQ(cancelled, 8);
  EXPECT_EQ(children(), before) << "it listened, and stays";
}

TEST_F(Queue, AStopDoesNotWaitForAStart) {
  WorkerSettings settings = impatient_settings();
  settings.child.command = {"sleep", "1000"};
  WorkerStarter starter(settings);
  std::atomic<bool> stop{false};
  std::jthread stopper([&] {
    std::this_thread::sleep_for(50ms);
    stop = true;
  });
  const auto began = std::chrono::steady_clock::now();
  const auto greeted = starter.start(stop);
  ASSERT_FALSE(greeted);
  EXPECT_THAT(greeted.error().message, HasSubstr("the run was stopped"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
}

TEST_F(Queue, AStopDoesNotWaitForAProbe) {
  const Made made = make_citizen("hang_in_probe", impatient_settings());
  ASSERT_TRUE(made.evaluator) << made.error.message;
  std::atomic<bool> stop{false};
  std::jthread stopper([&] {
    std::this_thread::sleep_for(50ms);
    stop = true;
  });
  const search::Genome one = genome();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(made.evaluator->probe(view(one), 1, stop).status, Status::kFailed);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
}

TEST_F(Queue, AWorkerThatCannotBeStartedIsNoFaultOfTheCandidate) {
  // Starts the first worker, and no other.
  WorkerSettings settings = quick_settings();
  settings.launcher = {"sh", "-c", "test ! -e started || exit 7; touch started; exec \"$@\"", "sh"};
  settings.child.folder = folder_;
  const Made made = make_citizen("abort", settings);
  ASSERT_TRUE(made.evaluator) << made.error.message;
  const TrialResult result = evaluate(*made.evaluator);
  EXPECT_EQ(result.status, Status::kCancelled);
  EXPECT_THAT(result.no_worker, HasSubstr("citizen.so while it was loaded: exited with code 7"));
  const auto began = std::chrono::steady_clock::now();
  EXPECT_THAT(evaluate(*made.evaluator).no_worker, HasSubstr("exited with code 7"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 900ms) << "nobody tries again";
}

TEST_F(Queue, AnAnswerOfAnotherKindCostsTheWorker) {
  const Made made = make_program("say '\"type\":\"done\"'");
  ASSERT_TRUE(made.evaluator) << made.error.message;
  const auto before = children();
  const TrialResult result = evaluate(*made.evaluator);
  EXPECT_EQ(result.reason, Reason::kProtocol) << result.message;
  EXPECT_THAT(result.message, HasSubstr("gave another answer than was asked for"));
  EXPECT_LT(children().size(), before.size()) << "none of them is asked again";
}

TEST_F(Queue, EachTrialHasItsOwnLog) {
  const Made silent = make_program(
      "[ \"$n\" = 3 ] || exit 9; echo 'words of the first' >&2; say "
      "'\"type\":\"result\",\"status\":\"failed\",\"figures\":[]'");
  const TrialResult first = evaluate(*silent.evaluator);
  EXPECT_EQ(first.status, Status::kFailed);
  EXPECT_EQ(first.log, "words of the first\n");
  const Made mute = make_program(
      "[ \"$n\" = 3 ] || exit 9; [ -e said ] && exit 8; touch said; echo 'words of the first' >&2; "
      "say '\"type\":\"result\",\"figures\":[1]'");
  const search::Genome other = genome(7);
  ASSERT_EQ(evaluate(*mute.evaluator).status, Status::kOk);
  const TrialResult lost = mute.evaluator->evaluate(view(other), {}, kNeverStops);
  EXPECT_EQ(lost.reason, Reason::kCrash);
  EXPECT_THAT(lost.message, Not(HasSubstr("words")));
  EXPECT_EQ(lost.log, "");
}

// A worker goes on with the next question before the engine has read the answer to the last one.
TEST_F(Queue, LogsStayWithTheirTrialsWhereQuestionsWait) {
  const Made alone = make_citizen("say_and_fail");
  const auto expected = evaluate_all(*alone.evaluator, 60, 1);
  const Made shared = make_citizen("say_and_fail", queueing(16, 1));
  const auto found = evaluate_all(*shared.evaluator, 60, 16);
  for (const auto& [n, result] : expected) {
    EXPECT_THAT(result.log, testing::StartsWith("words of ")) << n;
    EXPECT_EQ(found.at(n).log, result.log) << n;
  }
}

// The program waits for two trials, and prints for both before it answers the first.
TEST_F(Queue, APrintedMarkTellsTheLogsOfAProgramApart) {
  const Made made = make_program(
      "[ \"$n\" = 3 ] || exit 9; case $line in *marks*) exit 7;; esac; read -r line; "
      "for id in 3 4; do printf '\\036%s\\nwords of %s\\n' $id $id >&2; done; "
      "for id in 3 4; do n=$id; say "
      "'\"type\":\"result\",\"status\":\"failed\",\"message\":\"'$id'\"'; done",
      queueing(8, 1));
  ASSERT_TRUE(made.evaluator) << made.error.message;
  const auto results = evaluate_all(*made.evaluator, 2, 2);
  for (const auto& [n, result] : results) {
    ASSERT_EQ(result.reason, Reason::kEvaluatorError) << result.message;
    EXPECT_EQ(result.log, "words of " + result.message + "\n") << n;
  }
}

TEST_F(Queue, NoMoreWorkersLiveThanThereMayBeWhateverIsLost) {
  for (const std::uint32_t most : {1u, 2u, 3u}) {
    const std::string slots = folder_ / ("slots" + std::to_string(most));
    WorkerSettings settings = queueing(8, most);
    settings.child.environment.emplace_back("SLOT", "{slot}");
    settings.launcher = {"sh", "-c", "echo $SLOT >> " + slots + "; exec \"$@\"", "sh"};
    const Made bad = make_citizen("sometimes\", \"also\": \"abort", settings);
    ASSERT_TRUE(bad.evaluator) << bad.error.message;
    evaluate_all(*bad.evaluator, 120, 16);
    std::ifstream in(slots);
    std::size_t starts = 0;
    for (std::uint32_t slot = 0; in >> slot; ++starts)
      EXPECT_LT(slot, most) << "where each has a GPU, there is none with that number";
    EXPECT_GT(starts, 10u);
  }
}

TEST_F(Queue, WhatAnEarlierSessionHasPaidIsNotPaidAgain) {
  const search::Genome one = genome(1), other = genome(2);
  const Made first = make_program("exit 6");
  const TrialResult stored = first.evaluator->evaluate(view(one), {}, kNeverStops);
  ASSERT_EQ(stored.reason, Reason::kCrash) << stored.message;
  const Made resumed = make_program("echo x >> asked; exit 6");
  resumed.evaluator->take_note(view(one), std::nullopt, stored);
  const TrialResult again = resumed.evaluator->evaluate(view(one), {}, kNeverStops);
  EXPECT_EQ(again.reason, Reason::kCrash);
  EXPECT_THAT(again.message, HasSubstr("was set aside"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "asked"));
  EXPECT_THAT(resumed.evaluator->evaluate(view(other), {}, kNeverStops).message,
              HasSubstr("exited with code 6"));
}

// Its like has cost nobody anything; and by class, where there are classes.
TEST_F(Queue, OnlyTrialsThatEndedWithTheirWorkerSetTheirClassAside) {
  const search::Genome one = genome(1), alike = genome(2);
  const hashing::Digest of_both{7, 11};
  const Made made = make_program("say '\"type\":\"result\",\"figures\":[1]'");
  TrialRequest request;
  request.behaviour = of_both;
  const std::vector<std::pair<Reason, std::string>> others{{Reason::kEvaluatorError, "went wrong"},
                                                           {Reason::kDeadline, "took longer"},
                                                           {Reason::kWrongShape, "gave 2"},
                                                           {Reason::kMemory, "out of memory"}};
  for (const auto& [reason, message] : others) {
    made.evaluator->take_note(view(one), of_both, failed_trial(reason, message));
    EXPECT_EQ(made.evaluator->evaluate(view(alike), request, kNeverStops).status, Status::kOk)
        << message;
  }
  const std::string full =
      "was ended by signal 6 when it had 300 MiB of the 400 " + std::string(kMemoryKeySays);
  made.evaluator->take_note(view(one), of_both, failed_trial(Reason::kMemory, full));
  const TrialResult set_aside = made.evaluator->evaluate(view(alike), request, kNeverStops);
  EXPECT_EQ(set_aside.reason, Reason::kMemory);
  EXPECT_EQ(made.evaluator->evaluate(view(alike), {}, kNeverStops).status, Status::kOk)
      << "by itself it has another name";
}

TEST_F(Queue, OneThatAnswersHasNotBeenLost) {
  const Made made =
      make_program("say '\"type\":\"result\",\"status\":\"failed\",\"reason\":\"crash\"'");
  EXPECT_EQ(evaluate(*made.evaluator).reason, Reason::kEvaluatorError);
}

// P6: whatever shape and value figures have, a trial's are those of its evaluator, in their order.
TEST_F(Queue, FiguresAreLookedAt) {
  struct Case {
    const char* figures;
    Status status;
    const char* says;
    double score = 0;
  };
  const std::string size = R"(,{"name":"size","role":"objective","direction":"minimize"})";
  for (const Case& one : {
           Case{"[]", Status::kFailed, "gave 0 figures instead of 2"},
           Case{"[1]", Status::kFailed, "gave 1 figures instead of 2"},
           Case{"[1,2,3]", Status::kFailed, "gave 3 figures instead of 2"},
           Case{R"({"score":1})", Status::kFailed, "figure 'size' was not set"},
           Case{R"({"score":1,"size":2,"sise":3})", Status::kFailed, "gave 'sise', which is none"},
           Case{R"({"score":"much","size":2})", Status::kFailed,
                "gave 'score' as what is no number"},
           Case{R"(["nan",2])", Status::kNonFinite, "figure 'score' is nan"},
           Case{R"([1,"inf"])", Status::kNonFinite, "figure 'size' is inf"},
           Case{R"({"size":"-inf","score":1})", Status::kNonFinite, "figure 'size' is -inf"},
           Case{R"({"size":2,"score":null})", Status::kNonFinite, "figure 'score' is nan"},
           Case{R"({"size":2,"score":0.5})", Status::kOk, "", 0.5},
           Case{"[0.5,2]", Status::kOk, "", 0.5},
           Case{"[-0.0,2]", Status::kOk, "", 0.0},
           Case{"[5e-324,2]", Status::kOk, "", 5e-324},
           Case{R"({"score":-5e-324,"size":2})", Status::kOk, "", -5e-324},
       }) {
    const Made made =
        make_program(std::string("say '\"type\":\"result\",\"figures\":") + one.figures + "'",
                     quick_settings(), size);
    ASSERT_TRUE(made.evaluator) << made.error.message;
    const TrialResult result = evaluate(*made.evaluator);
    EXPECT_EQ(result.status, one.status) << one.figures << result.message;
    EXPECT_THAT(result.message, HasSubstr(one.says));
    ASSERT_EQ(result.figures.size(), 2u) << one.figures;
    if (one.status == Status::kFailed) {
      EXPECT_EQ(result.reason, Reason::kWrongShape) << one.figures;
    }
    if (one.status != Status::kOk) continue;
    EXPECT_EQ(result.figures, (std::vector<double>{one.score, 2})) << one.figures;
    EXPECT_EQ(std::signbit(result.figures[0]), one.score < 0) << one.figures << ": -0 is 0";
  }
  const Made twice = make_program("exit 1", quick_settings(),
                                  R"(,{"name":"score","role":"objective","direction":"minimize"})");
  EXPECT_FALSE(twice.evaluator);
  EXPECT_THAT(twice.error.message, HasSubstr("score"));
}

TEST(ProgramAnswers, SignsOfZeroAndHowNumbersAreWrittenMakeNoOtherBehaviour) {
  const auto digest = [](const std::string& outputs) {
    const auto made = digest_of_outputs(outputs, {});
    EXPECT_TRUE(made) << outputs;
    return made ? made->key : hashing::Digest{};
  };
  EXPECT_EQ(digest(R"([{"values":[0.0,1]}])"), digest(R"([{"values":[-0.0,1.0]}])"));
  EXPECT_EQ(digest(R"([{"values":[0]}])"), digest(R"([{"values":[-0]}])"));
  EXPECT_NE(digest(R"([{"values":[0.0]}])"), digest(R"([{"values":[1.0]}])"));
}

TEST_F(Queue, AStartTakesNoLongerThanItMay) {
  WorkerSettings settings = impatient_settings();
  settings.child.command = {"sleep", "1000"};
  settings.start_deadline = 50ms;
  const auto greeted = WorkerStarter(settings).start();
  ASSERT_FALSE(greeted);
  EXPECT_EQ(greeted.error().message,
            "sleep did not say hello within 0.05 s; allow more with the key "
            "workers.start_deadline");
}

TEST(PythonTraceback, NamesItsLastPlace) {
  EXPECT_EQ(place_of_exception("Traceback (most recent call last):\n"
                               "  File \"/a/b/tune.py\", line 3, in <module>\n    import nope\n"
                               "ModuleNotFoundError: No module named 'nope'\n"),
            "tune.py, line 3");
  EXPECT_EQ(place_of_exception("  File \"tune.py\", line 12\n    def f(:\n          ^\n"
                               "SyntaxError: invalid syntax\n"),
            "tune.py, line 12");
  EXPECT_EQ(place_of_exception("  File \"one.py\", line 1, in f\n  File \"two.py\", line 2\n"),
            "two.py, line 2");
  for (const char* log : {"", "Segmentation fault", "  File \"", "  File \"a.py\", line ",
                          "  File \"a.py\"\n, line 3", "  File \"\", line 3"})
    EXPECT_EQ(place_of_exception(log), "") << log;
}

TEST(QuestionLogs, MarksPartThemWhereverTheyAreCut) {
  const std::string printed = "before\n" + log_mark(3) + "of 3" + log_mark(4) + "of 4\n\x1e" +
                              "4x\x1e"
                              "99\nstill";
  for (std::size_t piece = 1; piece <= printed.size(); ++piece) {
    QuestionLogs logs;
    logs.begin(3);
    for (std::size_t at = 0; at < printed.size(); at += piece)
      logs.add(std::string_view(printed).substr(at, piece), 4);
    EXPECT_EQ(logs.text(), "of 3") << piece;
    logs.begin(4);
    EXPECT_EQ(logs.text(),
              "of 4\n\x1e"
              "4x\x1e"
              "99\nstill")
        << piece << ": of what was not asked";
    logs.begin(5);
    EXPECT_EQ(logs.text(), "");
    logs.add("more\x1e", 5);
    EXPECT_EQ(logs.text(), "more\x1e") << "without marks it is of the turn";
  }
}

TEST(QuestionLogs, AMarkThatComesAgainIsText) {
  QuestionLogs logs;
  logs.begin(3);
  logs.add("before" + log_mark(3) + "of 3" + log_mark(3) + "still", 3);
  EXPECT_EQ(logs.text(), "of 3" + log_mark(3) + "still");
  logs.begin(4);
  logs.add(log_mark(4) + "of 4", 4);
  EXPECT_EQ(logs.text(), "of 4") << "the next one's is a mark";
}

TEST_F(Queue, AFurtherAttemptStartsAnew) {
  const Made made = make_program(
      "say '\"type\":\"progress\",\"step\":\"1\",\"figures\":[0.5]'; read -r line; exit 6");
  ASSERT_TRUE(made.evaluator) << made.error.message;
  std::string seen;
  TrialRequest request;
  request.stops_at = [&](std::uint64_t, std::span<const double>) { return seen += 's', false; };
  request.starts_anew = [&] { seen += 'a'; };
  EXPECT_EQ(evaluate(*made.evaluator, request).reason, Reason::kCrash);
  EXPECT_EQ(seen, "sasas");
}

TEST_F(Queue, OneThatReadsNothingIsNotAnsweredForEver) {
  const Made made = make_program(
      "while :; do say '\"type\":\"progress\",\"step\":\"1\",\"figures\":[0.5]'; done");
  ASSERT_TRUE(made.evaluator) << made.error.message;
  TrialRequest request;
  request.stops_at = [](std::uint64_t, std::span<const double>) { return false; };
  const TrialResult result = evaluate(*made.evaluator, request);
  EXPECT_EQ(result.reason, Reason::kProtocol) << result.message;
  EXPECT_THAT(result.message, HasSubstr("reads nothing of what it is answered"));
}

TEST_F(Queue, MessagesWithoutEndAreCut) {
  const Made made = make_program(
      "i=0; while [ $i -lt 3000 ]; do printf "
      "'{\"id\":\"0\",\"type\":\"log\",\"text\":\"again\"}\\n'; "
      "i=$((i + 1)); done; say '\"type\":\"result\",\"figures\":[1]'");
  ASSERT_TRUE(made.evaluator) << made.error.message;
  EXPECT_EQ(evaluate(*made.evaluator).status, Status::kOk);
  ASSERT_EQ(made.log->size(), 1000u);
  EXPECT_THAT(made.log->back(), HasSubstr("says more than is shown"));
}

// What the engine has had resident stands in a child's account, too.
TEST_F(Queue, ALargeEngineMakesNoCrashOneOfMemory) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "sanitizers reserve more address space than a limit would allow";
#endif
  std::vector<char> large(std::size_t{300} << 20);
  std::memset(large.data(), 1, large.size());
  WorkerSettings settings = quick_settings();
  settings.child.memory = std::uint64_t{400} << 20;
  const Made made = make_citizen("abort", settings);
  EXPECT_EQ(evaluate(*made.evaluator).reason, Reason::kCrash);
  const Made devours = make_citizen("devour", settings);
  const TrialResult result = evaluate(*devours.evaluator);
  EXPECT_EQ(result.reason, Reason::kMemory) << result.message;
}

TEST_F(Queue, AllWorkersEndAtOnce) {
  const auto before = children();
  std::chrono::steady_clock::time_point began;
  {
    // Each takes no notice of a goodbye.
    const Made made = make_citizen("deaf_at_end");
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 6; ++i)
      threads.emplace_back([&] {
        TrialRequest request;
        evaluate(*made.evaluator, request);
      });
    threads.clear();
    began = std::chrono::steady_clock::now();
  }
  EXPECT_EQ(children(), before);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s) << "2 s for all of them";
}

TEST_F(Queue, AProgramIsItsCommandAndItsFiles) {
  const std::string one = write("one.sh", "exit 1\n"), copy = write("copy.sh", "exit 1\n"),
                    two = write("two.sh", "exit 2\n");
  const auto digest = [&](std::vector<std::string> command) {
    return digest_of_command(command, folder_);
  };
  EXPECT_EQ(digest({"sh", one}), digest({"sh", copy})) << "the place does not count";
  EXPECT_EQ(digest({"sh", "one.sh"}), digest({"sh", one}));
  EXPECT_NE(digest({"sh", one}), digest({"sh", two}));
  EXPECT_NE(digest({"sh", one}), digest({"dash", one}));
  EXPECT_NE(digest({"sh", one, "a"}), digest({"sh", one, "b"}));
  EXPECT_NE(digest({"sh", one, "a", "b"}), digest({"sh", one, "a b"}));
  EXPECT_EQ(digest({"sh", "--x=one.sh"}), digest({"sh", "--x=copy.sh"}));
  EXPECT_NE(digest({"sh", "--x=one.sh"}), digest({"sh", "--y=one.sh"}));
  EXPECT_EQ(script_of({"sh", "-e", "one.sh", "more"}, folder_), "one.sh");
  EXPECT_EQ(script_of({"tool", "--fast"}, folder_), "tool");
}

TEST_F(Queue, AnotherProgramIsAnotherContext) {
  const auto context = [&](const std::string& evaluate) {
    const Made made = make_program(evaluate);
    return evaluation_context(made.evaluator->descriptor(), made.evaluator->info(), "{}", "{}");
  };
  const auto one = context("say '\"type\":\"result\",\"figures\":[1]'");
  EXPECT_EQ(context("say '\"type\":\"result\",\"figures\":[1]'"), one);
  EXPECT_NE(context("say '\"type\":\"result\",\"figures\":[2]'"), one);
}

}  // namespace
}  // namespace equivolve::engine::test
