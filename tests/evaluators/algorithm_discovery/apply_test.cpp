// What a person gets: predictions, the program's text, and a model.py that predicts the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/evaluators/support/algorithm_discovery.hpp"
#include "tests/evaluators/support/python.hpp"

namespace equivolve::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

search::Genome descent(std::uint32_t d) {
  return genome_of(kGradientDescent, quickstart_shape(d));
}

struct Case {
  const char* name;
  json config;
  std::uint32_t dimension;
  std::size_t all, test;
};

class ApplyTo : public ::testing::TestWithParam<Case> {};

TEST_P(ApplyTo, WritesPredictionsProgramAndModel) {
  Session session(algorithm_discovery(), GetParam().config);
  const auto files = session.apply(descent(GetParam().dimension));
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(lines(files.at("predictions.csv")), 1 + GetParam().test);
  EXPECT_THAT(files.at("program.txt"), HasSubstr("s1 = dot(v0, v1)"));
  EXPECT_EQ(lines(session.apply(descent(GetParam().dimension), {{"predictions_for", "all"}})
                      .at("predictions.csv")),
            1 + GetParam().all);
  EXPECT_EQ(lines(session.apply(descent(GetParam().dimension), {{"predictions_for", "pool"}})
                      .at("predictions.csv")),
            1 + GetParam().all - GetParam().test);
}

/// The trained state: the command line of model.py repeats predictions.csv to the letter.
TEST_P(ApplyTo, ModelPredictsTheSameWithoutFitting) {
  EQUIVOLVE_NEEDS_NUMPY();
  Session session(algorithm_discovery(), GetParam().config);
  const auto files =
      session.apply(descent(GetParam().dimension), {{"data", GetParam().config["data"]["file"]}});
  TemporaryFolder folder;
  folder.write("model.py", files.at("model.py"));
  std::string output;
  const int code = run_command(std::string(EQUIVOLVE_PYTHON) + " -B '" + folder.path("model.py") +
                                   "' '" + GetParam().config["data"]["file"].get<std::string>() +
                                   "' '" + folder.path("out.csv") + "'",
                               output);
  ASSERT_EQ(code, 0) << output;
  std::istringstream ours(files.at("predictions.csv")), theirs(read_file(folder.path("out.csv")));
  std::string our_line, their_line;
  while (std::getline(ours, our_line)) {
    ASSERT_TRUE(std::getline(theirs, their_line));
    // Numbers are written differently (1e-05, 1.0); cells are compared as values.
    std::istringstream our_cells(our_line), their_cells(their_line);
    std::string a, b;
    while (std::getline(our_cells, a, ',')) {
      ASSERT_TRUE(std::getline(their_cells, b, ','));
      char* end = nullptr;
      const double x = std::strtod(a.c_str(), &end);
      if (end != a.c_str() && *end == 0) {
        EXPECT_EQ(x, std::strtod(b.c_str(), nullptr)) << our_line << " | " << their_line;
      } else {
        EXPECT_EQ(a, b);
      }
    }
  }
  EXPECT_FALSE(std::getline(theirs, their_line));
}

/// fit() on the pool ends in the same state.
TEST_P(ApplyTo, ModelFitsToTheSamePredictions) {
  EQUIVOLVE_NEEDS_NUMPY();
  Session session(algorithm_discovery(), GetParam().config);
  const auto files = session.apply(descent(GetParam().dimension));
  const auto pool = session.apply(descent(GetParam().dimension), {{"predictions_for", "pool"}});
  TemporaryFolder folder;
  folder.write("model.py", files.at("model.py"));
  folder.write("pool.csv", pool.at("predictions.csv"));
  const std::string output = run_python(folder, R"(
import csv, numpy as np, model
path = ')" + GetParam().config["data"]["file"].get<std::string>() +
                                                    R"('
X = model.read_features(path)
rows = list(csv.reader(open(path)))
y = np.array([r[rows[0].index(model.TARGET)] for r in rows[1:]])
if not model.CLASSIFICATION or model.TARGET == 'digit': y = y.astype(float if not model.CLASSIFICATION else int)
pool = [int(r[0]) - 1 for r in list(csv.reader(open('pool.csv')))[1:]]
fitted = model.Model().fit(X[pool], y[pool])
ready = model.pretrained()
assert (fitted.decision_function(X) == ready.decision_function(X)).all()
several = model.CLASSIFICATION and len(model.CLASSES) > 2
assert ready.decision_function(X).shape == ((len(X), len(model.CLASSES)) if several else (len(X),))
assert (fitted.predict(X) == ready.predict(X)).all()
assert model.Model(**fitted.get_params()).get_params() == fitted.get_params()
test = [r for r in range(len(X)) if r not in set(pool)]
print(fitted.score(X[test], y[test]))
)");
  EXPECT_GT(std::strtod(output.c_str(), nullptr), 0.2) << output;
}

TEST_P(ApplyTo, RivalsGetAModelToo) {
  EQUIVOLVE_NEEDS_NUMPY();
  Session session(algorithm_discovery(), GetParam().config);
  for (const json& reference : session.references()) {
    if (reference.contains("genome")) continue;
    const auto files =
        session.apply(reference["name"].get<std::string>(), {{"predictions_for", "all"}});
    TemporaryFolder folder;
    folder.write("model.py", files.at("model.py"));
    folder.write("ours.csv", files.at("predictions.csv"));
    run_python(folder, R"(
import csv, numpy as np, model
ready = model.pretrained()
X = model.read_features(')" +
                           GetParam().config["data"]["file"].get<std::string>() + R"(')
several = model.CLASSIFICATION and len(model.CLASSES) > 2
assert ready.decision_function(X).shape == ((len(X), len(model.CLASSES)) if several else (len(X),))
told = ready.predict(model.read_features(')" +
                           GetParam().config["data"]["file"].get<std::string>() + R"('))
ours = [r[1] for r in list(csv.reader(open('ours.csv')))[1:]]
assert len(ours) == len(told)
if model.CLASSIFICATION: assert [str(t) for t in told.tolist()] == ours
else: assert np.allclose(told, [float(o) for o in ours], rtol=1e-10)
)");
  }
}

json quoted_classes() {
  static TemporaryFolder folder;
  std::string csv = "\"first, column\";second;kind\n";
  for (int r = 0; r < 60; ++r) {
    const int kind = r % 3;
    csv += std::to_string(kind * 2 + r % 5 * 0.1) + ";" +
           std::to_string((kind == 1) * 3 - r % 7 * 0.1) + ";" +
           (kind == 0   ? "\"a, \"\"b\"\"\""
            : kind == 1 ? "caf\xC3\xA9"
                        : "z") +
           "\n";
  }
  return {{"data", {{"file", folder.write("t.csv", csv)}, {"target", "kind"}}}};
}

INSTANTIATE_TEST_SUITE_P(Tables, ApplyTo,
                         ::testing::Values(Case{"binary", breast_cancer(), 30, 569, 113},
                                           Case{"several", digits(), 64, 1797, 359},
                                           Case{"regression", diabetes(), 10, 442, 88}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Apply, QuotesWhatNeedsQuoting) {
  EQUIVOLVE_NEEDS_NUMPY();
  const json config = quoted_classes();
  Session session(algorithm_discovery(), config);
  const auto files = session.apply(descent(2), {{"predictions_for", "all"}});
  EXPECT_THAT(files.at("predictions.csv"), HasSubstr("\"a, \"\"b\"\"\""));
  TemporaryFolder folder;
  folder.write("model.py", files.at("model.py"));
  folder.write("ours.csv", files.at("predictions.csv"));
  run_python(folder, R"(
import csv, model
told = model.pretrained().predict(model.read_features(')" +
                         config["data"]["file"].get<std::string>() + R"('))
assert told.tolist() == [r[1] for r in list(csv.reader(open('ours.csv', encoding='utf-8')))[1:]]
)");
}

TEST(Apply, FindsColumnsOfAnotherFileByName) {
  Session session(algorithm_discovery(), diabetes());
  TemporaryFolder folder;
  const std::string file = folder.write("new.csv",
                                        "s6\ts5\ts4\ts3\ts2\ts1\tbp\tbmi\tsex\tage\tremark\n87\t4."
                                        "8598\t4\t38\t93.2\t157\t101\t32.1\t2\t59\tfirst\n");
  const auto files = session.apply(descent(10), {{"data", file}});
  EXPECT_THAT(files.at("predictions.csv"), StartsWith("row,prediction\n1,"));
  // It is row 1 of the run's own table.
  const auto own = session.apply(descent(10), {{"predictions_for", "all"}}).at("predictions.csv");
  EXPECT_EQ(files.at("predictions.csv"), own.substr(0, own.find('\n', own.find('\n') + 1) + 1));
}

TEST(Apply, RefusesWithAPointer) {
  Session session(algorithm_discovery(), diabetes());
  auto refusal = [&](const json& options) {
    try {
      session.apply(descent(10), options);
    } catch (const Refusal& r) {
      return r;
    }
    return Refusal{};
  };
  TemporaryFolder folder;
  EXPECT_EQ(refusal({{"data", folder.path("none.csv")}}).pointer, "/data");
  EXPECT_THAT(refusal({{"data", folder.write("a.csv", "agee,sex\n1,2\n")}}).message,
              HasSubstr("no column 'age' (did you mean 'agee'?)"));
  EXPECT_EQ(refusal({{"predictions_for", "tests"}}).pointer, "/predictions_for");
  EXPECT_EQ(refusal({{"data", "x"}, {"predictions_for", "all"}}).pointer, "/predictions_for");
  EXPECT_EQ(refusal({{"dat", "x"}}).pointer, "/dat");
  EXPECT_THROW(session.apply(std::string("nobody")), Refusal);
}

TEST(Apply, AProgramThatDoesNotStayFiniteKeepsItsTextOnly) {
  Session session(algorithm_discovery(), diabetes());
  const auto files = session.apply(
      genome_of("setup:\n s2 = 1e300\npredict:\n s1 = s2 * s2\nlearn:\n s2 = s2 + s0\n",
                quickstart_shape(10)));
  EXPECT_EQ(files.count("predictions.csv"), 0u);
  EXPECT_EQ(files.count("program.txt"), 1u);
  EXPECT_THAT(files.at("model.py"), HasSubstr("nothing was kept"));
  EXPECT_THAT(session.log(), HasSubstr("did not stay finite"));
}

TEST(Apply, SyntheticTasksGiveAModelToo) {
  EQUIVOLVE_NEEDS_NUMPY();
  Session session(algorithm_discovery(), {{"data", {{"synthetic", "linear"}}}});
  const auto files = session.apply(descent(4), {{"predictions_for", "all"}});
  EXPECT_EQ(lines(files.at("predictions.csv")), 201u);
  TemporaryFolder folder;
  folder.write("model.py", files.at("model.py"));
  run_python(folder,
             "import model, numpy as np\nX = np.random.default_rng(1).normal(size=(300, 4))\n"
             "assert model.Model().fit(X, X @ [1, 2, 3, 4]).score(X, X @ [1, 2, 3, 4]) > "
             "0.99\nmodel.pretrained().predict(X)\n");
}

}  // namespace
}  // namespace equivolve::test
