// What a worker may do, and what becomes of its trial (reliability: an evaluator in a process of
// its own cannot take the run down).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <thread>
#include <utility>

#include "tests/engine/plugins/workers/workers_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::HasSubstr;

struct Case {
  const char* what;
  Reason reason;
  std::string says;
};

class BadCitizen : public testing::TestWithParam<Case> {};

TEST_P(BadCitizen, FailsWithItsReasonAndLeavesNothing) {
  const Case& one = GetParam();
#ifdef __SANITIZE_THREAD__
  if (one.what == std::string("close_all")) GTEST_SKIP() << "the sanitizer's own are closed too";
#endif
  const std::size_t descriptors = open_descriptors();
  const auto before = children();
  {
    const Made made = make_citizen(one.what);
    ASSERT_TRUE(made.evaluator) << made.error.message;
    const TrialResult result = evaluate(*made.evaluator);
    EXPECT_EQ(result.status, Status::kFailed);
    EXPECT_EQ(result.reason, one.reason) << result.message;
    EXPECT_THAT(result.message, HasSubstr(one.says));
    ASSERT_EQ(result.figures.size(), 1u);
    EXPECT_TRUE(std::isnan(result.figures[0]));
    EXPECT_EQ(children(), before) << "each attempt's worker is gone";
    // Its like has cost three workers: the next trial costs none.
    const TrialResult again = evaluate(*made.evaluator);
    EXPECT_EQ(again.status, Status::kFailed);
    EXPECT_THAT(again.message, HasSubstr("set aside"));
    EXPECT_EQ(children(), before);
  }
  EXPECT_EQ(open_descriptors(), descriptors);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadCitizen,
    testing::Values(Case{"abort", Reason::kCrash, "signal 6"},
                    Case{"divide", Reason::kCrash, caught("signal 8")},
                    Case{"terminate", Reason::kCrash, "signal 6"},
                    Case{"exit", Reason::kCrash, "exited with code 3"},
                    Case{"exit_0", Reason::kCrash, "exited with code 0"},
                    Case{"kill_itself", Reason::kLostWorker, "killed from outside"},
                    Case{"say_and_crash", Reason::kCrash, ": the last words"},
                    Case{"close_all", Reason::kLostWorker, "closed its output"},
                    Case{"garbage", Reason::kProtocol, "no JSON object: this is no message"},
                    Case{"partial", Reason::kCrash, "exited with code 0"},
                    Case{"other_question", Reason::kProtocol, "answered question 4711"}),
    [](const auto& info) { return std::string(info.param.what); });

/// Sanitizers handle the signal themselves, and exit.
TEST(BadCitizens, ASegmentationFaultIsNamed) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "sanitizers catch the signal";
#endif
  const Made made = make_citizen("segfault");
  const TrialResult result = evaluate(*made.evaluator);
  EXPECT_EQ(result.reason, Reason::kCrash);
  EXPECT_THAT(result.message, HasSubstr("signal 11 (Segmentation fault)"));
}

TEST(BadCitizens, OneThatHangsIsEndedSoonAfterItsDeadline) {
  for (const char* what : {"hang", "hang_deaf"}) {
    const auto before = children();
    const Made made = make_citizen(what, impatient_settings());
    TrialRequest request;
    request.deadline = std::chrono::milliseconds(300);
    const auto began = std::chrono::steady_clock::now();
    const TrialResult result = evaluate(*made.evaluator, request);
    EXPECT_EQ(result.reason, Reason::kDeadline) << result.message;
    EXPECT_THAT(result.message, HasSubstr("took longer than 0.3 s; allow more with the key "
                                          "evaluator.deadline"));
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
    EXPECT_EQ(children(), before) << "a deadline is not tried again";
  }
}

TEST(BadCitizens, OneThatListensKeepsItsWorker) {
  // However busy the machine is, it has the time to listen.
  WorkerSettings settings = quick_settings();
  settings.grace = {std::chrono::minutes(1), std::chrono::minutes(2)};
  const Made made = make_citizen("until_cancelled", settings);
  const auto before = children();
  TrialRequest request;
  request.deadline = std::chrono::milliseconds(50);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(evaluate(*made.evaluator, request).reason, Reason::kDeadline);
  EXPECT_EQ(children(), before);
}

TEST(BadCitizens, AStopEndsEvenTheDeaf) {
  const auto before = children();
  const Made made = make_citizen("hang_deaf", impatient_settings());
  std::atomic<bool> stop{false};
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop = true;
  });
  const search::Genome one = genome();
  const TrialResult result = made.evaluator->evaluate(view(one), {}, stop);
  EXPECT_EQ(result.status, Status::kCancelled) << result.message;
  EXPECT_EQ(children(), before);
}

TEST(BadCitizens, PrintedMegabytesDoNoHarm) {
  const Made made = make_citizen("print");
  forget_peak();
  [[maybe_unused]] const double before = peak_mib();
  for (int i = 0; i < 3; ++i) {
    const TrialResult result = evaluate(*made.evaluator);  // 100 MB
    EXPECT_EQ(result.status, Status::kOk) << result.message;
  }
#ifndef EQUIVOLVE_SANITIZED
  EXPECT_LT(peak_mib(), before + 4);
#endif
}

// P9. A thousand lines of a KiB to each of stdout and stderr, and a last one.
TEST(BadCitizens, OfPrintedMegabytesTheLastAreKeptAndTheOthersCounted) {
  const Made made = make_citizen("print_and_fail");
  const TrialResult result = evaluate(*made.evaluator);
  ASSERT_EQ(result.reason, Reason::kEvaluatorError) << result.message;
  constexpr std::size_t kAll = 2 * 1'000 * 1024 + 8, kKept = 64 * 1024;
  const std::string count =
      "[" + std::to_string(kAll - kKept) + " bytes before this are not kept]\n";
  EXPECT_THAT(result.log, testing::StartsWith(count));
  EXPECT_EQ(result.log.size(), count.size() + kKept);
  EXPECT_THAT(result.log, HasSubstr("the end\n"));
}

TEST(BadCitizens, AFloodIsCutOff) {
  const Made made = make_citizen("flood");
  forget_peak();
  [[maybe_unused]] const double before = peak_mib();
  const TrialResult result = evaluate(*made.evaluator);
  EXPECT_EQ(result.reason, Reason::kProtocol) << result.message;
  EXPECT_THAT(result.message, HasSubstr("more than 16 MiB"));
#ifndef EQUIVOLVE_SANITIZED
  // Of 10 GB, three times: a line's 16 MiB while it grows from 8, and nothing of those before.
  EXPECT_LT(peak_mib(), before + 30);
  forget_peak();
  EXPECT_LT(peak_mib(), before + 2) << "and nothing in the end";
#endif
}

TEST(BadCitizens, ChangesToTheirProcessChangeNoResult) {
  const Made good = make_citizen("nothing");
  const TrialResult expected = evaluate(*good.evaluator);
  for (const char* what : {"change_process", "close_standard"}) {
    const Made made = make_citizen(what);
    for (int i = 0; i < 3; ++i) {
      const TrialResult result = evaluate(*made.evaluator);
      EXPECT_EQ(result.status, Status::kOk) << what << ": " << result.message;
      EXPECT_EQ(result.figures, expected.figures) << what;
    }
  }
}

TEST(BadCitizens, WhatTheyHaveStartedEndsWithThem) {
  WorkerSettings settings = quick_settings();
  settings.child.environment.push_back(mark());
  const auto marked = settings.child.environment.back();
  {
    const Made made = make_citizen("grandchild", settings);
    EXPECT_EQ(evaluate(*made.evaluator).status, Status::kOk);
    EXPECT_EQ(evaluate(*made.evaluator).status, Status::kOk);
    EXPECT_EQ(count_marked(marked, 4), 4u) << "a worker, its keeper and the two it has started";
  }
  EXPECT_EQ(count_marked(marked, 0), 0u);
  const Made made = make_citizen("grandchild_and_crash", settings);
  EXPECT_EQ(evaluate(*made.evaluator).reason, Reason::kCrash);
  EXPECT_EQ(count_marked(marked, 0), 0u) << "of three workers that have started one each";
}

// P11: in a session of their own, without a parent, deaf.
TEST(BadCitizens, WhoHasFledIsFound) {
  WorkerSettings settings = quick_settings();
  settings.child.environment.push_back(mark());
  const auto marked = settings.child.environment.back();
  {
    const Made made = make_citizen("daemon", settings);
    EXPECT_EQ(evaluate(*made.evaluator).status, Status::kOk);
    EXPECT_EQ(count_marked(marked, 3), 3u) << "a worker, its keeper and what it has started";
  }
  EXPECT_EQ(count_marked(marked, 0), 0u);
  const Made made = make_citizen("daemon_and_crash", settings);
  EXPECT_EQ(evaluate(*made.evaluator).reason, Reason::kCrash);
  EXPECT_EQ(count_marked(marked, 0), 0u);
}

TEST(BadCitizens, AForkBombEndsWithItsTrial) {
  WorkerSettings settings = impatient_settings();
  settings.child.environment.push_back(mark());
  const auto marked = settings.child.environment.back();
  const Made made = make_citizen("fork_bomb", settings);
  std::size_t most = 0;
  std::jthread watcher([&] { most = count_marked(marked, 129, 20); });
  TrialRequest request;
  request.deadline = std::chrono::seconds(3);
  const TrialResult result = evaluate(*made.evaluator, request);
  EXPECT_EQ(result.reason, Reason::kDeadline) << result.message;
  EXPECT_EQ(count_marked(marked, 0), 0u);
  watcher.join();
#ifndef __SANITIZE_THREAD__
  EXPECT_EQ(most, 129u) << "all of them had been there, and their keeper";
#endif
}

TEST(BadCitizens, WritesPastABufferHarmTheirWorkerAlone) {
  const auto before = children();
  const Made made = make_citizen("overrun");
  const TrialResult result = evaluate(*made.evaluator);
  EXPECT_EQ(result.status, Status::kFailed);
  EXPECT_EQ(result.reason, Reason::kCrash) << result.message;
  EXPECT_EQ(children(), before);
}

TEST(BadCitizens, FiguresAreLookedAt) {
  const Made nan = make_citizen("not_a_number");
  EXPECT_EQ(evaluate(*nan.evaluator).status, Status::kNonFinite);
  const Made infinite = make_citizen("unset");
  EXPECT_EQ(evaluate(*infinite.evaluator).status, Status::kNonFinite);
  const Made zero = make_citizen("minus_zero");
  EXPECT_FALSE(std::signbit(evaluate(*zero.evaluator).figures[0]));
  const Made denormal = make_citizen("denormal");
  EXPECT_EQ(evaluate(*denormal.evaluator).figures[0], 5e-324);
}

TEST(BadCitizens, ThatCrashWhileTheyAreMadeAreNoEvaluators) {
  const Made made = make_citizen("crash_in_create");
  EXPECT_FALSE(made.evaluator);
  EXPECT_FALSE(made.error.bad_input);
  EXPECT_THAT(made.error.message, HasSubstr("while it read its data"));
}

TEST(BadCitizens, ACrashInAProbeIsNoDigest) {
  const Made made = make_citizen("crash_in_probe");
  const search::Genome one = genome();
  const ProbeResult result = made.evaluator->probe(view(one), 1);
  EXPECT_EQ(result.status, Status::kFailed);
  EXPECT_THAT(evaluate(*made.evaluator).message, HasSubstr("set aside"));
}

TEST(BadCitizens, OneThatLeaksIsReplacedBetweenTrials) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "sanitizers reserve more address space than a limit would allow";
#endif
  WorkerSettings settings = quick_settings();
  settings.child.memory = std::uint64_t{400} << 20;
  const Made made = make_citizen("leak", settings);
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const TrialResult result = evaluate(*made.evaluator);
    ASSERT_EQ(result.status, Status::kOk) << i << ": " << result.message;
    for (const std::string& id : children()) seen.insert(id);
  }
  EXPECT_GE(seen.size(), 2u) << "800 MiB do not fit into one";
}

/// MiB that the largest of those with that mark has resident.
double largest_resident_mib(const std::pair<std::string, std::string>& mark) {
  double most = 0;
  for (const int id : tests::processes_with(mark.first + "=" + mark.second)) {
    std::ifstream in("/proc/" + std::to_string(id) + "/statm");
    double all = 0, resident = 0;
    in >> all >> resident;
    most = std::max(most, resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20));
  }
  return most;
}

// P4. Also where the worker is not the launcher itself, but a child of it.
TEST(BadCitizens, AMebibyteATrialCostsNoTrial) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "sanitizers reserve more address space than a limit would allow";
#endif
  const std::vector<std::vector<std::string>> launchers = {{},
                                                           {"sh", "-c", "\"$@\"; exit $?", "sh"}};
  for (const auto& launcher : launchers) {
    WorkerSettings settings = quick_settings();
    settings.child.memory = std::uint64_t{400} << 20;
    settings.child.environment.push_back(mark());
    const auto marked = settings.child.environment.back();
    settings.launcher = launcher;
    const Made made = make_citizen("leak_a_little", settings);
    ASSERT_TRUE(made.evaluator) << made.error.message;
    std::set<std::string> seen;
    double most = 0;
    for (int i = 0; i < 1000; ++i) {
      const TrialResult result = evaluate(*made.evaluator);
      ASSERT_EQ(result.status, Status::kOk) << i << ": " << result.message;
      if (i % 10 == 9) most = std::max(most, largest_resident_mib(marked));
      for (const std::string& id : children()) seen.insert(id);
    }
    EXPECT_GE(seen.size(), 3u) << "1,000 MiB do not fit into two";
    EXPECT_LT(seen.size(), 20u) << "and each is made use of";
    EXPECT_LT(most, 0.8 * 400 + 10);
    EXPECT_GT(most, 100);
    std::printf("%zu workers, at most %.0f MiB resident\n", seen.size(), most);
  }
}

TEST(BadCitizens, OneThatSaysItWasOutOfMemoryIsReplaced) {
  const Made made = make_citizen("sometimes\", \"also\": \"bad_alloc");
  ASSERT_TRUE(made.evaluator) << made.error.message;
  int failed = 0;
  for (std::size_t i = 0; i < 60; ++i) {
    const auto before = children();
    const search::Genome one = genome(i);
    const TrialResult result = made.evaluator->evaluate(view(one), {}, kNeverStops);
    if (result.status == Status::kOk) {
      EXPECT_TRUE(failed > 0 || children() == before);
      continue;
    }
    ++failed;
    EXPECT_EQ(result.reason, Reason::kMemory) << result.message;
    for (const std::string& id : children()) EXPECT_FALSE(before.contains(id));
  }
  EXPECT_GT(failed, 0);
  EXPECT_LT(failed, 60);
}

// Without `memory`, what counts is what it can write to: reserved address space does not.
TEST(BadCitizens, MemoryOfItsOwnIsLimited) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "sanitizers map more than a limit would allow";
#endif
  WorkerSettings settings = quick_settings();
  settings.child.data = std::uint64_t{200} << 20;
  const TrialResult result = evaluate(*make_citizen("devour", settings).evaluator);
  EXPECT_EQ(result.reason, Reason::kMemory) << result.message;
  EXPECT_THAT(result.message, HasSubstr("of the 200 MiB that evaluator.memory allows"));
  const Made leaks = make_citizen("leak", settings);
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(evaluate(*leaks.evaluator).status, Status::kOk);
    for (const std::string& id : children()) seen.insert(id);
  }
  EXPECT_GE(seen.size(), 3u);
}

TEST(BadCitizens, TheTimeOfAProcessorIsLimitedInEachTrial) {
  for (const auto& launcher :
       std::vector<std::vector<std::string>>{{}, {"sh", "-c", "\"$@\"; exit $?", "sh"}}) {
    WorkerSettings settings = quick_settings();
    settings.child.cpu_seconds = 1;
    settings.launcher = launcher;
    const auto before = children();
    const Made made = make_citizen("work", settings);
    const TrialResult result = evaluate(*made.evaluator);
    EXPECT_EQ(result.reason, Reason::kDeadline) << result.message;
    EXPECT_EQ(result.message,
              "took more than 1 s of CPU time; allow more with the key evaluator.cpu_time");
    EXPECT_EQ(children(), before) << "nor is it tried again";
    const Made little = make_citizen("work_a_little", settings);
    const auto with_little = children();
    for (int i = 0; i < 6; ++i) EXPECT_EQ(evaluate(*little.evaluator).status, Status::kOk) << i;
    EXPECT_EQ(children(), with_little) << "2.4 s, of one worker";
  }
}

TEST(BadCitizens, OpenFilesAreLimited) {
  WorkerSettings settings = quick_settings();
  settings.child.open_files = 64;
  const TrialResult result = evaluate(*make_citizen("open_files", settings).evaluator);
  ASSERT_EQ(result.status, Status::kOk) << result.message;
  EXPECT_GT(result.figures[0], 40);
  EXPECT_LT(result.figures[0], 64);
}

// P5.
TEST(BadCitizens, TheEngineStaysSmallBesideThoseThatGrowWithoutBound) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "sanitizers reserve more address space than a limit would allow";
#endif
  WorkerSettings settings = impatient_settings();
  settings.child.memory = std::uint64_t{400} << 20;
  settings.child.environment.push_back(mark());
  const auto marked = settings.child.environment.back();
  forget_peak();
  const double before = peak_mib();
  {
    const Made devours = make_citizen("devour", settings);
    EXPECT_EQ(evaluate(*devours.evaluator).reason, Reason::kMemory);
    const Made forks = make_citizen("fork_bomb", settings);
    TrialRequest request;
    request.deadline = std::chrono::seconds(2);
    EXPECT_EQ(evaluate(*forks.evaluator, request).reason, Reason::kDeadline);
  }
  EXPECT_LT(peak_mib(), before + 10);
  std::printf("%.1f MiB before, at most %.1f\n", before, peak_mib());
  EXPECT_EQ(count_marked(marked, 0), 0u);
}

// P1: 200 trials of which 20 crash; nobody else's outcome is another one, and the next trial does
// not have to wait.
TEST(BadCitizens, ACrashCostsNoOtherTrial) {
  const Made good = make_citizen("nothing");
  for (const char* crash : {"abort", "exit", "terminate"}) {
    const Made bad = make_citizen(std::string("sometimes\", \"also\": \"") + crash);
    ASSERT_TRUE(bad.evaluator) << bad.error.message;
    std::size_t crashed = 0, others = 0;
    double longest = 0;
    bool after_crash = false;
    for (std::size_t n = 0; crashed < 20 || others < 180; ++n) {
      ASSERT_LT(n, 2000u);
      const search::Genome one = genome(n);
      const TrialResult expected = good.evaluator->evaluate(view(one), {}, kNeverStops);
      const auto asked = std::chrono::steady_clock::now();
      const TrialResult result = bad.evaluator->evaluate(view(one), {}, kNeverStops);
      if (result.status == Status::kFailed) {
        EXPECT_EQ(result.reason, Reason::kCrash) << result.message;
        after_crash = true;
        ++crashed;
        continue;
      }
      ++others;
      EXPECT_EQ(result.status, expected.status);
      EXPECT_EQ(result.figures, expected.figures);
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - asked;
      if (std::exchange(after_crash, false)) longest = std::max(longest, took.count());
    }
    EXPECT_LT(longest, 10) << "1 s where nothing else runs";
    std::printf("%s: %zu crashed, %zu did not, at most %.3f s to the next\n", crash, crashed,
                others, longest);
  }
}

TEST(BadCitizens, OneThatDevoursMemoryFailsForMemory) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "sanitizers reserve more address space than a limit would allow";
#endif
  WorkerSettings settings = quick_settings();
  settings.child.memory = std::uint64_t{400} << 20;
  const Made made = make_citizen("devour", settings);
  const TrialResult result = evaluate(*made.evaluator);
  EXPECT_EQ(result.reason, Reason::kMemory) << result.message;
  EXPECT_THAT(result.message, HasSubstr("of the 400 MiB that evaluator.memory allows"));
}

}  // namespace
}  // namespace equivolve::engine::test
