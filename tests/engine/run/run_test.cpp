// Whole runs in this process, from start or resume to the summary, with a clock that the test sets:
// nothing here depends on how fast anything is.
#include "engine/run/run.hpp"
#include "engine/run/search_only.hpp"

#include <signal.h>

#include <gtest/gtest.h>

#include "tests/engine/run/toy_evaluator.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::engine {
namespace {

using namespace std::chrono_literals;

class ManualClock final : public Clock {
 public:
  std::chrono::nanoseconds now() const override { return std::chrono::nanoseconds(now_.load()); }
  void advance(std::chrono::nanoseconds by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_{1'000'000'000};
};

/// A store and the settings of one run in it.
class ToyRun : public testing::Test {
 protected:
  tests::TempFolder folder_;
  ManualClock clock_;
  Configuration config_;
  std::atomic<int> signal_{0};
  std::function<void(test::ToyEvaluator&)> evaluator_ = [](test::ToyEvaluator&) {};

  ToyRun() {
    config_.name = "toy";
    config_.evaluator.id = "toy";
    config_.evaluator.config_json = R"({"data":{},"options":{},"representation":"program"})";
    config_.store.file = folder_.path() / "runs.db";
    config_.search.algorithm = "regularized_evolution";
    config_.search.population_size = 10;
    config_.search.tournament_size = 3;
    config_.hashing.verify_fraction = 0;
    config_.budget.candidates = 40;
    config_.final_stage = {2, 2};
  }

  std::optional<RunOrigins> origins_;
  std::string notices_;  // written on the thread that called start() or resume()

  RunOutcome start() { return go(std::nullopt); }
  RunOutcome resume() {
    auto reader = StoreReader::open(config_.store.file);
    return go((*reader)->find_run("latest").value());
  }

  /// From a trial: time goes by, until the run's own thread has looked around.
  void step(std::chrono::nanoseconds by) {
    const int before = polls_.load();
    clock_.advance(by);
    polls_.wait(before);
  }
  /// ... and has certainly seen what the trial did before.
  void settle() {
    for (int i = 0; i < 2; ++i) step(600ms);
  }
  Preparation preparation() {
    Preparation prepared;
    prepared.config = config_;
    auto toy = std::make_unique<test::ToyEvaluator>();
    evaluator_(*toy);
    prepared.evaluator = std::move(toy);
    prepared.space = test::toy_space();
    prepared.space_json = "{}";
    return prepared;
  }
  ProgressReport last_report() {
    std::lock_guard lock(mutex_);
    return report_;
  }
  void wish(const std::string& what) {
    auto reader = StoreReader::open(config_.store.file);
    ASSERT_TRUE((*reader)->request(1, what));
  }

 private:
  RunOutcome go(const std::optional<RunInfo>& info) {
    const Preparation prepared = preparation();
    RunControls controls;
    controls.clock = &clock_;
    controls.signal = &signal_;
    controls.origins = origins_;
    controls.notice = [this](const std::string& line) { notices_ += line + "\n"; };
    controls.executor = [](unsigned) { return make_thread_executor(1); };
    controls.progress = [this](const ProgressReport& report) {
      {
        std::lock_guard lock(mutex_);
        report_ = report;
      }
      ++polls_;
      polls_.notify_all();
    };
    auto outcome = info ? resume_run(prepared, *info, controls) : start_run(prepared, controls);
    EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message);
    return outcome ? *outcome : RunOutcome();
  }

  std::atomic<int> polls_{0};
  std::mutex mutex_;
  ProgressReport report_;  // protected by mutex_
};

bool is_final(const CandidateView& candidate, const TrialRequest& request) {
  return !candidate.reference.empty() || request.repeat > 0;
}

TEST_F(ToyRun, AutoStopsProbingOnceItHasSlowedTheRunDownForLong) {
  config_.hashing.stops_probing = true;
  std::atomic<int> probes{0};
  evaluator_ = [&](test::ToyEvaluator& toy) {
    toy.on_probe = [&] {
      ++probes;
      step(2s);  // beside trials of a microsecond
    };
  };
  const RunOutcome outcome = start();
  EXPECT_EQ(outcome.summary.candidates, 40u);
  EXPECT_GE(probes, 15) << "30 s of them";
  EXPECT_LT(probes, 40);
  ASSERT_EQ(outcome.summary.irreproducible_because.size(), 1u);
  EXPECT_NE(outcome.summary.irreproducible_because[0].find("auto"), std::string::npos);
  auto reader = StoreReader::open(config_.store.file);
  const auto origins = origins_of(**reader, 1);
  ASSERT_TRUE(origins && origins->probes_end);
  EXPECT_EQ(*origins->probes_end + 1, static_cast<std::uint64_t>(probes.load()))
      << "the first one is checked";

  // Reproduced where probing costs nothing: it ends at the same ticket, because the first run did.
  probes = 0;
  evaluator_ = [&](test::ToyEvaluator& toy) { toy.on_probe = [&] { ++probes; }; };
  config_.store.file = folder_.path() / "again.db";
  origins_ = *origins;
  const RunOutcome again = start();
  EXPECT_EQ(again.summary.result_digest, outcome.summary.result_digest);
  EXPECT_EQ(*origins->probes_end + 1, static_cast<std::uint64_t>(probes.load()))
      << "the first one is checked";
}

// Trials take longer and longer, so that verification costs more than the hits save.
TEST_F(ToyRun, HashingIsNoAdviceWhereThereIsNoProbe) {
  config_.hashing.verify_fraction = 1;
  for (const bool offers_probe : {true, false}) {
    double seconds = 0;
    evaluator_ = [&](test::ToyEvaluator& toy) {
      toy.descriptor_.offers_probe = offers_probe;
      toy.seconds = [&] { return seconds += 1; };
      toy.on_trial = [&](const auto&, const auto&, const auto&) { step(2s); };
    };
    notices_.clear();
    const RunSummary summary = start().summary;
    EXPECT_LT(summary.measured_speed_up.value(), 1);
    EXPECT_EQ(notices_.find("hashing.policy") != std::string::npos, offers_probe) << notices_;
    EXPECT_EQ(to_text(summary).find("hashing.policy") != std::string::npos, offers_probe);
    config_.store.file = folder_.path() / "other.db";
  }
}

TEST_F(ToyRun, ASignalThatATrialDoesNotHearIsSaidToWait) {
  config_.evaluator.isolation = "thread";
  config_.workers = 1;
  bool first = true;
  evaluator_ = [&](test::ToyEvaluator& toy) {
    toy.on_trial = [&](const auto&, const auto&, const auto&) {
      if (!std::exchange(first, false)) return;
      signal_ = SIGINT;
      for (int i = 0; i < 6; ++i) step(1s);
    };
  };
  EXPECT_EQ(start().exit_code, 130);
  EXPECT_EQ(notices_, "waiting for 1 trial; once more (Ctrl-C) ends at once\n");
}

TEST_F(ToyRun, WhenTimeIsUpTrialsGetTheirGraceAndAreCancelled) {
  config_.budget = {};
  config_.budget.time = 5s;
  evaluator_ = [&](test::ToyEvaluator& toy) {
    toy.on_trial = [&](const auto& candidate, const auto& request, const auto& stop) {
      if (is_final(candidate, request) || stop) return;
      step(6s);
      settle();
      EXPECT_FALSE(stop) << "before the grace is over";
      for (int i = 0; i < 20 && !stop; ++i) step(1s);
      EXPECT_TRUE(stop) << "long after it";
    };
  };
  const RunOutcome outcome = start();
  EXPECT_EQ(outcome.summary.stopped_by, "time");
  EXPECT_EQ(outcome.summary.status, RunStatus::kFinished) << "the final stage is not cancelled";
  EXPECT_EQ(outcome.summary.candidates, 0u);
  EXPECT_EQ(outcome.exit_code, 0);
  const std::string text = to_text(outcome.summary);
  EXPECT_NE(text.find("nothing was found: no trial had ended when the time was up"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("    middling "), std::string::npos) << "the reference has its figures";
}

TEST_F(ToyRun, AStopInTheFinalStageLetsTrialsInFlightFinish) {
  bool first = true;
  evaluator_ = [&](test::ToyEvaluator& toy) {
    toy.on_trial = [&](const auto& candidate, const auto& request, const auto& stop) {
      if (!is_final(candidate, request) || !std::exchange(first, false)) return;
      signal_ = SIGTERM;
      settle();
      EXPECT_FALSE(stop);
    };
  };
  const RunOutcome outcome = start();
  EXPECT_EQ(outcome.exit_code, 143);
  EXPECT_EQ(outcome.summary.status, RunStatus::kStopped);
  EXPECT_EQ(outcome.summary.final_trials, 1u) << "it counts, and no other was begun";
  EXPECT_TRUE(outcome.summary.references.empty()) << "none had its turn";
}

TEST_F(ToyRun, AStopInTheFinalStageCancelsTrialsAfterTheGrace) {
  bool first = true;
  evaluator_ = [&](test::ToyEvaluator& toy) {
    toy.on_trial = [&](const auto& candidate, const auto& request, const auto& stop) {
      if (!is_final(candidate, request) || !std::exchange(first, false)) return;
      signal_ = SIGINT;
      for (int i = 0; i < 20 && !stop; ++i) step(1s);
      EXPECT_TRUE(stop);
    };
  };
  const RunOutcome outcome = start();
  EXPECT_EQ(outcome.exit_code, 130);
  EXPECT_EQ(outcome.summary.final_trials, 0u);
}

TEST_F(ToyRun, ASignalIsHeardAfterTimeWasUp) {
  config_.budget = {};
  config_.budget.time = 5s;
  evaluator_ = [&](test::ToyEvaluator& toy) {
    toy.on_trial = [&](const auto& candidate, const auto& request, const auto& stop) {
      if (is_final(candidate, request) || stop || signal_ != 0) return;
      step(6s);
      settle();
      signal_ = SIGTERM;
      settle();
    };
  };
  const RunOutcome outcome = start();
  EXPECT_EQ(outcome.exit_code, 143);
  EXPECT_EQ(outcome.summary.status, RunStatus::kStopped);
}

TEST_F(ToyRun, PausedTimeIsNotSpent) {
  config_.budget.time = 50s;
  bool first = true;
  evaluator_ = [&](test::ToyEvaluator& toy) {
    toy.on_trial = [&](const auto&, const auto&, const auto&) {
      if (!std::exchange(first, false)) return;
      wish("pause");
      while (!last_report().paused) step(600ms);
      const double seconds = last_report().seconds;
      step(100s);
      settle();
      EXPECT_EQ(last_report().seconds, seconds);
      wish("continue");
      while (last_report().paused) step(600ms);
    };
  };
  const RunOutcome outcome = start();
  EXPECT_EQ(outcome.summary.stopped_by, "candidates");
  EXPECT_LT(outcome.summary.seconds, 50);
  auto reader = StoreReader::open(config_.store.file);
  EXPECT_EQ((*reader)->find_run("1")->state.seconds, outcome.summary.seconds);
}

// A probe takes a millisecond and a trial of the final stage much longer than the whole budget.
TEST_F(ToyRun, OnlySearchingSpendsTheBudgetOfTime) {
  config_.budget.time = 50s;
  evaluator_ = [&](test::ToyEvaluator& toy) {
    toy.on_probe = [&] { clock_.advance(1ms); };
    toy.on_trial = [&](const auto& candidate, const auto& request, const auto&) {
      if (is_final(candidate, request)) clock_.advance(100s);
    };
  };
  const RunSummary first = start().summary;
  EXPECT_EQ(first.stopped_by, "candidates");
  EXPECT_GT(first.final_trials, 0u);
  EXPECT_NEAR(first.seconds, 0.041, 1e-9) << "the first probe is made twice";
  config_.budget.candidates = 60;
  const RunSummary more = resume().summary;
  EXPECT_EQ(more.stopped_by, "candidates");
  EXPECT_EQ(more.candidates, 60u);
  EXPECT_NEAR(more.seconds, 0.061, 1e-9);
}

// Each probe takes a millisecond by the test's clock, the first, which is made twice, two; and
// nothing else takes any time.
TEST_F(ToyRun, ProbesOfEarlierSessionsCountAfterAResume) {
  evaluator_ = [&](test::ToyEvaluator& toy) { toy.on_probe = [&] { clock_.advance(1ms); }; };
  const RunSummary whole = start().summary;
  ASSERT_TRUE(whole.probe_seconds);
  EXPECT_NEAR(*whole.probe_seconds, 0.041, 1e-9);

  config_.budget.candidates = 60;
  const RunSummary longer = resume().summary;
  EXPECT_EQ(longer.candidates, 60u);
  ASSERT_TRUE(longer.probe_seconds);
  EXPECT_NEAR(*longer.probe_seconds, 0.061, 1e-9);
  const double trials = 60e-6, evaluated = 1e-6 * static_cast<double>(longer.evaluations);
  EXPECT_NEAR(longer.evaluation_seconds, evaluated, 1e-12);
  EXPECT_NEAR(longer.seconds_saved, trials - evaluated, 1e-12) << "what the hits stood for";
  EXPECT_NEAR(longer.measured_speed_up.value(), trials / (0.061 + evaluated), 1e-9);
  EXPECT_NEAR(longer.predicted_speed_up.value(), *longer.measured_speed_up, 1e-9)
      << "trials all take the same";
  EXPECT_NE(to_text(longer).find("hashing.policy: off"), std::string::npos) << to_text(longer);

  const RunSummary again = resume().summary;  // makes no probe at all
  EXPECT_NEAR(again.probe_seconds.value(), 0.061, 1e-9);
  EXPECT_EQ(again.result_digest, longer.result_digest);
}

TEST_F(ToyRun, ProgressAfterAResumeTellsSessionsApart) {
  evaluator_ = [&](test::ToyEvaluator& toy) { toy.on_probe = [&] { clock_.advance(1ms); }; };
  start();
  config_.budget.candidates = 60;
  bool first = true;
  evaluator_ = [&](test::ToyEvaluator& toy) {
    toy.on_trial = [&](const auto&, const auto&, const auto&) {
      if (!std::exchange(first, false)) return;
      settle();
      const ProgressReport report = last_report();
      EXPECT_EQ(report.live.replayed, 40u);
      EXPECT_GE(report.live.told, 40u);
      EXPECT_GE(report.session_seconds, 0.6);
      EXPECT_NEAR(report.seconds - report.session_seconds, 0.041, 1e-6);
    };
  };
  resume();
  EXPECT_FALSE(first);
}

TEST_F(ToyRun, SaysWhyItCannotBeReproduced) {
  EXPECT_EQ(to_text(start().summary).find("reproducible"), std::string::npos);

  evaluator_ = [](test::ToyEvaluator& toy) { toy.descriptor_.deterministic = false; };
  const RunSummary noisy = start().summary;
  EXPECT_EQ(noisy.irreproducible_because,
            std::vector<std::string>{"the evaluator is not deterministic"});
  EXPECT_NE(to_text(noisy).find("reproducible   no: the evaluator is not deterministic\n"),
            std::string::npos);
  EXPECT_NE(to_json(noisy).find(R"("reproducible":false)"), std::string::npos);

  evaluator_ = [](test::ToyEvaluator& toy) {
    toy.failure = Reason::kDeadline;
    toy.fails = [](double fitness) { return fitness < 0.05; };
  };
  config_.evaluator.max_failed_share = 1;
  config_.budget.candidates = 400;
  const RunSummary cut = start().summary;
  ASSERT_GT(cut.failed, 0u);
  const std::string failed = std::to_string(cut.failed);
  EXPECT_NE(to_text(cut).find(failed + " failed (deadline " + failed + ")"), std::string::npos);
  ASSERT_EQ(cut.irreproducible_because.size(), 1u);
  EXPECT_NE(cut.irreproducible_because[0].find("decided by a deadline or for memory"),
            std::string::npos);
  EXPECT_EQ(cut.irreproducible_because[0].find("clock"), std::string::npos);
}

TEST_F(ToyRun, ASearchAloneIsTheRunsSearch) {
  config_.budget = {};
  config_.budget.candidates = 500;
  const RunOutcome run = start();
  const auto search = search_only(preparation());
  ASSERT_TRUE(search) << search.error();
  EXPECT_EQ(search->result_digest, run.summary.result_digest);
  EXPECT_EQ(search->trajectory_digest, run.summary.trajectory_digest);
  EXPECT_EQ(search->totals.candidates, 500u);
  EXPECT_EQ(search->stopped_by, StopCause::kCandidates);
}

}  // namespace
}  // namespace equivolve::engine
