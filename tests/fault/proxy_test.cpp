// A bad line between engine and worker (frame_proxy): whatever it does to what they say, a run ends
// with a row for every trial, each failure has a reason that fits, and what was not spoilt is what
// it would have been.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "tests/engine/plugins/modules/misdeeds.hpp"
#include "tests/fault/stored_trials.hpp"
#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/watched_run.hpp"

namespace equivolve::tests {
namespace {

using engine::Reason;
using engine::Status;

constexpr int kSpoiltTrials = 400;

class Proxy : public testing::Test {
 protected:
  struct Run {
    Watched watched;
    std::vector<StoredTrial> trials;
    std::map<std::string, int> faults;  // lines of the proxy's log
    nlohmann::json json;
    int count(const std::string& fault, const std::string& type) const {
      int all = 0;
      for (const char* way : {"to_worker", "to_engine"})
        if (const auto found = faults.find(fault + ' ' + way + ' ' + type); found != faults.end())
          all += found->second;
      return all;
    }
    int count(const std::string& fault) const {
      int all = 0;
      for (const auto& [line, times] : faults)
        all += line.rfind(fault + ' ', 0) == 0 || line == fault ? times : 0;
      return all;
    }
  };

  /// `proxy`: its keys; none: workers without one. `workers`: further keys of that section.
  Run run(const std::string& proxy, const std::string& workers = "count: 8, prefetch: 1") {
    const int number = runs_++;
    const std::string yaml = folder_.path() / ("run" + std::to_string(number) + ".yaml");
    const std::string store = folder_.path() / ("run" + std::to_string(number) + ".db");
    const std::string log = folder_.path() / ("log" + std::to_string(number));
    const std::string launcher =
        proxy.empty()
            ? ""
            : ", launcher: ['" EQUIVOLVE_FRAME_PROXY "', 'log=" + log + "', " + proxy + ", '--']";
    write_file(yaml,
               "evaluator: {id: misdeeds, isolation: process, deadline: 2s, max_failed_share: 1}\n"
               "plugins: {folders: [" EQUIVOLVE_TEST_MODULES
               "/good]}\noptions: {behave: well}\nseed: 8\n"
               "search: {algorithm: random, lookahead: 64}\nhashing: {policy: off}\n"
               "space: {operations: [scalar_sum, scalar_product]}\nfinal: {top: 1, repeats: 1}\n"
               "budget: {candidates: " +
                   std::to_string(kSpoiltTrials) + "}\nworkers: {" + workers + launcher + "}\n");
    Run out;
    out.watched = watch_run({"run", yaml, "--store", store, "--json", "--quiet"});
    EXPECT_EQ(out.watched.finished.exit_code, 0) << out.watched.finished.err;
    EXPECT_TRUE(out.watched.left.empty()) << out.watched.left.size() << " processes";
    EXPECT_LE(out.watched.most_descriptors, 30u + 8 * 8);
    EXPECT_LT(out.watched.seconds, 200) << "as good as hung";
    if (out.watched.finished.exit_code != 0) return out;
    out.json = answer(out.watched.finished);
    out.trials = stored_trials(store);
    EXPECT_EQ(out.trials.size(), static_cast<std::size_t>(kSpoiltTrials));
    std::ifstream lines(log);
    for (std::string line; std::getline(lines, line);) ++out.faults[line];
    return out;
  }

  /// Every row is as the evaluator has it, or has failed for one of these.
  void expect_rows(const Run& one, const std::set<Reason>& reasons) {
    for (const StoredTrial& trial : one.trials) {
      if (trial.outcome.status == Status::kOk) {
        EXPECT_EQ(trial.outcome.told.at(0), score_of(trial.genome)) << trial.outcome.ticket;
      } else {
        EXPECT_TRUE(trial.outcome.status == Status::kFailed &&
                    reasons.contains(trial.outcome.reason))
            << "ticket " << trial.outcome.ticket << ", reason "
            << static_cast<int>(trial.outcome.reason);
      }
    }
  }
  int failed(const Run& one) {
    int count = 0;
    for (const StoredTrial& trial : one.trials) count += trial.outcome.status == Status::kFailed;
    return count;
  }

  TempFolder folder_;
  int runs_ = 0;
};

TEST_F(Proxy, DelaysChangeNothing) {
  const Run direct = run("");
  const Run delayed = run("seed=1, delay=0-30, start=0-300");
  EXPECT_EQ(failed(direct), 0);
  EXPECT_EQ(failed(delayed), 0);
  EXPECT_EQ(delayed.json["result_digest"], direct.json["result_digest"]);
  EXPECT_EQ(delayed.json["best"], direct.json["best"]);
  EXPECT_GE(delayed.count("start"), 8);
}

// As through srun: a worker that takes long to start and is far away gets its next questions before
// it has answered the last.
TEST_F(Proxy, ALongWayIsNoHindranceWithSixteenOnIt) {
  const Run direct = run("");
  const Run far = run("seed=7, delay=50, start=200-2000", "count: 1, prefetch: 16");
  EXPECT_EQ(failed(far), 0);
  EXPECT_EQ(far.count("start"), 1);
  EXPECT_EQ(far.json["result_digest"], direct.json["result_digest"]);
#ifndef EQUIVOLVE_SANITIZED
  // One after the other they would take 100 ms each.
  EXPECT_LT(far.watched.seconds, 0.1 * kSpoiltTrials / 2);
#endif
}

TEST_F(Proxy, LinesThatNeverArriveCostTheirDeadline) {
  const Run one = run("seed=2, drop=0.02");
  expect_rows(one, {Reason::kDeadline});
  EXPECT_GE(one.count("drop"), 5);
  // A trial whose question or answer is lost is late, whoever has lost it; and no other is.
  const int lost = one.count("drop", "evaluate") + one.count("drop", "result");
  EXPECT_LE(failed(one), lost);
  EXPECT_GE(failed(one) + 1, lost) << "the final stage has one trial, which is none of the rows";
}

TEST_F(Proxy, LinesThatAreCutLoseTheirWorkerAndNoTrial) {
  const Run one = run("seed=3, cut=0.05");
  expect_rows(one, {Reason::kLostWorker});
  EXPECT_GE(one.count("cut"), 20);
  EXPECT_GE(one.count("start"), 20) << "as many workers as were lost";
  // One that meets three cuts in a row has failed (a chance of 1 in 1,000 each).
  EXPECT_LE(failed(one), 4);
}

TEST_F(Proxy, LinesThatAreRepeatedLoseTheirWorkerAndNoTrial) {
  const Run one = run("seed=4, repeat=0.05");
  expect_rows(one, {Reason::kProtocol});
  EXPECT_GE(one.count("repeat"), 20);
  EXPECT_LE(failed(one), 4);
}

// A message has no checksum: a changed digit of a figure is another figure, and a changed genome
// another trial.
TEST_F(Proxy, LinesThatAreChangedDoNoOtherHarm) {
  const Run one = run("seed=5, corrupt=0.1");
  EXPECT_GE(one.count("corrupt"), 40);
  int other = 0;
  for (const StoredTrial& trial : one.trials)
    other +=
        trial.outcome.status != Status::kOk || trial.outcome.told.at(0) != score_of(trial.genome);
  EXPECT_LE(other, one.count("corrupt"));
  for (const StoredTrial& trial : one.trials) EXPECT_NE(trial.outcome.status, Status::kCancelled);
}

TEST_F(Proxy, AllOfItAtOnce) {
  const Run one =
      run("seed=6, drop=0.005, cut=0.02, repeat=0.02, corrupt=0.02, delay=0-10, start=0-100",
          "count: 4, prefetch: 4");
  for (const char* fault : {"drop", "cut", "repeat", "corrupt"}) EXPECT_GE(one.count(fault), 1);
  int spoilt = 0;
  for (const char* fault : {"drop", "cut", "repeat", "corrupt"}) spoilt += one.count(fault);
  int other = 0;
  for (const StoredTrial& trial : one.trials)
    other +=
        trial.outcome.status != Status::kOk || trial.outcome.told.at(0) != score_of(trial.genome);
  EXPECT_LE(other, spoilt);
}

// Greetings and data, too: workers that cannot be started are tried again, and a run of which none
// ever could has said so.
TEST_F(Proxy, ASpoiltStartIsTriedAgain) {
  const Run one = run("seed=9, cut=0.01, from_start=1");
  expect_rows(one, {Reason::kLostWorker});
  EXPECT_GE(one.count("cut"), 5);
}

}  // namespace
}  // namespace equivolve::tests
