#include "evaluators/sequence_design/designer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <set>
#include <thread>

#include "evaluators/sequence_design/fitness.hpp"
#include "evaluators/sequence_design/methods.hpp"
#include "evaluators/sequence_design/nk.hpp"
#include "evaluators/sequence_design/selection.hpp"
#include "evaluators/sequence_design/tasks.hpp"

namespace equivolve::sequence_design {
namespace {

OfflineTask small_task(const std::string& landscape = "nk-20x6-1") {
  TaskSettings settings;
  settings.landscape = landscape;
  settings.rows = 300;
  return open_task(settings);
}

DesignerSettings small_settings(Method method) {
  DesignerSettings s;
  s.method = method;
  s.proxy = ProxyKind::kRidgeOneHot;  // quick
  s.designs = 12;
  s.steps = 10;
  s.width = 16;
  s.epochs = 4;
  s.landmarks = 80;
  s.population = 40;
  s.generations = 6;
  s.random_draws = 200;
  s.ensemble = 2;
  s.seed = 3;
  return s;
}

std::vector<Method> all_methods() {
  std::vector<Method> out;
  for (std::size_t m = 0; m < method_names().size(); ++m)
    if (static_cast<Method>(m) != Method::kExhaustive) out.push_back(static_cast<Method>(m));
  return out;
}

Work on_threads(std::size_t count) {
  Work work;
  work.spread = [count](std::size_t n, const std::function<void(std::size_t)>& body) {
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < count; ++t)
      threads.emplace_back([&] {
        for (std::size_t i = next++; i < n; i = next++) body(i);
      });
    for (std::thread& one : threads) one.join();
  };
  return work;
}

/// Of 4,096 sequences, so that all can be tried.
OfflineTask tiny_task() {
  const NkSettings nk{4, 6, 1, 2};
  OfflineTask task;
  task.oracle = nk_landscape(nk, "tiny");
  hashing::Stream stream(9, hashing::Purpose::kTest, 0);
  std::vector<Sequence> rows;
  std::vector<double> scores;
  for (int i = 0; i < 200; ++i) {
    Sequence x(nk.sites);
    for (Symbol& s : x) s = static_cast<Symbol>(stream.below(4));
    scores.push_back(nk_value(nk, x));
    rows.push_back(std::move(x));
  }
  task.offline = make_view(task.oracle->set(), std::move(rows), std::move(scores));
  return task;
}

TEST(Designers, NeverCallTheOracle) {
  const OfflineTask tasks[] = {small_task("nk-20x6-1"), small_task("ehrlich-dna-16"), tiny_task()};
  for (const OfflineTask& task : tasks) {
    ASSERT_TRUE(task.oracle);
    std::vector<Method> methods = all_methods();
    if (&task == &tasks[2]) methods.push_back(Method::kExhaustive);
    for (const Method m : methods) {
      design(task.offline, small_settings(m), {}, {});
      EXPECT_EQ(task.oracle->calls(), 0U) << method_names()[static_cast<std::size_t>(m)];
    }
    // Nor does what a search goes by.
    holdout(task.offline, small_settings(Method::kEvolution), {}, 200, 2, 1, {});
    const Referees referees(task.offline, 2, 8, 2, 1, {});
    judged_fitness(referees, start_sequences(task.offline, 12), 12, 1);
    EXPECT_EQ(task.oracle->calls(), 0U);
    // The counter does count.
    oracle_figures({task.offline.sequences[0]}, *task.oracle);
    EXPECT_EQ(task.oracle->calls(), 1U);
  }
}

TEST(Designers, SameSeedSameDesignsOnAnyNumberOfThreads) {
  const OfflineTask task = small_task();
  for (const Method m : all_methods()) {
    const Designed one = design(task.offline, small_settings(m), {}, {});
    const Designed eight = design(task.offline, small_settings(m), {}, on_threads(8));
    EXPECT_EQ(one.pool.sequences, eight.pool.sequences)
        << method_names()[static_cast<std::size_t>(m)];
    EXPECT_EQ(one.pool.raw, eight.pool.raw);
    EXPECT_EQ(one.pool.scores, eight.pool.scores);
  }
}

TEST(Designers, PoolsAreDistinctFeasibleAndSorted) {
  const OfflineTask task = small_task("ehrlich-dna-16");
  for (const Method m : all_methods()) {
    const Designed made = design(task.offline, small_settings(m), {}, {});
    const std::set<Sequence> different(made.pool.sequences.begin(), made.pool.sequences.end());
    EXPECT_EQ(different.size(), made.pool.sequences.size());
    EXPECT_TRUE(std::is_sorted(made.pool.scores.rbegin(), made.pool.scores.rend()));
    for (const Sequence& x : made.pool.sequences) EXPECT_TRUE(task.offline.set.contains(x));
  }
}

TEST(Designers, ExhaustiveFindsTheProxysBest) {
  TaskSettings settings;
  settings.landscape = "nk-4x20-2";
  settings.rows = 400;
  OfflineTask task = open_task(settings);
  // The first 6 sites alone: 4,096 sequences.
  std::vector<Sequence> rows;
  for (const Sequence& x : task.offline.sequences) rows.emplace_back(x.begin(), x.begin() + 6);
  const OfflineView view = make_view(FeasibleSet({"ACGT", 6}, {}), rows, task.offline.scores);
  DesignerSettings s = small_settings(Method::kExhaustive);
  const Designed all = design(view, s, {}, {});
  ASSERT_EQ(all.pool.sequences.size(), 4096U);
  for (const Method m : {Method::kEvolution, Method::kGradientAscent, Method::kCmaEs}) {
    const Designed made = design(view, small_settings(m), {}, {});
    EXPECT_LE(made.pool.scores[0], all.pool.scores[0] + 1e-9);
  }
  DesignerSettings long_run = small_settings(Method::kEvolution);
  long_run.population = 200;
  long_run.generations = 30;
  EXPECT_NEAR(design(view, long_run, {}, {}).pool.scores[0], all.pool.scores[0], 1e-9);
  EXPECT_THROW(design(task.offline, s, {}, {}), std::runtime_error);
}

TEST(Designers, SearchRaisesThePrediction) {
  const OfflineTask task = small_task();
  for (const Method m : {Method::kGradientAscent, Method::kEvolution, Method::kCbas, Method::kCmaEs,
                         Method::kEnsembleMean, Method::kBib}) {
    DesignerSettings s = small_settings(m);
    s.steps = 60;
    s.gamma = 1;
    const Designed made = design(task.offline, s, {}, {});
    const std::vector<double> offline = made.proxy.of(task.offline.sequences);
    EXPECT_GT(made.pool.scores[0], *std::max_element(offline.begin(), offline.end()))
        << method_names()[static_cast<std::size_t>(m)];
  }
}

TEST(Designers, ALossWithoutBoundStopsItsDesignAlone) {
  const OfflineTask task = small_task();
  DesignerSettings s = small_settings(Method::kBdi);
  s.rate = 1e200;  // the first step leaves the finite numbers
  const Designed made = design(task.offline, s, {}, {});
  EXPECT_EQ(made.pool.diverged, s.designs);
  EXPECT_EQ(made.pool.raw.size(), s.designs);  // each has its last finite iterate
  for (const Sequence& x : made.pool.raw) EXPECT_TRUE(task.offline.set.contains(x));
  s.rate = 0.1;
  EXPECT_EQ(design(task.offline, s, {}, {}).pool.diverged, 0U);
}

TEST(Designers, EveryFeatureMapServesBib) {
  const OfflineTask task = small_task("ehrlich-dna-16");
  for (const ProxyKind kind :
       {ProxyKind::kRidgeOneHot, ProxyKind::kRidgeKmer, ProxyKind::kRidgeLearned}) {
    DesignerSettings s = small_settings(Method::kBib);
    s.proxy = kind;
    s.learned_rate = true;
    const Designed made = design(task.offline, s, {}, {});
    EXPECT_EQ(made.pool.diverged, 0U);
    EXPECT_GE(made.pool.sequences.size(), 12U);
  }
}

TEST(SoftSequence, BackwardIsTheSoftmaxs) {
  const SequenceShape shape{"ACGT", 3};
  const std::vector<double> noise = start_noise(shape, 4);
  SoftSequence soft(Sequence{2, 0, 3}, 4, noise);
  EXPECT_EQ(soft.decoded(), (Sequence{2, 0, 3}));
  std::vector<double> g(12), kept;
  hashing::Stream stream(1, hashing::Purpose::kTest, 0);
  for (double& one : g) one = stream.gaussian();
  kept = g;
  soft.pull_back(g);
  const auto value = [&] {
    double sum = 0;
    for (std::size_t row = 0; row < 12; row += 4) {
      double total = 0;
      for (std::size_t a = 0; a < 4; ++a) total += std::exp(soft.logits()[row + a]);
      for (std::size_t a = 0; a < 4; ++a)
        sum += kept[row + a] * std::exp(soft.logits()[row + a]) / total;
    }
    return sum;
  };
  for (std::size_t i = 0; i < 12; ++i) {
    soft.logits()[i] += 1e-5;
    const double above = value();
    soft.logits()[i] -= 2e-5;
    const double below = value();
    soft.logits()[i] += 1e-5;
    EXPECT_NEAR(g[i], (above - below) / 2e-5, 1e-8);
  }
}

TEST(SoftSequence, SaysWhetherWhatIsDecodedChanged) {
  const SequenceShape shape{"ACGT", 3};
  SoftSequence soft(Sequence{2, 0, 3}, 4, start_noise(shape, 4));
  std::vector<double> p(12, 0.0), expected(12);
  EXPECT_TRUE(soft.one_hot_of(p));
  one_hot(Sequence{2, 0, 3}, 4, expected);
  EXPECT_EQ(p, expected);
  soft.logits()[2] += 0.5;  // greater, and what it was
  EXPECT_FALSE(soft.one_hot_of(p));
  EXPECT_EQ(p, expected);
  soft.logits()[4 + 1] += 5;
  EXPECT_TRUE(soft.one_hot_of(p));
  one_hot(Sequence{2, 1, 3}, 4, expected);
  EXPECT_EQ(p, expected);
}

TEST(Selection, KindsDiffer) {
  const OfflineView view = make_view(FeasibleSet({"ACGT", 3}, {}), {{0, 0, 0}, {1, 1, 1}}, {0, 1});
  Pool pool;
  pool.sequences = {{2, 2, 2}, {2, 2, 3}, {3, 3, 3}};
  pool.scores = {3, 2, 1};
  pool.raw = {{2, 2, 2}, {2, 2, 2}};
  const Designs top = select_designs(pool, view, 2, Selection::kDistinctTop, 0);
  EXPECT_EQ(top.sequences, (std::vector<Sequence>{{2, 2, 2}, {2, 2, 3}}));
  const Designs diverse = select_designs(pool, view, 2, Selection::kDiverse, 2);
  EXPECT_EQ(diverse.sequences, (std::vector<Sequence>{{2, 2, 2}, {3, 3, 3}}));
  EXPECT_EQ(select_designs(pool, view, 2, Selection::kRaw, 0).sequences, pool.raw);
  const Designs filled = select_designs(pool, view, 5, Selection::kDistinctTop, 0);
  EXPECT_EQ(filled.filled, 2U);
  EXPECT_EQ(filled.sequences[3], (Sequence{1, 1, 1}));
}

TEST(Figures, PercentilesAndCounts) {
  EXPECT_DOUBLE_EQ(percentile({4, 1, 3, 2}, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(percentile({3, 1, 2}, 0.5), 2);
  EXPECT_DOUBLE_EQ(percentile({3, 1, 2}, 1), 3);
  const OfflineView view = make_view(FeasibleSet({"AC", 2}, {}), {{0, 0}, {0, 1}}, {0, 1});
  const DesignFigures f = design_figures({{0, 0}, {1, 1}, {1, 1}}, view);
  EXPECT_EQ(f.unique, 2);
  EXPECT_EQ(f.novel, 1);
  EXPECT_DOUBLE_EQ(f.diversity, 4.0 / 3);
  EXPECT_EQ(f.feasible, 1);
}

}  // namespace
}  // namespace equivolve::sequence_design
