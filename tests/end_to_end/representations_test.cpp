// The promises of a run, for all five representations and all policies that keep them: one seed is
// one result on any number of workers and through kills; the cache changes only what is spent.
#include <gtest/gtest.h>

#include <signal.h>

#include <fstream>
#include <regex>

#include <fmt/format.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

struct Case {
  const char* name;
  const char* representation;
  const char* evaluator;
  const char* options = "{}";
};
void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}
constexpr Case kCases[] = {
    {"program", "program", "toy_c"},
    {"expression", "expression", "toy_expression"},
    {"graph", "graph", "toy_graph"},
    {"configuration", "configuration", "toy_configuration"},
    {"sequence", "sequence", "toy_sequence"},
    {"refined", "expression", "toy_expression", "{arithmetic: true, refine: round}"}};

/// Runs of one case, each in a store of its own. The cache is small: classes go and come again.
class Representations : public testing::TestWithParam<Case> {
 protected:
  using Settings = std::vector<std::string>;

  Representations() {
    write_file(yaml_, fmt::format("evaluator: {{id: {}, isolation: thread}}\n"
                                  "space: {{representation: {}}}\n"
                                  "options: {}\n"
                                  "plugins: {{folders: [{}/good]}}\n"
                                  "seed: 11\n"
                                  "search: {{population_size: 30, tournament_size: 5, "
                                  "crossover_probability: 0.3}}\n"
                                  "hashing: {{capacity: 50, verify_fraction: 0.1}}\n"
                                  "budget: {{candidates: 800}}\n"
                                  "final: {{top: 2, repeats: 2}}\n",
                                  GetParam().evaluator, GetParam().representation,
                                  GetParam().options, EQUIVOLVE_TEST_MODULES));
  }

  std::vector<std::string> arguments(const Settings& settings, const std::string& store) const {
    std::vector<std::string> all = {"run", yaml_, "--store", store, "--json", "--quiet"};
    for (const std::string& setting : settings) {
      all.push_back("--set");
      all.push_back(setting);
    }
    return all;
  }
  std::string new_store() { return folder_.path() / ("run" + std::to_string(runs_++) + ".db"); }
  nlohmann::json run(const Settings& settings) {
    const Finished done = equivolve(arguments(settings, new_store()));
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return answer(done);
  }

  void expect_survives_kills(const Settings& settings);

  TempFolder folder_;
  const std::string yaml_ = folder_.path() / "toy.yaml";
  int runs_ = 0;
};
INSTANTIATE_TEST_SUITE_P(All, Representations, testing::ValuesIn(kCases),
                         [](const auto& one) { return one.param.name; });

const char* const kPolicies[] = {"reuse", "forget", "aggregate", "off"};

TEST_P(Representations, WorkersDoNotChangeTheResult) {
  for (const std::string policy : kPolicies) {
    const auto one = run({"hashing.policy=" + policy, "workers.count=1"});
    for (const char* workers : {"2", "8"}) {
      const auto more = run({"hashing.policy=" + policy, std::string("workers.count=") + workers});
      EXPECT_EQ(more["result_digest"], one["result_digest"]) << policy << " " << workers;
      EXPECT_EQ(more["best"], one["best"]) << policy << " " << workers;
    }
  }
}

TEST_P(Representations, TheCacheChangesOnlyWhatIsSpent) {
  const auto off = run({"hashing.policy=off"});
  EXPECT_EQ(off["evaluations"], 800);
  for (const std::string policy : kPolicies) {
    if (policy == "off") continue;
    const auto on = run({"hashing.policy=" + policy});
    EXPECT_EQ(on["trajectory_digest"], off["trajectory_digest"]) << policy;
    EXPECT_EQ(on["wrong_hits"], 0) << policy;
    EXPECT_LT(on["evaluations"], 780) << policy;
    EXPECT_GT(on["evictions"], 0) << policy;
  }
}

TEST_P(Representations, WarmStartTakesOverWhatAnEarlierRunFoundOut) {
  const std::string store = new_store();
  const auto go = [&](Settings settings) {
    const Finished done = equivolve(arguments(settings, store));
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return answer(done);
  };
  const auto first = go({"hashing.capacity=100000"});
  const auto warm =
      go({"hashing.capacity=100000", "hashing.warm_start=true", "hashing.verify_fraction=1"});
  EXPECT_EQ(warm["trajectory_digest"], first["trajectory_digest"]);
  EXPECT_EQ(warm["wrong_hits"], 0);
  EXPECT_GT(warm["warm_hits"], 100);
  EXPECT_LT(warm["evaluations"], 100);
}

TEST_P(Representations, FunctionalChangeAndTabuKeepThePromisesToo) {
  const Settings both = {"search.functional_change=3", "search.tabu_limit=4"};
  const auto with = [&](const std::string& more) {
    Settings settings = both;
    settings.push_back(more);
    return run(settings);
  };
  const auto one = with("workers.count=1");
  EXPECT_EQ(with("workers.count=8")["result_digest"], one["result_digest"]);
  // What is forgotten counts as never seen: `forget` has a path of its own here.
  for (const char* policy : {"hashing.policy=off", "hashing.policy=aggregate"})
    EXPECT_EQ(with(policy)["trajectory_digest"], one["trajectory_digest"]) << policy;
  EXPECT_NE(run({})["trajectory_digest"], one["trajectory_digest"]);
}

TEST_P(Representations, AKilledRunEndsAsIfItHadNot) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  for (const char* grid : {"evaluator", "shifted"}) {
    const std::string policy = grid == std::string("shifted") ? "reuse" : "forget";
    expect_survives_kills({"hashing.policy=" + policy, "search.functional_change=2",
                           "search.tabu_limit=6", std::string("hashing.grid=") + grid});
  }
  for (const std::string policy : kPolicies)
    expect_survives_kills({"hashing.policy=" + policy, "search.functional_change=2"});
}

void Representations::expect_survives_kills(const Settings& settings) {
  const auto whole = run(settings);
  for (const char* point : {"run.told:200", "run.evaluated:120", "run.look_up:500"}) {
    const std::string store = new_store();
    const Finished killed = equivolve(arguments(settings, store), {{"EQUIVOLVE_FAULT", point}});
    ASSERT_EQ(killed.signal, SIGKILL) << point << killed.err;
    const Finished done = equivolve({"resume", "1", "--store", store, "--json", "--quiet"});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(answer(done)["result_digest"], whole["result_digest"])
        << settings.front() << " " << settings.back() << " " << point;
  }
}

TEST_P(Representations, GenomesAreReadableInEveryCommand) {
  const std::string store = new_store();
  const Finished done = equivolve(arguments({}, store));
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const std::string best = answer(done)["best"]["text"];
  EXPECT_FALSE(best.empty());
  // The winner's text, given back, is the winner: it behaves as the run said.
  const auto genome = folder_.path() / "best.txt";
  write_file(genome, best);
  const auto hashed = answer(equivolve({"hash", yaml_, "--genome", genome, "--json"}));
  EXPECT_EQ(hashed["candidates"][0]["digest"], answer(done)["best"]["digest"]);
  const std::string shown = equivolve({"show", "1", "--store", store}).out;
  EXPECT_NE(shown.find("\n" + best + (best.back() == '\n' ? "" : "\n") + "next: "),
            std::string::npos)
      << shown;
  const std::string out = folder_.path() / "candidates.jsonl";
  ASSERT_EQ(equivolve({"export", "latest", "--store", store, "--out", out}).exit_code, 0);
  std::ifstream lines(out);
  std::string line;
  std::size_t count = 0;
  const std::regex fraction("[0-9][.][0-9]|e-");
  for (; std::getline(lines, line); ++count) {
    const std::string text = nlohmann::json::parse(line)["genome"];
    ASSERT_FALSE(text.empty());
    // What was made of a genome when it was bred is what is stored, and what children inherit.
    if (GetParam().name == std::string("refined")) {
      ASSERT_FALSE(std::regex_search(text, fraction)) << text;
    }
  }
  EXPECT_EQ(count, 800u);
  EXPECT_EQ(equivolve({"store", "verify", "--store", store}).exit_code, 0);
}

}  // namespace
}  // namespace equivolve::tests
