#include "engine/run/pipeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <future>
#include <optional>
#include <set>
#include <stdexcept>

#include "tests/engine/run/toy_run.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::engine {
namespace {

using namespace std::chrono_literals;
using test::toy_space;
using test::ToyRun;

struct Width {
  const char* executor;
  unsigned workers;
};

std::vector<Width> widths() {
  std::vector<Width> all = {{"threads", 1}, {"threads", 2}, {"threads", 8}};
  if (make_executor("tbb", 1))
    for (unsigned w : {1u, 2u, 8u}) all.push_back({"tbb", w});
  return all;
}

TEST(Executors, GiveBackWhatNobodyHasBegunToWhomItIsFor) {
  for (const Width& w : widths()) {
    if (w.workers != 1) continue;
    struct Gate {
      std::promise<void> begun, opened;
    } gate;
    int mine = 0, others = 0;
    const auto hold = [](void* context, std::uint64_t) {
      static_cast<Gate*>(context)->begun.set_value();
      static_cast<Gate*>(context)->opened.get_future().wait();
    };
    const auto count = [](void* context, std::uint64_t) { ++*static_cast<int*>(context); };
    auto executor = std::move(*make_executor(w.executor, 1));
    executor->submit({hold, &gate, 0});
    gate.begun.get_future().wait();
    EXPECT_FALSE(executor->take(&mine)) << w.executor;
    executor->submit({count, &mine, 5});
    executor->submit({count, &others, 6});
    EXPECT_FALSE(executor->take(&others)) << w.executor;
    const auto taken = executor->take(&mine);
    ASSERT_TRUE(taken) << w.executor;
    EXPECT_EQ(taken->argument, 5u);
    EXPECT_FALSE(executor->take(&mine)) << w.executor;
    gate.opened.set_value();
    executor.reset();
    EXPECT_EQ(mine, 0);
    EXPECT_EQ(others, 1);
  }
}

/// One worker, which is this thread; counts the tasks that it takes behind another one instead of
/// getting them handed over.
class ByHand final : public Executor {
 public:
  void submit(Task task) override { waiting_.push_back(task); }
  std::optional<Task> take(const void*) override {
    if (waiting_.empty()) return std::nullopt;
    ++chained;
    return next();
  }
  unsigned width() const override { return 1; }
  /// False: nothing waits.
  bool run_one() {
    if (waiting_.empty()) return false;
    const Task task = next();
    task.run(task.context, task.argument);
    return true;
  }

  std::uint64_t chained = 0;

 private:
  Task next() {
    const Task task = waiting_.front();
    waiting_.pop_front();
    return task;
  }

  std::deque<Task> waiting_;
};

// Who went on with a long trial would keep what it has just bred from workers that have nothing to
// do.
TEST(Pipeline, TasksAreChainedOnOneWorkerOnlyWhileTrialsAreShort) {
  const auto chained_with = [](std::function<double(std::uint64_t trial)> seconds) {
    ToyRun toy;
    SteadyClock clock;
    RunningTime time(clock);
    ByHand worker;
    toy.evaluator.seconds = [&] { return seconds(toy.evaluator.evaluations); };
    toy.budget.candidates = 500;
    Pipeline pipeline(toy.settings, search::Searcher(search::RandomSearch(), toy_space(), 7),
                      toy.evaluator, worker, time,
                      BudgetMeter(toy.budget, toy.evaluator.info().figures), nullptr, nullptr);
    pipeline.start();
    while (worker.run_one()) {
    }
    EXPECT_TRUE(pipeline.wait(0ms));
    EXPECT_EQ(pipeline.totals().told, 500u);
    return worker.chained;
  };
  constexpr double kShort = 1e-6, kLong = 1;
  const std::uint64_t all = chained_with([](std::uint64_t) { return kShort; });
  EXPECT_GT(all, 500u);
  EXPECT_EQ(chained_with([](std::uint64_t) { return kLong; }), 0u);
  const std::uint64_t some =
      chained_with([](std::uint64_t trial) { return trial <= 50 ? kShort : kLong; });
  EXPECT_GT(some, 50u);
  EXPECT_LT(some, all / 2);
}

TEST(Pipeline, WorkersAndExecutorsDoNotChangeTheResult) {
  ToyRun first;
  first.go();
  EXPECT_EQ(first.totals.candidates, 2000u);
  EXPECT_GT(first.accounting.hits, 500u);
  for (const Width& w : widths()) {
    ToyRun run;
    run.executor = w.executor;
    run.workers = w.workers;
    run.go();
    EXPECT_EQ(run.result_digest, first.result_digest) << w.executor << " " << w.workers;
    EXPECT_EQ(run.totals.evaluations, first.totals.evaluations);
  }
}

TEST(Pipeline, WorkersDoNotChangeTheResultOfAnyAlgorithm) {
  for (const char* algorithm :
       {"hill_climbing", "mu_plus_lambda", "nsga2", "map_elites", "islands"}) {
    const auto result_with = [&](unsigned workers) {
      ToyRun run;
      run.algorithm = algorithm;
      run.workers = workers;
      run.evaluator.info_.figures[1] = {"size", "", Role::kDescriptor, false, 0, 400, true};
      EXPECT_EQ(run.go().totals.candidates, 2000u) << algorithm;
      return run.result_digest;
    };
    EXPECT_EQ(result_with(1), result_with(8)) << algorithm;
  }
}

TEST(Pipeline, ATargetIsReachedOnlyWhereConstraintsAreMet) {
  const auto told_with = [](bool minimize) {
    ToyRun run;
    run.evaluator.info_.figures[1] = {"size", "B", Role::kConstraint, minimize, -1e9, 1e9, true};
    run.budget.target = {{"fitness", 0.0}};
    return run.go().totals.told;
  };
  EXPECT_EQ(told_with(false), 1u);    // every size is at least 0
  EXPECT_EQ(told_with(true), 2000u);  // none at most 0
}

TEST(Pipeline, SixtyFourWorkersGiveTheResultOfOne) {
  ToyRun one, many;
  one.settings.lookahead = many.settings.lookahead = 64;
  one.workers = 1;
  many.workers = 64;
  EXPECT_EQ(one.go().result_digest, many.go().result_digest);
}

TEST(Pipeline, TheOrderOfRepliesDoesNotChangeTheResult) {
  ToyRun first;
  first.settings.verify_fraction = 0.1;
  first.settings.capacity = 30;  // evictions too
  first.go();
  EXPECT_GT(first.accounting.evictions, 10u);
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    ToyRun run;
    run.settings = first.settings;
    run.shuffle = seed;
    run.go();
    ASSERT_EQ(run.result_digest, first.result_digest) << "order " << seed;
    ASSERT_EQ(run.totals.verified, first.totals.verified);
  }
}

TEST(Pipeline, AnotherSeedGivesAnotherRun) {
  ToyRun one, other;
  other.settings.seed = 8;
  EXPECT_NE(one.go().result_digest, other.go().result_digest);
}

TEST(Pipeline, LookaheadIsPartOfTheRun) {
  ToyRun one, other;
  other.settings.lookahead = 4;
  EXPECT_NE(one.go().result_digest, other.go().result_digest);
}

TEST(Pipeline, CacheOnAndOffWalkTheSamePath) {
  ToyRun on, off;
  on.settings.verify_fraction = 1;
  off.settings.policy = hashing::Policy::kOff;
  on.go();
  off.go();
  EXPECT_EQ(on.trajectory_digest, off.trajectory_digest);
  EXPECT_NE(on.result_digest, off.result_digest);
  EXPECT_EQ(on.totals.verified, 2000 - on.totals.evaluations);
  EXPECT_EQ(on.totals.wrong_hits, 0u);
  EXPECT_EQ(off.totals.evaluations, 2000u);
}

// Figures within 1e-9 of each other, relative, are those of one behaviour.
TEST(Pipeline, VerificationAllowsForTheLastDigits) {
  const auto wrong_hits_at = [](double difference) {
    ToyRun run;
    run.workers = 1;
    run.settings.verify_fraction = 1;
    std::set<double> seen;
    run.evaluator.measured = [&](double fitness) {
      return seen.insert(fitness).second ? fitness : fitness * (1 + difference);
    };
    run.go();
    EXPECT_GT(run.totals.verified, 500u);
    return run.totals.wrong_hits;
  };
  EXPECT_EQ(wrong_hits_at(0.9e-9), 0u);
  EXPECT_GT(wrong_hits_at(1.1e-9), 400u);
}

// A trial that ended well and a repetition that fails are two behaviours, whatever the figures.
TEST(Pipeline, AnotherStatusIsAWrongHit) {
  ToyRun run;
  run.workers = 1;
  run.settings.verify_fraction = 1;
  run.settings.max_failed_share = 1;
  std::set<double> seen;
  run.evaluator.fails = [&](double fitness) { return !seen.insert(fitness).second; };
  run.go();
  EXPECT_GT(run.totals.wrong_hits, 500u);
  EXPECT_TRUE(std::isinf(run.totals.largest_error));
}

TEST(Pipeline, CollisionsAreFoundByVerification) {
  ToyRun run;
  run.evaluator.digest_mask = 0x3f;
  run.settings.verify_fraction = 1;
  run.go();
  EXPECT_LE(run.accounting.classes, 64u);
  EXPECT_GT(run.totals.wrong_hits, 100u);
  EXPECT_GT(run.totals.largest_error, 1e-9);
}

/// What was told, ticket by ticket.
std::vector<OutcomeRow> told(ToyRun& run) {
  tests::TempFolder folder;
  std::vector<OutcomeRow> outcomes;
  auto writer = StoreWriter::open(folder.path() / "toy.db");
  if (!writer) throw std::runtime_error(writer.error().message);
  (*writer)->on_commit([&](const std::vector<OutcomeRow>& durable) {
    outcomes.insert(outcomes.end(), durable.begin(), durable.end());
  });
  RunHead head;
  head.figures.resize(run.evaluator.info().figures.size());
  if (auto begun = (*writer)->begin_run(head); !begun)
    throw std::runtime_error(begun.error().message);
  run.writer = writer->get();
  run.go();
  if (auto flushed = (*writer)->flush(); !flushed)
    throw std::runtime_error(flushed.error().message);
  return outcomes;
}

// A probe that cannot tell all behaviours apart merges some that differ. Where the first of them is
// told, and nowhere before, the run parts from one without a cache; and it says so.
TEST(Pipeline, WithoutAWrongHitThePathIsThatWithoutACache) {
  ToyRun on, off;
  on.evaluator.digest_mask = off.evaluator.digest_mask = 0xfff;
  on.settings.verify_fraction = 1;
  off.settings.policy = hashing::Policy::kOff;
  const std::vector<OutcomeRow> with = told(on), without = told(off);
  ASSERT_EQ(with.size(), without.size());
  const auto wrong = std::find_if(with.begin(), with.end(), [](const auto& o) { return o.wrong; });
  ASSERT_NE(wrong, with.end()) << "no merge was wrong";
  EXPECT_GT(on.totals.wrong_hits, 0u);
  std::size_t parting = 0;
  while (parting < with.size() &&
         with[parting].genome_checksum == without[parting].genome_checksum &&
         with[parting].told == without[parting].told)
    ++parting;
  EXPECT_EQ(parting, wrong->ticket);
  EXPECT_GT(parting, 0u);
  EXPECT_NE(on.trajectory_digest, off.trajectory_digest);
}

TEST(Pipeline, VerificationDoesNotChangeWhatTheSearchSees) {
  ToyRun with, without;
  with.evaluator.digest_mask = without.evaluator.digest_mask = 0xff;
  with.settings.verify_fraction = 1;
  EXPECT_EQ(with.go().trajectory_digest, without.go().trajectory_digest);
}

TEST(Pipeline, BudgetsCountWhatIsTold) {
  ToyRun run;
  run.budget = {};
  run.budget.evaluations = 37;
  run.go();
  EXPECT_EQ(run.totals.evaluations, 37u);
  EXPECT_EQ(run.stopped_by, StopCause::kEvaluations);

  ToyRun target;
  target.budget.target = {{"fitness", 0.3}};
  target.go();
  EXPECT_EQ(target.stopped_by, StopCause::kTarget);
  EXPECT_LT(target.totals.told, 2000u);
}

TEST(Pipeline, EndsWhateverTheInputs) {
  ToyRun nothing;
  nothing.budget.candidates = 0;
  EXPECT_EQ(nothing.go().totals.told, 0u);

  ToyRun failing;
  failing.evaluator.fails = [](double) { return true; };
  failing.go();
  EXPECT_EQ(failing.stopped_by, StopCause::kFailures);
  EXPECT_EQ(failing.totals.told, 10u);
  ToyRun no_longer;
  no_longer.evaluator.fails = [](double) { return true; };
  no_longer.budget.candidates = 10;
  no_longer.go();
  EXPECT_EQ(no_longer.stopped_by, StopCause::kFailures) << "not by its budget";

  ToyRun known;  // the first trial fails, and all the rest is known to behave like that one
  known.evaluator.digest_mask = 0;
  known.evaluator.fails = [](double) { return true; };
  known.go();
  EXPECT_EQ(known.totals.evaluations, 1u);
  EXPECT_EQ(known.totals.told, 50u) << "one trial is no share, but there is nothing else";
  EXPECT_EQ(known.stopped_by, StopCause::kFailures);

  ToyRun half;
  half.evaluator.fails = [](double f) { return f < 0.15; };
  half.settings.max_failed_share = 0.9;
  half.go();
  EXPECT_GT(half.totals.failed, 0u);
  EXPECT_EQ(half.totals.told, 2000u);

  ToyRun alike;
  alike.evaluator.digest_mask = 0;
  alike.go();
  EXPECT_EQ(alike.totals.evaluations, 1u);
}

TEST(Pipeline, AFailedLeaderFailsItsClass) {
  ToyRun run;
  run.evaluator.fails = [](double f) { return f < 0.15; };
  run.settings.max_failed_share = 1;
  run.settings.verify_fraction = 1;
  run.go();
  EXPECT_GE(run.totals.failed, 3u);
  EXPECT_EQ(run.totals.wrong_hits, 0u);
}

TEST(Pipeline, StopsFromOutside) {
  ToyRun toy;
  SteadyClock clock;
  RunningTime time(clock);
  auto where = make_thread_executor(2);
  Pipeline pipeline(toy.settings, search::Searcher(search::RandomSearch(), toy_space(), 7),
                    toy.evaluator, *where, time, BudgetMeter({}, toy.evaluator.info().figures),
                    nullptr, nullptr);
  pipeline.start();
  while (pipeline.progress().told < 100) EXPECT_FALSE(pipeline.wait(1ms));
  pipeline.stop(StopCause::kSignal);
  while (!pipeline.wait(100ms)) {
  }
  where.reset();
  EXPECT_EQ(pipeline.stopped_by(), StopCause::kSignal);
  EXPECT_GE(pipeline.totals().told, 100u);
}

TEST(Pipeline, PausesAndGoesOnToTheSameResult) {
  ToyRun plain;
  plain.go();
  ToyRun toy;
  SteadyClock clock;
  RunningTime time(clock);
  search::RegularizedEvolutionSettings evolution;
  evolution.population_size = 50;
  evolution.tournament_size = 5;
  auto where = make_thread_executor(2);
  Pipeline pipeline(toy.settings,
                    search::Searcher(search::RegularizedEvolution(evolution), toy_space(), 7),
                    toy.evaluator, *where, time,
                    BudgetMeter(toy.budget, toy.evaluator.info().figures), nullptr, nullptr);
  pipeline.pause(true);
  pipeline.start();
  EXPECT_FALSE(pipeline.wait(1ms));
  EXPECT_EQ(pipeline.progress().told, 0u);
  pipeline.pause(false);
  while (pipeline.progress().told < 50 && !pipeline.wait(1ms)) {
  }
  pipeline.pause(true);
  pipeline.pause(false);
  while (!pipeline.wait(100ms)) {
  }
  where.reset();
  EXPECT_EQ(pipeline.digests().result_digest(), plain.result_digest);
}

}  // namespace
}  // namespace equivolve::engine
