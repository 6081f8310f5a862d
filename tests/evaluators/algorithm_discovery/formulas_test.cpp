// Symbolic regression: representation `expression`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <sstream>

#include "search/space/expression_space.hpp"
#include "search/variation/expression_variation.hpp"
#include "tests/evaluators/support/algorithm_discovery.hpp"
#include "tests/evaluators/support/python.hpp"

namespace equivolve::test {
namespace {

using nlohmann::json;
using search::ExpressionSpace;
using search::Genome;
using ::testing::HasSubstr;

json as_formula(json config) {
  config["representation"] = "expression";
  return config;
}

ExpressionSpace space_of(const json& written) {
  ExpressionSpace space;
  space.inputs = written["inputs"].get<std::vector<std::string>>();
  for (const json& name : written["operations"])
    space.operations.push_back(*search::expression_op_named(name.get<std::string>()));
  std::sort(space.operations.begin(), space.operations.end());
  return space;
}

/// A session and the space it offers.
struct FormulaSession {
  Session session;
  ExpressionSpace space;
  explicit FormulaSession(const json& config)
      : session(algorithm_discovery(), as_formula(config)),
        space(space_of(session.default_space(search::Representation::kExpression))) {
    EXPECT_EQ(session.bind(session.default_space(search::Representation::kExpression)).status,
              EQV_OK);
  }
  Genome genome(const std::string& text) const {
    auto parsed = search::parse_genome(text, space);
    if (!parsed) throw std::runtime_error(text + ": " + parsed.error().message);
    return *parsed;
  }
  Trial trial(const std::string& text, const TrialSettings& settings = {}) {
    return session.evaluate(genome(text), settings);
  }
};

Refusal refusal(const json& config) {
  try {
    Session session(algorithm_discovery(), as_formula(config));
  } catch (const Refusal& refused) {
    return refused;
  }
  return {};
}

/// y = 2 * a * b + 1 in units of its own, and a column that no one needs.
class Law : public testing::Test {
 protected:
  Law() {
    auto stream = test_stream(60, 0);
    std::ostringstream rows;
    rows.precision(17);
    rows << "a,b,mean c,y\n";
    for (int r = 0; r < 80; ++r) {
      const double a = stream.uniform(10, 500), b = stream.uniform(0.01, 0.1),
                   c = stream.uniform(-1, 1);
      rows << a << ',' << b << ',' << c << ',' << 2 * a * b + 1 << '\n';
    }
    config_ = {{"data", {{"file", folder_.write("law.csv", rows.str())}, {"target", "y"}}}};
  }
  json without_fit() const { return with_option(config_, "constants", {{"fit", false}}); }

  TemporaryFolder folder_;
  json config_;
};

enum Figure { kFitness, kRmse, kR2, kComplexity };

TEST_F(Law, InputsAreTheFeaturesInTheirOwnUnits) {
  FormulaSession s(without_fit());
  EXPECT_EQ(s.space.inputs, (std::vector<std::string>{"a", "b", "mean c"}));
  const Trial exact = s.trial("2 * a * b + 1");
  ASSERT_EQ(exact.status, EQV_OK) << exact.message;
  EXPECT_EQ(exact.figures[kFitness], 1) << "rounding counts as none";
  EXPECT_EQ(exact.figures[kRmse], 0);
  EXPECT_GT(s.trial("2.000000001 * a * b + 1").figures[kRmse], 0);
  EXPECT_EQ(exact.figures[kComplexity], 7);
  // Off by 3 everywhere, in the target's own units.
  EXPECT_NEAR(s.trial("2 * a * b + 4").figures[kRmse], 3, 1e-9);
}

TEST_F(Law, NumbersAreFittedInEveryTrial) {
  FormulaSession s(config_);
  const Trial fitted = s.trial("1 * a * b + 0");
  EXPECT_LT(fitted.figures[kRmse], 1e-9);
  EXPECT_GT(fitted.cost, 7u * 80 * 4);
  // The best number is the mean of the training rows: the reference.
  const Trial mean = s.trial("0.5"), constant = s.session.evaluate(std::string("constant"));
  for (int figure : {kFitness, kRmse, kR2})
    EXPECT_NEAR(mean.figures[figure], constant.figures[figure], 1e-9);
  EXPECT_EQ(constant.figures[kComplexity], 1);
  EXPECT_EQ(s.session.evaluate(std::string("ridge")).figures[kComplexity], 13);
}

TEST_F(Law, FittedNumbersAreInherited) {
  FormulaSession s(config_);
  EXPECT_EQ(s.session.info().refines_genomes, 1u);
  const Genome bred = s.genome("1 * a * b + 0"), refined = s.session.refine(bred);
  EXPECT_EQ(search::genome_text(refined.flat, s.space), "2 * a * b + 1") << "seven digits";
  EXPECT_EQ(s.session.refine(bred), refined) << "it follows from the genome alone";
  // Its own trial begins where it is: little is left to do.
  EXPECT_LT(s.session.evaluate(refined).cost, s.session.evaluate(bred).cost);
  EXPECT_NEAR(s.session.evaluate(refined).figures[kFitness],
              s.session.evaluate(bred).figures[kFitness], 1e-12);
  EXPECT_EQ(s.session.refine(refined), refined);
  for (const char* text : {"a * b", "log(a - 300) + 2"})
    EXPECT_EQ(s.session.refine(s.genome(text)), s.genome(text)) << "nothing to fit";
}

TEST_F(Law, EveryDigitIsInheritedWhereItMatters) {
  FormulaSession s(config_);
  // Seven digits of the large numbers would leave nothing of their difference.
  const Genome refined = s.session.refine(s.genome("2 * a * b + 123456789 - 123456788.5"));
  Session& session = s.session;
  EXPECT_LT(session.evaluate(refined).figures[kRmse], 1e-6);
  const search::ExpressionView e = *search::view_expression(refined.flat);
  EXPECT_NEAR(e[5].value - e[7].value, 1, 1e-6);
}

TEST_F(Law, NumbersAreNotInheritedWhereOptionsSaySo) {
  for (const json& constants : {json{{"inherit", false}}, json{{"fit", false}}}) {
    FormulaSession s(with_option(config_, "constants", constants));
    EXPECT_EQ(s.session.info().refines_genomes, 0u) << constants;
  }
}

TEST(Inheritance, IsOfFormulasOverTablesAlone) {
  EXPECT_EQ(Session(algorithm_discovery(), breast_cancer()).info().refines_genomes, 0u);
  const json synthetic = {{"data", {{"synthetic", "linear"}, {"dimension", 2}, {"tasks", 3}}}};
  EXPECT_EQ(Session(algorithm_discovery(), synthetic).info().refines_genomes, 0u);
  EXPECT_EQ(FormulaSession(synthetic).session.info().refines_genomes, 0u)
      << "numbers fitted to one task are wrong in the next";
}

TEST(Inheritance, LeavesAFormulaFiniteOnEveryRow) {
  // A fit sees 1,000 of the rows; where x is smallest the formula may end within it or beyond.
  TemporaryFolder folder;
  std::ostringstream rows;
  rows.precision(17);
  rows << "x,y\n";
  for (int r = 0; r < 3000; ++r) rows << r + 1 << ',' << std::log(r + 1.0) << '\n';
  const json config = {{"data", {{"file", folder.write("log.csv", rows.str())}, {"target", "y"}}}};
  FormulaSession s(config), as_it_is(with_option(config, "constants", {{"fit", false}}));
  int changed = 0;
  for (const char* text : {"log(x - 0.5)", "log(x + 0.001)", "sqrt(x - 0.9)", "log(x - 0.999) + 1",
                           "log(x - 0.99) * 2", "log(x - 0.9) - 2"}) {
    const Genome bred = s.genome(text), refined = s.session.refine(bred);
    changed += bred != refined;
    EXPECT_EQ(as_it_is.session.evaluate(refined).status, EQV_OK)
        << text << " became " << search::genome_text(refined.flat, s.space);
  }
  EXPECT_GT(changed, 0);
}

TEST_F(Law, WhatIsFittedAlikeIsOneFormula) {
  FormulaSession s(with_option(config_, "complexity", false));
  for (const auto& [one, other] :
       {std::pair{"0.7 * a", "a * 1.3"}, std::pair{"a * b * 3 - 4", "0.1 + 0.5 * b * a"},
        std::pair{"sqrt(a) * 2 + 1", "5 + sqrt(a) * 9"}}) {
    const Genome a = s.session.refine(s.genome(one)), b = s.session.refine(s.genome(other));
    const Trial x = s.session.evaluate(a), y = s.session.evaluate(b);
    EXPECT_NEAR(x.figures[kFitness], y.figures[kFitness], 1e-9 * y.figures[kFitness]) << one;
    EXPECT_EQ(s.session.probe(a), s.session.probe(b)) << one << " and " << other;
  }
}

TEST_F(Law, TheTestSplitIsJudgedAfterAFitToThePool) {
  FormulaSession s(config_);
  const Trial test = s.trial("1 * a * b + 0", {.split = EQV_TEST});
  EXPECT_LT(test.figures[kRmse], 1e-9);
  ASSERT_EQ(test.items.size(), 16u);
  double sum = 0;
  for (double item : test.items) sum += item;
  EXPECT_NEAR(sum / 16, test.figures[kFitness], 1e-12);
}

TEST_F(Law, ThreadsDoNotMatter) {
  FormulaSession s(config_);
  for (const char* text : {"1 * a * b + 0", "log(a - 300)", "exp(a * b) + 3"}) {
    const Trial one = s.trial(text), four = s.trial(text, {.threads = 4});
    EXPECT_EQ(one.status, four.status);
    if (one.status == EQV_OK) {
      EXPECT_EQ(one.figures, four.figures);
    }
    EXPECT_EQ(one.message, four.message);
  }
  EXPECT_EQ(s.trial("a", {.cancelled = true}).status, EQV_CANCELLED);
}

TEST_F(Law, WhatIsNotFiniteIsAnOutcome) {
  FormulaSession s(config_);
  const Trial trial = s.trial("log(a - 300)");
  EXPECT_EQ(trial.status, EQV_NON_FINITE);
  EXPECT_EQ(trial.figures[kFitness], 0);
  EXPECT_THAT(trial.message, HasSubstr("the formula is not finite on training row"));
  EXPECT_EQ(s.trial("exp(a) * exp(a) * b").status, EQV_NON_FINITE);
}

TEST_F(Law, StandardizedFormulasReadAndGiveStandardizedNumbers) {
  FormulaSession s(with_option(without_fit(), "standardize", true));
  // 0 is the training rows' mean.
  const Trial zero = s.trial("0"), constant = s.session.evaluate(std::string("constant"));
  EXPECT_NEAR(zero.figures[kRmse], constant.figures[kRmse], 1e-9);
  EXPECT_GT(s.trial("0.5 * a + 0.5 * b").figures[kR2], 0.5);
}

TEST_F(Law, ReferencesAreThoseOfPrograms) {
  FormulaSession s(config_);
  Session programs(algorithm_discovery(), config_);
  EXPECT_EQ(s.session.references().size(), 2u);
  for (const char* name : {"ridge", "constant"}) {
    Trial ours = s.session.evaluate(std::string(name)),
          theirs = programs.evaluate(std::string(name));
    ours.figures.pop_back();
    EXPECT_EQ(ours.figures, theirs.figures) << name;
  }
}

TEST_F(Law, ComplexityCanBeLeftOut) {
  FormulaSession s(with_option(config_, "complexity", false));
  EXPECT_EQ(s.session.info().figure_count, 3u);
  EXPECT_EQ(s.session.probe(s.genome("a + a")), s.session.probe(s.genome("a + a + b - b")));
  FormulaSession told(config_);
  EXPECT_EQ(told.session.info().figure_count, 4u);
  EXPECT_EQ(told.session.info().figures[kComplexity].role, EQV_OBJECTIVE);
  EXPECT_NE(told.session.probe(told.genome("a + a")),
            told.session.probe(told.genome("a + a + b - b")));
}

TEST_F(Law, ProbesTellBehavioursApart) {
  FormulaSession s(config_);
  const auto digest = [&](const char* text) { return s.session.probe(s.genome(text)); };
  EXPECT_EQ(digest("a * b + 1"), digest("1 + b * a"));
  EXPECT_EQ(digest("log(a)"), digest("log(a)"));
  EXPECT_NE(digest("log(a)"), digest("log(b)"));
  EXPECT_NE(digest("log(a - 10)"), digest("log(a - 490)")) << "finite on more rows";
  EXPECT_NE(digest("2 * a"), digest("3 * a")) << "where a fit starts is behaviour as well";
  EXPECT_NE(digest("square(a)"), digest("a * a * 1"));
  const Genome no_formula{search::Representation::kExpression, std::vector<std::byte>(16)};
  eqv_status status = EQV_OK;
  Genome broken = s.genome("a + b");
  broken.flat.resize(32);
  s.session.probe(broken, 1, &status);
  EXPECT_EQ(status, EQV_INVALID_CANDIDATE);
}

TEST_F(Law, EqualDigestsMeanEqualFigures) {
  for (const bool fit : {true, false}) {
    FormulaSession s(
        with_option(with_option(config_, "constants", {{"fit", fit}}), "resamplings", 2));
    s.space.max_size = 9;
    s.space.max_depth = s.space.initial_depth_high = 3;
    s.space.initial_depth_low = 1;
    std::map<hashing::Digest, Trial> known;
    int merged = 0, wrong = 0;
    for (std::uint64_t i = 0; i < 4000; ++i) {
      auto stream = test_stream(61, i);
      const Genome genome = search::random_genome(s.space, stream);
      const Trial trial = s.session.evaluate(genome);
      const auto [entry, founded] = known.try_emplace(s.session.probe(genome), trial);
      if (founded) continue;
      ++merged;
      bool same = entry->second.status == trial.status;
      for (std::size_t f = 0; same && trial.status == EQV_OK && f < trial.figures.size(); ++f)
        same = std::abs(entry->second.figures[f] - trial.figures[f]) <=
               1e-9 * std::max(1.0, std::abs(trial.figures[f]));
      if (!same) ADD_FAILURE() << search::genome_text(genome.flat, s.space);
      wrong += !same;
    }
    EXPECT_GT(merged, 300);
    EXPECT_EQ(wrong, 0);
  }
}

TEST_F(Law, ApplyWritesTheFittedFormula) {
  FormulaSession s(config_);
  const auto files = s.session.apply(s.genome("1 * a * b + 0"), {{"predictions_for", "all"}});
  const std::string& text = files.at("formula.txt");
  const auto back = search::parse_genome(text, s.space);
  ASSERT_TRUE(back) << text;
  const search::ExpressionView e = *search::view_expression(back->flat);
  EXPECT_NEAR(e[0].value, 2, 1e-9);
  EXPECT_NEAR(e[5].value, 1, 1e-6);
  EXPECT_THAT(text, HasSubstr("as it was bred: 1 * a * b + 0"));
  EXPECT_THAT(files.at("predictions.csv"), HasSubstr("row,prediction\n1,"));
  EXPECT_THAT(s.session.apply(s.genome("log(a - 300)")).count("predictions.csv"), 0u);
  EXPECT_THAT(s.session.log(), HasSubstr("a prediction is not finite: no predictions.csv"));
}

TEST_F(Law, ModelsPredictAsApplyDoes) {
  EQUIVOLVE_NEEDS_NUMPY();
  TemporaryFolder folder;
  int models = 0;
  for (const bool standardised : {false, true}) {
    FormulaSession s(with_option(config_, "standardize", standardised));
    ExpressionSpace space = s.space;
    for (const search::ExpressionOpInfo& info : search::expression_op_table())
      if (info.arity > 0) space.operations.push_back(info.op);
    std::sort(space.operations.begin(), space.operations.end());
    space.operations.erase(std::unique(space.operations.begin(), space.operations.end()),
                           space.operations.end());
    for (std::uint64_t i = 0; models < (standardised ? 60 : 30); ++i) {
      auto stream = test_stream(62 + standardised, i);
      const Genome genome = search::random_genome(space, stream);
      const auto files = s.session.apply(genome, {{"predictions_for", "all"}});
      if (!files.count("predictions.csv")) continue;
      const std::string n = std::to_string(models++);
      folder.write("model" + n + ".py", files.at("model.py"));
      folder.write("predictions" + n + ".csv", files.at("predictions.csv"));
    }
  }
  run_python(folder, R"(
import csv, importlib, numpy as np
for k in range(60):
    model = importlib.import_module(f'model{k}')
    read = [c for c in ('a', 'b', 'mean c') if (c in model.FEATURES)]
    assert model.FEATURES == read and [c[0] for c in model.COLUMNS] == read, model.FEATURES
    told = model.pretrained().predict(model.read_features(')" +
                         config_["data"]["file"].get<std::string>() + R"('))
    mine = np.array([float(r[1]) for r in list(csv.reader(open(f'predictions{k}.csv')))[1:]])
    assert np.allclose(told, mine, rtol=1e-8, atol=1e-9), (k, np.abs(told - mine).max())
)");
}

TEST_F(Law, ModelsWantTheColumnsTheyReadAndNoOthers) {
  EQUIVOLVE_NEEDS_NUMPY();
  TemporaryFolder folder;
  std::string rows = "city,b,a,y\n";
  for (int r = 0; r < 40; ++r)
    rows += std::string(r % 3 == 0   ? "Oslo"
                        : r % 3 == 1 ? "Rome"
                                     : "Bern") +
            "," + std::to_string(r % 7) + "," + std::to_string(r) + "," +
            std::to_string(2 * r + 1) + "\n";
  const json config = {{"data", {{"file", folder.write("law.csv", rows)}, {"target", "y"}}}};
  FormulaSession s(with_option(config, "constants", {{"fit", false}}));
  const std::pair<const char*, const char*> formulas[] = {
      {"2 * a + 1", "a\n3\n4\n"},
      {"a * 0 + \"city=Rome\" * 2 + 7", "a,city\n1,Bern\n1,Rome\n"},
      {"5", "unread\nx\ny\n"}};
  for (std::size_t k = 0; k < std::size(formulas); ++k) {
    const auto files = s.session.apply(s.genome(formulas[k].first), {{"predictions_for", "all"}});
    folder.write("model" + std::to_string(k) + ".py", files.at("model.py"));
    folder.write("fresh" + std::to_string(k) + ".csv", formulas[k].second);
  }
  run_python(folder, R"(
import importlib
models = [importlib.import_module(f'model{k}') for k in range(3)]
assert [m.FEATURES for m in models] == [['a'], ['city=Bern', 'city=Oslo', 'city=Rome', 'a'], []]
told = [list(m.pretrained().predict(m.read_features(f'fresh{k}.csv'))) for k, m in enumerate(models)]
assert told == [[7, 9], [7, 9], [5, 5]], told
)");
}

TEST_F(Law, RefusesWhatIsOfPrograms) {
  const Refusal words = refusal(breast_cancer());
  EXPECT_EQ(words.pointer, "/data/target");
  EXPECT_THAT(words.message, HasSubstr("'diagnosis' holds words, and a formula gives numbers"));
  EXPECT_EQ(refusal(with_option(config_, "task", "classification")).pointer, "/options/task");
  const Refusal epochs = refusal(with_option(config_, "epochs", 3));
  EXPECT_EQ(epochs.pointer, "/options/epochs");
  EXPECT_NE(epochs.message.find("; expected "), std::string::npos) << epochs.message;
  EXPECT_EQ(refusal(with_option(config_, "epochs", 1)).status, EQV_OK) << "the default";
  // All of them at once.
  EXPECT_THAT(refusal(with_option(with_option(config_, "epochs", 3), "error_bound", 5)).message,
              HasSubstr("is of programs alone, as error_bound is; expected "));
  EXPECT_THAT(refusal(with_option(with_option(with_option(config_, "epochs", 3), "error_bound", 5),
                                  "class_weights", "balanced"))
                  .message,
              HasSubstr("is of programs alone, as class_weights and error_bound are; expected "));
  EXPECT_EQ(refusal(with_option(config_, "constants", {{"fitt", true}})).pointer,
            "/options/constants/fitt");
  EXPECT_EQ(refusal(with_option(config_, "constants", {{"iterations", 0}})).pointer,
            "/options/constants/iterations");
  for (const auto& [key, value] : {std::pair<const char*, json>{"complexity", false},
                                   std::pair<const char*, json>{"standardize", true},
                                   std::pair<const char*, json>{"constants", {{"fit", false}}}})
    EXPECT_THROW(Session(algorithm_discovery(), with_option(config_, key, value)), Refusal) << key;
  Session(algorithm_discovery(), with_option(config_, "complexity", true));  // the default
}

TEST_F(Law, WholeNumbersAreNumbersHere) {
  std::string rows = "x,y\n";
  for (int r = 0; r < 20; ++r) rows += std::to_string(r) + "," + std::to_string(2 * (r % 5)) + "\n";
  const json config = {{"data", {{"file", folder_.write("whole.csv", rows)}, {"target", "y"}}}};
  FormulaSession s(config);
  EXPECT_EQ(std::string(s.session.info().figures[0].name), "fitness");
}

TEST_F(Law, SpacesAreChecked) {
  FormulaSession s(config_);
  json space = s.session.default_space(search::Representation::kExpression);
  space["inputs"] = {"a", "b"};
  EXPECT_EQ(s.session.bind(space).pointer, "/inputs");
  space = s.session.default_space(search::Representation::kExpression);
  space["operations"] = {"add", "fly"};
  EXPECT_EQ(s.session.bind(space).pointer, "/operations/1");
}

TEST(SyntheticFormulas, OfALinearTeacherAreFound) {
  const json config = {{"data", {{"synthetic", "linear"}, {"dimension", 2}, {"tasks", 3}}}};
  FormulaSession s(config);
  const Trial trial = s.trial("1 * x0 + 1 * x1");
  ASSERT_EQ(trial.status, EQV_OK) << trial.message;
  EXPECT_LT(trial.figures[kRmse], 1e-9);
}

}  // namespace
}  // namespace equivolve::test
