// The module as a host sees it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "evaluators/sequence_design/fingerprint.hpp"
#include "evaluators/sequence_design/fitness.hpp"
#include "evaluators/sequence_design/selection.hpp"
#include "evaluators/sequence_design/settings.hpp"
#include "evaluators/sequence_design/tasks.hpp"
#include "search/space/sequence_space.hpp"
#include "search/variation/sequence_variation.hpp"
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

TEST(SequenceDesigner, WarnsOfDesignsThatAreTheSame) {
  json config = small();
  Session distinct(module_table(), config);
  ASSERT_EQ(distinct.evaluate("gradient_ascent", {.level = 1, .split = EQV_TEST}).status, EQV_OK);
  EXPECT_EQ(distinct.log().find("designs differ"), std::string::npos) << distinct.log();
  config["options"]["select"] = "raw";
  Session raw(module_table(), config);
  const Trial trial = raw.evaluate("gradient_ascent", {.level = 1, .split = EQV_TEST});
  ASSERT_LT(trial.figures[figure_named(raw, "unique")], 8);
  EXPECT_NE(raw.log().find("gradient_ascent: "), std::string::npos) << raw.log();
  EXPECT_NE(raw.log().find(" of 16 designs differ"), std::string::npos) << raw.log();
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
  design::TaskSettings task;
  task.landscape = "nk-20x6-1";
  task.rows = 400;
  const design::ProbeSet set = design::make_probe_set(design::open_task(task).offline);
  EXPECT_EQ(set.rows.size(), 100U);
  EXPECT_EQ(set.sequences.size(), 256U);
  design::DesignerSettings base;
  base.proxy = design::ProxyKind::kRidgeOneHot;
  base.epochs = 3;
  base.landmarks = 64;
  const auto print = [&](const std::string& text) {
    return design::fingerprint(set, design::read_designer(text, base), {});
  };
  const design::Fingerprint evolution = print("method: evolution\nbeta: 0.1\n");
  EXPECT_EQ(evolution.designs.size(), 8U);
  EXPECT_EQ(evolution, print("method: evolution\nbeta: 0.1\nlandmarks: 99\ndepth: 4\nlr: 0.3\n"));
  EXPECT_NE(evolution, print("method: evolution\nbeta: 0.1\npopulation: 2048\n"));
  EXPECT_NE(evolution, print("method: evolution\nbeta: 10\n"));
  EXPECT_NE(print("method: gradient_ascent\nsteps: 10\n"),
            print("method: gradient_ascent\nsteps: 400\n"));
  EXPECT_EQ(print("method: bdi\nlandmarks: 2000\n"), print("method: bdi\nlandmarks: 1000\n"));
  EXPECT_THROW(print("method: none\n"), std::invalid_argument);
  EXPECT_THROW(print("what: 3\n"), std::invalid_argument);
}

// Where rows are few and sequences long, the search must be able to reach strong ridges, and the
// default fitness must tell that they are better.
TEST(SequenceDesigner, StrongRidgesAreInReachAndTold) {
  Session s(module_table(), small("ehrlich-20x32"));
  const json space = s.default_space(search::Representation::kConfiguration);
  EXPECT_GE(space["parameters"]["beta"]["high"], 10);
  design::TaskSettings task_settings;
  task_settings.landscape = "ehrlich-20x32";
  task_settings.rows = 400;
  const design::OfflineTask task = design::open_task(task_settings);
  const design::Referees referees(task.offline, 5, 64, 20, 1, {});
  const auto fitness = [&](double lambda) {
    design::DesignerSettings d;
    d.method = design::Method::kEvolution;
    d.proxy = design::ProxyKind::kRidgeOneHot;
    d.lambda = lambda;
    d.designs = 64;
    const auto made = design::design(task.offline, d, {}, {});
    const auto chosen =
        design::select_designs(made.pool, task.offline, 64, design::Selection::kDistinctTop, 0);
    return design::judged_fitness(referees, chosen.sequences, 64, 1);
  };
  EXPECT_GT(fitness(10), fitness(1e-3) + 0.5);
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
  config = small();
  config["options"]["designs"] = 500;
  EXPECT_EQ(
      refusal(config),
      "/options/designs: nk-20x6-1 has 400 offline rows; expected at most as many designs, not "
      "500");
  for (const char* key : {"direction", "alphabet", "sequence", "target"}) {
    config = small();
    config["data"][key] = std::string(key) == "direction" ? "minimize" : "ACGT";
    EXPECT_EQ(refusal(config),
              std::string("/data/") + key +
                  ": is for a file of your own; landscape nk-20x6-1 has one already");
  }
  config = small();
  config["data"]["offline"] = "r5000";
  EXPECT_EQ(refusal(config), "/data/offline: is for landscape tfbind8");
  config = small();
  config["options"]["designer"]["features"] = "learned";
  EXPECT_EQ(refusal(config),
            "/options/designer/features: learned needs options.unlabelled, a file of sequences");
}

TEST(SequenceDesigner, LearnedFeaturesNeedUnlabelledSequences) {
  Session s(module_table(), small());
  json space = s.default_space(search::Representation::kConfiguration);
  space["parameters"]["features"]["values"] = {"onehot", "learned"};
  const auto bound = s.bind(space);
  EXPECT_NE(bound.status, EQV_OK);
  const std::string file = testing::TempDir() + "unlabelled_sequences.txt";
  std::ofstream out(file);
  for (int i = 0; i < 40; ++i) out << "ACDEFGHIKLMNPQRSTVWY"[i % 20] << "ACDEF" << '\n';
  out.close();
  json config = small();
  config["options"]["unlabelled"] = file;
  config["options"]["designer"]["features"] = "learned";
  Session with(module_table(), config);
  EXPECT_EQ(with.bind(space).status, EQV_OK);
  const Trial trial = with.evaluate("gradient_ascent", {.level = 1});
  EXPECT_EQ(trial.status, EQV_OK) << trial.message;
}

TEST(SequenceDesigner, UnlabelledFilesAreNamedWhereTheyAreWrong) {
  const std::string file = testing::TempDir() + "wrong_unlabelled_sequences.txt";
  json config = small();
  config["options"]["unlabelled"] = file;
  const auto said = [&](const std::string& text) {
    std::ofstream(file) << text;
    std::string message = refusal(config);
    if (const auto at = message.find(file); at != std::string::npos)
      message.replace(at, file.size(), "FILE");
    return message;
  };
  EXPECT_EQ(said(""), "/options/unlabelled: FILE is empty");
  EXPECT_EQ(said("sequence\n"), "/options/unlabelled: FILE has no sequences");
  EXPECT_EQ(said("ACDEFG\nACDEF\n"),
            "/options/unlabelled: FILE, sequence 2 has 5 symbols; expected 6");
  EXPECT_EQ(said("ACDEFG\nACDEFB\n"),
            "/options/unlabelled: FILE, sequence 2 character 6 is 'B'; expected one of "
            "ACDEFGHIKLMNPQRSTVWY");
  config["options"]["unlabelled"] = "/nowhere.txt";
  EXPECT_EQ(refusal(config), "/options/unlabelled: there is no file '/nowhere.txt'");
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

/// A file of 200 sequences of 10 to 14 letters, or all of 14.
std::string file_of_lengths(bool vary) {
  const std::string path = testing::TempDir() + (vary ? "lengths.csv" : "one_length.csv");
  std::ofstream out(path);
  out << "sequence,score\n";
  hashing::Stream stream(12, hashing::Purpose::kTest, 0);
  for (int i = 0; i < 200; ++i) {
    const std::size_t length = vary ? 10 + stream.below(5) : 14;
    for (std::size_t k = 0; k < length; ++k) out << "ACGT"[stream.below(4)];
    out << ',' << stream.uniform() << '\n';
  }
  return path;
}

// As a search does it: children of the sequence operators, refined, and then parents.
TEST(SequenceGenomes, ChildrenOfTheOperatorsKeepToTheRulesIn100000) {
#ifdef EQUIVOLVE_SANITIZED
  constexpr int kChildren = 1000;
#else
  constexpr int kChildren = 50'000;
#endif
  const json of_one_length = {{"fixed", "A???????????T?"},
                              {"allowed", {{"3", "CG"}, {"4", "ACG"}}},
                              {"wild_type", "ACGTACGTACGCTA"},
                              {"most_mutations", 7},
                              {"forbidden_motifs", {"GAAT", "TTT"}},
                              {"gc", {0.25, 0.6}},
                              {"longest_run", 2}};
  const json of_lengths = {{"allowed", {{"2", "CG"}}}, {"forbidden_motifs", {"GAAT", "TTT"}},
                           {"gc", {0.25, 0.6}},        {"longest_run", 2},
                           {"min_length", 8},          {"max_length", 13}};
  for (const bool vary : {false, true}) {
    json config = of_sequences();
    config["data"] = {{"file", file_of_lengths(vary)},
                      {"constraints", vary ? of_lengths : of_one_length}};
    Session s(module_table(), config);
    const json text = s.default_space(search::Representation::kSequence);
    ASSERT_EQ(s.bind(text).status, EQV_OK);
    search::SequenceSpace space;
    space.alphabet = {"A", "C", "G", "T"};
    space.min_length = text["min_length"];
    space.max_length = text["max_length"];
    space.initial_length = text["initial_length"];
    hashing::Stream stream(4, hashing::Purpose::kTest, vary ? 1 : 0);
    std::vector<search::Genome> parents;
    std::set<std::string> different;
    std::set<std::size_t> lengths;
    for (int i = 0; i < kChildren; ++i) {
      const auto parent = [&] {
        return search::GenomeView(parents[stream.below(parents.size())].flat);
      };
      search::Genome child;
      if (parents.size() < 64)
        child = search::random_genome(space, stream);
      else if (stream.chance(0.5))
        child = search::mutate_genome(parent(), space, stream).genome;
      else {
        const search::GenomeView first = parent(), second = parent();
        child = search::cross_genomes(first, second, space, stream).genome;
      }
      child = s.refine(child);
      const std::string letters = search::genome_text(child.flat, space);
      ASSERT_EQ(s.evaluate(child).status, EQV_OK) << letters;
      different.insert(letters);
      lengths.insert(letters.size());
      if (parents.size() < 64)
        parents.push_back(child);
      else
        parents[stream.below(parents.size())] = child;
    }
    EXPECT_GT(different.size(), kChildren / 50);  // they do not stand still
    EXPECT_EQ(*lengths.rbegin() - *lengths.begin(), vary ? 5U : 0U);
  }
}

TEST(SequenceGenomes, WhatTheNetworksCannotTellApartIsOne) {
  // The sequences are all letters' orders of a score that the first letter alone makes: networks
  // tell the rest apart by less than their error, so many of 300 random ones share a digest, and
  // those that do share a fitness up to a sixteenth of it on either figure.
  const std::string path = testing::TempDir() + "first_letter.csv";
  std::ofstream out(path);
  out << "sequence,score\n";
  hashing::Stream stream(5, hashing::Purpose::kTest, 0);
  const auto random_text = [&] {
    std::string text;
    for (int k = 0; k < 4; ++k) text += "ACGT"[stream.below(4)];
    return text;
  };
  for (int i = 0; i < 400; ++i) {
    const std::string text = random_text();
    out << text << ',' << (text[0] == 'A' ? 1 : 0) + 0.5 * stream.gaussian() << '\n';
  }
  out.close();
  json config = of_sequences();
  config["data"] = {{"file", path}};
  Session s(module_table(), config);
  json space = s.default_space(search::Representation::kSequence);
  ASSERT_EQ(s.bind(space).status, EQV_OK);
  search::SequenceSpace shape;
  shape.alphabet = {"A", "C", "G", "T"};
  shape.min_length = shape.max_length = shape.initial_length = 4;
  std::map<std::string, double> told;  // by digest
  std::set<std::string> different;
  for (int i = 0; i < 300; ++i) {
    const std::string text = random_text();
    different.insert(text);
    const search::Genome genome = *search::parse_genome(text, shape);
    const double fitness = s.evaluate(genome).figures[0];
    const auto [at, is_new] = told.emplace(hashing::to_hex(s.probe(genome)), fitness);
    EXPECT_EQ(at->second, fitness) << text;
  }
  EXPECT_LT(told.size(), different.size());
  EXPECT_GT(told.size(), 5U);
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
      "rank,sequence,predicted,spread,low,high,distance,nearest_measured,outside_measured_region,"
      "reason");
  int rows = 0;
  while (std::getline(lines, line)) {
    ++rows;
    EXPECT_EQ(line.find("AAAA,"), std::string::npos);
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), 9) << line;
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

/// Cells of a CSV file without quotes, header first.
std::vector<std::vector<std::string>> cells(const std::string& csv) {
  std::vector<std::vector<std::string>> out;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    out.emplace_back();
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) out.back().push_back(cell);
  }
  return out;
}

TEST(SequenceApply, LowScoresAreAskedForToo) {
  json config = small();
  config["data"] = {{"file", own_file()}, {"direction", "minimize"}};
  config["options"]["designer"]["features"] = "onehot";
  Session s(module_table(), config);
  const auto files = s.apply("evolution");
  const std::string csv = files.at("designs.csv");
  const std::string first = csv.substr(csv.find("\n1,") + 3, 10);
  EXPECT_EQ(first.find('A'), std::string::npos) << first;
  // Scores are in the units of the file, where all lie between -1 and 11, and low ones were picked.
  double mean = 0, measured = 0;
  for (const auto& row : cells(csv)) {
    if (row[0] == "rank") continue;
    mean += std::stod(row[2]) / 16;
    EXPECT_LE(std::stod(row[4]), std::stod(row[5]));  // low, high
    EXPECT_GT(std::stod(row[3]), 0);                  // spread
  }
  EXPECT_GT(mean, -1.5);
  EXPECT_LT(mean, 2.5);
  const auto backtest = cells(files.at("backtest.csv"));
  for (std::size_t i = 1; i < backtest.size(); ++i) {
    EXPECT_GT(std::stod(backtest[i][6]), -1);
    measured += std::stod(backtest[i][6]) / static_cast<double>(backtest.size() - 1);
  }
  EXPECT_LT(measured, 2.5);
  const std::string report = files.at("report.txt");
  EXPECT_EQ(report.find("-0.0"), std::string::npos) << report;
  EXPECT_NE(files.at("designs.fasta").find(" low="), std::string::npos);
}

TEST(SequenceApply, OneSequenceHasItsBacktestToo) {
  json config = of_sequences();
  config["data"] = {{"file", own_file()}};
  Session s(module_table(), config);
  ASSERT_EQ(s.bind(s.default_space(search::Representation::kSequence)).status, EQV_OK);
  search::SequenceSpace space;
  space.alphabet = {"A", "C", "G", "T"};
  space.min_length = space.max_length = space.initial_length = 10;
  const search::Genome found = *search::parse_genome("AAAAAAAAAC", space);
  const auto files = s.apply(found);
  ASSERT_EQ(cells(files.at("designs.csv")).size(), 2U);
  EXPECT_EQ(cells(files.at("designs.csv"))[1][1], "AAAAAAAAAC");
  EXPECT_EQ(cells(files.at("backtest.csv")).size(), 1U + 12U);  // a quarter of the hidden 48
  EXPECT_NE(files.at("report.txt").find("enrichment"), std::string::npos);
  const auto without = s.apply(found, {{"backtest", false}});
  EXPECT_EQ(without.count("backtest.csv"), 0U);
  EXPECT_EQ(without.at("designs.csv"), files.at("designs.csv"));  // as wide all the same
}

TEST(SequenceApply, TheMethodsOwnOutputKeepsToTheRulesToo) {
  json config = small();
  config["data"] = {{"file", own_file()}, {"constraints", {{"longest_run", 2}}}};
  config["options"]["select"] = "raw";
  config["options"]["designer"]["steps"] = 10;
  Session s(module_table(), config);
  std::set<std::string> in_part, not_at_all;  // methods whose own output breaks the rule
  for (const std::string& method : design::method_names()) {
    if (method == "exhaustive") continue;
    try {
      const auto files = s.apply(method);
      std::set<std::string> different;
      for (const auto& row : cells(files.at("designs.csv"))) {
        for (const char letter : std::string("ACGT"))
          EXPECT_EQ(row[1].find(std::string(3, letter)), std::string::npos) << method << row[1];
        EXPECT_TRUE(different.insert(row[1]).second) << method << row[1];
      }
      const std::string& report = files.at("report.txt");
      if (report.find("of the method's own designs are left out") != std::string::npos)
        in_part.insert(method);
    } catch (const Refusal& r) {
      EXPECT_NE(r.message.find("options.select: raw"), std::string::npos) << r.message;
      not_at_all.insert(method);
    }
  }
  EXPECT_TRUE(in_part.contains("cma_es")) << json(in_part);
  EXPECT_TRUE(not_at_all.contains("gradient_ascent")) << json(not_at_all);
}

TEST(SequenceApply, IntervalsHoldWhatTheySay) {
  // Of several draws of rows, nine in ten picks lie within their interval; with the networks' own
  // spread alone it was half of them.
  json config = small();
  config["options"]["designs"] = 60;
  double inside = 0, all = 0;
  for (const int seed : {1, 2, 3}) {
    config["data"] = {{"landscape", "nk-4x20-2"}, {"rows", 400}, {"seed", seed}};
    Session s(module_table(), config);
    const auto backtest = cells(s.apply("evolution").at("backtest.csv"));
    for (std::size_t i = 1; i < backtest.size(); ++i) {
      const double truth = std::stod(backtest[i][6]);
      inside += std::stod(backtest[i][4]) <= truth && truth <= std::stod(backtest[i][5]) ? 1 : 0;
      all += 1;
    }
  }
  EXPECT_GT(inside / all, 0.82) << inside << " of " << all;
  EXPECT_LT(inside / all, 0.98) << inside << " of " << all;
}

}  // namespace
}  // namespace equivolve::test
