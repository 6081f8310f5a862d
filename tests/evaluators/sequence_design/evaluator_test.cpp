// The module as a host sees it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "evaluators/sequence_design/settings.hpp"
#include "search/space/sequence_space.hpp"
#include "tests/evaluators/support/module.hpp"

namespace equivolve::test {
namespace {

using nlohmann::json;
namespace design = sequence_design;

const eqv_evaluator& module_table() {
  return load_module(SEQUENCE_DESIGN_MODULE);
}

json small(const char* landscape = "nk-20x6-1") {
  return {{"data", {{"landscape", landscape}, {"rows", 400}}},
          {"options",
           {{"designs", 16},
            {"fitness", "holdout_extrapolation"},
            {"resamplings", 2},
            {"screening_rows", 100},
            {"designer",
             {{"features", "onehot"},
              {"width", 16},
              {"epochs", 20},
              {"generations", 5},
              {"population", 64}}}}},
          {"representation", "configuration"}};
}

json of_sequences() {
  json config = small("nk-4x20-2");
  config["representation"] = "sequence";
  config["data"]["constraints"] = {{"gc", {0.4, 0.6}}, {"longest_run", 3}};
  return config;
}

std::size_t figure_named(const Session& session, const std::string& name) {
  for (std::size_t i = 0; i < session.info().figure_count; ++i)
    if (session.info().figures[i].name == name) return i;
  ADD_FAILURE() << name;
  return 0;
}

search::Genome sequence(const std::string& text) {
  search::SequenceSpace space;
  space.alphabet = {"A", "C", "G", "T"};
  space.min_length = space.max_length = space.initial_length = 20;
  return *search::parse_genome(text, space);
}

std::string refusal(const json& config) {
  try {
    Session session(module_table(), config);
  } catch (const Refusal& r) {
    return r.pointer + ": " + r.message;
  }
  return "";
}

TEST(SequenceDesigner, HoldoutOnValidationOracleOnTest) {
  Session s(module_table(), small());
  EXPECT_EQ(s.info().level_count, 2U);
  EXPECT_EQ(s.info().offers_test_split, 1U);
  const Trial validation = s.evaluate("evolution", {.level = 1});
  ASSERT_EQ(validation.status, EQV_OK) << validation.message;
  EXPECT_EQ(validation.figures[0], validation.figures[figure_named(s, "spearman")]);
  EXPECT_TRUE(std::isnan(validation.figures[figure_named(s, "report.p50")]));
  const Trial test = s.evaluate("evolution", {.level = 1, .split = EQV_TEST});
  ASSERT_EQ(test.status, EQV_OK) << test.message;
  EXPECT_EQ(test.figures[0], test.figures[figure_named(s, "report.p50")]);
  EXPECT_EQ(test.figures[figure_named(s, "unique")], 16);
  EXPECT_GE(test.figures[figure_named(s, "report.p100")], test.figures[0]);
}

TEST(SequenceDesigner, FitnessKnowsNoOracle) {
  // The same offline rows under two functions of different seeds would differ; here the same
  // landscape is asked twice, and what validation says does not move with the oracle's own words.
  json config = small();
  Session with(module_table(), config);
  const auto before = with.evaluate("gradient_ascent", {.level = 1});
  with.evaluate("gradient_ascent", {.level = 1, .split = EQV_TEST});
  EXPECT_EQ(with.evaluate("gradient_ascent", {.level = 1}).figures[0], before.figures[0]);
}

TEST(SequenceDesigner, ThreadsDoNotMatter) {
  Session s(module_table(), small());
  for (const char* name : {"evolution", "random"}) {
    const Trial one = s.evaluate(name, {.level = 1, .split = EQV_TEST, .threads = 1});
    const Trial four = s.evaluate(name, {.level = 1, .split = EQV_TEST, .threads = 4});
    EXPECT_EQ(one.figures[0], four.figures[0]);
  }
}

TEST(SequenceDesigner, PseudoOracleJudgesDesigns) {
  json config = small();
  config["options"]["fitness"] = "pseudo_oracle";
  Session s(module_table(), config);
  EXPECT_EQ(s.info().level_count, 3U);
  const Trial best = s.evaluate("evolution", {.level = 2});
  const Trial random = s.evaluate("random", {.level = 2});
  ASSERT_EQ(best.status, EQV_OK) << best.message;
  EXPECT_GT(best.figures[0], random.figures[0]);
}

TEST(SequenceDesigner, TheOracleNeedsALeak) {
  json config = small();
  config["options"]["fitness"] = "oracle";
  EXPECT_NE(refusal(config).find("benchmark_leak"), std::string::npos);
  config["options"]["benchmark_leak"] = true;
  Session s(module_table(), config);
  EXPECT_NE(s.log().find("leak"), std::string::npos);
}

TEST(SequenceDesigner, UnusedOptionsDoNotTellDesignersApart) {
  const design::DesignerSettings base;
  const auto used = [&](const std::string& text) {
    return design::used_options(design::read_designer(text, base), 1000);
  };
  EXPECT_EQ(used("method: evolution\nlandmarks: 64\ndepth: 3\n"),
            used("method: evolution\nlandmarks: 99\ndepth: 4\n"));
  EXPECT_NE(used("method: evolution\npopulation: 64\n"),
            used("method: evolution\npopulation: 65\n"));
  EXPECT_NE(used("method: bdi\nsteps: 20\n"), used("method: bdi\nsteps: 21\n"));
  EXPECT_EQ(used("method: bdi\nlandmarks: 2000\n"), used("method: bdi\nlandmarks: 1000\n"));
  EXPECT_THROW(used("method: none\n"), std::invalid_argument);
  EXPECT_THROW(used("what: 3\n"), std::invalid_argument);
}

TEST(SequenceDesigner, ReadsItsOwnText) {
  const design::DesignerSettings d = design::read_designer(
      "beta: 0.01\nfeatures: kmer3\ngamma: 0.25\ngamma_learned: false\nlr: 0.2\nmethod: bib\n"
      "steps: 50\ntarget: 5\n",
      {});
  EXPECT_EQ(d.method, design::Method::kBib);
  EXPECT_EQ(d.proxy, design::ProxyKind::kRidgeKmer);
  EXPECT_EQ(d.gamma, 0.25);
  EXPECT_EQ(d.steps, 50U);
  EXPECT_EQ(d.beta, 0.01);
}

TEST(SequenceDesigner, BadInputIsOneClearLine) {
  EXPECT_EQ(refusal({{"data", json::object()}, {"representation", "configuration"}}),
            "/data: names neither a landscape nor a file");
  json config = small();
  config["data"]["landscape"] = "ehrlich-20x33";
  EXPECT_NE(refusal(config).find("/data/landscape: 'ehrlich-20x33' is not one of"),
            std::string::npos);
  config = small();
  config["data"]["constraints"] = {{"gc", {0.6, 0.4}}};
  EXPECT_NE(refusal(config).find("/data/constraints/gc"), std::string::npos);
  config = small();
  config["options"]["designs"] = 1;
  EXPECT_EQ(refusal(config), "/options/designs: must be a whole number from 2 to 100000");
  config = small();
  config["options"]["what"] = 1;
  EXPECT_NE(refusal(config).find("unknown key 'what'"), std::string::npos);
  config = small();
  config["data"] = {{"file", "/nowhere.csv"}};
  EXPECT_NE(refusal(config).find("/nowhere.csv"), std::string::npos);
}

TEST(SequenceDesigner, SchemaDefaultsAreTheReaders) {
  const json schema = json::parse(text_of(module_table().config_schema));
  const json options = schema["properties"]["options"]["properties"];
  for (const auto& item : options.items()) {
    EXPECT_FALSE(item.value().value("description", "").empty()) << item.key();
    if (!item.value().contains("default")) continue;
    json config = small();
    config["options"][item.key()] = item.value()["default"];
    EXPECT_NO_THROW(design::read_settings(config.dump())) << item.key();
  }
  const json designer = options["designer"]["properties"];
  for (const auto& item : designer.items()) {
    json config = small();
    if (item.value().contains("default")) {
      config["options"]["designer"] = {{item.key(), item.value()["default"]}};
      EXPECT_NO_THROW(design::read_settings(config.dump())) << item.key();
    }
    if (item.value().contains("minimum")) {
      config["options"]["designer"] = {{item.key(), item.value()["minimum"].get<double>() - 1}};
      EXPECT_ANY_THROW(design::read_settings(config.dump())) << item.key();
    }
  }
}

TEST(SequenceGenomes, AreJudgedProbedAndKeptToTheRules) {
  Session s(module_table(), of_sequences());
  EXPECT_EQ(s.info().refines_genomes, 1U);
  const json space = s.default_space(search::Representation::kSequence);
  EXPECT_EQ(space["alphabet"], "ACGT");
  EXPECT_EQ(s.bind(space).status, EQV_OK);
  const search::Genome good = sequence("ACGTACGTACGTACGTACGT");
  EXPECT_EQ(s.refine(good).flat, good.flat);
  const Trial told = s.evaluate(good);
  ASSERT_EQ(told.status, EQV_OK) << told.message;
  EXPECT_TRUE(std::isfinite(told.figures[0]));
  const Trial truth = s.evaluate(good, {.split = EQV_TEST});
  EXPECT_GE(truth.figures[0], 0);
  EXPECT_LE(truth.figures[0], 1);
  EXPECT_EQ(s.probe(good), s.probe(good));
  EXPECT_NE(s.probe(good), s.probe(sequence("AACCGGTTAACCGGTTAACC")));
  // One that breaks a rule is infeasible as it is, and refined into one that does not.
  const search::Genome bad = sequence("AAAAACGTACGTACGTACGT");
  EXPECT_EQ(s.evaluate(bad).status, EQV_INFEASIBLE);
  EXPECT_EQ(s.evaluate(s.refine(bad)).status, EQV_OK);
}

TEST(SequenceGenomes, EveryRefinedOneIsFeasible) {
  Session s(module_table(), of_sequences());
  hashing::Stream stream(4, hashing::Purpose::kTest, 0);
  for (int i = 0; i < 300; ++i) {
    std::string text;
    for (int k = 0; k < 20; ++k) text += "ACGT"[stream.below(4)];
    EXPECT_EQ(s.evaluate(s.refine(sequence(text))).status, EQV_OK) << text;
  }
}

TEST(SequenceGenomes, SpaceMustBeThatOfTheData) {
  Session s(module_table(), of_sequences());
  json space = s.default_space(search::Representation::kSequence);
  space["alphabet"] = "ACGU";
  EXPECT_NE(s.bind(space).status, EQV_OK);
}

/// 120 sequences whose score is the share of A, with some noise.
std::string own_file() {
  const std::string path = testing::TempDir() + "sequences.csv";
  std::ofstream out(path);
  out << "sequence,score\n";
  hashing::Stream stream(8, hashing::Purpose::kTest, 0);
  for (int i = 0; i < 120; ++i) {
    std::string text;
    double score = 0;
    for (int k = 0; k < 10; ++k) {
      text += "ACGT"[stream.below(4)];
      score += text.back() == 'A' ? 1 : 0;
    }
    out << text << ',' << score + 0.2 * stream.gaussian() << '\n';
  }
  return path;
}

TEST(SequenceApply, WritesWhatALaboratoryNeeds) {
  json config = small();
  config["data"] = {{"file", own_file()}, {"constraints", {{"forbidden_motifs", {"AAAA"}}}}};
  config["options"]["designer"]["features"] = "onehot";
  Session s(module_table(), config);
  EXPECT_EQ(s.info().offers_test_split, 0U);
  const auto files = s.apply("evolution");
  for (const char* name :
       {"designs.csv", "designs.fasta", "logo.svg", "histograms.svg", "report.txt", "backtest.csv"})
    EXPECT_EQ(files.count(name), 1U) << name;
  std::istringstream lines(files.at("designs.csv"));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(
      line,
      "rank,sequence,predicted,spread,distance,nearest_measured,outside_measured_region,reason");
  int rows = 0;
  while (std::getline(lines, line)) {
    ++rows;
    EXPECT_EQ(line.find("AAAA,"), std::string::npos);
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), 7) << line;
    EXPECT_NE(line.find("by the proxy"), std::string::npos) << line;  // none was measured already
  }
  EXPECT_EQ(rows, 16);
  const std::string fasta = files.at("designs.fasta");
  EXPECT_EQ(std::count(fasta.begin(), fasta.end(), '>'), 16);
  // A law this plain is found again: nearly all picks are of the hidden best.
  const std::string report = files.at("report.txt");
  const std::size_t at = report.find("enrichment");
  ASSERT_NE(at, std::string::npos) << report;
  EXPECT_GT(std::stod(report.substr(at + 10)), 1.5) << report;
}

TEST(SequenceApply, LowScoresAreAskedForToo) {
  json config = small();
  config["data"] = {{"file", own_file()}, {"direction", "minimize"}};
  config["options"]["designer"]["features"] = "onehot";
  Session s(module_table(), config);
  const std::string csv = s.apply("evolution").at("designs.csv");
  const std::string first = csv.substr(csv.find("\n1,") + 3, 10);
  EXPECT_EQ(first.find('A'), std::string::npos) << first;
}

}  // namespace
}  // namespace equivolve::test
