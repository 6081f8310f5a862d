// Levels, halving, repeats and pruning, from a YAML file to the results file: whatever the workers,
// kills and resumes, the same run.
#include <gtest/gtest.h>

#include <signal.h>

#include <fstream>
#include <map>
#include <set>

#include <fmt/format.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

struct Search {
  const char* name;
  const char* keys;     ///< of the section `search`
  const char* options;  ///< of the evaluator
};
void PrintTo(const Search& one, std::ostream* out) {
  *out << one.name;
}
constexpr Search kSearches[] = {
    {"full", "algorithm: regularized_evolution", "{}"},
    {"hurdle", "algorithm: regularized_evolution, schedule: hurdle, hurdle_percentile: 60", "{}"},
    {"halving", "algorithm: tpe, schedule: successive_halving, reduction_factor: 2",
     "{comparable: true}"},
    {"hyperband", "algorithm: hill_climbing, schedule: hyperband", "{}"},
    {"halving_of_two_objectives",
     "algorithm: nsga2, schedule: successive_halving, population_size: 20", "{objectives: 2}"},
    {"repeats", "algorithm: regularized_evolution, repeats: 3", "{noise: 0.1}"},
    {"repeats_without_racing",
     "algorithm: mu_plus_lambda, population_size: 20, repeats: 3, racing: false", "{}"},
    {"median", "algorithm: random, pruning: median", "{}"},
    {"percentile",
     "algorithm: islands, population_size: 10, tournament_size: 3, pruning: percentile, "
     "pruning_percentile: 40, pruning_warmup: 2",
     "{}"},
    {"median_of_two_objectives", "algorithm: random, pruning: median", "{objectives: 2}"},
    {"all_at_once", "algorithm: cma_es, schedule: hyperband, repeats: 2, pruning: median", "{}"}};

constexpr std::uint64_t kCandidates = 300;

class Schedules : public testing::TestWithParam<Search> {
 protected:
  Schedules() { write_file(yaml_, text_of(GetParam())); }

  static std::string text_of(const Search& search) {
    return fmt::format(
        "evaluator: {{id: learning_curve, isolation: thread}}\n"
        "plugins: {{folders: [{}/good]}}\n"
        "seed: 3\n"
        "options: {}\n"
        "search: {{{}}}\n"
        "budget: {{candidates: {}}}\n"
        "final: {{top: 2, repeats: 2}}\n",
        EQUIVOLVE_TEST_MODULES, search.options, search.keys, kCandidates);
  }

  std::vector<std::string> arguments(const std::string& store, const std::string& workers) const {
    return {"run",    yaml_,     "--store", store,
            "--json", "--quiet", "--set",   "workers.count=" + workers};
  }
  std::string new_store() { return folder_.path() / ("run" + std::to_string(runs_++) + ".db"); }
  nlohmann::json run(const std::string& workers, const std::string& store) {
    const Finished done = equivolve(arguments(store, workers));
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return answer(done);
  }
  std::vector<nlohmann::json> rows(const std::string& store) {
    const std::string out = store + ".jsonl";
    EXPECT_EQ(equivolve({"export", "latest", "--store", store, "--out", out}).exit_code, 0);
    std::vector<nlohmann::json> all;
    std::ifstream lines(out);
    for (std::string line; std::getline(lines, line);) all.push_back(nlohmann::json::parse(line));
    return all;
  }

  TempFolder folder_;
  const std::string yaml_ = folder_.path() / "curve.yaml";
  int runs_ = 0;
};
INSTANTIATE_TEST_SUITE_P(All, Schedules, testing::ValuesIn(kSearches),
                         [](const auto& one) { return one.param.name; });

TEST_P(Schedules, WorkersDoNotChangeTheResult) {
  const auto one = run("1", new_store());
  EXPECT_EQ(one["candidates"], kCandidates);
  for (const char* workers : {"2", "8"}) {
    const auto more = run(workers, new_store());
    EXPECT_EQ(more["result_digest"], one["result_digest"]) << workers;
    EXPECT_EQ(more["best"], one["best"]) << workers;
  }
}

TEST_P(Schedules, AKilledRunEndsAsIfItHadNot) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  const auto whole = run("2", new_store());
  for (const char* point : {"run.told:15", "run.evaluated:120", "run.look_up:280"}) {
    const std::string store = new_store();
    const Finished killed = equivolve(arguments(store, "2"), {{"EQUIVOLVE_FAULT", point}});
    ASSERT_EQ(killed.signal, SIGKILL) << point << killed.err;
    const Finished done = equivolve({"resume", "1", "--store", store, "--json", "--quiet"});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(answer(done)["result_digest"], whole["result_digest"]) << point;
    EXPECT_EQ(answer(done)["best"], whole["best"]) << point;
    EXPECT_EQ(answer(done)["levels"], whole["levels"]) << point;
    EXPECT_EQ(answer(done)["pruned"], whole["pruned"]) << point;
    EXPECT_EQ(equivolve({"store", "verify", "--store", store}).exit_code, 0) << point;
  }
}

TEST_P(Schedules, TheSummarySaysWhatWasSpentOnWhichLevel) {
  const std::string store = new_store(), keys = GetParam().keys;
  const auto done = run("2", store);
  const Finished shown = equivolve({"show", "1", "--store", store});
  std::uint64_t sum = 0;
  for (const auto& level : done["levels"]) {
    sum += level["evaluations"].get<std::uint64_t>();
    EXPECT_NE(shown.out.find(level["name"].get<std::string>() + " " + level["evaluations"].dump()),
              std::string::npos)
        << level << shown.out;
  }
  if (keys.find("schedule") == std::string::npos)
    EXPECT_TRUE(done["levels"].empty()) << done;
  else
    EXPECT_EQ(sum, done["evaluations"]) << done;
  const bool prunes = keys.find("pruning") != std::string::npos;
  EXPECT_EQ(done["pruned"] > 0, prunes) << done;
  EXPECT_EQ(shown.out.find("were ended early") != std::string::npos, prunes) << shown.out;
}

// Own seeds are keyed by births without a cache: what it leads to is equal where nothing is random.
TEST_P(Schedules, TheCacheDoesNotChangeWhereItLeads) {
  if (std::string(GetParam().keys).find("pruning") != std::string::npos)
    GTEST_SKIP() << "equal candidates share the fate of the one that was stopped";
  const auto trajectory_with = [&](const std::string& policy) {
    auto quiet = arguments(new_store(), "2");
    quiet.insert(quiet.end(), {"--set", "options.noise=0", "--set", "hashing.policy=" + policy});
    const Finished done = equivolve(quiet);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return answer(done)["trajectory_digest"];
  };
  EXPECT_EQ(trajectory_with("reuse"), trajectory_with("off"));
}

TEST_P(Schedules, ForgettingKeepsThePromisesToo) {
  const auto with = [&](const std::string& workers) {
    auto all = arguments(new_store(), workers);
    all.insert(all.end(), {"--set", "hashing.policy=forget", "--set", "search.tabu_limit=3"});
    const Finished done = equivolve(all);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return answer(done)["result_digest"];
  };
  EXPECT_EQ(with("1"), with("8"));
}

TEST_P(Schedules, ARunCanBeReproducedAndGoesOn) {
  const std::string store = new_store();
  run("2", store);
  const Finished again = equivolve({"reproduce", "1", "--store", store, "--quiet"});
  EXPECT_EQ(again.exit_code, 0) << again.err << again.out;
  const Finished longer = equivolve(
      {"resume", "1", "--store", store, "--json", "--quiet", "--set", "budget.candidates=400"});
  ASSERT_EQ(longer.exit_code, 0) << longer.err;
  EXPECT_EQ(answer(longer)["candidates"], 400u);
  const Finished longer_again = equivolve({"reproduce", "1", "--store", store, "--quiet"});
  EXPECT_EQ(longer_again.exit_code, 0) << longer_again.err << longer_again.out;
  EXPECT_EQ(equivolve({"store", "verify", "--store", store}).exit_code, 0);
}

TEST_P(Schedules, TheBestIsOneThatWentAllTheWay) {
  const std::string store = new_store();
  auto one_finalist = arguments(store, "2");
  one_finalist.insert(one_finalist.end(), {"--set", "final.top=1"});
  const Finished done = equivolve(one_finalist);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto summary = answer(done);
  double best = 1e9;
  std::map<std::uint64_t, std::string> last;  // of each birth, what its last row says
  for (const auto& row : rows(store)) {
    const std::string status = row["status"];
    ASSERT_TRUE(status == "ok" || status == "partial" || status == "pruned") << status;
    last[row["birth"].get<std::uint64_t>()] = status;
    if (status != "ok") continue;
    EXPECT_EQ(row["level"], 3);
    best = std::min(best, row["loss"].get<double>());
  }
  EXPECT_EQ(last.size(), kCandidates);
  EXPECT_DOUBLE_EQ(summary["best"]["validation"]["loss"].get<double>(), best);
  const Finished shown = equivolve({"show", "latest", "--store", store, "--json"});
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
}

class OneSchedule : public Schedules {};
INSTANTIATE_TEST_SUITE_P(Halving, OneSchedule, testing::Values(kSearches[2]));

TEST_P(OneSchedule, FewGoUpAndNothingIsBredTwice) {
  const std::string store = new_store();
  run("2", store);
  std::map<int, std::set<std::uint64_t>> births;  // by level
  for (const auto& row : rows(store))
    EXPECT_TRUE(births[row["level"].get<int>()].insert(row["birth"].get<std::uint64_t>()).second);
  EXPECT_EQ(births[0].size(), kCandidates);
  for (int level = 1; level < 4; ++level) {
    EXPECT_GT(births[level].size(), 0u);
    EXPECT_LT(births[level].size(), births[level - 1].size());
    for (const std::uint64_t birth : births[level]) EXPECT_TRUE(births[level - 1].contains(birth));
  }
}

class OneRepeat : public Schedules {};
INSTANTIATE_TEST_SUITE_P(Repeats, OneRepeat, testing::Values(kSearches[5]));

TEST_P(OneRepeat, RacingSparesTrialsOfWhatCannotWin) {
  const std::string store = new_store();
  run("2", store);
  std::map<std::uint64_t, int> trials;
  for (const auto& row : rows(store)) ++trials[row["birth"].get<std::uint64_t>()];
  std::map<int, int> counts;
  for (const auto& one : trials) ++counts[one.second];
  EXPECT_GT(counts[1], 30);
  EXPECT_GT(counts[3], 5);
}

class OnePruning : public Schedules {};
INSTANTIATE_TEST_SUITE_P(Pruning, OnePruning, testing::Values(kSearches[7]));

TEST_P(OnePruning, StopsTrialsAndSaysSo) {
  const std::string store = new_store();
  run("2", store);
  int pruned = 0;
  for (const auto& row : rows(store)) pruned += row["status"] == "pruned" ? 1 : 0;
  EXPECT_GT(pruned, 60);
  EXPECT_LT(pruned, 270);
}

TEST_P(OneSchedule, WhatAnEarlierRunKnowsCountsAtEveryLevel) {
  const std::string store = new_store();
  const auto first = run("2", store);
  auto again = arguments(store, "2");
  again.insert(again.end(), {"--set", "hashing.warm_start=true"});
  const Finished warm = equivolve(again);
  ASSERT_EQ(warm.exit_code, 0) << warm.err;
  EXPECT_EQ(answer(warm)["evaluations"], 0u);
  EXPECT_EQ(answer(warm)["warm_hits"], first["evaluations"]);
  EXPECT_EQ(answer(warm)["trajectory_digest"], first["trajectory_digest"]);
  again.insert(again.end(), {"--set", "budget.evaluations=250"});
  EXPECT_EQ(answer(equivolve(again))["warm_hits"], 250u);
}

TEST_P(OneSchedule, ValidateNamesTheLevelsAndShowCountsCandidates) {
  const Finished valid = equivolve({"validate", yaml_});
  EXPECT_NE(valid.out.find("levels, with their cost: 1 epoch (0.037), 3 epochs (0.111), 9 epochs "
                           "(0.333), 27 epochs (1)"),
            std::string::npos)
      << valid.out;
  const std::string store = new_store();
  const auto summary = run("2", store);
  const Finished shown = equivolve({"show", "latest", "--store", store});
  EXPECT_NE(shown.out.find(fmt::format("candidates     {}, {} outcomes", kCandidates,
                                       summary["stopped_at"].get<std::uint64_t>())),
            std::string::npos)
      << shown.out << summary;
}

TEST(LearningCurve, IsLowestWhereItSays) {
  TempFolder folder;
  const std::string yaml = folder.path() / "curve.yaml", store = folder.path() / "run.db";
  write_file(yaml, fmt::format("evaluator: {{id: learning_curve, isolation: thread}}\n"
                               "plugins: {{folders: [{}/good]}}\n"
                               "options: {{noise: 0}}\n"
                               "search:\n"
                               "  initial: {{candidates: [{{x: 0.3, y: 0.7, rate: 1}}]}}\n"
                               "budget: {{candidates: 1}}\n",
                               EQUIVOLVE_TEST_MODULES));
  const Finished done = equivolve({"run", yaml, "--store", store, "--json", "--quiet"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NEAR(answer(done)["best"]["validation"]["loss"].get<double>(), 0.055, 1e-9);
}

TEST(ScheduleErrors, OneLevelIsNoSchedule) {
  TempFolder folder;
  const std::string yaml = folder.path() / "front.yaml";
  write_file(yaml, fmt::format("evaluator: toy_front\n"
                               "plugins: {{folders: [{}/good]}}\n"
                               "search:\n"
                               "  schedule: hyperband\n",
                               EQUIVOLVE_TEST_MODULES));
  const Finished done = equivolve({"run", yaml, "--store", folder.path() / "run.db"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_NE(done.err.find("front.yaml:4:13"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("needs several levels of fidelity; evaluator 'toy_front' has one"),
            std::string::npos)
      << done.err;
}

}  // namespace
}  // namespace equivolve::tests
