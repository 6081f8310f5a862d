// Where a search begins (`search.initial`) and which operators it breeds with (`search.operators`),
// from a YAML file to the results file.
#include <gtest/gtest.h>

#include <signal.h>

#include <fstream>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

struct Case {
  const char* representation;
  const char* evaluator;
};
void PrintTo(const Case& c, std::ostream* out) {
  *out << c.representation;
}
constexpr Case kCases[] = {{"program", "toy_c"},
                           {"expression", "toy_expression"},
                           {"graph", "toy_graph"},
                           {"configuration", "toy_configuration"},
                           {"sequence", "toy_sequence"}};

class SeedingBase {
 protected:
  using Arguments = std::vector<std::string>;

  /// `search` are more keys of that section.
  std::string write(const Case& of, const std::string& search, const std::string& more = "") {
    const std::string file = folder_.path() / fmt::format("seeding{}.yaml", files_++);
    write_file(file,
               fmt::format("evaluator: {{id: {}, isolation: thread}}\n"
                           "space: {{representation: {}}}\n"
                           "plugins: {{folders: [{}/good]}}\n"
                           "seed: 11\n"
                           "search:\n"
                           "  population_size: 30\n"
                           "  tournament_size: 5\n"
                           "{}"
                           "{}"
                           "budget: {{candidates: 400}}\n"
                           "final: {{top: 1, repeats: 1}}\n",
                           of.evaluator, of.representation, EQUIVOLVE_TEST_MODULES, search, more));
    return file;
  }
  Finished call(Arguments arguments, const Environment& extra = {}) {
    arguments.insert(arguments.end(), {"--store", store_});
    return equivolve(arguments, extra);
  }
  Json run(const std::string& file, Arguments more = {}) {
    Arguments all{"run", file, "--json", "--quiet"};
    all.insert(all.end(), more.begin(), more.end());
    const Finished done = call(all);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return answer(done);
  }
  /// What a file is refused with.
  std::string refusal(const std::string& file) {
    const Finished done = call({"validate", file});
    EXPECT_EQ(done.exit_code, 2) << done.out << done.err;
    return done.err;
  }
  std::vector<Json> candidates(const std::string& run) {
    const std::string out = folder_.path() / fmt::format("export{}.jsonl", files_++);
    const Finished done = call({"export", run, "--out", out});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    std::vector<Json> all;
    std::ifstream lines(out);
    for (std::string line; std::getline(lines, line);) all.push_back(Json::parse(line));
    return all;
  }
  /// The texts of those that were given.
  std::vector<std::string> given(const std::string& run) {
    std::vector<std::string> texts;
    for (const Json& one : candidates(run))
      if (one["operator"] == "given") texts.push_back(one["genome"]);
    return texts;
  }

  TempFolder folder_;
  const std::string store_ = folder_.path() / "runs.db";
  int files_ = 0;
};

class Seeding : public SeedingBase, public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(All, Seeding, testing::ValuesIn(kCases),
                         [](const auto& one) { return one.param.representation; });

// All that another run gave is in the run itself: the other may be deleted.
TEST_P(Seeding, TheBestOfAnEarlierRunComeFirstAndStay) {
  const Json earlier = run(write(GetParam(), ""));
  const std::string file = write(GetParam(), "  initial: {from: {run: latest, top: 5}}\n");
  const Json seeded = run(file, {"--set", "workers.count=1"});
  const std::vector<std::string> texts = given("2");
  ASSERT_EQ(texts.size(), 5u);
  EXPECT_EQ(texts.front(), earlier["best"]["text"]);
  EXPECT_EQ(std::set<std::string>(texts.begin(), texts.end()).size(), 5u);
  const auto all = candidates("2");
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(all[i]["operator"], "given");
    EXPECT_TRUE(all[i]["parent"].is_null());
  }
  // The first of them is as good as it was.
  for (const auto& [name, value] : earlier["best"]["validation"].items())
    if (all[0].contains(name)) {
      EXPECT_EQ(all[0][name], value) << name;
    }

  ASSERT_EQ(call({"delete", "1", "--yes"}).exit_code, 0);
  const Finished again = call({"reproduce", "2", "--check", "--workers", "2", "--json"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(answer(again)["result_digest"], seeded["result_digest"]);
  const Finished forked = call({"resume", "2", "--fork", "--seed", "12", "--json", "--quiet"});
  ASSERT_EQ(forked.exit_code, 0) << forked.err;
  EXPECT_EQ(given("latest"), texts);
  EXPECT_EQ(call({"store", "verify"}).exit_code, 0);
  EXPECT_THAT(refusal(write(GetParam(), "  initial: {from: 1}\n")), HasSubstr("no run \"1\""));
}

TEST_P(Seeding, AKilledRunEndsAsIfItHadNot) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  run(write(GetParam(), ""));
  const std::string file = write(GetParam(), "  initial: {from: {run: 1, top: 7}}\n");
  const Json whole = run(file, {"--set", "workers.count=2"});
  const char* points[] = {"run.told:3", "run.look_up:5", "run.told:200"};
  for (std::size_t i = 0; i < std::size(points); ++i) {
    const Finished killed = call({"run", file, "--quiet", "--set", "workers.count=2"},
                                 {{"EQUIVOLVE_FAULT", points[i]}});
    ASSERT_EQ(killed.signal, SIGKILL) << points[i] << killed.err;
  }
  ASSERT_EQ(call({"delete", "1", "--yes"}).exit_code, 0);
  for (std::size_t i = 0; i < std::size(points); ++i) {
    const Finished done = call({"resume", std::to_string(3 + i), "--json", "--quiet"});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(answer(done)["result_digest"], whole["result_digest"]) << points[i];
  }
  EXPECT_EQ(call({"store", "verify"}).exit_code, 0);
}

// As the tool prints them: a candidate of a run is a candidate of the list.
TEST_P(Seeding, AListTakesWhatTheToolPrints) {
  run(write(GetParam(), ""));
  const auto all = candidates("1");
  std::string list;
  std::vector<std::string> texts;
  for (const std::size_t birth : {3u, 399u, 17u}) {
    const std::string text = all.at(birth)["genome"];
    texts.push_back(text);
    list += "      - |\n";
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) list += "        " + line + "\n";
  }
  run(write(GetParam(), "  initial:\n    candidates:\n" + list));
  EXPECT_EQ(given("2"), texts);
}

TEST_P(Seeding, EveryRunOfAGroupBeginsThere) {
  run(write(GetParam(), ""));
  const std::string file = write(GetParam(), "  initial: {from: {run: latest, top: 3}}\n",
                                 "vary: {search.algorithm: [random, mu_plus_lambda, islands]}\n");
  const Finished done = call({"run", file, "--seeds", "2", "--quiet"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const std::vector<std::string> texts = given("2");
  EXPECT_EQ(texts.size(), 3u);
  for (const char* run : {"3", "4", "5", "6", "7"}) EXPECT_EQ(given(run), texts) << run;
}

TEST_P(Seeding, OperatorsThatAreSwitchedOffAreNotUsed) {
  const std::string all =
      "  algorithm: regularized_evolution\n  mutation_probability: 1\n  crossover_probability: "
      "0.3\n";
  run(write(GetParam(), all));
  std::set<std::string> used;
  for (const Json& one : candidates("1")) used.insert(one["operator"]);
  used.erase("random");
  used.erase("copy");
  const std::set<std::string> crossovers{"crossover", "uniform_crossover", "blend_crossover",
                                         "one_point_crossover", "two_point_crossover"};
  int run_number = 1;
  for (const std::string& off : used) {
    bool has_another = false;
    for (const std::string& other : used)
      has_another |= other != off && crossovers.contains(other) == crossovers.contains(off);
    const std::string file = write(GetParam(), all + "  operators: {" + off + ": 0}\n");
    if (!has_another) {
      EXPECT_THAT(refusal(file), HasSubstr("search.operators leaves no"));
      continue;
    }
    run(file);
    ++run_number;
    for (const Json& one : candidates(std::to_string(run_number))) EXPECT_NE(one["operator"], off);
  }
}

class SeedingOnce : public SeedingBase, public testing::Test {
 protected:
  static constexpr Case kConfiguration{"configuration", "toy_configuration"};
  static constexpr Case kSequence{"sequence", "toy_sequence"};
  static constexpr Case kGraph{"graph", "toy_graph"};
};

TEST_F(SeedingOnce, ConfigurationsAreMaps) {
  const std::string file = write(kConfiguration,
                                 "  initial:\n"
                                 "    candidates:\n"
                                 "      - {shape: line, x: 1.5, y: 2, tilt: true, level: 3}\n"
                                 "      - shape: power\n"
                                 "        power: 2\n"
                                 "        x: -4\n"
                                 "        y: 1e-3\n"
                                 "        level: 0\n");
  for (const char* algorithm : {"regularized_evolution", "tpe", "nsga2", "hill_climbing"}) {
    const Finished done = call(
        {"run", file, "--json", "--quiet", "--set", std::string("search.algorithm=") + algorithm});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(given("latest"),
              (std::vector<std::string>{"level: 3\nshape: line\ntilt: true\nx: 1.5\ny: 2\n",
                                        "level: 0\nshape: power\npower: 2\nx: -4\ny: 0.001\n"}))
        << algorithm;
  }
}

TEST_F(SeedingOnce, ReferencesComeInOnDemand) {
  EXPECT_EQ(run(write(kSequence, ""))["candidates"], 400);
  EXPECT_TRUE(given("1").empty());
  const Finished done =
      call({"run", write(kSequence, "  initial: {candidates: [ACGTACGT], references: true}\n")});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(given("2"), (std::vector<std::string>{"ACGTACGT", "AAAAAAAA", "ACACACAC"}));
  EXPECT_THAT(done.err, HasSubstr("search.initial: the search begins with 3 given candidates: 1 of "
                                  "the list; 2 references of evaluator 'toy_sequence'"));
  const Finished none = call({"validate", write(kSequence, "  initial: {references: true}\n"),
                              "--set", "space={representation: sequence, min_length: 4}", "--set",
                              "space.max_length=6", "--set", "space.initial_length=5"});
  EXPECT_EQ(none.exit_code, 0) << none.err;
}

TEST_F(SeedingOnce, AnEarlierRunMayBeInAnotherFileAndOfAnotherSpace) {
  run(write(kSequence, ""));
  const auto best = candidates("1");
  const std::string other = folder_.path() / "other.db";
  const std::string file =
      write(kSequence, "  initial: {from: {run: 1, top: 40, store: " + store_ + "}}\n");
  const Finished done = equivolve({"run", file, "--store", other, "--set", "space.max_length=9",
                                   "--set", "space.alphabet=TGCA"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("not lie in the space (the first: "));
  const Finished none =
      equivolve({"run", file, "--store", other, "--set", "space.alphabet=[A]", "--set",
                 "space.min_length=16", "--set", "space.initial_length=16"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("none of its best candidates is of use: "));
}

TEST_F(SeedingOnce, WhatCannotBeIsRefusedWhereItStands) {
  EXPECT_THAT(
      refusal(write(kSequence, "  initial:\n    candidates:\n      - ACGT\n      - AXGT\n")),
      HasSubstr(":11:10: search.initial: candidate 2: unknown symbol 'X'"));
  EXPECT_THAT(refusal(write(kSequence, "  initial: {candidates: [\"ACG\"]}\n")),
              HasSubstr("candidate 1: sequence of 3 symbols; expected 4 to 16"));
  EXPECT_THAT(
      refusal(write(kConfiguration,
                    "  initial:\n    candidates:\n      - {shape: line, x: 9, y: 2, tilt: true, "
                    "level: 3}\n")),
      HasSubstr(":10:26: search.initial: candidate 1: x is '9'; expected a number from -5 to 5"));
  EXPECT_THAT(
      refusal(write(kConfiguration, "  initial:\n    candidates:\n      - {shap: line, x: 1}\n")),
      HasSubstr(":10:10: search.initial: candidate 1: unknown parameter 'shap'"));
  EXPECT_THAT(refusal(write(kGraph,
                            "  initial:\n    candidates:\n      - |\n"
                            "        0: input\n        1: output <- 3\n")),
              HasSubstr(":12:"));
  for (const char* algorithm : {"cma_es", "grid"})
    EXPECT_THAT(refusal(write(kConfiguration, fmt::format("  algorithm: {}\n  initial: "
                                                          "{{candidates: [{{x: 1}}]}}\n",
                                                          algorithm))),
                HasSubstr("which does not begin with random candidates"));
  EXPECT_THAT(refusal(write(kSequence, "  initial: {from: nobody}\n")),
              HasSubstr("search.initial.from names run 'nobody'; "));
  run(write(kGraph, ""));
  EXPECT_THAT(refusal(write(kSequence, "  initial: {from: 1}\n")),
              HasSubstr("its space.representation is 'graph'; expected a run of 'sequence'"));
}

TEST_F(SeedingOnce, OperatorsOfOthersAreRefused) {
  EXPECT_THAT(refusal(write(kSequence, "  operators: {delete_tokn: 1}\n")),
              HasSubstr("did you mean 'delete_token'?"));
  EXPECT_THAT(refusal(write(kSequence, "  operators: {insert_operation: 1}\n")),
              HasSubstr("search.operators names 'insert_operation', which is no operator of the "
                        "representation 'sequence'; expected one of substitute_token, "
                        "insert_token"));
  EXPECT_THAT(refusal(write(kSequence,
                            "  algorithm: nsga2\n  operators: {substitute_token: 0, "
                            "insert_token: 0, delete_token: 0}\n")),
              HasSubstr("search.operators leaves no mutation of representation 'sequence'"));
  EXPECT_THAT(
      refusal(write(kConfiguration, "  algorithm: nsga2\n  operators: {polynomial_mutation: 0}\n")),
      HasSubstr("expected a weight above 0 for one of gaussian_step"));
  const Finished unused =
      call({"validate",
            write(kConfiguration, "  algorithm: random\n  operators: {gaussian_step: 2}\n")});
  EXPECT_EQ(unused.exit_code, 0) << unused.err;
  EXPECT_THAT(unused.out + unused.err,
              HasSubstr("search.operators has no effect: search.algorithm is random"));
}

TEST_F(SeedingOnce, WeightsThatMeanTheSameAreTheSameRun) {
  const std::string crossing = "  crossover_probability: 0.3\n";
  const Json usual = run(write(kSequence, crossing));
  for (const char* weights : {"{substitute_token: 2, insert_token: 1}",
                              "{substitute_token: 0.2, insert_token: 0.1, delete_token: 0.1}",
                              "{one_point_crossover: 3, two_point_crossover: 3}"}) {
    const Json same = run(write(kSequence, crossing + "  operators: " + weights + "\n"));
    EXPECT_EQ(same["result_digest"], usual["result_digest"]) << weights;
  }
  const Json other = run(write(kSequence, crossing + "  operators: {substitute_token: 3}\n"));
  EXPECT_NE(other["result_digest"], usual["result_digest"]);
}

}  // namespace
}  // namespace equivolve::tests
