// The cache's policies, functional change, tabu and the end of probing, in the search loop.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <set>

#include "engine/store/reader.hpp"
#include "tests/engine/run/toy_run.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::engine {
namespace {

using hashing::Policy;
using test::ToyRun;

constexpr Policy kPolicies[] = {Policy::kReuse, Policy::kForget, Policy::kAggregate, Policy::kOff};

struct EachPolicy : testing::TestWithParam<Policy> {};
INSTANTIATE_TEST_SUITE_P(Policies, EachPolicy, testing::ValuesIn(kPolicies));

TEST_P(EachPolicy, WorkersAndRepliesDoNotChangeTheResult) {
  ToyRun first;
  first.settings.policy = GetParam();
  first.settings.capacity = 50;
  first.settings.verify_fraction = 0.1;
  first.workers = 1;
  first.go();
  const PipelineSettings settings = first.settings;
  for (const unsigned workers : {2u, 8u}) {
    ToyRun run;
    run.settings = settings;
    run.workers = workers;
    EXPECT_EQ(run.go().result_digest, first.result_digest) << workers;
  }
  for (std::uint64_t order = 1; order <= 20; ++order) {
    ToyRun run;
    run.settings = settings;
    run.shuffle = order;
    ASSERT_EQ(run.go().result_digest, first.result_digest) << order;
  }
}

TEST_P(EachPolicy, WalksThePathOfASearchWithoutACache) {
  ToyRun on, off;
  on.settings.policy = GetParam();
  on.settings.capacity = 50;
  off.settings.policy = Policy::kOff;
  EXPECT_EQ(on.go().trajectory_digest, off.go().trajectory_digest);
}

TEST_P(EachPolicy, FunctionalChangeAndTabuAreDeterministicToo) {
  ToyRun first;
  first.settings.policy = GetParam();
  first.settings.functional_change = 5;
  first.settings.tabu_limit = 20;
  first.go();
  for (std::uint64_t order = 1; order <= 10; ++order) {
    ToyRun run;
    run.settings = first.settings;
    run.shuffle = order;
    ASSERT_EQ(run.go().result_digest, first.result_digest) << order;
  }
}

TEST(Policies, ForgettingEvaluatesTheSameBehaviourAgain) {
  ToyRun reuse, forget;
  forget.settings.policy = Policy::kForget;
  forget.settings.forget_probability = 0.5;
  reuse.go();
  forget.go();
  EXPECT_GT(forget.totals.evaluations, reuse.totals.evaluations + 200);
  EXPECT_GT(forget.accounting.forgotten, 200u);
}

/// Own seeds of all trials, by the fitness without noise: that tells behaviours apart.
std::map<std::vector<std::byte>, std::multiset<std::uint64_t>> seeds_by_genome(ToyRun& run) {
  std::map<std::vector<std::byte>, std::multiset<std::uint64_t>> seeds;
  std::mutex mutex;
  run.evaluator.on_trial = [&](const CandidateView& candidate, const TrialRequest& request,
                               const std::atomic<bool>&) {
    std::lock_guard lock(mutex);
    seeds[{candidate.genome.begin(), candidate.genome.end()}].insert(request.own_seed);
  };
  run.go();
  return seeds;
}

TEST(Policies, WhatIsEvaluatedAgainDrawsAnew) {
  for (const Policy policy : {Policy::kForget, Policy::kAggregate}) {
    ToyRun run;
    run.settings.policy = policy;
    run.settings.forget_probability = 0.5;
    bool again = false;
    for (const auto& [genome, seeds] : seeds_by_genome(run)) {
      again = again || seeds.size() > 1;
      EXPECT_EQ(std::set<std::uint64_t>(seeds.begin(), seeds.end()).size(), seeds.size());
    }
    EXPECT_TRUE(again) << static_cast<int>(policy);
  }
}

/// By how much the best's figure is better than what it is without noise.
double luck_of_the_best(Policy policy, std::uint64_t seed) {
  ToyRun run;
  run.settings.policy = policy;
  run.settings.seed = seed;
  run.evaluator.descriptor_.deterministic = false;
  run.evaluator.own_noise = 0.2;
  run.go();
  test::ToyEvaluator quiet;
  const Leader& best = run.leaders.front();
  const std::atomic<bool> stop{false};
  return best.score -
         quiet.evaluate({best.genome->representation, best.genome->flat, {}}, {}, stop).figures[0];
}

TEST(Policies, AggregationAndForgettingTakeLuckOffTheLeaders) {
  double reuse = 0, aggregate = 0, forget = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    reuse += luck_of_the_best(Policy::kReuse, seed);
    aggregate += luck_of_the_best(Policy::kAggregate, seed);
    forget += luck_of_the_best(Policy::kForget, seed);
  }
  EXPECT_LT(forget, reuse);
  EXPECT_GT(reuse / 8, 0.2);
  EXPECT_LT(aggregate, 0.7 * reuse);
}

/// Every told candidate's behaviour and figure, in the order of telling; NaN: it failed.
std::vector<std::pair<std::uint64_t, double>> told_of(ToyRun& run) {
  tests::TempFolder folder;
  auto writer = StoreWriter::open(folder.path() / "toy.db");
  std::vector<std::pair<std::uint64_t, double>> told;
  (*writer)->on_commit([&](const std::vector<OutcomeRow>& outcomes) {
    for (const OutcomeRow& row : outcomes)
      told.emplace_back(row.cls, row.status == Status::kOk
                                     ? row.told[0]
                                     : std::numeric_limits<double>::quiet_NaN());
  });
  RunHead head;
  head.figures.resize(run.evaluator.info().figures.size());
  EXPECT_TRUE((*writer)->begin_run(head));
  run.writer = writer->get();
  run.go();
  EXPECT_TRUE((*writer)->flush());
  return told;
}

TEST(Policies, TheBestIsTheBestOfWhatWasToldLast) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    ToyRun run;
    run.settings.policy = Policy::kAggregate;
    run.settings.seed = seed;
    run.settings.leaders_kept = 1;
    run.settings.max_failed_share = 1;
    run.algorithm = "random";
    run.evaluator.own_noise = 0.3;
    // By its seed: a behaviour may fail in one trial and not in another.
    run.evaluator.fails_in = [](double, const TrialRequest& request) {
      return request.repeat > 0 && request.own_seed % 7 == 0;
    };
    run.evaluator.failure = Reason::kEvaluatorError;
    std::map<std::uint64_t, double> last;  // by behaviour
    for (const auto& [cls, figure] : told_of(run)) last[cls] = figure;
    double best = -1e9;
    for (const auto& [cls, figure] : last)
      if (figure > best) best = figure;
    EXPECT_EQ(run.leaders.front().score, best) << seed;
  }
}

TEST(Policies, AggregationTellsTheMeanSoFarAndThenReuses) {
  ToyRun run;
  run.settings.policy = Policy::kAggregate;
  run.settings.max_evaluations = 3;
  run.evaluator.digest_mask = 0;  // one behaviour
  run.budget.candidates = 20;
  run.go();
  EXPECT_EQ(run.totals.evaluations, 3u);
  EXPECT_EQ(run.accounting.again, 2u);
  EXPECT_EQ(run.accounting.hits, 17u);
}

TEST(Policies, AggregatedTrialsAreVerifiedWithTheirFirstSeeds) {
  ToyRun run;
  run.settings.policy = Policy::kAggregate;
  run.settings.max_evaluations = 2;
  run.settings.verify_fraction = 1;
  run.evaluator.own_noise = 0.1;  // of the seeds alone: what is repeated gives the same
  run.go();
  EXPECT_GT(run.totals.verified, 200u);
  EXPECT_EQ(run.totals.wrong_hits, 0u);
}

TEST(Policies, ForgottenTrialsAreVerifiedWithTheirOwnSeeds) {
  ToyRun run;
  run.settings.policy = Policy::kForget;
  run.settings.verify_fraction = 1;
  run.evaluator.own_noise = 0.1;
  run.go();
  EXPECT_GT(run.accounting.forgotten, 20u);
  EXPECT_GT(run.totals.verified, 200u);
  EXPECT_EQ(run.totals.wrong_hits, 0u);
}

// ---- functional change and tabu

/// Share of mutations that are of their parent's class.
double idle_share(std::uint32_t attempts) {
  tests::TempFolder folder;
  ToyRun run;
  run.settings.functional_change = attempts;
  auto writer = StoreWriter::open(folder.path() / "toy.db");
  RunHead head;
  head.figures.resize(run.evaluator.info().figures.size());
  const RunId id = (*writer)->begin_run(head).value();
  run.writer = writer->get();
  run.go();
  EXPECT_TRUE((*writer)->finish_run());
  std::vector<std::uint64_t> classes;  // by birth
  double mutations = 0, idle = 0;
  auto reader = StoreReader::open(folder.path() / "toy.db");
  EXPECT_TRUE((*reader)->each_candidate(
      id, [&](const OutcomeRow& row, const GenomeRow& genome, const TrialRow*) {
        classes.push_back(row.cls);
        if (genome.operator_id < 2) return;  // from nothing, or a copy
        ++mutations;
        idle += row.cls == classes[genome.parent];
      }));
  return idle / mutations;
}

TEST(FunctionalChange, MutationsDoNotRepeatTheirParents) {
  EXPECT_GT(idle_share(0), 0.2);
  EXPECT_LT(idle_share(20), 0.001);
}

TEST(FunctionalChange, IsTheSameWithTheCacheOff) {
  ToyRun on, off;
  on.settings.functional_change = off.settings.functional_change = 3;
  off.settings.policy = Policy::kOff;
  EXPECT_EQ(on.go().trajectory_digest, off.go().trajectory_digest);
}

TEST(FunctionalChange, AMutationThatCannotChangeAnythingIsTakenInTheEnd) {
  ToyRun run;
  run.evaluator.digest_mask = 0;
  run.settings.functional_change = 4;
  std::atomic<std::uint64_t> probes{0};
  run.evaluator.on_probe = [&] { ++probes; };
  run.budget.candidates = 200;
  run.go();
  EXPECT_EQ(run.totals.candidates, 200u);
  EXPECT_GT(probes.load(), 400u);
  EXPECT_LE(probes.load(), 1001u);
}

TEST(Tabu, NoClassIsSeenMoreOftenThanTheLimit) {
  ToyRun run;
  run.settings.tabu_limit = 3;
  run.settings.tabu_attempts = 100;
  run.algorithm = "random";
  run.budget.candidates = 60;
  run.go();
  EXPECT_EQ(run.totals.candidates, 60u);
  EXPECT_LE(run.accounting.hits, 2 * run.accounting.classes);
}

TEST(Tabu, AttemptsAreBounded) {
  ToyRun run;
  run.evaluator.digest_mask = 0;
  run.settings.tabu_limit = 1;
  run.settings.tabu_attempts = 5;
  std::atomic<std::uint64_t> probes{0};
  run.evaluator.on_probe = [&] { ++probes; };
  run.budget.candidates = 100;
  run.go();
  EXPECT_EQ(run.totals.candidates, 100u);
  EXPECT_EQ(probes.load(), 2 + 99 * 6) << "the first one is checked";
}

TEST(Tabu, SpreadsTheSearchOverMoreClasses) {
  ToyRun plain, tabu;
  tabu.settings.tabu_limit = 1;
  plain.budget.candidates = tabu.budget.candidates = 200;
  EXPECT_GT(tabu.go().accounting.classes, plain.go().accounting.classes + 30);
}

// ---- the end of probing

TEST(Probing, OnceStoppedNothingIsMerged) {
  ToyRun run;
  run.workers = 1;
  std::atomic<std::uint64_t> probes{0};
  Pipeline* pipeline = nullptr;
  run.on_pipeline = [&](Pipeline& made) { pipeline = &made; };
  run.evaluator.on_probe = [&] {
    if (++probes == 500) pipeline->stop_probing();
  };
  run.go();
  EXPECT_EQ(run.totals.candidates, 2000u);
  EXPECT_GE(probes.load(), 500u);
  EXPECT_LE(probes.load(), 517u) << "those in flight";
  EXPECT_GT(run.totals.evaluations, 1480u);
}

TEST(Probing, AStoredEndGivesTheSameRun) {
  ToyRun one, other;
  one.settings.probes_end = other.settings.probes_end = 700;
  other.workers = 8;
  EXPECT_EQ(one.go().result_digest, other.go().result_digest);
  ToyRun never;
  EXPECT_NE(one.result_digest, never.go().result_digest);
  EXPECT_EQ(one.trajectory_digest, never.trajectory_digest);
}

}  // namespace
}  // namespace equivolve::engine
