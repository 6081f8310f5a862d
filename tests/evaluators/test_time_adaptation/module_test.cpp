// The evaluator as a host sees it, on the digits that the project ships.
#include "tests/evaluators/test_time_adaptation/module_support.hpp"

#include <algorithm>
#include <span>

#include "evaluators/common/nn/weights_file.hpp"
#include "evaluators/test_time_adaptation/formula_rule.hpp"

namespace equivolve::test {
namespace {

search::Genome formula(const std::string& text, test_time_adaptation::RulePart part) {
  const auto parsed = search::parse_expression(text, test_time_adaptation::rule_inputs(part));
  EXPECT_TRUE(parsed) << text;
  return search::to_genome(parsed->tokens);
}

double figure(const Session& session, const Trial& trial, const std::string& name) {
  for (std::size_t f = 0; f < session.info().figure_count; ++f)
    if (session.info().figures[f].name == name) return trial.figures[f];
  ADD_FAILURE() << name;
  return std::nan("");
}

TEST(Module, EveryReferenceRunsAlikeInAnyNumberOfThreads) {
  Session session(adaptation(), digits());
  EXPECT_EQ(session.references().size(), 7U);
  for (const char* name : kMethods) {
    const Trial one = session.evaluate(name, {.threads = 1});
    const Trial many = session.evaluate(name, {.threads = 4});
    ASSERT_EQ(one.status, EQV_OK) << name << one.message;
    EXPECT_EQ(reproducible(session, one), reproducible(session, many)) << name;
    EXPECT_NE(reproducible(session, one),
              reproducible(session, session.evaluate(name, {.common_seed = 2})))
        << name;
    EXPECT_GT(one.cost, 0U);
  }
}

TEST(Module, MeansOfItemsAreTheObjective) {
  Session session(adaptation(), digits({{"stream", {{"batches", {7, 16}}}}}));
  const Trial trial = session.evaluate("tent", {.split = EQV_TEST});
  ASSERT_EQ(trial.status, EQV_OK);
  ASSERT_EQ(trial.items.size(), 40U);
  double sum = 0;
  for (const double item : trial.items) sum += item;
  EXPECT_NEAR(sum / 40, trial.figures[0], 1e-9);
}

TEST(Module, TextsMeanWhatReferencesDo) {
  Session session(adaptation(), digits());
  for (const auto& [name, text] :
       {std::pair{"source", "method: source\n"}, std::pair{"batch_norm", "method: batch_norm\n"},
        std::pair{"tent", "method: tent\ntrainable: bn_affine\n"},
        std::pair{"cotta", "method: cotta\naugmentations: 2\n"},
        std::pair{"petal_fim", "method: petal_fim\naugmentations: 2\n"}}) {
    const Trial found = session.evaluate(recipe(session, text));
    ASSERT_EQ(found.status, EQV_OK) << found.message;
    EXPECT_EQ(reproducible(session, found), reproducible(session, session.evaluate(name))) << name;
  }
}

TEST(Module, InactiveSettingsDoNotChangeTheDigest) {
  Session session(adaptation(), digits());
  const auto digest = [&](const std::string& text) { return session.probe(recipe(session, text)); };
  const std::string cotta = "method: cotta\naugmentations: 0\n";
  EXPECT_EQ(digest(cotta + "learning_rate: 0.001\n"), digest(cotta + "learning_rate: 0.02\n"))
      << "a cold start learns nothing";
  EXPECT_NE(digest("method: tent\nlearning_rate: 0.001\n"),
            digest("method: tent\nlearning_rate: 0.002\n"));
  EXPECT_NE(digest("method: cotta\nrestore_probability: 0.01\n"),
            digest("method: cotta\nrestore_probability: 0.02\n"));
  // 3 corruptions of 40 samples in batches of 16: 9 batches.
  EXPECT_NE(digest("method: tent\nreset_every: 4\n"), digest("method: tent\nreset_every: 8\n"));
  EXPECT_EQ(digest("method: tent\nreset_every: 100\n"), digest("method: tent\nreset_every: 0\n"));
  // What three batches cannot tell apart grows along a stream.
  const std::string petal = "method: petal_sres\naugmentations: 2\n";
  EXPECT_NE(digest(petal + "prior_weight: 1e-12\n"), digest(petal + "prior_weight: 2e-12\n"));
  EXPECT_NE(digest("method: tent\nlearning_rate: 0.00001\n"),
            digest("method: tent\nlearning_rate: 0.0000100001\n"));
  EXPECT_EQ(digest("method: petal_sres\nanchored: false\n"), digest("method: cotta\n"));
}

TEST(Module, EqualDigestsAreEqualTrials) {
  Session session(adaptation(), digits());
  for (const auto& [one, other] :
       {std::pair{"method: tent\nreset_every: 18\n", "method: tent\nreset_every: 0\n"},
        std::pair{"method: cotta\naugmentations: 0\n", "method: petal_fim\naugmentations: 0\n"},
        std::pair{"method: petal_fim\naugmentations: 2\nrestores: false\nanchored: false\n",
                  "method: cotta\naugmentations: 2\nrestores: false\n"}}) {
    EXPECT_EQ(session.probe(recipe(session, one)), session.probe(recipe(session, other))) << one;
    EXPECT_EQ(reproducible(session, session.evaluate(recipe(session, one))),
              reproducible(session, session.evaluate(recipe(session, other))))
        << one;
  }
}

TEST(Module, AStreamsBatchesMayBeOfOneAndLargerThanItsSamples) {
  Session session(adaptation(), digits({{"stream", {{"batches", {1, 4096}}}}}));
  for (const char* name : kMethods) {
    const Trial trial = session.evaluate(name);
    ASSERT_EQ(trial.status, EQV_OK) << name;
    EXPECT_TRUE(std::isfinite(trial.figures[0]));
  }
  const Trial source = session.evaluate("source"), norm = session.evaluate("batch_norm");
  EXPECT_EQ(figure(session, source, "nll.shuffled.1"), figure(session, norm, "nll.shuffled.1"));
  EXPECT_NE(figure(session, source, "nll.shuffled.4096"),
            figure(session, norm, "nll.shuffled.4096"));
}

TEST(Module, LevelsAndUnseenCorruptions) {
  Session session(adaptation(), digits({{"screening_samples", 16},
                                        {"stream", {{"unseen_corruptions", {"fog"}}}}}));
  ASSERT_EQ(session.info().level_count, 2U);
  EXPECT_DOUBLE_EQ(session.info().levels[0].relative_cost, .4);
  const Trial low = session.evaluate("tent", {.level = 0}),
              high = session.evaluate("tent", {.level = 1});
  EXPECT_LT(low.cost, high.cost);
  const auto files = session.apply("tent");
  EXPECT_NE(files.at("stream.csv").find("fog"), std::string::npos);
  EXPECT_EQ(files.at("stream.csv").find("translate"), std::string::npos);
}

TEST(Module, FormulasStandForPartsOfTheStep) {
  using test_time_adaptation::RulePart;
  json config = digits();
  config["representation"] = "expression";
  Session session(adaptation(), config);
  const Trial never = session.evaluate(formula("-1", RulePart::kRestoration));
  ASSERT_EQ(never.status, EQV_OK) << never.message;
  const Trial fisher = session.evaluate(formula("0.03 - fisher_rank", RulePart::kRestoration));
  EXPECT_NE(never.figures, fisher.figures);
  EXPECT_EQ(session.probe(formula("1 - 2", RulePart::kRestoration)),
            session.probe(formula("-1", RulePart::kRestoration)));
  // What three batches on a fresh model do not show: far from home, later, for few weights.
  const auto digest = [&](const std::string& text) {
    return session.probe(formula(text, RulePart::kRestoration));
  };
  EXPECT_NE(digest("distance - 0.3"), digest("-1"));
  EXPECT_NE(digest("0.002 - age"), digest("-1"));
  EXPECT_NE(digest("log(log(fisher))"), digest("-1")) << "gradients beyond e";
  EXPECT_NE(digest("0.002 - uniform"), digest("0.001 - uniform"));
  EXPECT_NE(digest("0.03 - fisher_rank"), digest("0.028 - fisher_rank"));
  EXPECT_EQ(digest("0.03 - fisher_rank"), digest("where(less(fisher_rank, 0.03), 1, 0)"));
  EXPECT_EQ(digest("max(distance, 2) - 1"), digest("magnitude + 1"));
  config["options"]["rule"] = "momentum";
  Session momentum(adaptation(), config);
  const Trial teacher = momentum.evaluate(formula("0.999", RulePart::kMomentum));
  EXPECT_EQ(reproducible(momentum, teacher),
            reproducible(momentum, momentum.evaluate("petal_fim")));
  EXPECT_EQ(momentum.evaluate(formula("log(0 - 1)", RulePart::kMomentum)).status, EQV_NON_FINITE);
  EXPECT_NE(momentum.probe(formula("0.9 + min(drift, 0.1)", RulePart::kMomentum)),
            momentum.probe(formula("0.9 + min(drift, 0.05)", RulePart::kMomentum)));
}

TEST(Module, TablesDrift) {
  json config = {
      {"data", {{"file", EQUIVOLVE_DATA_DIR "/breast_cancer.csv"}, {"target", "diagnosis"}}},
      {"options",
       {{"model", {{"epochs", 6}, {"averaged_epochs", 2}, {"widths", {16}}}},
        {"stream", {{"batches", {8}}, {"samples", 50}}},
        {"views", {{"augmentations", 2}}}}}};
  Session session(adaptation(), config);
  for (const char* name : kMethods)
    EXPECT_EQ(session.evaluate(name, {.split = EQV_TEST}).status, EQV_OK) << name;
}

TEST(Module, ACancelledTrialSaysSo) {
  Session session(adaptation(), digits());
  EXPECT_EQ(session.evaluate("tent", {.cancelled = true}).status, EQV_CANCELLED);
  EXPECT_EQ(session.evaluate("tent").status, EQV_OK) << "training goes on anew";
}

TEST(Module, ColourImagesInBothOrdersAreTheSame) {
  const TemporaryFolder folder;
  write_colours(folder, "pixels", false);
  write_colours(folder, "planes", true);
  const auto config = [&](const char* name, const char* kind) {
    json out = of_files(folder, name);
    out["options"]["model"] = {{"kind", kind},
                               {"epochs", 2},
                               {"averaged_epochs", 1},
                               {"widths", {8}},
                               {"channels", {4, 4}}};
    return out;
  };
  for (const char* kind : {"convolutional", "perceptron"}) {
    Session session(adaptation(), config("pixels", kind)),
        other(adaptation(), config("planes", kind));
    for (const char* name : kMethods) {
      const Trial trial = session.evaluate(name);
      ASSERT_EQ(trial.status, EQV_OK) << name << trial.message;
      EXPECT_EQ(reproducible(session, trial), reproducible(other, other.evaluate(name))) << name;
    }
  }
  folder.write("grey.idx", idx({2, 14, 14}, std::string(2 * 14 * 14, 'x')));
  Session session(adaptation(), config("pixels", "perceptron"));
  EXPECT_THROW(session.apply("tent", {{"data", folder.path("grey.idx")}}), Refusal);
  folder.write("odd.idx", idx({2, 4, 14, 14}, std::string(2 * 4 * 14 * 14, 'x')));
  json odd = config("pixels", "perceptron");
  odd["data"]["images"] = folder.path("odd.idx");
  expect_refused(odd, "/data/images", "4 dimensions");
}

TEST(Apply, WritesWhatAPersonNeeds) {
  Session session(adaptation(), digits());
  const auto files = session.apply(recipe(session, "method: petal_fim\naugmentations: 2\n"));
  for (const char* name :
       {"recipe.yaml", "recipe.py", "predictions.csv", "stream.csv", "error_over_stream.svg",
        "source_model.nn", "source_variance.nn", "source_model.json"})
    EXPECT_TRUE(files.contains(name)) << name;
  EXPECT_NE(files.at("recipe.yaml").find("method: petal_fim"), std::string::npos);
  const std::string& csv = files.at("predictions.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 3 * 40);
  const auto network = nn::from_bytes<double>(std::as_bytes(
      std::span(files.at("source_model.nn").data(), files.at("source_model.nn").size())));
  EXPECT_TRUE(network) << network.error();
}

TEST(Apply, PredictsAPersonsStreamInItsOrder) {
  const TemporaryFolder folder;
  Session session(adaptation(), digits());
  folder.write("mine.idx", idx({5, 8, 8}, std::string(5 * 64, '\x20')));
  const auto files = session.apply("batch_norm", {{"data", folder.path("mine.idx")}, {"batch", 2}});
  EXPECT_EQ(
      std::count(files.at("predictions.csv").begin(), files.at("predictions.csv").end(), '\n'), 6);
  EXPECT_FALSE(files.contains("stream.csv"));
}

TEST(Apply, WarnsOfACollapse) {
  json config = digits({{"stream", {{"rounds", 6}, {"corruptions", json::array()}}}});
  Session session(adaptation(), config);
  session.apply(recipe(session, "method: tent\nlearning_rate: 0.03\ntrainable: all\n"));
  EXPECT_NE(session.log().find("collapsing"), std::string::npos) << session.log();
  Session calm(adaptation(), config);
  calm.apply("batch_norm");
  EXPECT_EQ(calm.log().find("collapsing"), std::string::npos);
}

}  // namespace
}  // namespace equivolve::test
