// Tables with words and holes: what candidates see, and what a person gets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "evaluators/algorithm_discovery/task.hpp"
#include "hashing/stream.hpp"
#include "tests/evaluators/support/algorithm_discovery.hpp"
#include "tests/evaluators/support/python.hpp"

namespace equivolve::test {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// 120 rows of age (holes), city (quoted words, holes), job (no hole) and a target that follows
/// them; `text`: classes, else numbers. Every tenth target is missing when `holes_in_target`.
std::string people(bool text, bool holes_in_target = false) {
  const std::string cities[] = {"Oslo", "\"R\xC3\xB6m, \"\"old\"\"\"", "lima"};
  std::string csv = "age;city;job;y\n";
  hashing::Stream stream(3, hashing::Purpose::kTest, 0);
  for (int r = 0; r < 120; ++r) {
    const std::uint64_t city = stream.below(3), age = 20 + stream.below(50), job = stream.below(2);
    csv += (stream.below(6) == 0 ? "NA" : std::to_string(age)) + ";" +
           (stream.below(6) == 0 ? "" : cities[city]) + ";" + (job ? "cook" : "smith") + ";";
    const double y = static_cast<double>(age) / 10 + 3.0 * (city == 1) + (job ? 0.25 : 0.0);
    if (holes_in_target && r % 10 == 0)
      csv += "?\n";
    else
      csv += (text ? (y > 5 ? "old" : "young") : std::to_string(y)) + "\n";
  }
  return csv;
}

class Categories : public ::testing::Test {
 protected:
  json config(const std::string& csv, json more = json::object()) {
    json data = {{"file", folder_.write("people.csv", csv)}, {"target", "y"}};
    data.update(more);
    return {{"data", data}};
  }
  static search::Genome descent(std::uint32_t d) {
    return genome_of(kGradientDescent, quickstart_shape(d));
  }
  TemporaryFolder folder_;
};

TEST_F(Categories, BecomeFeaturesAndTheLogSaysSo) {
  Session session(algorithm_discovery(), config(people(true), {{"missing", "impute"}}));
  EXPECT_EQ(session.default_space()["memories"]["dimension"], 7);  // age, 3 + 1 cities, 2 jobs
  EXPECT_THAT(session.log(), HasSubstr("city (3 levels and missing), job (2 levels)"));
  EXPECT_THAT(session.log(), HasSubstr("(median)"));
  EXPECT_THAT(session.log(), HasSubstr("(a level of its own)"));
  EXPECT_EQ(session.evaluate(descent(7)).status, EQV_OK);
  Session plain(algorithm_discovery(), breast_cancer());
  EXPECT_EQ(plain.log(), "");
}

/// Rows of the test split may hold what they like: what is learnt stays as it is.
TEST_F(Categories, AreFilledByTrainingRowsOnly) {
  using namespace equivolve::algorithm_discovery;
  const auto open = [&](const std::string& csv) {
    TableData data;
    data.file = folder_.write("t.csv", csv);
    data.target = "y";
    data.columns.missing = tables::OnMissing::kImpute;
    data.columns.category_fill = tables::CategoryFill::kMostFrequent;
    return open_table(data, {});
  };
  // Which rows are judged where depends on seeds and classes alone, so it can be looked up first.
  const auto csv_of = [&](const std::map<int, std::string>& changed) {
    std::string csv = "x,c,y\n";
    for (int r = 0; r < 60; ++r)
      csv += (changed.contains(r)
                  ? changed.at(r)
                  : (r % 7 == 0 ? "," : std::to_string(r) + ",") + (r % 5 == 0   ? ""
                                                                    : r % 3 == 0 ? "p"
                                                                                 : "q")) +
             "," + (r % 2 ? "b" : "a") + "\n";
    return csv;
  };
  const auto problem = open(csv_of({}));
  const Task pool = problem->pool_task(1);
  std::map<int, std::string> changed;
  for (std::uint32_t number : problem->own_rows(pool, RowsWanted::kTest).numbers)
    changed[static_cast<int>(number) - 1] = "1e6,p";
  ASSERT_EQ(changed.size(), 12u);
  const auto other = open(csv_of(changed));
  EXPECT_EQ(other->pool_task(1).fills, pool.fills);
  EXPECT_EQ(other->pool_task(1).feature_scales, pool.feature_scales);
  EXPECT_EQ(other->pool_task(1).train.features, pool.train.features);
  for (std::uint64_t seed : {1u, 2u})
    for (std::size_t t = 0; t < 4; ++t) {
      const Tasks mine = problem->validation_tasks(seed), theirs = other->validation_tasks(seed);
      EXPECT_EQ((*theirs)[t].train.features, (*mine)[t].train.features);
      EXPECT_EQ((*theirs)[t].judged.features, (*mine)[t].judged.features);
    }
  // And each partition learns from its own training rows.
  std::set<tables::Fills> fills;
  for (std::uint64_t seed : {1u, 2u})
    for (const Task& task : *problem->validation_tasks(seed)) fills.insert(task.fills);
  EXPECT_GT(fills.size(), 3u);
}

TEST_F(Categories, DroppedRowsKeepTheirNumbers) {
  Session session(algorithm_discovery(),
                  config(people(true, true), {{"missing", "drop"}, {"test_share", 0}}));
  EXPECT_THAT(session.log(), HasSubstr("of 120 rows dropped, missing cells: age "));
  std::istringstream lines(session.apply(descent(6)).at("predictions.csv"));
  std::string line;
  std::getline(lines, line);
  std::size_t rows = 0;
  while (std::getline(lines, line)) {
    ++rows;
    EXPECT_NE(std::stoi(line) % 10, 1) << line;  // rows 1, 11, ... have no target
  }
  EXPECT_GT(rows, 50u);
  EXPECT_LT(rows, 100u);
}

TEST_F(Categories, TargetsAreNeverFilledIn) {
  const json refused = config(people(true, true), {{"missing", "impute"}});
  try {
    Session session(algorithm_discovery(), refused);
    ADD_FAILURE();
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.pointer, "/data/file");
    EXPECT_THAT(refusal.message, HasSubstr("missing value in row 1 (line 2), column 'y'; fill it "
                                           "in, or say missing_target: drop"));
  }
  Session session(algorithm_discovery(),
                  config(people(true, true), {{"missing", "impute"}, {"missing_target", "drop"}}));
  EXPECT_THAT(session.log(), HasSubstr("12 of 120 rows dropped"));
}

struct Case {
  const char* name;
  bool text;
  json data;
  std::uint32_t dimension;
};

class TheModel : public Categories, public ::testing::WithParamInterface<Case> {};

/// The command line of model.py tells of a file with words and holes what equivolve does, and so
/// does a model that is fitted anew.
TEST_P(TheModel, EncodesAndFillsAlike) {
  EQUIVOLVE_NEEDS_NUMPY();
  Session session(algorithm_discovery(), config(people(GetParam().text), GetParam().data));
  // Another order of columns, a level never seen, Windows line ends, quoted numbers.
  std::string fresh = "job,note,city,age\r\n";
  if (GetParam().data["missing"] != "refuse") fresh += "cook,hi,,\"31\"\r\nsmith,,lima,NA\r\n";
  fresh += "cook,\"two\nlines\",Oslo,44.5\r\n\r\nsmith,x,Paris,\"25\"\r\n";
  const std::string file = folder_.write("fresh.csv", fresh);
  for (const bool rival : {false, true}) {
    const std::string name = GetParam().text ? "logistic_regression" : "ridge";
    const auto files = rival ? session.apply(name, {{"data", file}})
                             : session.apply(descent(GetParam().dimension), {{"data", file}});
    const auto own =
        rival ? session.apply(name, {{"predictions_for", "all"}})
              : session.apply(descent(GetParam().dimension), {{"predictions_for", "all"}});
    folder_.write("model.py", files.at("model.py"));
    folder_.write("ours.csv", files.at("predictions.csv"));
    folder_.write("own.csv", own.at("predictions.csv"));
    std::string output;
    ASSERT_EQ(run_command("(cd '" + folder_.path("") +
                              "' && " EQUIVOLVE_PYTHON
                              " -B model.py fresh.csv theirs.csv && " EQUIVOLVE_PYTHON
                              " -B model.py people.csv theirs_own.csv)",
                          output),
              0)
        << output;
    EXPECT_THAT(output, HasSubstr("fresh.csv: column 'city' has 1 cell with a level"));
    run_python(folder_, R"(
import csv, math
for ours, theirs in (('ours.csv', 'theirs.csv'), ('own.csv', 'theirs_own.csv')):
    a, b = (list(csv.reader(open(name, encoding='utf-8'))) for name in (ours, theirs))
    assert len(a) == len(b) and len(a) > 2, (len(a), len(b))
    for one, other in zip(a, b):
        assert one[0] == other[0], (one, other)
        for x, y in zip(one[1:], other[1:]):
            try: x, y = float(x), float(y)
            except ValueError: pass
            assert x == y or ()" +
                            std::string(rival ? "True" : "False") +
                            R"( and math.isclose(x, y, rel_tol=1e-9)), (ours, one, other)
)");
    EXPECT_THAT(session.log(), HasSubstr("column 'city' has 1 cell with a level"));
  }
  const auto pool = session.apply(descent(GetParam().dimension), {{"predictions_for", "pool"}});
  folder_.write("model.py", pool.at("model.py"));
  folder_.write("pool.csv", pool.at("predictions.csv"));
  run_python(folder_, R"(
import csv, numpy as np, model
X, numbers, _ = model.read_table('people.csv')
rows = list(csv.reader(open('people.csv', encoding='utf-8'), delimiter=';'))
y = np.array([rows[n][3] for n in numbers])
if not model.CLASSIFICATION: y = y.astype(float)
told = {int(r[0]) for r in list(csv.reader(open('pool.csv')))[1:]}
pool = [i for i, n in enumerate(numbers) if n in told]
fitted, ready = model.Model().fit(X[pool], y[pool]), model.pretrained()
assert (fitted.fills_ == ready.fills_).all(), (fitted.fills_, ready.fills_)
assert (fitted.decision_function(X) == ready.decision_function(X)).all()
)");
}

INSTANTIATE_TEST_SUITE_P(Of, TheModel,
                         ::testing::Values(Case{"own_level", true, {{"missing", "impute"}}, 7},
                                           Case{"most_frequent",
                                                true,
                                                {{"missing", "impute"},
                                                 {"missing_categories", "most_frequent"}},
                                                6},
                                           Case{"regression", false, {{"missing", "impute"}}, 7},
                                           Case{"dropping", true, {{"missing", "drop"}}, 6}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(Categories, ModelReadsWithoutHeaderInAnotherFormat) {
  EQUIVOLVE_NEEDS_NUMPY();
  std::string csv;
  for (int r = 0; r < 60; ++r)
    csv += std::to_string(r % 7) + ",5 " + (r % 3 == 0 ? "-999,0" : std::to_string(r)) + "  " +
           (r % 2 ? "yes" : "no") + " " + std::to_string(r % 2 + r % 5) + ",25\n";
  Session session(algorithm_discovery(), config(csv, {{"target", -1},
                                                      {"decimal", ","},
                                                      {"separator", "space"},
                                                      {"missing_values", {-999}},
                                                      {"missing", "impute"}}));
  EXPECT_THAT(session.log(), HasSubstr("no header: columns are called c1, c2, ..."));
  const auto files = session.apply(descent(4), {{"data", folder_.path("people.csv")}});
  folder_.write("model.py", files.at("model.py"));
  folder_.write("ours.csv", files.at("predictions.csv"));
  run_python(folder_, R"(
import csv, model
told = model.pretrained().predict(model.read_features('people.csv')).tolist()
ours = [float(r[1]) for r in list(csv.reader(open('ours.csv')))[1:]]
assert told == ours and len(told) == 60
)");
}

/// One line each, never a traceback.
TEST_F(Categories, ModelRefusesBadFilesInOneLine) {
  EQUIVOLVE_NEEDS_NUMPY();
  std::string csv = "x,c,y\n";
  for (int r = 0; r < 40; ++r)
    csv += std::to_string(r) + (r % 3 ? ",p," : ",q,") + (r % 2 ? "b\n" : "a\n");
  Session session(algorithm_discovery(), config(csv));
  folder_.write("model.py", session.apply(descent(3)).at("model.py"));
  const std::pair<std::string, std::string> bad[] = {
      {"", "the file is empty"},
      {"x,c\n", "the file has a header but no rows"},
      {"x,d\n1,p\n", "it has no column 'c'"},
      {"xx,c\n1,p\n", "it has no column 'x' (did you mean 'xx'?)"},
      {"x,c,c\n1,p,p\n", "the header names column 'c' twice"},
      {"x,c\n1,p\nabc,p\n", "'abc' in row 2 (line 3), column 'x' is not a finite number"},
      {"x,c\n1_0,p\n", "'1_0' in row 1 (line 2), column 'x' is not a finite number"},
      {"x,c\ninf,p\n", "'inf' in row 1 (line 2), column 'x' is not a finite number"},
      {"x,c\n1,p\n,p\n", "missing value in row 2 (line 3), column 'x'"},
      {"x,c\n1,p\n\n1,p,2\n", "row 2 (line 4) has 3 cells, expected 2"},
      {"x,c\n1,\"p\n", "line 2: a quote is not closed"},
      {std::string("x,c\n1,\0\n", 8), "line 2: a NUL byte; this is no text file"},
      {"x,c\n1,\xE9\n", "row 1 (line 2), column 'c', is not UTF-8 text"},
      {"\x1f\x8b\x08", "it is cut or damaged (gzip)"},
  };
  for (const auto& [content, message] : bad) {
    folder_.write("bad.csv", content);
    std::string output;
    EXPECT_EQ(run_command("cd '" + folder_.path("") +
                              "' && " EQUIVOLVE_PYTHON " -B model.py bad.csv out.csv",
                          output),
              2);
    EXPECT_EQ(output, "bad.csv: " + message + "\n");
    EXPECT_FALSE(std::filesystem::exists(folder_.path("out.csv")));
  }
  std::string output;
  const std::string model = "cd '" + folder_.path("") + "' && " EQUIVOLVE_PYTHON " -B model.py ";
  EXPECT_EQ(run_command(model + "none.csv", output), 2);
  EXPECT_EQ(output, "none.csv: No such file or directory\n");
  EXPECT_EQ(run_command(model + "people.csv nowhere/out.csv", output), 2);
  EXPECT_EQ(output, "nowhere/out.csv: No such file or directory\n");
}

}  // namespace
}  // namespace equivolve::test
