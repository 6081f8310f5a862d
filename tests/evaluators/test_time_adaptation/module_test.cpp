// The evaluator as a host sees it, on the digits that the project ships.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include "evaluators/common/configurations/bound_space.hpp"
#include "evaluators/common/nn/weights_file.hpp"
#include "evaluators/test_time_adaptation/formula_rule.hpp"
#include "evaluators/test_time_adaptation/python_recipe.hpp"
#include "search/space/space.hpp"
#include "tests/evaluators/support/files.hpp"
#include "tests/evaluators/support/module.hpp"
#include "tests/evaluators/support/python.hpp"
#include "tests/evaluators/test_time_adaptation/golden.hpp"

namespace equivolve::test {
namespace {

using nlohmann::json;

const eqv_evaluator& adaptation() {
  static const eqv_evaluator& table = load_module(TEST_TIME_ADAPTATION_MODULE);
  return table;
}

/// Small enough for a test: 3 corruptions, 40 samples, a few epochs.
json digits(const json& options = json::object()) {
  json config = {{"representation", "configuration"},
                 {"data",
                  {{"file", EQUIVOLVE_DATA_DIR "/digits.csv"},
                   {"target", "digit"},
                   {"pixels", {{"rows", 8}, {"columns", 8}, {"white", 16}}}}},
                 {"options",
                  {{"model", {{"epochs", 6}, {"averaged_epochs", 2}}},
                   {"stream",
                    {{"samples", 40},
                     {"corruptions", {"gaussian_noise", "fog", "translate"}},
                     {"batches", {16}}}},
                   {"views", {{"augmentations", 2}}}}}};
  config["options"].merge_patch(options);
  return config;
}

search::Genome recipe(Session& session, const std::string& text) {
  const auto space = configurations::read_bound_space(
      session.default_space(search::Representation::kConfiguration).dump());
  EXPECT_TRUE(space) << space.error();
  const auto genome = search::parse_genome(text, *space);
  EXPECT_TRUE(genome) << genome.error().message;
  return *genome;
}

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

/// All but the measured time.
std::vector<double> reproducible(const Session& session, const Trial& trial) {
  std::vector<double> out;
  for (std::size_t f = 0; f < session.info().figure_count; ++f)
    if (session.info().figures[f].reproducible) out.push_back(trial.figures[f]);
  return out;
}

const char* const kMethods[] = {"source", "batch_norm", "pseudo_label", "tent",
                                "cotta",  "petal_sres", "petal_fim"};

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

// ---- refusals

void expect_refused(const json& config, const std::string& pointer, const std::string& word) {
  try {
    Session session(adaptation(), config);
    ADD_FAILURE() << "accepted; expected a refusal with " << word;
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.pointer, pointer) << refusal.message;
    EXPECT_NE(refusal.message.find(word), std::string::npos) << refusal.message;
    EXPECT_EQ(refusal.message.find('\n'), std::string::npos);
  }
}

std::string idx(const std::vector<std::uint32_t>& sizes, const std::string& bytes) {
  std::string out("\0\0\x08", 3);
  out += static_cast<char>(sizes.size());
  for (const std::uint32_t size : sizes)
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(size >> shift);
  return out + bytes;
}

TEST(Refusals, OfImagesInFiles) {
  const TemporaryFolder folder;
  folder.write("short.idx", idx({4, 8, 8}, std::string(200, 'x')));
  folder.write("long.idx", idx({1, 8, 8}, std::string(65, 'x')));
  folder.write("text.idx", "no images");
  folder.write("images.idx", idx({20, 8, 8}, std::string(20 * 64, 'x')));
  folder.write("three.idx", idx({3}, std::string("\0\1\0", 3)));
  std::string gap, two;
  for (int i = 0; i < 20; ++i) {
    gap += static_cast<char>(i % 2 * 2);
    two += static_cast<char>(i % 2);
  }
  folder.write("gap.idx", idx({20}, gap));
  folder.write("labels.idx", idx({20}, two));
  const auto with = [&](const char* images, const char* labels) {
    return json{{"data", {{"images", folder.path(images)}, {"labels", folder.path(labels)}}}};
  };
  expect_refused(with("absent.idx", "labels.idx"), "/data/images", "no such file");
  expect_refused(with("short.idx", "labels.idx"), "/data/images", "truncated");
  expect_refused(with("long.idx", "labels.idx"), "/data/images", "longer");
  expect_refused(with("text.idx", "labels.idx"), "/data/images", "no IDX file");
  expect_refused(with("labels.idx", "labels.idx"), "/data/images", "dimensions");
  expect_refused(with("images.idx", "three.idx"), "/data/labels", "3 labels");
  expect_refused(with("images.idx", "gap.idx"), "/data/labels", "none of class 1");
  expect_refused(with("images.idx", "labels.idx"), "/data/images", "all the same");
}

/// Images of 8 x 8 whose columns say their class, 0 or 1; every fifth is of class 2 if `third`.
void write_images(const TemporaryFolder& folder, const std::string& name, std::size_t count,
                  bool third) {
  std::string pixels, labels;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t label = third && i % 5 == 4 ? 2 : i % 2;
    labels += static_cast<char>(label);
    for (std::size_t j = 0; j < 64; ++j)
      pixels += static_cast<char>((j % 3 == label ? 180 : 20) + (7 * i + j) % 40);
  }
  const auto n = static_cast<std::uint32_t>(count);
  folder.write(name + ".images.idx", idx({n, 8, 8}, pixels));
  folder.write(name + ".labels.idx", idx({n}, labels));
}

json of_files(const TemporaryFolder& folder, const std::string& name) {
  return {{"data",
           {{"images", folder.path(name + ".images.idx")},
            {"labels", folder.path(name + ".labels.idx")}}},
          {"options",
           {{"model", {{"epochs", 2}, {"averaged_epochs", 1}, {"widths", {8}}}},
            {"stream", {{"batches", {4}}, {"samples", 10}}},
            {"views", {{"augmentations", 1}}}}}};
}

/// 60 colour images of 14 x 14 in three classes, each of a colour of its own; pixel after pixel, or
/// plane after plane.
void write_colours(const TemporaryFolder& folder, const std::string& name, bool planes) {
  constexpr std::size_t kCount = 60, kPixels = 14 * 14;
  std::string bytes(kCount * kPixels * 3, 0), labels;
  for (std::size_t i = 0; i < kCount; ++i) {
    labels += static_cast<char>(i % 3);
    for (std::size_t p = 0; p < kPixels; ++p)
      for (std::size_t c = 0; c < 3; ++c)
        bytes[i * kPixels * 3 + (planes ? c * kPixels + p : p * 3 + c)] =
            static_cast<char>((c == i % 3 ? 160 : 20) + (11 * i + 3 * p + p / 14) % 90);
  }
  folder.write(name + ".images.idx",
               planes ? idx({kCount, 3, 14, 14}, bytes) : idx({kCount, 14, 14, 3}, bytes));
  folder.write(name + ".labels.idx", idx({kCount}, labels));
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

TEST(BadInput, TruncatedAndDamagedGzip) {
  const TemporaryFolder folder;
  folder.write("whole.idx", idx({40, 8, 8}, std::string(40 * 64, 'x')));
  folder.write("labels.idx", idx({40}, std::string(40, '\0')));
  std::string output;
  ASSERT_EQ(run_command("cd '" + folder.path("") +
                            "' && gzip -k whole.idx && head -c 40 whole.idx.gz > short.idx.gz",
                        output),
            0)
      << output;
  // After a header of gzip a block of a kind that there is not.
  folder.write("bad.idx.gz",
               std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10) + std::string(40, '\xff'));
  const auto with = [&](const char* images) {
    return json{{"data", {{"images", folder.path(images)}, {"labels", folder.path("labels.idx")}}}};
  };
  expect_refused(with("short.idx.gz"), "/data/images", "end early");
  expect_refused(with("bad.idx.gz"), "/data/images", "damaged");
}

TEST(BadInput, AStreamMayLackClasses) {
  const TemporaryFolder folder;
  write_images(folder, "train", 60, true);
  write_images(folder, "stream", 30, false);
  json config = of_files(folder, "train");
  config["data"]["stream_images"] = folder.path("stream.images.idx");
  config["data"]["stream_labels"] = folder.path("stream.labels.idx");
  Session session(adaptation(), config);
  for (const char* name : kMethods) EXPECT_EQ(session.evaluate(name).status, EQV_OK) << name;
  // The other way round the model could not tell them.
  json turned = of_files(folder, "stream");
  turned["data"]["stream_images"] = folder.path("train.images.idx");
  turned["data"]["stream_labels"] = folder.path("train.labels.idx");
  expect_refused(turned, "/data/stream_labels", "a class that 'labels' does not have");
  json few = of_files(folder, "train");
  few["data"]["training_samples"] = 10;
  for (std::uint32_t seed = 0; seed < 20; ++seed) {  // one of these draws leaves a class out
    few["data"]["split_seed"] = seed;
    try {
      Session drawn(adaptation(), few);
    } catch (const Refusal& refusal) {
      EXPECT_EQ(refusal.pointer, "/data/training_samples");
      EXPECT_NE(refusal.message.find("without a sample"), std::string::npos);
      return;
    }
  }
  ADD_FAILURE() << "no draw left a class out";
}

TEST(BadInput, AStreamShorterThanABatchAndConstantImagesArePredicted) {
  const TemporaryFolder folder;
  write_images(folder, "train", 60, true);
  folder.write("one.idx", idx({1, 8, 8}, std::string(64, '\x20')));
  folder.write("constant.idx", idx({7, 8, 8}, std::string(7 * 64, '\x80')));
  Session session(adaptation(), of_files(folder, "train"));
  for (const char* name : kMethods)
    for (const auto& [file, lines] : {std::pair{"one.idx", 2}, std::pair{"constant.idx", 8}}) {
      const auto files = session.apply(name, {{"data", folder.path(file)}, {"batch", 64}});
      ASSERT_TRUE(files.contains("predictions.csv")) << name << ' ' << session.log();
      const std::string& csv = files.at("predictions.csv");
      EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), lines) << name;
      EXPECT_EQ(csv.find("nan"), std::string::npos) << name;
    }
}

TEST(BadInput, ATableOfConstantsIsRefused) {
  const TemporaryFolder folder;
  std::string rows = "a,b,c\n";
  for (int i = 0; i < 40; ++i) rows += i % 2 ? "1,2,x\n" : "1,2,y\n";
  folder.write("constants.csv", rows);
  expect_refused({{"data", {{"file", folder.path("constants.csv")}, {"target", "c"}}}},
                 "/data/file", "all the same");
}

TEST(BadInput, PixelsThatAreNoNumbersAreRefused) {
  const TemporaryFolder folder;
  Session session(adaptation(), digits());
  std::string header, row;
  std::ifstream in(EQUIVOLVE_DATA_DIR "/digits.csv");
  std::getline(in, header);
  std::getline(in, row);
  for (const auto& [cell, word] : {std::pair{"nan", "missing value"}, std::pair{"inf", "inf"}}) {
    folder.write("mine.csv", header + "\n" + cell + row.substr(row.find(',')) + "\n");
    try {
      session.apply("tent", {{"data", folder.path("mine.csv")}});
      ADD_FAILURE() << cell;
    } catch (const Refusal& refusal) {
      EXPECT_EQ(refusal.pointer, "/data");
      EXPECT_NE(refusal.message.find(word), std::string::npos) << refusal.message;
      EXPECT_NE(refusal.message.find("row 1"), std::string::npos) << refusal.message;
    }
  }
}

// ---- networks from files

std::string onnx_file(const std::string& name) {
  return std::string(NN_TEST_DATA) + "/onnx/" + name;
}

/// 60 rows of 6 numbers in 3 classes.
json six_columns(const TemporaryFolder& folder, const json& model) {
  std::string rows = "a,b,c,d,e,f,kind\n";
  for (int i = 0; i < 60; ++i) {
    for (int j = 0; j < 6; ++j)
      rows += std::to_string((i * 7 + j * 5) % 11 + (j == i % 3 ? 9 : 0)) + ",";
    rows += static_cast<char>('x' + i % 3);
    rows += '\n';
  }
  folder.write("rows.csv", rows);
  return {{"data", {{"file", folder.path("rows.csv")}, {"target", "kind"}}},
          {"options",
           {{"model", model},
            {"stream", {{"batches", {4}}, {"samples", 10}}},
            {"views", {{"augmentations", 1}}}}}};
}

TEST(Onnx, AModelIsAdaptedWithEachPosteriorAndSaysWhich) {
  const TemporaryFolder folder;
  const std::string file = onnx_file("rows.onnx");
  std::set<std::vector<double>> found;
  std::string variances;
  for (const char* posterior : {"fisher", "isotropic", "file"}) {
    json model{{"file", file}, {"posterior", posterior}};
    if (std::string(posterior) == "file") {
      folder.write("variance.nn", variances);
      model["posterior_file"] = folder.path("variance.nn");
    }
    Session session(adaptation(), six_columns(folder, model));
    EXPECT_NE(session.log().find(std::string("posterior: ") + posterior), std::string::npos)
        << session.log();
    const auto space = "method: petal_sres\naugmentations: 1\nprior_weight: 0.01\n";
    const Trial trial = session.evaluate(recipe(session, space));
    ASSERT_EQ(trial.status, EQV_OK) << trial.message;
    found.insert(reproducible(session, trial));
    const auto files = session.apply("petal_fim");
    const json taken = json::parse(files.at("source_model.json"));
    EXPECT_EQ(taken["posterior"].get<std::string>().rfind(posterior, 0), 0U);
    EXPECT_EQ(taken["classes"], json({"x", "y", "z"}));
    if (std::string(posterior) == "isotropic") variances = files.at("source_variance.nn");
  }
  EXPECT_EQ(found.size(), 2U) << "the file holds the isotropic variances, the Fisher ones differ";
}

TEST(Onnx, AnotherModelFileIsOtherData) {
  const TemporaryFolder folder;
  const auto digest = [&](const json& model) {
    Session session(adaptation(), six_columns(folder, model));
    return std::vector<std::uint8_t>(
        session.info().data_digest, session.info().data_digest + sizeof session.info().data_digest);
  };
  const auto one = digest({{"file", onnx_file("rows.onnx")}});
  EXPECT_EQ(one, digest({{"file", onnx_file("rows.onnx")}}));
  EXPECT_NE(one, digest(json::object()));
}

TEST(Onnx, ForeignAndUnfitFilesAreRefusedInOneLine) {
  const TemporaryFolder folder;
  const auto with = [&](const std::string& file) { return six_columns(folder, {{"file", file}}); };
  const char* const at = "/options/model/file";
  expect_refused(with(onnx_file("residual.onnx")), at, "Add");
  expect_refused(with(onnx_file("pooled.onnx")), at, "takes 36 numbers");
  expect_refused(with(onnx_file("expected.json")), at, "no ONNX model");
  std::ifstream in(onnx_file("rows.onnx"), std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  folder.write("cut.onnx", bytes.substr(0, bytes.size() / 2));
  expect_refused(with(folder.path("cut.onnx")), at, "cut off");
  folder.write("empty.onnx", "");
  expect_refused(with(folder.path("empty.onnx")), at, "no ONNX model");
  expect_refused(with(folder.path("")), at, "cannot be read");
  // Batch norms that PyTorch folded away: what to do about it.
  json images{{"data",
               {{"file", folder.path("flat.csv")},
                {"target", "k"},
                {"pixels", {{"rows", 6}, {"columns", 6}}}}},
              {"options", {{"model", {{"file", onnx_file("folded.onnx")}}}}}};
  std::string rows = "k";
  for (int j = 0; j < 36; ++j) rows += ",p" + std::to_string(j);
  rows += '\n';
  for (int i = 0; i < 30; ++i) {
    rows += std::to_string(i % 3);
    for (int j = 0; j < 36; ++j) rows += "," + std::to_string((i * j) % 200);
    rows += '\n';
  }
  folder.write("flat.csv", rows);
  expect_refused(images, at, "TrainingMode.PRESERVE");
}

// ---- settings

TEST(Refusals, OfSettings) {
  json config = digits();
  config["options"]["stream"]["corruptions"] = {"fogg"};
  expect_refused(config, "/options/stream/corruptions/0", "did you mean 'fog'");
  config = digits();
  config["options"]["stream"]["unseen_corruptions"] = {"gaussian_noise", "fog", "translate"};
  expect_refused(config, "/options/stream/unseen_corruptions", "no corruption");
  config = digits();
  config["data"]["pixels"]["rows"] = 7;
  expect_refused(config, "/data/pixels", "7 x 8");
  config = digits({{"stream", {{"label_orders", {"dirichle"}}}}});
  expect_refused(config, "/options/stream/label_orders/0", "dirichlet");
  config = digits({{"stream", {{"batches", {4, 0}}}}});
  expect_refused(config, "/options/stream/batches/1", "from 1 to 4096");
  config = digits({{"stream", {{"protocol", "endless"}}}});
  expect_refused(config, "/options/stream/protocol", "lifelong");
  config = digits({{"screening_samples", 40}});
  expect_refused(config, "/options/screening_samples", "fewer");
  config = digits({{"model", {{"file", "/no/such/model"}}}});
  expect_refused(config, "/options/model/file", "/no/such/model");
  const TemporaryFolder folder;
  folder.write("holes.csv", "a,b,c\n1,2,x\nnan,4,y\n");
  expect_refused({{"data", {{"file", folder.path("holes.csv")}, {"target", "c"}}}}, "/data/file",
                 "missing value");
}

TEST(Refusals, OfAPersonsStream) {
  const TemporaryFolder folder;
  folder.write("other.csv", "a,b\n1,2\n");
  folder.write("small.idx", idx({2, 7, 7}, std::string(98, 'x')));
  Session session(adaptation(), digits());
  for (const auto& [file, word] :
       {std::pair{"other.csv", "column"}, std::pair{"small.idx", "7 x 7"}}) {
    try {
      session.apply("tent", {{"data", folder.path(file)}});
      ADD_FAILURE() << file;
    } catch (const Refusal& refusal) {
      EXPECT_EQ(refusal.pointer, "/data");
      EXPECT_NE(refusal.message.find(word), std::string::npos) << refusal.message;
    }
  }
}

// ---- apply

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

// ---- recipe.py

bool have_torch() {
  std::string output;
  static const bool have =
      run_command(std::string(EQUIVOLVE_PYTHON) + " -c 'import torch'", output) == 0;
  return have;
}

#define NEEDS_TORCH() \
  if (!have_torch()) GTEST_SKIP() << "no Python with PyTorch (Debian: python3-torch)"

using test_time_adaptation::Golden;
using test_time_adaptation::Method;

struct Exported {
  test_time_adaptation::Adaptation adaptation;
  std::vector<eqv_expression_token> rule;
};

/// What each recipe.py's adapter tells of the golden batch the second time.
std::vector<std::vector<double>> steps_in_python(const Golden& golden, const std::string& shape,
                                                 const std::vector<Exported>& recipes) {
  const TemporaryFolder folder;
  for (std::size_t i = 0; i < recipes.size(); ++i)
    folder.write("recipe" + std::to_string(i) + ".py",
                 python_recipe(recipes[i].adaptation, recipes[i].rule,
                               {test_time_adaptation::Family::kDigits, 8, 8}));
  folder.write("source_model.json", model_json(golden.model));
  folder.write("x.json", json(golden.x).dump());
  const std::string out = run_python(folder, R"(
import importlib, json, torch
x = torch.tensor(json.load(open('x.json')), dtype=torch.float64).view()" +
                                                 shape + R"()
views = lambda batch, view, x: (1.2 * x).clamp(0, 1) if view == 0 else x.clamp(min=1e-8) ** 0.8
told = []
for i in range()" + std::to_string(recipes.size()) +
                                                 R"():
    recipe = importlib.import_module(f'recipe{i}')
    model, variances = recipe.load_model(dtype=torch.float64)
    adapter = recipe.Adapter(model, variances, views)
    adapter.step(x)
    told.append(adapter.step(x).flatten().tolist())
print(json.dumps(told))
)");
  return json::parse(out).get<std::vector<std::vector<double>>>();
}

void expect_same_steps(const Golden& golden, const std::string& shape) {
  namespace tta = test_time_adaptation;
  const std::size_t samples = golden.x.size() / golden.model.network.inputs();
  const tta::MakeView<double> views = [](std::uint32_t, std::uint32_t view,
                                         std::span<const double> x, std::span<double> out) {
    for (std::size_t i = 0; i < x.size(); ++i)
      out[i] = view == 0 ? std::clamp(1.2 * x[i], 0., 1.) : std::pow(std::max(x[i], 1e-8), .8);
  };
  std::vector<Exported> recipes;
  for (const Method method : {Method::kSource, Method::kBatchNorm, Method::kPseudoLabel,
                              Method::kTent, Method::kCotta, Method::kPetalFim}) {
    tta::Recipe recipe = tta::published(method, 2, 1, 1);
    recipe.restore_probability = 0;  // draws differ
    recipe.statistics_mix = .7;
    if (method == Method::kCotta) {
      recipe.optimizer = tta::OptimizerKind::kSgd;
      recipe.trainable = tta::Trainable::kAllButLast;
    }
    recipes.push_back({{recipe, {}}, {}});
  }
  const auto text = "where(less(fisher_rank, confidence / 10), distance, -deviation - entropy)";
  const auto rule = search::parse_expression(text, tta::rule_inputs(tta::RulePart::kRestoration));
  ASSERT_TRUE(rule);
  recipes.push_back({{tta::published(Method::kPetalFim, 2, 1, 1),
                      tta::FormulaRule(tta::RulePart::kRestoration, rule->tokens)},
                     rule->tokens});
  const auto found = steps_in_python(golden, shape, recipes);
  ASSERT_EQ(found.size(), recipes.size());
  for (std::size_t r = 0; r < recipes.size(); ++r) {
    const tta::Adaptation& adaptation = recipes[r].adaptation;
    tta::Adapter<double> adapter(golden.model, adaptation.recipe, samples, 1, views,
                                 adaptation.rule);
    adapter.step(golden.x);
    const auto expected = adapter.step(golden.x);
    ASSERT_EQ(found[r].size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_NEAR(found[r][i], expected[i], 1e-7 * std::max(1.0, std::abs(expected[i])))
          << tta::to_yaml(adaptation.recipe) << i;
  }
}

TEST(PythonRecipe, StepsAsThePerceptronDoes) {
  NEEDS_TORCH();
  expect_same_steps(test_time_adaptation::golden_perceptron(), "-1, 64");
}
TEST(PythonRecipe, StepsAsTheConvolutionsDo) {
  NEEDS_TORCH();
  expect_same_steps(test_time_adaptation::golden_convolutional(), "-1, 1, 28, 28");
}

TEST(PythonRecipe, ReadsTheRowsOfATableAsTheRunDoes) {
  NEEDS_TORCH();
  const TemporaryFolder folder;
  std::string rows = "age,city,steady,kind\n", mine = "note,city,age,steady\n";
  for (int i = 0; i < 60; ++i) {
    const char* const city = i % 7 == 0 ? "NA" : i % 3 ? "Oslo" : "Bergen";
    const std::string age = i % 11 == 3 ? "" : std::to_string(20 + (i * 13) % 50);
    rows += age + "," + city + ",5," + ((i * 13) % 50 > 24 ? "old" : "new") + "\n";
    mine += "x," + std::string(i % 5 ? city : "none") + "," + age + ",5\n";
  }
  folder.write("rows.csv", rows);
  folder.write("mine.csv", mine);
  const json config{
      {"data", {{"file", folder.path("rows.csv")}, {"target", "kind"}, {"missing", "impute"}}},
      {"options",
       {{"model", {{"epochs", 4}, {"averaged_epochs", 2}, {"widths", {8}}}},
        {"stream", {{"batches", {8}}, {"samples", 10}}}}}};
  Session session(adaptation(), config);
  const auto files = session.apply("tent", {{"data", folder.path("mine.csv")}, {"batch", 16}});
  for (const char* name : {"recipe.py", "source_model.json"}) folder.write(name, files.at(name));
  const std::string out = run_python(folder, R"(
import recipe, torch
inputs = recipe.Inputs()
x = inputs(inputs.read('mine.csv'))
adapter = recipe.Adapter(*recipe.load_model())
print('sample,prediction,probability')
for at in range(0, len(x), 16):
    logits = adapter.step(x[at:at + 16])
    for i, (name, p) in enumerate(zip(inputs.names(logits), logits.softmax(1).max(1).values.tolist())):
        print(f'{at + i + 1},{name},{p}')
)");
  std::istringstream found(out), expected(files.at("predictions.csv"));
  std::string one, other;
  int lines = 0;
  while (std::getline(expected, other)) {
    ASSERT_TRUE(std::getline(found, one)) << out;
    const auto last = one.rfind(',');
    EXPECT_EQ(one.substr(0, last), other.substr(0, other.rfind(','))) << lines;
    if (lines++ == 0) continue;
    EXPECT_NEAR(std::stod(one.substr(last + 1)), std::stod(other.substr(other.rfind(',') + 1)),
                1e-5);
  }
  EXPECT_EQ(lines, 61);
}

TEST(PythonRecipe, ReadsColourImages) {
  NEEDS_TORCH();
  const TemporaryFolder folder;
  write_colours(folder, "train", false);
  for (const char* kind : {"convolutional", "perceptron"}) {
    json config = of_files(folder, "train");
    config["options"]["model"] = {{"kind", kind},
                                  {"epochs", 2},
                                  {"averaged_epochs", 1},
                                  {"widths", {8}},
                                  {"channels", {4, 4}}};
    Session session(adaptation(), config);
    const json options{{"data", folder.path("train.images.idx")}, {"batch", 20}};
    auto files = session.apply("batch_norm", options);
    folder.write("cotta.py", session.apply("cotta", options).at("recipe.py"));
    for (const char* name : {"recipe.py", "source_model.json"}) folder.write(name, files.at(name));
    const std::string out = run_python(folder, R"(
import numpy, recipe, cotta, torch
x = torch.tensor(numpy.fromfile('train.images.idx', 'uint8')[20:].reshape(60, 14, 14, 3) / 255, dtype=torch.float32)
model, variances = recipe.load_model()
x = x.permute(0, 3, 1, 2) if isinstance(model[0], torch.nn.Conv2d) else x.flatten(1)
views = cotta.Adapter(model, variances).step(x)
assert views.shape == (60, 3) and bool(views.isfinite().all())
adapter = recipe.Adapter(model, variances)
print('sample,prediction,probability')
for at in range(0, 60, 20):
    p = adapter.step(x[at:at + 20]).softmax(1).max(1)
    for i in range(20):
        print(f'{at + i + 1},{p.indices[i]},{p.values[i].item():.3f}')
)");
    std::istringstream found(out), expected(files.at("predictions.csv"));
    std::string one, other;
    while (std::getline(expected, other)) {
      ASSERT_TRUE(std::getline(found, one)) << out;
      EXPECT_EQ(one.substr(0, one.rfind(',')), other.substr(0, other.rfind(','))) << kind;
    }
  }
}

TEST(PythonRecipe, MakesViewsOfItsOwn) {
  NEEDS_TORCH();
  namespace tta = test_time_adaptation;
  const Golden golden = tta::golden_convolutional();
  for (const tta::Family family : {tta::Family::kImages, tta::Family::kDigits}) {
    const TemporaryFolder folder;
    folder.write("recipe.py", tta::python_recipe({tta::published(Method::kCotta, 4, .4, 1), {}}, {},
                                                 {family, 28, 28}));
    folder.write("source_model.json", model_json(golden.model));
    folder.write("x.json", json(golden.x).dump());
    const std::string out = run_python(folder, R"(
import json, torch
import recipe
x = torch.tensor(json.load(open('x.json'))).view(-1, 1, 28, 28)
plain = recipe.Adapter(*recipe.load_model()).run(recipe.Adapter(*recipe.load_model()).home, x)
adapter = recipe.Adapter(*recipe.load_model())
first, second = adapter.step(x), adapter.step(x)
near = lambda a: (a.argmax(1) == plain.argmax(1)).float().mean().item() > 0.6
print(near(first) and near(second) and not torch.equal(first, second))
)");
    EXPECT_EQ(out, "True\n");
  }
}

}  // namespace
}  // namespace equivolve::test
