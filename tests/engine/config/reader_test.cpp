#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Reader, AFileOfOneLineHasEveryDefault) {
  const Configuration c = configuration("evaluator: toy\n"), defaults;
  EXPECT_EQ(c.name, "run");
  EXPECT_EQ(c.seed, 0u);
  EXPECT_EQ(c.evaluator.id, "toy");
  EXPECT_EQ(c.evaluator.config_json, R"({"data":{},"options":{}})");
  EXPECT_EQ(c.evaluator.deadline, std::chrono::minutes(10));
  EXPECT_EQ(c.search.algorithm, defaults.search.algorithm);
  EXPECT_EQ(c.search.population_size, 100u);
  EXPECT_EQ(c.search.lookahead, 16u);
  EXPECT_EQ(c.hashing.policy, hashing::Policy::kReuse);
  EXPECT_EQ(c.budget.candidates, 10'000u) << "the default budget";
  EXPECT_FALSE(c.budget.evaluations || c.budget.time);
  EXPECT_EQ(c.space_json, "{}");
  EXPECT_EQ(c.store.file, "/here/results.db");
  EXPECT_EQ(c.as_written, "evaluator: toy\n");
}

TEST(Reader, PoliciesAndGridsByName) {
  const auto hashing = [](const std::string& section) {
    return configuration("evaluator: toy\nhashing: {" + section + "}\n").hashing;
  };
  EXPECT_EQ(hashing("policy: reuse").policy, hashing::Policy::kReuse);
  EXPECT_EQ(hashing("policy: forget").policy, hashing::Policy::kForget);
  EXPECT_EQ(hashing("policy: off").policy, hashing::Policy::kOff);
  EXPECT_FALSE(hashing("policy: reuse").stops_probing);
  EXPECT_TRUE(hashing("policy: auto").stops_probing);
  EXPECT_EQ(hashing("policy: auto").policy, hashing::Policy::kReuse);
  EXPECT_EQ(hashing("grid: shifted").grid, hashing::GridKind::kShifted);
  EXPECT_EQ(hashing("grid: scaled").grid, hashing::GridKind::kScaled);
  EXPECT_FALSE(hashing("grid: evaluator").grid);
}

TEST(Reader, EveryKeyArrives) {
  const Configuration c = configuration(R"(
name: breast-cancer-from-nothing
seed: 7
evaluator: {id: algorithm_discovery, isolation: thread, deadline: 90s, max_failed_share: 0.25}
data: {file: breast_cancer.csv, target: diagnosis, test_share: 0.2}
options: {task: classification}
space: {representation: program, memories: {scalars: 5}}
search: {algorithm: random, population_size: 300, tournament_size: 5, mutation_probability: 0.8, crossover_probability: 0.1,
         restart_after: 500000, lookahead: 32, functional_change: 3, tabu_limit: 9, tabu_attempts: 4, repeats: 1, order: ticket}
hashing: {policy: aggregate, max_evaluations: 7, forget_probability: 0.25, forget_after: 100, warm_start: true,
          capacity: 1000, verify_fraction: 0.5, mantissa_bits: 12, record: true, grid: published}
budget: {candidates: 200000, evaluations: 50000, time: 10m, target: {accuracy: 0.99}}
final: {top: 3, repeats: 4}
vary: {}
plugins: {folders: [plugins, /opt/plugins]}
workers: {count: 2, executor: threads}
store: {file: runs.db, durability: relaxed}
)");
  EXPECT_EQ(c.name, "breast-cancer-from-nothing");
  EXPECT_EQ(c.evaluator.id, "algorithm_discovery");
  EXPECT_EQ(c.evaluator.deadline, std::chrono::seconds(90));
  EXPECT_EQ(c.evaluator.max_failed_share, 0.25);
  EXPECT_EQ(c.evaluator.config_json,
            R"({"data":{"file":"/runs/breast_cancer.csv","target":"diagnosis","test_share":0.2},)"
            R"("options":{"task":"classification"}})");
  EXPECT_EQ(c.space_json, R"({"memories":{"scalars":5},"representation":"program"})");
  EXPECT_EQ(c.search.algorithm, "random");
  EXPECT_EQ(c.search.population_size, 300u);
  EXPECT_EQ(c.search.tournament_size, 5u);
  EXPECT_EQ(c.search.mutation_probability, 0.8);
  EXPECT_EQ(c.search.crossover_probability, 0.1);
  EXPECT_EQ(c.search.restart_after, 500'000u);
  EXPECT_EQ(c.search.lookahead, 32u);
  EXPECT_EQ(c.search.functional_change, 3u);
  EXPECT_EQ(c.search.tabu_limit, 9u);
  EXPECT_EQ(c.search.tabu_attempts, 4u);
  EXPECT_EQ(c.hashing.policy, hashing::Policy::kAggregate);
  EXPECT_EQ(c.hashing.max_evaluations, 7u);
  EXPECT_EQ(c.hashing.forget_probability, 0.25);
  EXPECT_EQ(c.hashing.forget_after, 100u);
  EXPECT_TRUE(c.hashing.warm_start);
  EXPECT_EQ(c.hashing.grid, hashing::GridKind::kPublished);
  EXPECT_EQ(c.hashing.capacity, 1000u);
  EXPECT_EQ(c.hashing.verify_fraction, 0.5);
  EXPECT_EQ(c.hashing.mantissa_bits, 12);
  EXPECT_TRUE(c.hashing.record);
  EXPECT_EQ(c.budget.candidates, 200'000u);
  EXPECT_EQ(c.budget.evaluations, 50'000u);
  EXPECT_EQ(c.budget.time, std::chrono::minutes(10));
  EXPECT_THAT(c.budget.target, ElementsAre(::testing::Pair("accuracy", 0.99)));
  EXPECT_EQ(c.final_stage.top, 3u);
  EXPECT_EQ(c.final_stage.repeats, 4u);
  EXPECT_THAT(c.plugin_folders, ElementsAre("/runs/plugins", "/opt/plugins"));
  EXPECT_EQ(c.workers, 2u);
  EXPECT_EQ(c.executor, "threads");
  EXPECT_EQ(c.store.file, "/here/runs.db");
  EXPECT_TRUE(c.store.relaxed);
}

TEST(Reader, ShortFormsAreTheLongOnes) {
  const Configuration c =
      configuration("evaluator: toy\ndata: sub/../x.csv\nworkers: 3\nstore: /abs/r.db\n");
  EXPECT_THAT(c.evaluator.config_json, HasSubstr(R"("data":{"file":"/runs/x.csv"})"));
  EXPECT_EQ(c.workers, 3u);
  EXPECT_EQ(c.store.file, "/abs/r.db");
}

TEST(Reader, FilesInsideDataAreAbsoluteAtAnyDepth) {
  const Configuration c =
      configuration("evaluator: toy\ndata: {parts: [{file: a}, {file: /b}], name: c}\n");
  EXPECT_THAT(c.evaluator.config_json,
              HasSubstr(R"({"name":"c","parts":[{"file":"/runs/a"},{"file":"/b"}]})"));
}

TEST(Reader, FreeFormScalarsAreTyped) {
  const Configuration c = configuration(
      "evaluator: toy\noptions: {a: 1, b: -2, c: 0.5, d: 1e3, e: true, f: ~, g: 'yes', h: \"5\", "
      "i: text, j: inf, k: 1.2.3, l: e5,\n"
      "          m: 18446744073709551615, n: -9223372036854775808, o: null, p: 2024-01-01}\n");
  EXPECT_THAT(
      c.evaluator.config_json,
      HasSubstr(
          R"("options":{"a":1,"b":-2,"c":0.5,"d":1000.0,"e":true,"f":null,"g":"yes","h":"5","i":"text","j":"inf",)"
          R"("k":"1.2.3","l":"e5","m":18446744073709551615,"n":-9223372036854775808,"o":null,"p":"2024-01-01"})"));
}

TEST(Reader, OneBudgetIsEnough) {
  const Configuration c = configuration("evaluator: toy\nbudget: {time: 5s}\n");
  EXPECT_FALSE(c.budget.candidates.has_value());
}

TEST(Reader, ASmallPopulationHasASmallTournament) {
  EXPECT_EQ(configuration("evaluator: toy\nsearch: {population_size: 1}\n").search.tournament_size,
            1u);
}

SearchConfig searched_by(const std::string& keys) {
  return configuration("evaluator: toy\nsearch: {" + keys + "}\n").search;
}

TEST(Reader, DefaultsFollowTheAlgorithm) {
  const SearchConfig aging = searched_by("algorithm: regularized_evolution");
  EXPECT_EQ(aging.tournament_size, 10u);
  EXPECT_EQ(aging.mutation_probability, 0.9);
  EXPECT_EQ(aging.crossover_probability, 0);
  EXPECT_EQ(aging.restart_after, 0u);
  const SearchConfig several = searched_by("algorithm: nsga2");
  EXPECT_EQ(several.tournament_size, 2u);
  EXPECT_EQ(several.mutation_probability, 1);
  EXPECT_EQ(several.crossover_probability, 0.9);
  const SearchConfig elitist = searched_by("algorithm: mu_plus_lambda, population_size: 30");
  EXPECT_EQ(elitist.tournament_size, 1u);
  EXPECT_EQ(elitist.mutation_probability, 1);
  EXPECT_EQ(elitist.children, 30u);
  const SearchConfig islands = searched_by("island_algorithm: mu_plus_lambda, algorithm: islands");
  EXPECT_EQ(islands.tournament_size, 1u);
  EXPECT_EQ(searched_by("algorithm: hill_climbing").restart_after, 500u);
  EXPECT_EQ(searched_by("algorithm: hill_climbing, neighbours: 900").restart_after, 900u);
  const SearchConfig written = searched_by(
      "algorithm: nsga2, tournament_size: 5, mutation_probability: 0.5, crossover_probability: "
      "0.1");
  EXPECT_EQ(written.tournament_size, 5u);
  EXPECT_EQ(written.mutation_probability, 0.5);
  EXPECT_EQ(written.crossover_probability, 0.1);
}

TEST(Reader, ReadsTheKeysOfAlgorithms) {
  const SearchConfig c = searched_by(
      "algorithm: map_elites, descriptors: {speed: {low: 0, high: 10.5, bins: 20}, size: {}}, "
      "children: 3, neighbours: 4, islands: 6, island_algorithm: mu_plus_lambda, migration: "
      "random, "
      "migration_every: 77");
  EXPECT_EQ(c.children, 3u);
  EXPECT_EQ(c.neighbours, 4u);
  EXPECT_EQ(c.islands, 6u);
  EXPECT_EQ(c.island_algorithm, "mu_plus_lambda");
  EXPECT_EQ(c.migration, "random");
  EXPECT_EQ(c.migration_every, 77u);
  ASSERT_EQ(c.descriptors.size(), 2u);
  EXPECT_EQ(c.descriptors.at("speed").low, 0);
  EXPECT_EQ(c.descriptors.at("speed").high, 10.5);
  EXPECT_EQ(c.descriptors.at("speed").bins, 20u);
  EXPECT_FALSE(c.descriptors.at("size").bins.has_value());
}

std::string warned(const std::string& keys) {
  const auto result = read("evaluator: toy\nsearch: {" + keys + "}\n");
  std::string all = result ? "" : text_of(result.error());
  if (result)
    for (const ConfigProblem& one : result->warnings) all += one.message + "\n";
  return all;
}

TEST(Reader, WarnsOfKeysThatTheAlgorithmDoesNotLookAt) {
  EXPECT_EQ(warned("algorithm: hill_climbing, tournament_size: 3, neighbours: 5"),
            "search.tournament_size has no effect: search.algorithm is hill_climbing\n");
  EXPECT_EQ(warned("algorithm: nsga2, restart_after: 3, population_size: 4"),
            "search.restart_after has no effect: search.algorithm is nsga2\n");
  EXPECT_EQ(warned("algorithm: islands, children: 3, restart_after: 9, tournament_size: 2"),
            "search.children has no effect: search.island_algorithm is regularized_evolution\n");
  EXPECT_EQ(warned("algorithm: islands, island_algorithm: mu_plus_lambda, children: 3"), "");
  EXPECT_EQ(warned("algorithm: islands, migration: random, migration_every: 0"),
            "search.migration has no effect: search.migration_every is 0\n");
  EXPECT_EQ(warned("algorithm: islands, islands: 1, migration_every: 9"),
            "search.migration_every has no effect: search.islands is 1\n");
  EXPECT_EQ(warned("algorithm: islands, islands: 200, population_size: 100, lookahead: 1"),
            "search.population_size is 100 on each of 200 islands, budget.candidates is 10000; the "
            "run ends within its first population\n");
  EXPECT_EQ(warned("algorithm: regularized_evolution, descriptors: {a: {}}"),
            "search.descriptors has no effect: search.algorithm is regularized_evolution\n");
}

TEST(Reader, AClimbMustHaveTimeForAStep) {
  EXPECT_THAT(problems("evaluator: toy\nsearch: {algorithm: hill_climbing, neighbours: 50, "
                       "restart_after: 20}\n"),
              HasSubstr("search.restart_after is 20, search.neighbours is 50; expected no fewer "
                        "births than a step takes"));
}

TEST(Reader, WarnsOfWhatIsOddButAllowed) {
  const auto odd = read(
      "evaluator: toy\nsearch: {algorithm: regularized_evolution, population_size: 500, lookahead: "
      "2}\nbudget: {candidates: 100}\nworkers: 4\n");
  ASSERT_TRUE(odd);
  ASSERT_EQ(odd->warnings.size(), 2u);
  EXPECT_THAT(odd->warnings[0].message,
              HasSubstr("search.population_size is 500, budget.candidates is 100"));
  EXPECT_EQ(odd->warnings[0].line, 2u);
  EXPECT_THAT(odd->warnings[1].message, HasSubstr("workers.count is 4, search.lookahead is 2"));
  EXPECT_EQ(odd->warnings[1].line, 4u);
  EXPECT_THAT(read("evaluator: toy\n")->warnings, IsEmpty());
}

TEST(Reader, AFilesNameFolderAndStoreFollowFromWhereItIs) {
  std::string name = "/tmp/equivolve-XXXXXX";
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  const std::filesystem::path folder = name;
  for (const char* file : {"quick start.yaml", "12.yaml", "latest.yaml"})
    std::ofstream(folder / file) << "evaluator: toy\ndata: d.csv\n";
  ReadOptions options;
  options.current_folder = folder;
  ASSERT_EQ(setenv("EQUIVOLVE_STORE", "from/environment.db", 1), 0);
  const auto result = read_configuration_file("quick start.yaml", options);
  // The name is relative to the process's folder, which is another.
  EXPECT_FALSE(result);
  const auto read = read_configuration_file(folder / "quick start.yaml", options);
  unsetenv("EQUIVOLVE_STORE");
  ASSERT_TRUE(read) << text_of(read.error());
  EXPECT_EQ(read->configuration.name, "quick start");
  EXPECT_EQ(read->configuration.file, folder / "quick start.yaml");
  EXPECT_EQ(read->configuration.store.file, folder / "from/environment.db");
  EXPECT_THAT(read->configuration.evaluator.config_json, HasSubstr((folder / "d.csv").string()));
  EXPECT_EQ(read_configuration_file(folder / "12.yaml", options)->configuration.name, "run-12");
  const auto latest = read_configuration_file(folder / "latest.yaml", options);
  EXPECT_EQ(latest->configuration.name, "run-latest");
  EXPECT_EQ(latest->configuration.store.file, folder / "equivolve.db");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace equivolve::engine::test
