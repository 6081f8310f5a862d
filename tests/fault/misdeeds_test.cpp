// Ten thousand trials of which three in ten fail, in every way that reliability promises something
// about (P1 crashes, P3 hangs, P5 memory, P8 broken messages, P9 floods of text): a row each, each
// with the reason that its own misdeed has, and nothing left of any of them.
#include <gtest/gtest.h>

#include <map>

#include "engine/store/records.hpp"
#include "tests/engine/plugins/modules/misdeeds.hpp"
#include "tests/fault/stored_trials.hpp"
#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/watched_run.hpp"

namespace equivolve::tests {
namespace {

using engine::Reason;
using engine::Status;

#ifdef EQUIVOLVE_SANITIZED
// Sanitizers reserve more address space than a limit would allow, and take long to start.
constexpr int kTrials = 600, kAtLeast = 3;
constexpr bool kLimitsMemory = false;
#else
constexpr int kTrials = 10'000, kAtLeast = 100;
constexpr bool kLimitsMemory = true;
#endif
constexpr std::size_t kWorkers = 32;

Reason reason_of(Misdeed misdeed) {
  switch (misdeed) {
    case Misdeed::kHang:
    case Misdeed::kHangDeaf:
      return Reason::kDeadline;
    case Misdeed::kDevour:
      return kLimitsMemory ? Reason::kMemory : Reason::kCrash;
    case Misdeed::kGarbage:
    case Misdeed::kOtherQuestion:
    case Misdeed::kFlood:
      return Reason::kProtocol;
    case Misdeed::kRefuse:
      return Reason::kEvaluatorError;
    case Misdeed::kNone:
    case Misdeed::kPrint:
      return Reason::kNone;
    default:
      return Reason::kCrash;
  }
}

std::string yaml() {
  return "evaluator: {id: misdeeds, isolation: process, deadline: 6s, max_failed_share: 1" +
         std::string(kLimitsMemory ? ", memory: 240MiB" : "") +
         "}\noptions: {without: " + (kLimitsMemory ? "nothing" : "devour") +
         "}\nseed: 5\nplugins: {folders: [" EQUIVOLVE_TEST_MODULES
         "/good]}\n"
         "space: {operations: [scalar_sum, scalar_product]}\n"
         "search: {algorithm: random, lookahead: 4096}\nfinal: {top: 1, repeats: 1}\n"
         "budget: {candidates: " +
         std::to_string(kTrials) + "}\n";
}

TEST(Misdeeds, EachCostsItsOwnTrialAndNothingElse) {
  TempFolder folder;
  const std::string file = folder.path() / "misdeeds.yaml", store = folder.path() / "runs.db";
  write_file(file, yaml());
  const Watched run = watch_run(
      {"run", file, "--store", store, "--workers", std::to_string(kWorkers), "--json", "--quiet"});
  ASSERT_EQ(run.finished.exit_code, 0) << run.finished.err;
  EXPECT_TRUE(run.left.empty()) << run.left.size() << " processes";
  // Three pipes and a process's own descriptor for each, and one more of each that is being
  // started.
  EXPECT_LE(run.most_descriptors, 30 + 8 * kWorkers);
#ifndef EQUIVOLVE_SANITIZED
  // Of each worker up to a quarter of a MiB is kept of what it prints.
  EXPECT_LT(run.late_mib, run.early_mib + 10 + 0.25 * kWorkers) << "MiB";
  EXPECT_LT(run.most_mib, run.early_mib + 8 * 25) << "a line that never ends is kept up to 16 MiB";
#endif
  std::map<Misdeed, int> count;
  std::map<Reason, int> expected, found;
  const auto trials = stored_trials(store);
  ASSERT_EQ(trials.size(), static_cast<std::size_t>(kTrials));
  for (const StoredTrial& trial : trials) {
    const Misdeed misdeed = misdeed_of(trial.genome);
    ++count[misdeed];
    ++expected[reason_of(misdeed)];
    ++found[trial.outcome.reason];
    ASSERT_EQ(trial.outcome.reason, reason_of(misdeed))
        << "ticket " << trial.outcome.ticket << ", misdeed " << static_cast<int>(misdeed);
    ASSERT_EQ(trial.outcome.status,
              reason_of(misdeed) == Reason::kNone ? Status::kOk : Status::kFailed);
    const bool is_right =
        trial.outcome.status != Status::kOk || trial.outcome.told.at(0) == score_of(trial.genome);
    ASSERT_TRUE(is_right) << "ticket " << trial.outcome.ticket;
  }
  EXPECT_EQ(found, expected);
  using enum Misdeed;
  const auto sum = [&](std::initializer_list<Misdeed> several) {
    int all = 0;
    for (const Misdeed one : several) all += count[one];
    return all;
  };
  EXPECT_GE(sum({kSegfault, kAbort, kExit, kThrow, kDivide}), kAtLeast) << "P1";
  EXPECT_GE(sum({kHang, kHangDeaf}), kAtLeast) << "P3";
  EXPECT_GE(sum({kDevour}), kAtLeast) << "P5";
  EXPECT_GE(sum({kGarbage, kPartial, kOtherQuestion, kFlood}), kAtLeast) << "P8";
  EXPECT_GE(sum({kPrint}), kAtLeast) << "P9";
  const int failed = kTrials - found[Reason::kNone];
  EXPECT_EQ(answer(run.finished)["failed"], failed);
  EXPECT_NEAR(failed, 0.3 * kTrials, 0.05 * kTrials);
  EXPECT_EQ(equivolve({"store", "verify", "--store", store}).exit_code, 0);
  std::printf("%d trials, %d failed, %.1f s; %.1f MiB early, %.1f late, at most %.1f; ", kTrials,
              failed, run.seconds, run.early_mib, run.late_mib, run.most_mib);
  std::printf("at most %zu descriptors\n", run.most_descriptors);
}

}  // namespace
}  // namespace equivolve::tests
