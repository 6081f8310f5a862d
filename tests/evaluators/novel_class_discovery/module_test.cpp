// The module as a host sees it: what it refuses, that no label of a novel class is read, that its
// answers do not depend on threads, and what apply writes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <regex>
#include <sstream>

#include "evaluators/common/configurations/bound_space.hpp"
#include "evaluators/novel_class_discovery/settings.hpp"
#include "search/space/graph_space.hpp"
#include "tests/evaluators/novel_class_discovery/blobs.hpp"
#include "tests/evaluators/support/files.hpp"
#include "tests/evaluators/support/module.hpp"

namespace equivolve::novel_class_discovery::test {
namespace {

using equivolve::test::Refusal;
using equivolve::test::Session;
using equivolve::test::TemporaryFolder;
using equivolve::test::Trial;
using equivolve::test::TrialSettings;
using nlohmann::json;
using ::testing::HasSubstr;

const eqv_evaluator& module_table() {
  static const eqv_evaluator& table = equivolve::test::load_module(NOVEL_CLASS_DISCOVERY_MODULE);
  return table;
}

/// Four known and two novel blobs; every fourth row is a test row.
class Module : public testing::Test {
 protected:
  static constexpr std::size_t kRows = 24;  // of a class
  /// `name`: the label of a row of a class (4 and 5 are novel).
  template <class Name>
  std::string csv(Name name, bool with_split = true) const {
    std::ostringstream out;
    const LabelledPoints p = blobs(0, 6, kRows, 2);
    for (std::size_t c = 0; c < p.x.columns; ++c) out << "f" << c << ",";
    out << "constant,label" << (with_split ? ",split\n" : "\n");
    for (std::size_t r = 0; r < p.x.rows; ++r) {
      for (std::size_t c = 0; c < p.x.columns; ++c) out << p.x(r, c) << ",";
      out << "1," << name(r, p.labels[r]);
      if (with_split) out << (r % 4 == 3 ? ",test" : ",train");
      out << "\n";
    }
    return out.str();
  }
  static std::string plain(std::size_t, std::uint32_t c) { return std::string(1, "abcdxy"[c]); }

  json config(const std::string& text, json novel = {"x", "y"}) const {
    json out = {
        {"data", {{"file", folder_.write("t.csv", text)}, {"target", "label"}, {"split", "split"}}},
        {"options", {{"train", {{"epochs", 12}, {"batch", 32}}}, {"k", {{"classes", 2}}}}},
        {"representation", "configuration"}};
    if (!novel.empty()) out["data"]["novel"] = novel;
    return out;
  }
  json config() const { return config(csv(plain)); }

  static search::Genome genome(const Session& session, const std::string& text) {
    const auto space = configurations::read_bound_space(
        session.default_space(search::Representation::kConfiguration).dump());
    EXPECT_TRUE(space) << space.error();
    auto parsed = search::parse_genome(text, *space);
    EXPECT_TRUE(parsed) << parsed.error().message;
    return *parsed;
  }
  static const std::vector<std::string>& methods() {
    static const std::vector<std::string> names{"kmeans",       "ncd_kmeans", "spectral",
                                                "ncd_spectral", "pbn",        "latent_baseline",
                                                "tabular_ncd"};
    return names;
  }

  Refusal refusal(const json& config) const {
    try {
      Session session(module_table(), config);
    } catch (const Refusal& refused) {
      return refused;
    }
    return {};
  }
  void expect_refused(const json& config, const std::string& pointer,
                      const std::string& message) const {
    const Refusal refused = refusal(config);
    EXPECT_EQ(refused.pointer, pointer) << refused.message;
    EXPECT_THAT(refused.message, HasSubstr(message));
  }
  static json at(json config, const std::string& pointer, const json& value) {
    config[json::json_pointer(pointer)] = value;
    return config;
  }

  TemporaryFolder folder_;
};

TEST_F(Module, EvaluatesEveryMethodOnBothSplits) {
  Session session(module_table(), config());
  ASSERT_TRUE(session.info().offers_test_split);
  for (const std::string& method : methods()) {
    const search::Genome candidate = genome(session, "method: " + method + "\n");
    const Trial valid = session.evaluate(candidate, {.level = 2});
    ASSERT_EQ(valid.status, EQV_OK) << method << valid.message;
    for (double figure : valid.figures) EXPECT_TRUE(std::isfinite(figure)) << method;
    EXPECT_GT(valid.cost, 0u);
    const Trial tested = session.evaluate(candidate, {.level = 2, .split = EQV_TEST});
    ASSERT_EQ(tested.status, EQV_OK) << method << tested.message;
    EXPECT_EQ(tested.items.size(), 12u);
    EXPECT_NEAR(std::accumulate(tested.items.begin(), tested.items.end(), 0.0) / 12,
                tested.figures[0], 1e-12);
    if (method.find("kmeans") != std::string::npos) {
      EXPECT_EQ(tested.figures[0], 1);
      EXPECT_EQ(tested.figures[9], 2);
    }
  }
}

// The promise that everything else rests on: nothing but the test figures reads a novel label.
TEST_F(Module, DoesTheSameWhateverTheLabelsOfNovelRowsAre) {
  const auto permuted = [](std::size_t r, std::uint32_t c) {
    return c < 4 ? plain(r, c) : std::string(r * 7 % 3 ? "x" : "y");
  };
  const auto removed = [](std::size_t r, std::uint32_t c) {
    return c < 4 ? plain(r, c) : std::string();
  };
  struct Case {
    bool estimates, removes, draws;  // draws: no split column
  };
  for (const auto& [estimates, removes, draws] : {Case{false, false, false},
                                                  {false, true, false},
                                                  {true, false, false},
                                                  {true, true, false},
                                                  {false, false, true},
                                                  {false, true, true}}) {
    json plainly = config(), otherwise = plainly;
    plainly["data"]["file"] = folder_.write("plain.csv", csv(plain, !draws));
    otherwise["data"]["file"] =
        folder_.write("otherwise.csv", removes ? csv(removed, !draws) : csv(permuted, !draws));
    if (removes) otherwise["data"].erase("novel");
    for (json* one : {&plainly, &otherwise}) {
      if (estimates) (*one)["options"]["k"] = {{"mode", "estimate"}, {"max", 5}};
      if (draws) (*one)["data"].erase("split");
    }
    Session a(module_table(), plainly), b(module_table(), otherwise);
    EXPECT_EQ(a.default_space(search::Representation::kConfiguration),
              b.default_space(search::Representation::kConfiguration));
    for (const std::string& method : methods()) {
      const search::Genome candidate = genome(a, "method: " + method + "\n");
      for (std::uint32_t level : {0u, 2u})
        EXPECT_EQ(a.evaluate(candidate, {.level = level}).figures,
                  b.evaluate(candidate, {.level = level}).figures)
            << method;
      EXPECT_EQ(a.probe(candidate), b.probe(candidate)) << method;
    }
    EXPECT_EQ(b.info().offers_test_split, removes ? 0u : 1u);
    const auto candidate = genome(a, "method: pbn\n");
    EXPECT_EQ(a.apply(candidate, {{"resamples", 3}}), b.apply(candidate, {{"resamples", 3}}));
  }
}

TEST_F(Module, GivesTheSameFiguresOnAnyNumberOfThreads) {
  Session session(module_table(), config());
  for (const std::string& method : methods()) {
    const search::Genome candidate = genome(session, "method: " + method + "\n");
    EXPECT_EQ(session.evaluate(candidate, {.level = 2, .threads = 1}).figures,
              session.evaluate(candidate, {.level = 2, .threads = 3}).figures)
        << method;
  }
  const search::Genome candidate = genome(session, "method: pbn\n");
  EXPECT_NE(session.evaluate(candidate, {.common_seed = 1, .level = 0}).figures,
            session.evaluate(candidate, {.common_seed = 5, .level = 0}).figures);
}

// A tenth of the epochs on one fold, three tenths on all, everything: rows times epochs times
// folds.
TEST_F(Module, CostsLessAtLowerLevels) {
  Session session(module_table(), config());
  const search::Genome candidate = genome(session, "method: pbn\n");
  const auto cost = [&](std::uint32_t level) {
    return session.evaluate(candidate, {.level = level}).cost;
  };
  EXPECT_EQ(cost(0), 108u * 1 * 1);
  EXPECT_EQ(cost(1), 108u * 3 * 2);
  EXPECT_EQ(cost(2), 108u * 12 * 2);
}

TEST_F(Module, EndsWhereItIsCancelled) {
  Session session(module_table(), config());
  EXPECT_EQ(session.evaluate(genome(session, "method: pbn\n"), {.cancelled = true}).status,
            EQV_CANCELLED);
}

TEST_F(Module, ProbesWhatACandidateDoes) {
  Session session(module_table(), config());
  const auto digest = [&](const std::string& text) { return session.probe(genome(session, text)); };
  // From random rows NCD k-means is k-means.
  EXPECT_EQ(digest("method: kmeans\ninit: random\n"), digest("method: ncd_kmeans\ninit: random\n"));
  EXPECT_NE(digest("method: kmeans\n"), digest("method: ncd_kmeans\n"));
  EXPECT_NE(digest("method: pbn\nlr: 0.001\n"), digest("method: pbn\nlr: 0.002\n"));
  EXPECT_NE(digest("method: pbn\ndropout: 0\n"), digest("method: pbn\ndropout: 0.2\n"));
  EXPECT_NE(digest("method: pbn\nlabel_weight: 0.4\n"), digest("method: pbn\nlabel_weight: 0.5\n"));
  EXPECT_NE(digest("method: pbn\nclustering: spectral\n"), digest("method: pbn\n"));
  EXPECT_NE(digest("method: pbn\nlabel_weight: 1\n"), digest("method: latent_baseline\n"));
  EXPECT_NE(digest("method: spectral\nneighbours: 9\n"),
            digest("method: spectral\nneighbours: 10\n"));
  EXPECT_NE(digest("method: tabular_ncd\ntop_percent: 10\n"),
            digest("method: tabular_ncd\ntop_percent: 11\n"));
}

TEST_F(Module, AppliesToFilesAPersonCanUse) {
  Session session(module_table(), config());
  const auto files = session.apply(genome(session, "method: pbn\nlr: 0.01\n"), {{"resamples", 5}});
  for (const char* name :
       {"predictions.csv", "report.md", "profiles.csv", "count.csv", "count.svg", "latent.svg"})
    EXPECT_TRUE(files.contains(name)) << name;
  EXPECT_THAT(files.at("count.csv"), HasSubstr("\ncodes,2,"));
  EXPECT_THAT(files.at("count.csv"), HasSubstr("\ncolumns,2,"));
  EXPECT_THAT(files.at("report.md"), HasSubstr(" in the codes, "));
  const std::string& predictions = files.at("predictions.csv");
  // Those of the test part too: a person wants to know of every row.
  EXPECT_EQ(std::count(predictions.begin(), predictions.end(), '\n'), 1 + 48);
  EXPECT_THAT(predictions, HasSubstr("\n99,novel_"));
  EXPECT_THAT(predictions, HasSubstr("\n100,novel_"));
  EXPECT_THAT(predictions, HasSubstr("row,cluster,distance,silhouette\n97,novel_"));
  EXPECT_THAT(files.at("report.md"), HasSubstr("cross-validated balanced accuracy"));
  const auto times = [](const std::string& text, const std::string& pattern) {
    const std::regex wanted(pattern);
    return std::distance(std::sregex_iterator(text.begin(), text.end(), wanted), {});
  };
  EXPECT_EQ(times(files.at("report.md"),
                  R"(Typical rows: \d+(, \d+){4}\. Borderline rows: \d+(, \d+){4}\.)"),
            2);
  // All six indices, each with its deviation; the number chosen and its range; a dot for each of 36
  // rows and for each of two classes.
  for (const char* index :
       {"silhouette", "calinski_harabasz", "davies_bouldin", "dunn", "inertia", "known_accuracy"})
    EXPECT_THAT(files.at("count.csv"),
                HasSubstr("," + std::string(index) + "," + index + "_deviation"));
  EXPECT_THAT(files.at("count.svg"), HasSubstr("within one standard error"));
  EXPECT_EQ(times(files.at("latent.svg"), "<circle"), 36 + 2);
  EXPECT_THAT(files.at("report.md"), HasSubstr("Stability (mean Jaccard over 5 resamples)"));
  EXPECT_THAT(files.at("profiles.csv"), HasSubstr("novel_2,f11,"));
  // A person's own file: columns in another order, others beside them.
  std::string other = "note,constant";
  for (int c = 11; c >= 0; --c) other += ",f" + std::to_string(c);
  other += "\nhello,1,0,0,0,0,0,0,0,0,0,0,0,0\n";
  const auto told = session.apply(genome(session, "method: kmeans\n"),
                                  {{"data", folder_.write("new.csv", other)}, {"resamples", 0}});
  EXPECT_THAT(told.at("predictions.csv"), HasSubstr("\n1,novel_"));
}

/// What count.csv says there are in a space: the number with the greatest silhouette.
std::size_t most_silhouette(const std::string& table, const std::string& space) {
  std::istringstream lines(table);
  std::string line;
  double greatest = -2;
  std::size_t best = 0;
  while (std::getline(lines, line)) {
    if (line.rfind(space + ",", 0) != 0) continue;
    std::istringstream cells(line.substr(space.size() + 1));
    std::size_t classes = 0;
    double silhouette = 0;
    char comma = 0;
    cells >> classes >> comma >> silhouette;
    if (silhouette <= greatest) continue;
    greatest = silhouette;
    best = classes;
  }
  return best;
}

// The number that was used is the one that report, table and chart name, in the method's own space.
TEST_F(Module, ReportsTheNumberOfClassesThatWasUsed) {
  json estimating = config();
  estimating["options"]["k"] = {{"mode", "estimate"}, {"max", 7}};
  Session session(module_table(), estimating);
  const std::pair<const char*, const char*> spaces[] = {
      {"kmeans", "columns"}, {"spectral", "columns"},      {"ncd_spectral", "joint_embedding"},
      {"pbn", "codes"},      {"latent_baseline", "codes"}, {"tabular_ncd", "columns"}};
  for (const auto& [method, space] : spaces) {
    const auto files =
        session.apply(genome(session, "method: " + std::string(method) + "\n"), {{"resamples", 0}});
    const std::string& report = files.at("report.md");
    const std::size_t used = std::stoul(report.substr(report.find("\n\n") + 2));
    EXPECT_EQ(most_silhouette(files.at("count.csv"), space), used) << method;
    EXPECT_THAT(report, HasSubstr(" classes were looked for: so many there are by silhouette "));
    EXPECT_THAT(files.at("count.svg"), HasSubstr(fmt::format(": {} novel classes, ", used)));
    EXPECT_EQ(files.at("profiles.csv").find(fmt::format("novel_{},", used + 1)), std::string::npos);
    const bool elsewhere = std::string(space) != "columns";
    EXPECT_EQ(report.find("Among the columns themselves it says") != std::string::npos, elsewhere);
    EXPECT_EQ(most_silhouette(files.at("count.csv"), "columns") != 0, true);
  }
}

TEST_F(Module, SaysThatTheNumberOfClassesWasGivenAndWhatTheIndexSays) {
  json given = config();
  given["options"]["k"] = {{"classes", 3}, {"max", 7}};
  Session session(module_table(), given);
  const auto files = session.apply(genome(session, "method: kmeans\n"), {{"resamples", 0}});
  EXPECT_THAT(files.at("report.md"),
              HasSubstr("3 classes were looked for, as the configuration "
                        "says; by silhouette among the columns there are 2"));
  EXPECT_THAT(files.at("count.svg"), HasSubstr("; 3 given"));
}

// Words weigh more than numbers do: each group of equal words is a cluster of its own.
// A column of words, and three blobs that they have nothing to do with.
std::string table_of_words(const std::string& label_of_unlabelled) {
  std::string text = "a,b,c,site,label,split\n";
  const LabelledPoints p = blobs(0, 5, 60, 3, 3, 5);
  const char* sites[] = {"north", "south", "river", "", "east"};
  for (std::size_t r = 0; r < p.x.rows; ++r) {
    for (std::size_t c = 0; c < 3; ++c) text += std::to_string(p.x(r, c)) + ",";
    text += std::string(sites[r / 3 % 5]) + ",";
    text += (p.labels[r] < 3 ? std::string(1, "pqr"[p.labels[r]]) : label_of_unlabelled);
    text += ",train\n";
  }
  return text;
}

TEST_F(Module, WarnsWhereAnEstimateIsTheMostOrOfWords) {
  json words = config(table_of_words(""), json());
  words["data"]["missing"] = "impute";
  words["options"]["k"] = {{"mode", "estimate"}, {"max", 6}};
  Session session(module_table(), words);
  const auto files = session.apply(genome(session, "method: kmeans\n"), {{"resamples", 0}});
  for (const std::string& said : {files.at("report.md"), session.log()}) {
    EXPECT_THAT(said, HasSubstr("6 is the most that was looked for"));
    EXPECT_THAT(said, HasSubstr("silhouette says 6 among all columns and 2 without 'site'"));
  }
  words["data"]["drop"] = {"site"};
  Session numbers(module_table(), words);
  const auto of_numbers = numbers.apply(genome(numbers, "method: kmeans\n"), {{"resamples", 0}});
  EXPECT_THAT(of_numbers.at("report.md"), HasSubstr("2 classes were looked for: so many"));
  EXPECT_EQ(of_numbers.at("report.md").find("**"), std::string::npos);
}

TEST_F(Module, SaysHowManyRowsEachClassHasAndWhichWordsAreNoLabel) {
  json words = config(table_of_words("unknown"), json());
  words["data"]["missing"] = "impute";
  expect_refused(words, "/data/target", "has 0 unlabelled training rows");
  words["data"]["missing_values"] = {"unknown", "r"};
  EXPECT_THAT(Session(module_table(), words).log(),
              HasSubstr("known classes: p 60, q 60 rows; unlabelled: 180 rows (column 'label' "
                        "empty, or one of the words unknown r (data.missing_values))"));
  const auto shrunk = [](std::size_t r, std::uint32_t c) {
    return c == 2 && r % 2 ? std::string() : plain(r, c);
  };
  EXPECT_THAT(Session(module_table(), config(csv(shrunk))).log(),
              HasSubstr("known classes: a 24, b 24, d 24, c 12 rows; unlabelled: 60 rows"));
}

TEST_F(Module, WritesRulesOfWordsAsAPersonWouldAndWarnsOfUnseenOnes) {
  json words = config(table_of_words(""), json());
  words["data"]["missing"] = "impute";
  words["data"]["features"] = {"site", "a"};
  words["options"]["k"] = {{"classes", 4}};
  Session session(module_table(), words);
  const auto files = session.apply(
      genome(session, "method: kmeans\n"),
      {{"data", folder_.write("new.csv", "site,a\nlake,1\nnorth,2\nlake,3\n")}, {"resamples", 0}});
  EXPECT_THAT(session.log(), HasSubstr("column 'site' has 2 cells with a level that the run's data "
                                       "does not have"));
  const std::string& report = files.at("report.md");
  EXPECT_EQ(report.find("site="), std::string::npos) << report;
  EXPECT_TRUE(std::regex_search(report, std::regex("\n- (site is not \\w+ and )*site is "
                                                   "(missing|river|north|south|east)"
                                                   "( and [^:]*)?: \\d+ rows, \\d+ %\n")))
      << report;
  EXPECT_THAT(report, HasSubstr("site is not "));
}

TEST_F(Module, WarnsOfClustersWhereAKnownClassLies) {
  // Class a's rows from the 12th on are unlabelled too: with x and y three clusters, one of them a.
  const auto partly = [](std::size_t r, std::uint32_t c) {
    return c == 0 && r >= 12 ? std::string("x") : plain(r, c);
  };
  json mixed = config(csv(partly));
  mixed["options"]["k"]["classes"] = 3;
  Session session(module_table(), mixed);
  session.apply(genome(session, "method: kmeans\n"), {{"resamples", 0}});
  EXPECT_THAT(session.log(), HasSubstr("lie where known classes do, most of them 'a'"));
  mixed["options"] = {{"unlabelled", "mixed"}, {"k", {{"classes", 2}}}};
  Session attracted(module_table(), mixed);
  const auto files = attracted.apply(genome(attracted, "method: kmeans\n"), {{"resamples", 0}});
  EXPECT_THAT(files.at("predictions.csv"), HasSubstr("known:a"));
  EXPECT_EQ(attracted.log().find("lie where"), std::string::npos);
}

TEST_F(Module, SplitsWithoutASplitColumn) {
  json own = config(csv(plain, false));
  own["data"].erase("split");
  Session session(module_table(), own);
  EXPECT_TRUE(session.info().offers_test_split);
  own["data"]["test_share"] = 0;
  EXPECT_FALSE(Session(module_table(), own).info().offers_test_split);
}

TEST_F(Module, RefusesWhatItCannotUse) {
  const json good = config();
  ASSERT_EQ(refusal(good).status, EQV_OK);
  expect_refused(at(good, "/data/target", "lable"), "/data/target", "label");
  expect_refused(at(good, "/data/file", "/nowhere.csv"), "/data/file", "/nowhere.csv");
  expect_refused(at(good, "/data/novel", {"x", "z"}), "/data/novel/1", "has no class 'z'");
  expect_refused(at(good, "/data/novel", {"x"}), "/data/novel", "at least 2");
  // That the only name is no class's comes first.
  expect_refused(at(good, "/data/novel", {"xx"}), "/data/novel/0", "did you mean 'x'?");
  expect_refused(at(good, "/data/novel", {"a", "b", "c", "x", "y"}), "/data/target",
                 "at least 2 known classes");
  expect_refused(at(good, "/data/novel", 5), "/data/novel", "at least 2 must stay known");
  expect_refused(at(good, "/options/k/classes", 500), "/options/k/classes", "36 unlabelled");
  expect_refused(at(good, "/data/split", "constant"), "/data/split", "expected train and test");
  expect_refused(at(good, "/options/k/mode", "estimate"), "/options/k/classes", "beside mode");
  expect_refused(at(good, "/data/hide_known", 0.2), "/data/hide_known", "unlabelled: mixed");
  json none = good;
  none["data"].erase("novel");
  expect_refused(none, "/data/target", "has 0 unlabelled training rows");
  expect_refused(none, "/data/target", "data.missing_values");
  const auto constant = [this](const std::string& text) { return config(text, json()); };
  expect_refused(constant("a,label,split\n1,p,train\n1,q,train\n1,,train\n1,,train\n1,,train\n"),
                 "/data/file", "constant");
  expect_refused(constant("a,label,split\n1,p,train\n?,q,train\n3,,train\n"), "/data/file",
                 "missing value in row 2");
  json alone = config(csv(plain, false) + "0,0,0,0,0,0,0,0,0,0,0,0,1,\"s\xC3\xA9ul\"\n");
  alone["data"].erase("split");
  expect_refused(alone, "/data/target", "class 's\xC3\xA9ul'");
}

TEST_F(Module, RefusesATableOfOneKnownClass) {
  std::string text = "a,label,split\n";
  for (int r = 0; r < 30; ++r)
    text += std::to_string(r % 7) + (r % 3 == 0 ? ",p,train\n" : ",,train\n");
  expect_refused(config(text, json()), "/data/target", "has 1 class with labels");
}

// Standardised, a column may have any unit; what would overflow is refused by name.
TEST_F(Module, TakesOrNamesNumbersOfExtremeSize) {
  const auto table = [](const std::string& unit) {
    std::string text = "a,big,label,split\n";
    for (int r = 0; r < 60; ++r)
      text += std::to_string(r % 5) + "." + std::to_string(r / 5) + "," +
              std::to_string(r * r % 7 + r % 5) + unit + "," + (r % 5 < 3 ? "pqr"[r % 5] : ' ') +
              ",train\n";
    return text;
  };
  std::string plain_profiles;
  for (const char* unit : {"", "e160", "e-200"}) {
    json units = config(table(unit), json());
    units["data"]["missing_values"] = {" "};
    Session session(module_table(), units);
    const auto files = session.apply(genome(session, "method: kmeans\n"), {{"resamples", 0}});
    EXPECT_EQ(files.at("profiles.csv").find("nan"), std::string::npos);
    if (plain_profiles.empty()) plain_profiles = files.at("predictions.csv");
    EXPECT_EQ(files.at("predictions.csv"), plain_profiles) << unit;
  }
  // Between the ends of such a column even a distance is beyond a double's range.
  const auto two_sided = [](const std::string& unit) {
    std::string text = "a,big,label,split\n";
    for (int r = 0; r < 60; ++r)
      text += std::to_string(r % 7) + "," + std::to_string(r % 5 == 4 ? 170 - r % 3 : r % 5 - 170) +
              unit + "," + (r % 5 < 3 ? "pqr"[r % 5] : ' ') + ",train\n";
    return text;
  };
  std::string moderate;
  for (const char* unit : {"", "e306"}) {
    json units = config(two_sided(unit), json());
    units["data"]["missing_values"] = {" "};
    Session session(module_table(), units);
    const auto files = session.apply(genome(session, "method: kmeans\n"), {{"resamples", 0}});
    for (const char* name : {"profiles.csv", "report.md"})
      for (const char* bad : {"nan", "inf"})
        EXPECT_EQ(files.at(name).find(bad), std::string::npos) << name << unit;
    if (moderate.empty()) moderate = files.at("predictions.csv");
    EXPECT_EQ(files.at("predictions.csv"), moderate) << unit;
  }
  json raw = config(table("e160"), json());
  raw["data"]["missing_values"] = {" "};
  raw["data"]["standardize"] = false;
  expect_refused(raw, "/data/file", "in column 'big' is too large");
  json fine = config(table(""), json());
  fine["data"]["missing_values"] = {" "};
  Session session(module_table(), fine);
  try {
    session.apply(genome(session, "method: kmeans\n"),
                  {{"data", folder_.write("far.csv", "a,big\n1,1e300\n")}, {"resamples", 0}});
    ADD_FAILURE() << "a row that is infinitely far from all";
  } catch (const Refusal& refused) {
    EXPECT_THAT(refused.message, HasSubstr("1e+300 in column 'big' is too large"));
  }
}

// One labelled row is enough to be known, and to play novel.
TEST_F(Module, TakesAClassOfOneRow) {
  const std::string lone = "9,9,9,9,9,9,9,9,9,9,9,9,1,alone,train\n";
  Session session(module_table(), config(csv(plain) + lone));
  for (const std::string& method : methods()) {
    const Trial trial = session.evaluate(genome(session, "method: " + method + "\n"), {.level = 2});
    ASSERT_EQ(trial.status, EQV_OK) << method << ": " << trial.message;
    for (double figure : trial.figures) EXPECT_TRUE(std::isfinite(figure)) << method;
  }
}

// Three different rows are at most three classes.
TEST_F(Module, ProfilesNoClassThatHasNoRow) {
  std::string text = "a,b,label,split\n";
  for (int r = 0; r < 60; ++r)
    text += std::to_string(r % 5) + "," + std::to_string(r % 5 * r % 5) + "," +
            (r % 5 == 0   ? "p"
             : r % 5 == 1 ? "q"
                          : "") +
            ",train\n";
  json few = config(text, json());
  few["options"]["k"]["classes"] = 6;
  Session session(module_table(), few);
  const auto files = session.apply(genome(session, "method: kmeans\n"), {{"resamples", 2}});
  std::size_t empty = 0;
  for (int k = 1; k <= 6; ++k) {
    const std::string name = "novel_" + std::to_string(k);
    const bool has_rows = files.at("predictions.csv").find(name + ",") != std::string::npos;
    EXPECT_EQ(files.at("profiles.csv").find(name + ",") != std::string::npos, has_rows) << name;
    EXPECT_EQ(files.at("report.md").find(name + ": no rows") == std::string::npos, has_rows);
    empty += !has_rows;
  }
  EXPECT_GE(empty, 3u);
}

TEST_F(Module, SaysThatSpectralMethodsLookAtSomeRowsOnly) {
  Session session(module_table(), at(config(), "/options/max_rows", 100));
  EXPECT_THAT(session.log(), HasSubstr("spectral methods embed 100 of 108 training rows"));
}

// Memory and seconds: benchmarks/novel_class_rows.
TEST_F(Module, TakesAMillionRows) {
#ifdef EQUIVOLVE_SANITIZED
  GTEST_SKIP() << "too long under a sanitizer";
#endif
  constexpr int kMany = 1'000'000;
  std::string text = "a,b,label\n";
  text.reserve(std::size_t{kMany} * 16);
  hashing::Stream stream(1, hashing::Purpose::kTest, 0);
  for (int r = 0; r < kMany; ++r) {
    const int c = r % 5;  // five squares of edge 1, 3 apart; the last two have no name
    for (int axis : {c % 3, c / 3})
      text += std::to_string(30 * axis + static_cast<int>(stream.below(10))) + ",";
    text += c == 0 ? "p\n" : c == 1 ? "q\n" : c == 2 ? "r\n" : "\n";
  }
  json many = config(text, json());
  many["data"].erase("split");
  many["options"] = {{"k", {{"classes", 2}}}, {"restarts", 1}, {"train", {{"epochs", 1}}}};
  Session session(module_table(), many);
  for (const char* method : {"kmeans", "pbn"}) {
    const Trial trial = session.evaluate(genome(session, "method: " + std::string(method) + "\n"));
    ASSERT_EQ(trial.status, EQV_OK) << method << ": " << trial.message;
    EXPECT_GT(trial.figures[0], 0.5) << method;
  }
}

/// The encoder of PBN as a graph.
class Cells : public Module {
 protected:
  json cells() const {
    json out = config();
    out["representation"] = "graph";
    out["options"]["cell"]["lr"] = 0.01;  // of few epochs
    return out;
  }
  static search::GraphSpace bind(Session& session) {
    const json space = session.default_space(search::Representation::kGraph);
    EXPECT_EQ(session.bind(space).status, EQV_OK);
    return {space["vertices"].get<std::uint32_t>(), space["max_edges"].get<std::uint32_t>(),
            space["operations"].get<std::vector<std::string>>()};
  }
};

TEST_F(Cells, EvaluateOnBothSplitsAndApply) {
  Session session(module_table(), cells());
  const search::GraphSpace space = bind(session);
  const json references = session.references();
  ASSERT_EQ(references.size(), 2u);
  for (const json& reference : references) {
    const auto candidate =
        search::parse_genome(reference["genome"].get<std::string>(), space).value();
    const Trial valid = session.evaluate(candidate, {.level = 2, .threads = 2});
    ASSERT_EQ(valid.status, EQV_OK) << valid.message;
    EXPECT_GT(valid.figures[0], 0.5) << reference["name"];
    EXPECT_EQ(valid.figures, session.evaluate(candidate, {.level = 2}).figures);
    const Trial tested = session.evaluate(candidate, {.level = 2, .split = EQV_TEST});
    ASSERT_EQ(tested.status, EQV_OK);
    EXPECT_GT(tested.figures[0], 0.5) << reference["name"];
  }
  const auto best = search::parse_genome(references[0]["genome"].get<std::string>(), space).value();
  EXPECT_THAT(session.apply(best, {{"resamples", 2}}).at("predictions.csv"), HasSubstr("novel_2"));
}

TEST_F(Cells, AreProbedByWhatTheyCompute) {
  Session session(module_table(), cells());
  const search::GraphSpace space = bind(session);
  const auto digest = [&](const std::string& text) {
    return session.probe(search::parse_genome(text, space).value());
  };
  const std::string one = "0: input\n1: relu <- 0\n2: tanh_norm <- 0, 1\n3: output <- 1, 2\n";
  // Another numbering, and a dead vertex.
  EXPECT_EQ(digest("0: input\n1: relu <- 0\n2: sigmoid <- 0\n3: tanh_norm <- 0, 1\n"
                   "4: output <- 1, 3\n"),
            digest(one));
  EXPECT_NE(digest("0: input\n1: relu <- 0\n2: tanh <- 0, 1\n3: output <- 1, 2\n"), digest(one));
  EXPECT_NE(digest("0: input\n1: relu <- 0\n2: tanh_norm <- 1\n3: output <- 1, 2\n"), digest(one));
}

TEST_F(Cells, AreNotTakenForMethodsNorMethodsForThem) {
  Session session(module_table(), config());
  const auto method = genome(session, "method: kmeans\n");
  const search::GraphSpace space = bind(session);
  EXPECT_EQ(
      session.evaluate(search::parse_genome("0: input\n1: output <- 0\n", space).value()).status,
      EQV_OK);
  EXPECT_EQ(session.evaluate(method).status, EQV_INVALID_CANDIDATE);
}

TEST_F(Module, TakesDuplicateRowsAndUnicodeLabels) {
  std::string text = "a,b,label,split\n";
  for (int r = 0; r < 60; ++r) {
    const char* names[] = {"\xC3\xA4", "\xE6\x97\xA5", "c", "", ""};
    text += std::to_string(r % 5) + "," + std::to_string((r % 5) * (r % 5)) + "," + names[r % 5] +
            ",train\n";
  }
  Session session(module_table(), config(text, json()));
  for (const std::string& method : methods()) {
    const Trial trial = session.evaluate(genome(session, "method: " + method + "\n"), {.level = 0});
    EXPECT_TRUE(trial.status == EQV_OK || trial.status == EQV_INFEASIBLE)
        << method << ": " << trial.message;
  }
}

// What a paper tuned on these very sets must not come in by a default.
TEST_F(Module, HasNoPublishedTunedValueInItsSpaceOrSchema) {
  Session session(module_table(), config());
  const std::string space = session.default_space(search::Representation::kConfiguration).dump();
  const std::string schema = config_schema();
  std::vector<std::string> texts{space, schema};
  const std::filesystem::path examples = std::string(EQUIVOLVE_DATA_DIR) + "/../examples";
  for (const auto& file : std::filesystem::recursive_directory_iterator(examples))
    if (const std::string text = equivolve::test::read_file(file.path());
        text.find("novel_class_discovery") != std::string::npos)
      texts.push_back(text);
  ASSERT_GE(texts.size(), 2u + 5);  // four sets, and an encoder
  for (const char* tuned :
       {"6.142", "0.006142", "8605",  "0808",  "5.889", "7224",  "02746", "8.756",
        "0637",  "08648",    "3.646", "1892",  "06607", "2.768", "4283",  "1264",
        "4.675", "6703",     "2393",  "9855",  "9814",  "1160",  "2041",  "4757",
        "7001",  "5.706",    "2892",  "2.156", "3774",  "1.265", "05414"})
    for (const std::string& text : texts) EXPECT_EQ(text.find(tuned), std::string::npos) << tuned;
}

}  // namespace
}  // namespace equivolve::novel_class_discovery::test
