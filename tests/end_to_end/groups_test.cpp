// Groups of runs: what a person makes of one file and many seeds or settings.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

using nlohmann::json;

class Groups : public testing::Test {
 protected:
  TempFolder folder_;
  std::string store_ = folder_.path() / "runs.db";
  std::string yaml_ = folder_.path() / "sweep.yaml";

  void SetUp() override {
    write_file(yaml_,
               small_yaml(200) + "vary:\n  search.algorithm: [random, regularized_evolution]\n");
  }
  Finished with_store(std::vector<std::string> arguments, const Environment& extra = {}) {
    arguments.insert(arguments.end(), {"--store", store_});
    return equivolve(arguments, extra);
  }
  json digests(const json& run) {
    return {run["seed"], run["result_digest"], run["trajectory_digest"], run["best"]};
  }
};

TEST_F(Groups, RunAsSingleRunsWouldOneAfterTheOther) {
  const Finished done = with_store({"run", yaml_, "--seeds", "2", "--json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const json group = answer(done);
  ASSERT_EQ(group["runs"].size(), 4u);
  EXPECT_NE(done.err.find("run 3 of 4: search.algorithm=random, seed=8"), std::string::npos)
      << done.err;
  const std::string single_yaml = folder_.path() / "single.yaml";
  write_file(single_yaml, small_yaml(200));
  std::size_t position = 0;
  for (const char* seed : {"7", "8"}) {
    for (const char* algorithm : {"random", "regularized_evolution"}) {
      const json single = answer(equivolve({"run", single_yaml, "--seed", seed, "--set",
                                            std::string("search.algorithm=") + algorithm, "--json",
                                            "--quiet", "--store", folder_.path() / "single.db"}));
      EXPECT_EQ(digests(group["runs"][position]), digests(single)) << seed << ' ' << algorithm;
      ++position;
    }
  }
  EXPECT_EQ(with_store({"store", "verify"}).exit_code, 0);
}

TEST_F(Groups, AreListedAndFoundByNumberAndName) {
  const Finished done = with_store({"run", yaml_});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("group g1 \"small\": 2 of 2 runs finished"), std::string::npos)
      << done.out;
  EXPECT_NE(done.last_line().find("next: equivolve compare g1"), std::string::npos) << done.out;
  const Finished list = with_store({"list"});
  EXPECT_NE(list.out.find("small/2"), std::string::npos) << list.out;
  EXPECT_NE(list.out.find("   g1  2"), std::string::npos) << list.out;
  for (const char* name : {"g1", "small"}) {
    EXPECT_EQ(with_store({"compare", name}).exit_code, 0) << name;
    const json again = answer(with_store({"resume", name, "--json"}));  // nothing is left to do
    EXPECT_EQ(again["runs"].size(), 2u);
  }
  EXPECT_EQ(answer(with_store({"show", "small/1", "--json"}))["run"], 1);
  const Finished unknown = with_store({"compare", "g9"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.err.find("no run \"g9\": it has runs 2 (small/2), 1 (small/1), and groups g1 "
                             "(small)"),
            std::string::npos)
      << unknown.err;
}

TEST_F(Groups, KilledAtAnyRunTheyGoOnToTheSameEnd) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  const json whole = answer(equivolve(
      {"run", yaml_, "--seeds", "2", "--json", "--quiet", "--store", folder_.path() / "whole.db"}));
  for (const char* point : {"run.before_final:1", "run.before_finish:2", "store.begin_run.locked:3",
                            "run.before_final:4"}) {
    SCOPED_TRACE(point);
    store_ = folder_.path() / (std::string("killed-") + point + ".db");
    const Finished killed =
        with_store({"run", yaml_, "--seeds", "2", "--quiet"}, {{"EQUIVOLVE_FAULT", point}});
    ASSERT_EQ(killed.signal, 9) << killed.err;
    const json resumed = answer(with_store({"resume", "g1", "--json", "--quiet"}));
    ASSERT_EQ(resumed["runs"].size(), 4u);
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_EQ(digests(resumed["runs"][i]), digests(whole["runs"][i]));
    EXPECT_EQ(with_store({"store", "verify"}).exit_code, 0);
  }
}

TEST_F(Groups, BadOnesAreRefusedBeforeAnythingIsWritten) {
  struct Bad {
    std::string vary, message;
  };
  const Bad all[] = {
      {"vary: {search.algorithm: [random, randam]}\n", ":8:35: search.algorithm is 'randam'"},
      {"vary: {options.epochs: [1, many]}\n", ":8:28: "},
      {"vary: {data.synthetic: [linear, no_such_task]}\n", ":8:33: "},
  };
  for (const Bad& bad : all) {
    write_file(yaml_, small_yaml(200) + bad.vary);
    for (const char* command : {"run", "validate"}) {
      const Finished done = with_store({command, yaml_});
      EXPECT_EQ(done.exit_code, 2) << bad.vary << done.out;
      EXPECT_NE(done.err.find(bad.message), std::string::npos) << done.err;
    }
    EXPECT_FALSE(std::filesystem::exists(store_));
  }
}

// Commands that take one run's configuration do not leave `vary` out without a word.
TEST_F(Groups, WhatVariesIsNeverIgnored) {
  const auto refused = [&](const std::vector<std::string>& arguments, const std::string& said) {
    const Finished done = with_store(arguments);
    EXPECT_EQ(done.exit_code, 2) << arguments[0] << done.out;
    EXPECT_NE(done.err.find(said), std::string::npos) << arguments[0] << ": " << done.err;
  };
  const std::string out = folder_.path() / "out", group = "vary makes a group of runs",
                    plain = folder_.path() / "plain.yaml";
  write_file(plain, small_yaml(50));
  refused({"run", yaml_, "--set", "search.algorithm=random"}, "search.algorithm varies in this");
  refused({"validate", yaml_, "--set", "search.algorithm=random"}, "search.algorithm varies in");
  refused({"run", plain, "--set", "vary={seed: [1, 2]}", "--seed", "9"}, "seed varies in this");
  refused({"hash", yaml_}, ":8:1: " + group);
  for (const char* setting : {"vary.nonsense=3", "vary={seed: [1, 2]}"}) {
    refused({"hash", plain, "--set", setting}, group);
    refused({"apply", plain, "--candidate", "constant", "--out", out, "--set", setting}, group);
  }
  EXPECT_FALSE(std::filesystem::exists(store_));
  ASSERT_EQ(with_store({"run", plain, "--quiet"}).exit_code, 0);
  refused({"resume", "1", "--set", "vary={seed: [5, 6]}"}, group);
  refused({"resume", "1", "--fork", "--set", "vary={seed: [5, 6]}"}, group);
  refused({"apply", "1", "--out", out, "--set", "vary={seed: [5, 6]}"}, group);
  EXPECT_FALSE(std::filesystem::exists(out));
  EXPECT_EQ(with_store({"hash", yaml_, "--set", "vary={}"}).exit_code, 0);
}

TEST_F(Groups, ValidateTellsProgramsTheSame) {
  write_file(yaml_, small_yaml(200) + "vary: {search.algorithm: [random, randam]}\n");
  const Finished bad = with_store({"validate", yaml_, "--json"});
  EXPECT_EQ(bad.exit_code, 2);
  const json refused = json::parse(bad.last_line());
  EXPECT_EQ(refused["valid"], false);
  ASSERT_EQ(refused["problems"].size(), 1u);
  EXPECT_EQ(refused["problems"][0]["line"], 8);
  EXPECT_EQ(refused["problems"][0]["column"], 35);
  write_file(yaml_, small_yaml(0) + "vary: {seed: [1, 2]}\n");
  const json odd = answer(with_store({"validate", yaml_, "--json"}));
  EXPECT_EQ(odd["valid"], true);
  EXPECT_EQ(odd["runs"], 2);
  EXPECT_EQ(odd["warnings"].size(), 1u) << odd;
}

TEST_F(Groups, ABadVaryHidesNothing) {
  write_file(yaml_, small_yaml(200) +
                        "vary: {search.algorithm: random, options.epochs: [1, many]}\n"
                        "wokers: {count: 1}\n");
  const Finished done =
      with_store({"validate", yaml_, "--set", "data.dimensions=3", "--set", "final.top=0"});
  EXPECT_EQ(done.exit_code, 2);
  for (const char* said : {"vary.search.algorithm is 'random'; expected a list", "'workers'",
                           "'dimension'", "final.top is '0'"})
    EXPECT_NE(done.err.find(said), std::string::npos) << said << "\n" << done.err;
  write_file(yaml_, small_yaml(200) + "vary: {options.epochs: [many, 2, most]}\n");
  const Finished both = with_store({"validate", yaml_});
  EXPECT_NE(both.err.find("many"), std::string::npos) << both.err;
  EXPECT_NE(both.err.find(":8:34: "), std::string::npos) << "most: " << both.err;
}

TEST_F(Groups, WarnOfWhatHoldsForAllOfThem) {
  const Finished some = with_store({"validate", yaml_, "--set", "search.population_size=50"});
  EXPECT_EQ(some.exit_code, 0) << some.err;
  EXPECT_EQ(some.err.find("warning"), std::string::npos) << some.err;
  const Finished all = with_store({"validate", yaml_, "--set", "budget.candidates=0"});
  EXPECT_NE(all.err.find("warning"), std::string::npos) << all.err;
  EXPECT_EQ(all.err.find("settings)"), std::string::npos) << all.err;
  const Finished few = with_store({"validate", yaml_, "--set", "search.population_size=5000"});
  EXPECT_NE(few.err.find("within its first population (1 of 2 settings)"), std::string::npos)
      << few.err;
}

TEST_F(Groups, AreShownAndDeletedAsAWhole) {
  ASSERT_EQ(with_store({"run", yaml_, "--quiet"}).exit_code, 0);
  const Finished shown = with_store({"show", "g1"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_NE(shown.out.find("group g1 \"small\": 2 of 2 runs finished"), std::string::npos)
      << shown.out;
  EXPECT_NE(shown.out.find("search.algorithm=random, seed=7  fitness: search"), std::string::npos)
      << shown.out;
  EXPECT_NE(shown.last_line().find("next: equivolve compare g1"), std::string::npos) << shown.out;
  EXPECT_EQ(answer(with_store({"show", "g1", "--json"}))["runs"].size(), 2u);
  for (const std::vector<std::string>& one_run :
       {std::vector<std::string>{"export", "g1", "--out", folder_.path() / "c.csv"},
        std::vector<std::string>{"apply", "g1", "--out", folder_.path() / "o"},
        std::vector<std::string>{"reproduce", "g1"}}) {
    const Finished refused = with_store(one_run);
    EXPECT_EQ(refused.exit_code, 2) << one_run.front();
    EXPECT_NE(refused.err.find("g1 is a group (runs 1, 2) and this takes one run"),
              std::string::npos)
        << refused.err;
  }
  EXPECT_EQ(with_store({"delete", "g1"}).exit_code, 2) << "asks first";
  ASSERT_EQ(with_store({"delete", "g1", "--yes"}).exit_code, 0);
  EXPECT_EQ(answer(with_store({"list", "--json"})).size(), 0u);
  EXPECT_EQ(with_store({"list"}).out.find("g1"), std::string::npos);
  EXPECT_EQ(with_store({"store", "verify"}).exit_code, 0);
}

TEST_F(Groups, OfSeedsAloneAreSummedUp) {
  const std::string single = folder_.path() / "single.yaml";
  write_file(single, small_yaml(100));
  const Finished ran = with_store({"run", single, "--seeds", "3"});
  EXPECT_NE(ran.last_line().find("next: equivolve compare g1"), std::string::npos) << ran.out;
  const Finished compared = with_store({"compare", "g1"});
  EXPECT_EQ(compared.exit_code, 0) << compared.err;
  EXPECT_NE(compared.out.find("quartile 3"), std::string::npos) << compared.out;
  EXPECT_NE(compared.last_line().find("next: equivolve report g1"), std::string::npos)
      << compared.out;
  EXPECT_EQ(answer(with_store({"compare", "g1", "--json"}))["sides"][0]["figures"][0]["count"], 3);
  const Finished same = with_store({"compare", "latest", "3"});
  EXPECT_EQ(same.exit_code, 2);
  EXPECT_NE(same.err.find("is named twice"), std::string::npos) << same.err;
}

TEST_F(Groups, ListSaysHowToGoOnWithAnUnfinishedOne) {
#ifndef EQUIVOLVE_FAULT_POINTS
  GTEST_SKIP() << "built without EQUIVOLVE_FAULT_POINTS";
#endif
  const Finished killed = with_store({"run", yaml_, "--seeds", "2", "--quiet"},
                                     {{"EQUIVOLVE_FAULT", "run.before_finish:2"}});
  ASSERT_EQ(killed.signal, 9) << killed.err;
  EXPECT_NE(with_store({"list"}).last_line().find("next: equivolve resume g1"), std::string::npos);
  EXPECT_NE(with_store({"show", "g1"}).last_line().find("next: equivolve resume g1"),
            std::string::npos);
}

TEST_F(Groups, ComparedWithOneGroupItsSettingsStandAgainstEachOther) {
  ASSERT_EQ(with_store({"run", yaml_, "--seeds", "3", "--quiet"}).exit_code, 0);
  const json compared = answer(with_store({"compare", "g1", "--json"}));
  ASSERT_EQ(compared["sides"].size(), 2u);
  EXPECT_EQ(compared["sides"][0]["label"], "g1 search.algorithm=random");
  EXPECT_EQ(compared["over"], "runs");
  EXPECT_EQ(compared["settings"]["search.algorithm"], (json{"random", "regularized_evolution"}));
  // Against the runs' own summaries.
  double sum = 0;
  for (const int pair : {0, 1, 2}) {
    const json a = answer(with_store({"show", std::to_string(2 * pair + 1), "--json"}));
    const json b = answer(with_store({"show", std::to_string(2 * pair + 2), "--json"}));
    sum += a["best"]["confirmed"][a["objective"].get<std::string>()].get<double>() -
           b["best"]["confirmed"][b["objective"].get<std::string>()].get<double>();
  }
  const json& pair = compared["pairs"][0];
  EXPECT_TRUE(pair["paired"].get<bool>());
  EXPECT_EQ(pair["difference"]["count"], 3);
  EXPECT_NEAR(pair["difference"]["mean"].get<double>(), sum / 3, 1e-12);
  EXPECT_LE(pair["difference"]["low"].get<double>(), sum / 3);
  const double p = pair["probability_of_improvement"]["value"].get<double>();
  EXPECT_NEAR(p * 9, std::round(p * 9 * 2) / 2, 1e-9);  // a share of nine pairs, ties half
}

TEST_F(Groups, SingleRunsAreComparedOverTheirRepeats) {
  const std::string single = folder_.path() / "single.yaml";
  write_file(single, small_yaml(150));
  ASSERT_EQ(with_store({"run", single, "--quiet"}).exit_code, 0);
  ASSERT_EQ(with_store({"run", single, "--quiet", "--set", "search.population_size=20"}).exit_code,
            0);
  ASSERT_EQ(with_store({"run", single, "--quiet", "--seed", "9"}).exit_code, 0);
  const json same_seed = answer(with_store({"compare", "1", "2", "--json"}));
  EXPECT_EQ(same_seed["over"], "repeats");
  EXPECT_EQ(same_seed["sides"][0]["figures"][0]["count"], 3);
  EXPECT_TRUE(same_seed["pairs"][0]["paired"].get<bool>());
  EXPECT_EQ(same_seed["settings"].size(), 1u) << same_seed["settings"];
  EXPECT_EQ(same_seed["settings"]["search.population_size"], (json{"50", "20"}));
  const json other_seed = answer(with_store({"compare", "1", "3", "--json"}));
  EXPECT_FALSE(other_seed["pairs"][0]["paired"].get<bool>());
  EXPECT_EQ(answer(with_store({"compare", "1", "2", "3", "--json"}))["pairs"].size(), 3u);
  EXPECT_EQ(answer(with_store({"compare", "1", "2", "--stage", "test", "--json"}))["stage"],
            "test");
}

// How the data are split is a part of what makes a pair.
TEST_F(Groups, PairsHaveTheSameSplitOfTheData) {
  const std::string table = std::string(EQUIVOLVE_SOURCE_DIR) + "/data/breast_cancer.csv";
  const std::string start = "evaluator: algorithm_discovery\ndata: {file: " + table +
                            ", target: diagnosis}\nbudget: {candidates: 60}\nfinal: {top: 1, "
                            "repeats: 2}\n";
  write_file(yaml_, start +
                        "vary: {data.split_seed: [1, 2], search.algorithm: [random, "
                        "regularized_evolution], seed: [1, 2]}\n");
  ASSERT_EQ(with_store({"run", yaml_, "--quiet"}).exit_code, 0);
  const json varied = answer(with_store({"compare", "g1", "--json"}))["pairs"][0];
  EXPECT_TRUE(varied["paired"].get<bool>());
  EXPECT_EQ(varied["difference"]["count"], 4);
  const std::string single = folder_.path() / "single.yaml";
  write_file(single, start);
  ASSERT_EQ(with_store({"run", single, "--quiet"}).exit_code, 0);
  ASSERT_EQ(with_store({"run", single, "--quiet", "--set", "data.test_share=0.3"}).exit_code, 0);
  const json other_rows = answer(with_store({"compare", "9", "10", "--json"}));
  EXPECT_FALSE(other_rows["pairs"][0]["paired"].get<bool>());
  EXPECT_NE(other_rows["notes"].dump().find("data.test_share differs"), std::string::npos);
}

TEST_F(Groups, OfOneRunASideAreComparedOverRepeatsAndSaySo) {
  ASSERT_EQ(with_store({"run", yaml_, "--quiet"}).exit_code, 0);
  const std::string page = folder_.path() / "page.html";
  ASSERT_EQ(with_store({"report", "g1", "--html", page, "--quiet"}).exit_code, 0);
  std::ifstream in(page);
  const std::string html(std::istreambuf_iterator<char>(in), {});
  EXPECT_NE(html.find("<th>repeats</th>"), std::string::npos);
  for (const std::string& text : {with_store({"compare", "g1"}).out, html})
    EXPECT_NE(text.find("nothing of their settings"), std::string::npos) << text;
  const Finished test = with_store({"compare", "1", "2", "--stage", "test"});
  EXPECT_NE(test.out.find("no interval, as a run opens the test split once"), std::string::npos)
      << test.out;
  EXPECT_EQ(test.out.find("["), std::string::npos) << test.out;
  const json pair =
      answer(with_store({"compare", "1", "2", "--stage", "test", "--json"}))["pairs"][0];
  EXPECT_TRUE(pair["difference"]["low"].is_null());
  EXPECT_TRUE(pair["probability_of_improvement"]["low"].is_null());
  EXPECT_TRUE(pair["probability_of_improvement"]["value"].is_number());
}

TEST_F(Groups, NonsenseIsNotCompared) {
  const std::string single = folder_.path() / "single.yaml";
  write_file(single, small_yaml(100));
  ASSERT_EQ(with_store({"run", single, "--quiet"}).exit_code, 0);
  ASSERT_EQ(with_store({"run", single, "--quiet", "--set", "data.dimension=5"}).exit_code, 0);
  const struct {
    std::vector<std::string> arguments;
    const char* message;
  } all[] = {
      {{"compare", "1"}, "nothing to compare with"},
      {{"compare", "1", "2"}, "different data (run 1: dimension 4; run 2: dimension 5)"},
      {{"compare", "1", "2", "--figure", "fitnes"}, "did you mean 'fitness'"},
      {{"compare", "1", "2", "--stage", "testt"}, "testt"},
      {{"compare", "1", "no_such_run"}, "no run \"no_such_run\""},
  };
  for (const auto& bad : all) {
    const Finished done = with_store(bad.arguments);
    EXPECT_EQ(done.exit_code, 2) << done.out;
    EXPECT_NE(done.err.find(bad.message), std::string::npos) << done.err;
  }
}

TEST_F(Groups, EachLookAtTheTestSplitIsCounted) {
  const std::string single = folder_.path() / "single.yaml";
  write_file(single, small_yaml(100));
  const Finished first = with_store({"run", single});
  EXPECT_EQ(first.out.find("expect optimism"), std::string::npos) << first.out;
  const Finished second = with_store({"run", single, "--set", "search.population_size=20"});
  EXPECT_NE(second.out.find("test split opened 2 times in this store: expect optimism"),
            std::string::npos)
      << second.out;
  EXPECT_EQ(answer(with_store({"show", "1", "--json"}))["test_openings"], 2);
  EXPECT_NE(with_store({"show", "1"}).out.find("opened 2 times"), std::string::npos);
  const json best = answer(with_store({"show", "1", "--json"}))["best"];
  EXPECT_EQ(best["confirmed_interval"]["count"], 3);
  // More budget until the test split looks good: each new winner is one more look.
  int looks = 2;
  std::uint64_t winner = best["birth"];
  for (int i = 0; i < 3; ++i) {
    const json more =
        answer(with_store({"resume", "1", "--set", "budget.candidates=+400", "--json", "--quiet"}));
    if (more["best"]["birth"] != winner) ++looks;
    winner = more["best"]["birth"];
    EXPECT_EQ(more["test_openings"], looks);
  }
  EXPECT_GT(looks, 2);
}

}  // namespace
}  // namespace equivolve::tests
