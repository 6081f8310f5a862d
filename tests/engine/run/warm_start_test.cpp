// What earlier runs found out, taken over by a new one: in memory, as bytes, and through the store.
#include "engine/run/warm_start.hpp"

#include <gtest/gtest.h>

#include "engine/run/run.hpp"
#include "engine/store/maintenance.hpp"
#include "tests/engine/run/toy_evaluator.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::engine {
namespace {

WarmClass entry(std::uint64_t name, std::uint32_t level, double figure) {
  return {{{name, name}, level, 0, 0, 1, 0.25, {figure, 2}}, 3, 4};
}

TEST(WarmStart, GoesThroughBytesUnchanged) {
  const WarmStart warm{entry(1, 0, 0.5), entry(1, 1, 0.75), entry(9, 0, -1)};
  const auto back = decode_warm_start(encode(warm));
  ASSERT_TRUE(back);
  ASSERT_EQ(back->size(), 3u);
  EXPECT_EQ((*back)[1].outcome.digest, (hashing::Digest{1, 1}));
  EXPECT_EQ((*back)[1].outcome.level, 1u);
  EXPECT_EQ((*back)[1].outcome.mean, (std::vector<double>{0.75, 2}));
  EXPECT_EQ((*back)[2].own_seed, 4u);
  EXPECT_EQ(encode(*back), encode(warm));
  EXPECT_EQ(find(warm, {1, 1}, 1)->outcome.mean[0], 0.75);
  EXPECT_EQ(find(warm, {2, 2}, 0), nullptr);
}

TEST(WarmStart, DamagedBytesAreRefused) {
  const std::string bytes = encode({entry(1, 0, 0.5), entry(2, 0, 0.5)});
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_FALSE(decode_warm_start(std::string_view(bytes).substr(0, size))) << size;
  EXPECT_FALSE(decode_warm_start(bytes + "x"));
  std::string huge = bytes;
  huge[8] = static_cast<char>(0xff);  // many more entries than there are
  huge[15] = 0x7f;
  EXPECT_FALSE(decode_warm_start(huge));
}

/// Runs of the toy evaluator in one store.
struct Runs {
  tests::TempFolder folder;
  Configuration config;
  double own_noise = 0;

  Runs() {
    config.name = "toy";
    config.evaluator.id = "toy";
    config.evaluator.config_json = "{}";
    config.store.file = folder.path() / "runs.db";
    config.search.population_size = 20;
    config.search.tournament_size = 3;
    config.hashing.verify_fraction = 0;
    config.budget.candidates = 400;
    config.final_stage = {1, 1};
  }

  RunOutcome go(RunControls controls = {}, const std::optional<RunInfo>& info = std::nullopt) {
    Preparation prepared;
    prepared.config = config;
    auto toy = std::make_unique<test::ToyEvaluator>();
    toy->own_noise = own_noise;
    prepared.evaluator = std::move(toy);
    prepared.space = test::toy_space();
    prepared.space_json = "{}";
    prepared.context = {7, 7};
    controls.executor = [](unsigned) { return make_thread_executor(2); };
    auto outcome = info ? resume_run(prepared, *info, controls) : start_run(prepared, controls);
    EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message);
    return outcome ? *outcome : RunOutcome();
  }
  std::unique_ptr<StoreReader> reader() { return *StoreReader::open(config.store.file); }
  RunInfo latest() { return reader()->find_run("latest").value(); }
};

TEST(WarmStart, AnEqualRunNeedsNoEvaluation) {
  Runs runs;
  const RunSummary first = runs.go().summary;
  EXPECT_EQ(first.warm_hits, 0u);
  runs.config.hashing.warm_start = true;
  runs.config.hashing.verify_fraction = 1;
  const RunSummary second = runs.go().summary;
  EXPECT_EQ(second.evaluations, 0u);
  EXPECT_EQ(second.warm_hits, first.evaluations);
  EXPECT_EQ(second.trajectory_digest, first.trajectory_digest);
  EXPECT_EQ(second.verified, 400u) << "with the seeds of the run that made them";
  EXPECT_EQ(second.wrong_hits, 0u);
}

TEST(WarmStart, HitsAreVerifiedWithTheSeedsOfTheirTrial) {
  Runs runs;
  runs.own_noise = 0.1;
  runs.go();
  runs.config.seed = 99;
  runs.config.hashing.warm_start = true;
  runs.config.hashing.verify_fraction = 1;
  const RunSummary second = runs.go().summary;
  EXPECT_GT(second.warm_hits, 20u);
  EXPECT_GT(second.verified, 100u);
  EXPECT_EQ(second.wrong_hits, 0u);
}

// As a rule they are not kept, as the run's seed and the class give them.
TEST(WarmStart, SeedsThatFollowFromNothingKeptAreKept) {
  for (const auto policy : {hashing::Policy::kReuse, hashing::Policy::kForget}) {
    Runs runs;
    runs.own_noise = 0.1;
    runs.config.hashing.policy = policy;
    runs.config.hashing.forget_probability = 0.3;
    runs.go();
    const auto stored = runs.reader()->replay(1);
    ASSERT_TRUE(stored);
    std::size_t kept = 0, trials = 0;
    for (const TrialRow& trial : stored->trials) {
      if (trial.kind != TrialKind::kSearch) continue;
      ++trials;
      kept += trial.own_seed ? 1 : 0;
    }
    EXPECT_GT(trials, 20u);
    EXPECT_EQ(kept, policy == hashing::Policy::kForget ? trials : 0u);
    runs.config.seed = 99;
    runs.config.hashing = {};
    runs.config.hashing.warm_start = true;
    runs.config.hashing.verify_fraction = 1;
    const RunSummary second = runs.go().summary;
    EXPECT_GT(second.verified, 20u);
    EXPECT_EQ(second.wrong_hits, 0u);
  }
}

TEST(WarmStart, AggregationGoesOnFromWarmTrialsWithoutFalseAlarms) {
  Runs runs;
  runs.own_noise = 0.1;
  runs.go();
  runs.config.seed = 99;
  runs.config.hashing.warm_start = true;
  runs.config.hashing.policy = hashing::Policy::kAggregate;
  runs.config.hashing.max_evaluations = 2;
  runs.config.hashing.verify_fraction = 1;
  const RunSummary second = runs.go().summary;
  EXPECT_GT(second.evaluated_again, 10u);
  EXPECT_GT(second.verified, 50u);
  EXPECT_EQ(second.wrong_hits, 0u);
}

TEST(WarmStart, WarmHitsSpendTheBudgetOfEvaluations) {
  Runs runs;
  runs.go();
  runs.config.hashing.warm_start = true;
  runs.config.budget = {};
  runs.config.budget.evaluations = 30;
  const RunSummary second = runs.go().summary;
  EXPECT_EQ(second.stopped_by, "evaluations");
  EXPECT_EQ(second.warm_hits + second.evaluations, 30u);
}

/// A store with one run of two behaviours, whose trials a test gives.
WarmStart gathered(const std::vector<TrialRow>& trials, const std::vector<ClassRow>& classes) {
  tests::TempFolder folder;
  auto writer = StoreWriter::open(folder.path() / "runs.db");
  RunHead head;
  head.context = {7, 7};
  head.figures.resize(1);
  EXPECT_TRUE((*writer)->begin_run(head));
  for (const ClassRow& row : classes) (*writer)->push(row);
  for (const TrialRow& row : trials) (*writer)->push(row);
  EXPECT_TRUE((*writer)->finish_run());
  auto reader = StoreReader::open(folder.path() / "runs.db");
  return *gather_warm_start(**reader, {7, 7}, 1);
}

TrialRow trial(std::uint64_t ticket, std::uint64_t cls, Status status, double figure) {
  TrialRow row;
  row.kind = TrialKind::kSearch;
  row.subject = row.birth = ticket;
  row.cls = cls;
  row.status = status;
  row.figures = {figure};
  return row;
}

TEST(WarmStart, OneTrialThatEndedBadlyStandsForTheBehaviour) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const WarmStart warm =
      gathered({trial(0, 0, Status::kOk, 1), trial(1, 0, Status::kNonFinite, nan),
                trial(2, 1, Status::kOk, 2), trial(3, 1, Status::kOk, 4)},
               {{0, 0, {1, 1}}, {1, 2, {2, 2}}});
  ASSERT_EQ(warm.size(), 2u);
  EXPECT_EQ(warm[0].outcome.status, static_cast<std::uint8_t>(Status::kNonFinite));
  EXPECT_EQ(warm[1].outcome.status, 0);
  EXPECT_EQ(warm[1].outcome.mean, std::vector<double>{3});
  EXPECT_EQ(warm[1].outcome.count, 2u);
}

TEST(WarmStart, AForgottenBehaviourIsTheMeanOverItsClasses) {
  const WarmStart warm = gathered({trial(0, 0, Status::kOk, 9), trial(1, 1, Status::kOk, 1)},
                                  {{0, 0, {1, 1}}, {1, 1, {1, 1}}});
  ASSERT_EQ(warm.size(), 1u);
  EXPECT_EQ(warm[0].outcome.mean, std::vector<double>{5});
}

TEST(WarmStart, AnotherContextIsNotTakenOver) {
  Runs runs;
  runs.go();
  EXPECT_FALSE(gather_warm_start(*runs.reader(), {7, 7}, 2)->empty());
  EXPECT_TRUE(gather_warm_start(*runs.reader(), {7, 8}, 2)->empty());
}

TEST(WarmStart, IsFixedWhenTheRunBegins) {
  const auto begin = [](Runs& runs) {
    runs.config.budget.candidates = 100;
    runs.go();
    runs.config.seed = 5;
    runs.config.budget.candidates = 400;
    runs.config.hashing.warm_start = true;
  };
  Runs straight;
  begin(straight);
  const RunSummary whole = straight.go().summary;
  EXPECT_GT(whole.warm_hits, 20u);

  // The same, stopped on its way; meanwhile the store learns more, and the first run goes.
  Runs runs;
  begin(runs);
  std::atomic<int> signal{0};
  RunControls controls;
  controls.signal = &signal;
  std::uint64_t durable = 0;
  controls.committed = [&](const std::vector<OutcomeRow>& outcomes) {
    durable += outcomes.size();
    if (durable >= 50) signal = 15;
  };
  runs.go(controls);
  const RunInfo stopped = runs.latest();
  Configuration between = runs.config;
  std::swap(between, runs.config);
  runs.config.seed = 6;
  runs.config.hashing.warm_start = false;
  runs.go();
  runs.config = between;
  ASSERT_TRUE(delete_run(runs.config.store.file, 1));
  EXPECT_EQ(runs.go({}, stopped).summary.result_digest, whole.result_digest);
}

TEST(WarmStart, AReproductionTakesOverTheSame) {
  Runs runs;
  runs.config.budget.candidates = 100;
  runs.go();
  runs.config.seed = 5;
  runs.config.budget.candidates = 300;
  runs.config.hashing.warm_start = true;
  const RunSummary whole = runs.go().summary;
  const RunInfo made = runs.latest();
  RunControls controls;
  controls.origins = *origins_of(*runs.reader(), made.id);
  EXPECT_EQ(runs.go(controls).summary.result_digest, whole.result_digest);
  EXPECT_NE(runs.go().summary.result_digest, whole.result_digest) << "it knows more by now";
}

TEST(ProbingStopped, IsResumedWhereItWasStopped) {
  Runs runs;
  runs.config.hashing.stops_probing = true;
  RunControls controls;
  controls.origins = RunOrigins{nullptr, 150};
  const RunSummary whole = runs.go(controls).summary;
  EXPECT_FALSE(whole.irreproducible_because.empty());
  EXPECT_EQ(origins_of(*runs.reader(), runs.latest().id)->probes_end, 150u);

  std::atomic<int> signal{0};
  controls.signal = &signal;
  std::uint64_t durable = 0;
  controls.committed = [&](const std::vector<OutcomeRow>& outcomes) {
    durable += outcomes.size();
    if (durable >= 60) signal = 15;
  };
  runs.go(controls);
  EXPECT_EQ(runs.go({}, runs.latest()).summary.result_digest, whole.result_digest);
}

/// Stopped at some point and resumed gives what goes through.
void expect_resumes_alike(Runs& runs) {
  const RunSummary whole = runs.go().summary;
  for (const std::uint64_t point : {1u, 40u, 200u}) {
    std::atomic<int> signal{0};
    RunControls controls;
    controls.signal = &signal;
    std::uint64_t durable = 0;
    controls.committed = [&](const std::vector<OutcomeRow>& outcomes) {
      durable += outcomes.size();
      if (durable >= point) signal = 15;
    };
    runs.go(controls);
    EXPECT_EQ(runs.go({}, runs.latest()).summary.result_digest, whole.result_digest) << point;
  }
}

TEST(Resuming, KeepsForgettingAggregationChangeAndTabu) {
  for (const auto policy : {hashing::Policy::kForget, hashing::Policy::kAggregate}) {
    Runs runs;
    runs.own_noise = 0.1;
    runs.config.hashing.policy = policy;
    runs.config.hashing.capacity = 50;
    runs.config.hashing.verify_fraction = 0.1;
    expect_resumes_alike(runs);
  }
  Runs runs;
  runs.config.search.functional_change = 4;
  runs.config.search.tabu_limit = 5;
  expect_resumes_alike(runs);
}

}  // namespace
}  // namespace equivolve::engine
