// What every search algorithm promises, from a YAML file to the results file, on an evaluator with
// two objectives, a constraint and two descriptors.
#include <gtest/gtest.h>

#include <signal.h>

#include <algorithm>
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
  const char* keys;  ///< of the section `search`
};
void PrintTo(const Search& one, std::ostream* out) {
  *out << one.name;
}
constexpr Search kSearches[] = {
    {"random", "algorithm: random"},
    {"regularized_evolution",
     "algorithm: regularized_evolution, population_size: 30, tournament_size: 5, restart_after: "
     "200"},
    {"hill_climbing", "algorithm: hill_climbing, neighbours: 5, restart_after: 60"},
    {"mu_plus_lambda",
     "algorithm: mu_plus_lambda, population_size: 20, children: 40, crossover_probability: 0.5"},
    {"nsga2", "algorithm: nsga2, population_size: 20"},
    {"map_elites",
     "algorithm: map_elites, population_size: 50, descriptors: {slope: {low: -1, high: 1}}"},
    {"islands_ring",
     "algorithm: islands, islands: 4, population_size: 10, tournament_size: 3, migration_every: "
     "200"},
    {"islands_random",
     "algorithm: islands, islands: 4, population_size: 10, island_algorithm: mu_plus_lambda, "
     "migration: random, migration_every: 200"},
    {"tpe", "algorithm: tpe, startup_candidates: 20"},
    {"tpe_one_by_one", "algorithm: tpe, multivariate: false, ei_candidates: 10"},
    {"cma_es", "algorithm: cma_es, cma_population: 12, initial_step: 0.2"},
    {"grid", "algorithm: grid, grid_points: 6"}};

constexpr std::uint64_t kCandidates = 800;

std::string text_of(const std::string& search) {
  return fmt::format(
      "evaluator: {{id: toy_front, isolation: thread}}\n"
      "plugins: {{folders: [{}/good]}}\n"
      "seed: 5\n"
      "search: {{{}}}\n"
      "hashing: {{verify_fraction: 0.1}}\n"
      "budget: {{candidates: {}}}\n"
      "final: {{top: 2, repeats: 1}}\n",
      EQUIVOLVE_TEST_MODULES, search, kCandidates);
}

// Nobody named the algorithm, and no trial says anything on its way.
TEST(Summary, SaysWhatWasChosenAndWhatHadNoEffect) {
  TempFolder folder;
  const std::string yaml = folder.path() / "a.yaml", store = folder.path() / "a.db";
  write_file(yaml, text_of("pruning: median"));
  const Finished done = equivolve({"run", yaml, "--store", store, "--quiet"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("  algorithm      nsga2, by default (search.algorithm: auto)\n"),
            std::string::npos)
      << done.out;
  const std::string shown = equivolve({"show", "1", "--store", store}).out;
  for (const std::string& text : {done.out, shown})
    EXPECT_NE(text.find("  pruning        ended no trial: none that ended well reported a value"),
              std::string::npos)
        << text;
  EXPECT_EQ(answer(equivolve({"show", "1", "--store", store, "--json"}))["pruning_without_reports"],
            true);
}

class Algorithms : public testing::TestWithParam<Search> {
 protected:
  Algorithms() { write_file(yaml_, text_of(GetParam().keys)); }

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

  /// Every candidate of a run, in the order of births.
  std::vector<nlohmann::json> candidates(const std::string& store) {
    const std::string out = store + ".jsonl";
    EXPECT_EQ(equivolve({"export", "latest", "--store", store, "--out", out}).exit_code, 0);
    std::vector<nlohmann::json> all;
    std::ifstream lines(out);
    for (std::string line; std::getline(lines, line);) all.push_back(nlohmann::json::parse(line));
    return all;
  }

  TempFolder folder_;
  const std::string yaml_ = folder_.path() / "front.yaml";
  int runs_ = 0;
};
INSTANTIATE_TEST_SUITE_P(All, Algorithms, testing::ValuesIn(kSearches),
                         [](const auto& one) { return one.param.name; });

TEST_P(Algorithms, AreValidWithoutAWarning) {
  if (std::string(GetParam().name) == "grid") GTEST_SKIP() << "it has more points than the budget";
  const Finished done = equivolve({"validate", yaml_});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(done.out.find("warning"), std::string::npos) << done.out;
  EXPECT_EQ(done.err.find("warning"), std::string::npos) << done.err;
}

TEST_P(Algorithms, TheFrontMeetsTheConstraint) {
  const std::string store = new_store();
  run("2", store);
  const Finished shown = equivolve({"show", "latest", "--store", store, "--json"});
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  const auto run_shown = answer(shown);
  ASSERT_FALSE(run_shown["front"].empty());
  for (const auto& one : run_shown["front"]) EXPECT_GE(one["figures"]["near"], 0.2) << one;
}

TEST_P(Algorithms, AreNamedWithTheArchiveTheyHave) {
  const std::string keys = GetParam().keys, head = "algorithm: ";
  const std::string name = keys.substr(head.size(), keys.find_first_of(",") - head.size());
  const std::string store = new_store();
  const Finished done = equivolve({"run", yaml_, "--store", store, "--quiet"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const std::string shown = equivolve({"show", "1", "--store", store}).out;
  for (const std::string& text : {done.out, shown})
    EXPECT_NE(text.find("  algorithm      " + name + "\n"), std::string::npos) << text;
  const auto summary = answer(equivolve({"show", "1", "--store", store, "--json"}));
  EXPECT_EQ(summary["algorithm"], name);
  EXPECT_EQ(summary["pruning_without_reports"], false);
  if (name != "map_elites") {
    EXPECT_TRUE(summary["archive"].is_null()) << summary["archive"];
    return;
  }
  // As many niches as the told candidates lie in: 10 of height times 10 of slope.
  std::set<std::pair<int, int>> niches;
  for (const auto& one : candidates(store)) {
    const double height = one["height"], slope = one["slope"];
    niches.emplace(std::clamp(static_cast<int>(height * 10), 0, 9),
                   std::clamp(static_cast<int>((slope + 1) / 2 * 10), 0, 9));
  }
  EXPECT_EQ(summary["archive"], (nlohmann::json{{"filled", niches.size()}, {"cells", 100}}));
  const std::string line = fmt::format("  archive        {} of 100 niches filled ({:.1f} %)\n",
                                       niches.size(), static_cast<double>(niches.size()));
  for (const std::string& text : {done.out, shown})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
}

TEST_P(Algorithms, WorkersDoNotChangeTheResult) {
  const auto one = run("1", new_store());
  EXPECT_EQ(one["candidates"], kCandidates);
  for (const char* workers : {"2", "8"}) {
    const auto more = run(workers, new_store());
    EXPECT_EQ(more["result_digest"], one["result_digest"]) << workers;
    EXPECT_EQ(more["best"], one["best"]) << workers;
  }
}

TEST_P(Algorithms, AKilledRunEndsAsIfItHadNot) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  struct Kill {
    const char *point, *workers, *workers_after;
  };
  const auto whole = run("2", new_store());
  for (const auto& [point, workers, workers_after] :
       {Kill{"run.told:15", "2", "1"}, Kill{"run.evaluated:320", "8", "2"},
        Kill{"run.look_up:700", "1", "8"}}) {
    const std::string store = new_store();
    const Finished killed = equivolve(arguments(store, workers), {{"EQUIVOLVE_FAULT", point}});
    ASSERT_EQ(killed.signal, SIGKILL) << point << killed.err;
    const Finished done = equivolve(
        {"resume", "1", "--store", store, "--json", "--quiet", "--workers", workers_after});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(answer(done)["result_digest"], whole["result_digest"]) << point;
    EXPECT_EQ(answer(done)["best"], whole["best"]) << point;
    EXPECT_EQ(equivolve({"store", "verify", "--store", store}).exit_code, 0) << point;
  }
}

// Parents were told before their children were asked for, so bred before them; the best one meets
// the constraint though ever more of the first objective lies beyond it.
TEST_P(Algorithms, LineageIsValidAndConstraintsComeFirst) {
  const std::string store = new_store();
  const auto done = run("2", store);
  const auto all = candidates(store);
  ASSERT_EQ(all.size(), kCandidates);
  std::size_t with_parents = 0;
  for (const auto& one : all)
    for (const char* key : {"parent", "second_parent"})
      if (!one[key].is_null()) {
        EXPECT_LT(one[key], one["birth"]);
        ++with_parents;
      }
  const std::set<std::string> without_parents{"random", "tpe", "tpe_one_by_one", "cma_es", "grid"};
  EXPECT_EQ(with_parents > 0, !without_parents.contains(GetParam().name));
  const auto best = all.at(done["best"]["birth"].get<std::size_t>());
  EXPECT_LE(best["lack"], 0) << best;
}

class OfSeveralObjectives : public Algorithms {};
INSTANTIATE_TEST_SUITE_P(Left, OfSeveralObjectives,
                         testing::Values(Search{"auto", "algorithm: auto"}), [](const auto& one) {
                           return std::string(one.param.name) + "_algorithm";
                         });

TEST_P(OfSeveralObjectives, AutoIsNsga2AndStored) {
  const std::string store = new_store(), same = new_store();
  const auto chosen = run("2", store);
  write_file(yaml_, text_of("algorithm: nsga2"));
  EXPECT_EQ(run("2", same)["result_digest"], chosen["result_digest"]);
}

// Four numbers of ten points each; the first stays at its lowest for a thousand.
TEST_P(OfSeveralObjectives, AGridLargerThanTheBudgetIsSaidToBe) {
  write_file(yaml_, text_of("algorithm: grid"));
  const Finished done = equivolve({"validate", yaml_});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE((done.out + done.err).find("up to 10000 points and budget.candidates is 800"),
            std::string::npos)
      << done.out << done.err;
}

// In this space nothing meets the constraint.
TEST_P(OfSeveralObjectives, AWinnerThatMissesAConstraintIsSaidTo) {
  write_file(yaml_, text_of("algorithm: random") +
                        "space:\n  parameters:\n    x0: {type: float, low: 0, high: 0.1}\n");
  const std::string store = new_store();
  const auto done = run("2", store);
  EXPECT_GT(done["best"]["missed_constraints"]["lack"], 0.09) << done;
  EXPECT_EQ(done["improved"], false);
  run("2", store);
  const Finished shown = equivolve({"show", "1", "--store", store});
  EXPECT_NE(shown.out.find("found misses a constraint: lack is 0.1"), std::string::npos)
      << shown.out;
  const Finished compared = equivolve({"compare", "1", "2", "--store", store});
  EXPECT_NE(compared.out.find("miss a constraint, whatever their figures: 1, 2"), std::string::npos)
      << compared.out << compared.err;
}

// 6^4 points: more than the budget, which validate says. Of 4^4 the run ends with the last.
TEST_P(OfSeveralObjectives, AGridEndsWithItsLastPoint) {
  write_file(yaml_, text_of("algorithm: grid, grid_points: 4"));
  const std::string store = new_store();
  const auto done = run("2", store);
  EXPECT_EQ(done["candidates"], 256u);
  EXPECT_EQ(done["stopped_by"], "exhausted");
}

// Nobody named a candidate, and the evaluator has no reference.
TEST_P(OfSeveralObjectives, TheDefaultsOfASpaceAreHashed) {
  const Finished hashed = equivolve({"hash", yaml_});
  EXPECT_EQ(hashed.exit_code, 0) << hashed.err;
  EXPECT_NE(hashed.out.find("  defaults\n"), std::string::npos) << hashed.out;
}

TEST_P(OfSeveralObjectives, FiguresAndParametersAreNamed) {
  const Finished described = equivolve({"evaluators", "describe", "toy_front", "--folder",
                                        std::string(EQUIVOLVE_TEST_MODULES) + "/good"});
  EXPECT_EQ(described.exit_code, 0) << described.err;
  for (const Finished& said : {described, equivolve({"validate", yaml_})})
    EXPECT_NE(said.out.find("figures: near (objective, minimize), far (objective, minimize), "
                            "lack (constraint, at most 0), height (descriptor, 0 to 1), slope "
                            "(descriptor)\n"),
              std::string::npos)
        << said.out;
  EXPECT_NE(described.out.find("\nspace.parameters:\n  x0 "), std::string::npos) << described.out;
  const auto json = answer(equivolve({"evaluators", "describe", "toy_front", "--json", "--folder",
                                      std::string(EQUIVOLVE_TEST_MODULES) + "/good"}));
  EXPECT_EQ(json["figures"][2]["role"], "constraint");
  EXPECT_EQ(json["levels"].size(), 1u);
  EXPECT_EQ(json["parameters"].size(), 4u);
}

class Islands : public Algorithms {};
INSTANTIATE_TEST_SUITE_P(Both, Islands, testing::ValuesIn({kSearches[6], kSearches[7]}),
                         [](const auto& one) { return one.param.name; });

// Birth b belongs to island b mod 4. Up to the first migration all parents are the island's own;
// later some are from elsewhere.
TEST_P(Islands, EachEvolvesOnItsOwnParents) {
  const std::string store = new_store();
  run("2", store);
  std::map<std::uint64_t, std::set<std::uint64_t>> parents;
  std::size_t foreign = 0;
  for (const auto& one : candidates(store)) {
    if (one["parent"].is_null()) continue;
    const std::uint64_t birth = one["birth"], parent = one["parent"];
    if (birth < 200) {
      EXPECT_EQ(parent % 4, birth % 4) << birth;
    }
    parents[birth % 4].insert(parent);
    foreign += parent % 4 != birth % 4;
  }
  for (std::uint64_t island = 0; island < 4; ++island) EXPECT_GT(parents[island].size(), 10u);
  EXPECT_GT(foreign, 0u);
}

}  // namespace
}  // namespace equivolve::tests
