// One file, many runs.
#include "engine/config/vary.hpp"

#include "engine/config/resolved.hpp"
#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

const std::string kBase = "name: sweep\nseed: 7\nevaluator: toy\n";

tl::expected<ReadRuns, ConfigProblems> read_all(const std::string& text,
                                                std::optional<std::uint64_t> seeds = {},
                                                std::vector<std::string> overrides = {}) {
  return read_runs_text(text, "run.yaml", "/runs", options(std::move(overrides)), seeds);
}

ReadRuns runs(const std::string& text, std::optional<std::uint64_t> seeds = {},
              std::vector<std::string> overrides = {}) {
  auto result = read_all(text, seeds, std::move(overrides));
  if (result) return std::move(*result);
  ADD_FAILURE() << text_of(result.error());
  return {};
}

std::string refusal(const std::string& text, std::optional<std::uint64_t> seeds = {},
                    std::vector<std::string> overrides = {}) {
  const auto result = read_all(text, seeds, std::move(overrides));
  if (result) return "accepted";
  std::string all;
  for (const ConfigProblem& problem : result.error()) {
    const std::string whole = problem.text();
    all += (all.empty() ? "" : " | ") + whole.substr(0, whole.find('\n'));
  }
  return all;
}

TEST(Vary, WithoutItAFileIsOneRun) {
  for (const std::string& text : {kBase, kBase + "vary: {}\n"}) {
    const ReadRuns one = runs(text);
    EXPECT_FALSE(one.is_group);
    ASSERT_EQ(one.runs(), 1u);
    EXPECT_EQ(one.settings[0].values_json, "{}");
    EXPECT_EQ(one.seeds, std::vector<std::uint64_t>{7});
  }
}

TEST(Vary, IsTheCrossProductInTheOrderWritten) {
  const ReadRuns all = runs(kBase +
                            "vary:\n  search.algorithm: [random, regularized_evolution]\n  "
                            "budget.candidates: [10, 20]\n");
  EXPECT_TRUE(all.is_group);
  std::vector<std::string> values;
  for (const Setting& setting : all.settings) values.push_back(setting.values_json);
  EXPECT_EQ(values, (std::vector<std::string>{
                        R"({"search.algorithm":"random","budget.candidates":10})",
                        R"({"search.algorithm":"random","budget.candidates":20})",
                        R"({"search.algorithm":"regularized_evolution","budget.candidates":10})",
                        R"({"search.algorithm":"regularized_evolution","budget.candidates":20})"}));
  EXPECT_EQ(all.settings[2].read.configuration.search.algorithm, "regularized_evolution");
  EXPECT_EQ(all.settings[2].read.configuration.budget.candidates, 10u);
}

TEST(Vary, GivesTheConfigurationsThatSetGives) {
  const ReadRuns all = runs(kBase + "vary: {data.file: [a.csv, b.csv], workers: [1, 3]}\n");
  ASSERT_EQ(all.settings.size(), 4u);
  const Configuration single = configuration(kBase, {"data.file=b.csv", "workers=1"});
  EXPECT_EQ(to_json_text(all.settings[2].read.configuration), to_json_text(single));
}

TEST(Vary, SeedsCountFromTheFilesSeed) {
  const ReadRuns all = runs(kBase, 3);
  EXPECT_TRUE(all.is_group);
  EXPECT_EQ(all.settings.size(), 1u);
  EXPECT_EQ(all.seeds, (std::vector<std::uint64_t>{7, 8, 9}));
  EXPECT_EQ(runs(kBase, 1).is_group, true);
  EXPECT_EQ(runs(kBase, 2, {"seed=100"}).seeds, (std::vector<std::uint64_t>{100, 101}));
}

TEST(Vary, SeedsMayBeListed) {
  const ReadRuns all = runs(kBase + "vary: {search.algorithm: [random], seed: [5, 1, 9]}\n");
  EXPECT_EQ(all.settings.size(), 1u);
  EXPECT_EQ(all.settings[0].values_json, R"({"search.algorithm":"random"})");
  EXPECT_EQ(all.seeds, (std::vector<std::uint64_t>{5, 1, 9}));
}

TEST(Vary, CanBeGivenOnTheCommandLine) {
  EXPECT_EQ(
      runs(kBase, {}, {"vary={search.algorithm: [random, regularized_evolution]}"}).settings.size(),
      2u);
}

// Neither value may go without a word: not the one of --set, not those of the file.
TEST(Vary, AnOverrideOfWhatVariesIsRefused) {
  const std::string file =
      kBase + "vary: {search.algorithm: [random, regularized_evolution], seed: [1, 2]}\n";
  EXPECT_EQ(refusal(file, {}, {"budget.candidates=50", "search.algorithm=random"}),
            "--set search.algorithm=random: search.algorithm varies in this group "
            "(vary.search.algorithm); expected this left out, or other values to vary: --set "
            "'vary.\"search.algorithm\"=[...]'");
  for (const char* other : {"search={algorithm: random}", "search.\"algorithm\"=random",
                            "search.algorithm.x=1", "seed=9", "\"seed\"=9"})
    EXPECT_TRUE(refusal(file, {}, {other}).starts_with(std::string("--set ") + other)) << other;
  for (const char* beside : {"search.algorithms=1", "search.population_size=9", "budget.time=1s"})
    EXPECT_EQ(refusal(file, {}, {beside}).find("varies"), std::string::npos) << beside;
  EXPECT_EQ(runs(file, {}, {"vary.seed=[9]"}).seeds, std::vector<std::uint64_t>{9});
  EXPECT_EQ(runs(file, {}, {"vary.\"search.algorithm\"=[random]"}).settings.size(), 1u);
  EXPECT_FALSE(runs(file, {}, {"vary={}", "seed=9"}).is_group);
}

TEST(Vary, AKeySetsNoneOfTheKeysBeforeIt) {
  EXPECT_EQ(refusal(kBase + "vary: {data.target: [x, y], data: [{file: a}, {file: b}]}\n"),
            "run.yaml:4:29: vary.data sets data.target as well; expected one of them");
  EXPECT_EQ(runs(kBase + "vary: {data: [a.csv, b.csv], data.target: [x, y]}\n").runs(), 4u);
  EXPECT_EQ(runs(kBase + "vary: {'\"seed\"': [3, 4]}\n").seeds, (std::vector<std::uint64_t>{3, 4}));
  EXPECT_NE(refusal(kBase + "vary: {'\"name\"': [a, b]}\n").find("cannot vary"), std::string::npos);
}

TEST(Vary, IsNoPartOfASingleRun) {
  EXPECT_EQ(first_line(kBase + "vary: {seed: [1, 2]}\n"),
            "run.yaml:4:1: vary makes a group of runs, which `equivolve run` carries out; expected "
            "the configuration of one run, without it (or with --set 'vary={}' over it)");
  EXPECT_EQ(problems(kBase + "vary: {seed: [1, 2]}\n", {"vary={}"}), "");
  for (const char* assignment : {"vary={seed: [5, 6]}", "vary.nonsense=3", "vary.seed=[1]"})
    EXPECT_TRUE(first_line(kBase, {assignment})
                    .starts_with(std::string("--set ") + assignment + ": vary makes a group"))
        << assignment;
}

TEST(Vary, TheFileAloneNeedNotBeComplete) {
  EXPECT_EQ(runs("vary: {evaluator: [toy, other]}\n").settings.size(), 2u);
}

TEST(Vary, ABadValueIsNamedWhereItStands) {
  EXPECT_EQ(refusal(kBase + "vary:\n  search.population_size: [50, many, 0]\n"),
            "run.yaml:5:32: search.population_size is 'many'; expected an integer from 1 to "
            "10000000 | run.yaml:5:38: search.population_size is '0'; expected an integer from 1 "
            "to 10000000");
}

TEST(Vary, AnUnknownKeyIsNamedOnceWithTheNearest) {
  EXPECT_EQ(
      refusal(kBase + "vary: {search.algoritm: [random, x], budget.candidates: [1, 2]}\n"),
      "run.yaml:4:8: unknown key 'algoritm' in search; expected one of algorithm, "
      "population_size, tournament_size, mutation_probability, crossover_probability, operators, "
      "initial, "
      "restart_after, children, neighbours, descriptors, islands, island_algorithm, migration, "
      "migration_every, lookahead, functional_change, tabu_limit, tabu_attempts, "
      "startup_candidates, ei_candidates, multivariate, initial_step, cma_population, grid_points, "
      "schedule, hurdle_percentile, reduction_factor, repeats, racing, pruning, "
      "pruning_percentile, pruning_startup, pruning_warmup, order; "
      "did you mean 'algorithm'?");
}

TEST(Vary, AProblemOfTheFileIsNamedOnce) {
  EXPECT_EQ(refusal(kBase + "final: {top: x}\nvary: {search.population_size: [50, 60]}\n"),
            "run.yaml:4:14: final.top is 'x'; expected an integer from 1 to 10000");
}

struct BadVary {
  const char* text;
  const char* message;
};

TEST(Vary, WhatItCannotBe) {
  const BadVary all[] = {
      {"vary: 3\n",
       "run.yaml:4:7: vary is '3'; expected a map of keys as `--set` takes them, each "
       "with a list of values: {search.algorithm: [random, regularized_evolution]}"},
      {"vary: {search.algorithm: random}\n",
       "run.yaml:4:26: vary.search.algorithm is 'random'; expected a list of values, as in [1, 2]"},
      {"vary: {search.algorithm: []}\n",
       "run.yaml:4:26: vary.search.algorithm is an empty list; expected a list of values, as in "
       "[1, 2]"},
      {"vary: {search: {algorithm: [random]}}\n",
       "run.yaml:4:16: vary.search is a map; expected a list of values; a key within it is written "
       "with a dot: search.KEY: [...]"},
      {"vary: {budget.candidates: [5, 6, 5]}\n",
       "run.yaml:4:34: vary.budget.candidates has this value twice; expected each once"},
      {"vary: {name: [a, b]}\n",
       "run.yaml:4:8: 'name' cannot vary; expected a key that changes what a run does (its name "
       "and its store are the group's)"},
      {"vary: {store.file: [a.db, b.db]}\n",
       "run.yaml:4:8: 'store.file' cannot vary; expected a "
       "key that changes what a run does (its name and its "
       "store are the group's)"},
      {"vary: {seed: [1, x]}\n",
       "run.yaml:4:18: seed is 'x'; expected an integer from 0 to 18446744073709551615"},
      {"vary: {seed.x: [1]}\n",
       "run.yaml:4:8: 'x' cannot be set: what is around it is no map; "
       "expected a key of a map, or the number of a list item or the one "
       "after the last"},
      {"vary: {a..b: [1]}\n",
       "run.yaml:4:8: the key has an empty part; expected names with dots "
       "between them, as in budget.candidates"},
  };
  for (const BadVary& bad : all) EXPECT_EQ(refusal(kBase + bad.text), bad.message) << bad.text;
}

TEST(Vary, NumbersOfRunsAreBounded) {
  EXPECT_EQ(refusal(kBase, 0), "run.yaml: --seeds is 0; expected a number from 1 to 1000");
  EXPECT_EQ(refusal(kBase, 1001),
            "run.yaml: 1 settings with 1001 seeds each; expected at most 1000 runs in a group");
  EXPECT_EQ(refusal(kBase + "vary: {budget.candidates: [1, 2]}\n", 501),
            "run.yaml:4:8: 2 settings with 501 seeds each; expected at most 1000 runs in a group");
  EXPECT_EQ(runs(kBase + "vary: {budget.candidates: [1, 2]}\n", 500).runs(), 1000u);
  EXPECT_NE(refusal(kBase + "vary: {seed: [1, 2]}\n", 2).find("leave one of them out"),
            std::string::npos);
  EXPECT_NE(refusal("evaluator: toy\nseed: 18446744073709551615\n", 2).find("below 2^64"),
            std::string::npos);
  std::string many = kBase + "vary:\n";
  for (const char* key : {"search.population_size", "budget.candidates", "budget.evaluations"}) {
    many += std::string("  ") + key + ": [";
    for (int i = 1; i <= 40; ++i) many += std::to_string(100 + i) + ", ";
    many += "99]\n";
  }
  EXPECT_NE(refusal(many).find("expected at most 1000 runs"), std::string::npos);
}

TEST(Vary, LongFilesMakeFewSettings) {
  std::string text = kBase + "# " + std::string(500'000, 'x') + "\nvary: {budget.candidates: [";
  for (int i = 1; i <= 200; ++i) text += std::to_string(i) + ", ";
  EXPECT_NE(refusal(text + "999]}\n").find("expected fewer, or a shorter file"), std::string::npos);
}

TEST(Vary, AGroupsNameIsShorter) {
  const std::string name(195, 'n');
  EXPECT_EQ(runs("name: " + name + "\nevaluator: toy\n").runs(), 1u);
  EXPECT_EQ(refusal("name: " + name + "\nevaluator: toy\n", 2),
            "run.yaml:1:7: name has 195 bytes; expected at most 190 for a group of runs");
}

}  // namespace
}  // namespace equivolve::engine::test
