// One step of each method: against PyTorch's results in the golden files, against each other, and
// against what the definitions say.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluators/common/nn/losses.hpp"
#include "evaluators/test_time_adaptation/adapter.hpp"
#include "evaluators/test_time_adaptation/augmentation.hpp"
#include "tests/evaluators/test_time_adaptation/golden.hpp"

namespace equivolve::test_time_adaptation {
namespace {

using Numbers = std::vector<double>;

/// The two views that the golden files name: clip(1.2 x), max(x, 1e-8)^0.8.
template <class Scalar>
MakeView<Scalar> golden_views() {
  return [](std::uint32_t, std::uint32_t view, std::span<const Scalar> x, std::span<Scalar> out) {
    for (std::size_t i = 0; i < x.size(); ++i)
      out[i] = view == 0 ? std::clamp<Scalar>(Scalar(1.2) * x[i], 0, 1)
                         : std::pow(std::max(x[i], Scalar(1e-8)), Scalar(.8));
  };
}

template <class Scalar>
void expect_near(std::span<const Scalar> found, const nlohmann::json& json, double relative) {
  const auto expected = json.get<Numbers>();
  ASSERT_EQ(found.size(), expected.size());
  double greatest = 0;
  for (const double value : expected) greatest = std::max(greatest, std::abs(value));
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(static_cast<double>(found[i]), expected[i],
                relative * std::max(std::abs(expected[i]), .01 * greatest))
        << i;
}

template <class Scalar>
Adapter<Scalar> adapter_of(const Golden& golden, const Recipe& recipe, std::uint64_t seed = 1) {
  const std::size_t samples = golden.x.size() / golden.model.network.inputs();
  return {golden.model, recipe, samples, seed, golden_views<Scalar>()};
}

template <class Scalar>
void expect_tent_step(const Golden& golden, double relative) {
  auto adapter = adapter_of<Scalar>(golden, published(Method::kTent, 0, 0, 0));
  const std::vector<Scalar> x(golden.x.begin(), golden.x.end());
  expect_near<Scalar>(adapter.step(x), golden.expected["logits_batch_statistics"], relative);
  int norms = 0;
  for (const nn::LayerPlan& layer : golden.model.network.plan().layers) {
    if (layer.layer.kind != nn::LayerKind::kBatchNorm) continue;
    const std::string name = "b" + std::to_string(++norms);
    const auto& after = golden.expected["tent"]["after"];
    expect_near<Scalar>(adapter.student().subspan(layer.weights, layer.in.channels),
                        after[name + ".weight"], relative);
    expect_near<Scalar>(adapter.student().subspan(layer.bias, layer.in.channels),
                        after[name + ".bias"], relative);
  }
}

Recipe golden_petal(const Golden& golden) {
  const auto& settings = golden.expected["petal_fim_two_steps"]["settings"];
  Recipe recipe;
  recipe.method = Method::kPetalFim;
  recipe.learning_rate = settings["learning_rate"];
  recipe.teacher_rate = 1 - settings["alpha"].get<double>();
  recipe.prior_weight = settings["prior_weight"];
  recipe.fim_quantile = settings["fim_quantile"];
  recipe.augmentations = 2;
  return recipe;
}

void expect_sum(std::span<const double> weights, const nlohmann::json& sums, const nn::Plan& plan) {
  std::size_t block = 0;
  // Names in order of the layers, as the files' "layers" have them.
  std::vector<std::string> names;
  int norms = 0, maps = 0;
  const bool dense_first = plan.layers.front().layer.kind == nn::LayerKind::kDense;
  for (const nn::LayerPlan& layer : plan.layers) {
    if (!layer.has_parameters()) continue;
    const bool norm = layer.layer.kind == nn::LayerKind::kBatchNorm;
    const bool last = &layer == &plan.layers.back();
    const std::string name = norm   ? "b" + std::to_string(++norms)
                             : last ? "fc"
                                    : (dense_first ? "l" : "c") + std::to_string(++maps);
    names.push_back(name + ".weight");
    if (norm || last) names.push_back(name + ".bias");
  }
  ASSERT_EQ(names.size(), plan.blocks.size());
  for (const std::string& name : names) {
    const nn::ParameterBlock& place = plan.blocks[block++];
    const auto part = weights.subspan(place.offset, place.rows * place.columns);
    const double sum = std::accumulate(part.begin(), part.end(), 0.0);
    ASSERT_TRUE(sums.contains(name)) << name;
    EXPECT_NEAR(sum, sums[name].get<double>(), 1e-7 * std::max(1.0, std::abs(sum))) << name;
  }
}

void expect_petal_steps(const Golden& golden) {
  const auto& expected = golden.expected["petal_fim_two_steps"];
  auto adapter = adapter_of<double>(golden, golden_petal(golden));
  adapter.step(golden.x);
  expect_near<double>(adapter.step(golden.x), expected["teacher_logits_step2"], 1e-7);
  const double threshold = expected["fim_threshold_step2"];
  EXPECT_NEAR(adapter.last_restoration().threshold, threshold, 1e-7 * threshold);
  EXPECT_EQ(adapter.last_restoration().restored, expected["restored_step2"].get<std::uint64_t>());
  const nn::Plan& plan = golden.model.network.plan();
  expect_sum(adapter.student(), expected["student_after_sum"], plan);
  expect_sum(adapter.teacher(), expected["teacher_after_sum"], plan);
  expect_near<double>(adapter.student().last(10), expected["student_after_last_bias"], 1e-7);
}

void expect_petal_steps_in_float(const Golden& golden) {
  auto adapter = adapter_of<float>(golden, golden_petal(golden));
  const std::vector<float> x(golden.x.begin(), golden.x.end());
  adapter.step(x);
  expect_near<float>(adapter.step(x),
                     golden.expected["petal_fim_two_steps"]["teacher_logits_step2"], 1e-4);
}

TEST(GoldenSteps, TentOfThePerceptron) {
  expect_tent_step<double>(golden_perceptron(), 1e-7);
  expect_tent_step<float>(golden_perceptron(), 1e-4);
}
TEST(GoldenSteps, TentOfTheConvolutions) {
  expect_tent_step<double>(golden_convolutional(), 1e-7);
}
TEST(GoldenSteps, PetalOfThePerceptron) {
  expect_petal_steps(golden_perceptron());
  expect_petal_steps_in_float(golden_perceptron());
}
TEST(GoldenSteps, PetalOfTheConvolutions) {
  expect_petal_steps(golden_convolutional());
  expect_petal_steps_in_float(golden_convolutional());
}
TEST(GoldenSteps, SourceAndBatchNormPredictAndStay) {
  const Golden golden = golden_perceptron();
  for (const auto& [method, logits] : {std::pair{Method::kSource, "logits_source"},
                                       std::pair{Method::kBatchNorm, "logits_batch_statistics"}}) {
    auto adapter = adapter_of<double>(golden, {.method = method});
    for (int batch = 0; batch < 2; ++batch)
      expect_near<double>(adapter.step(golden.x), golden.expected[logits], 1e-7);
    EXPECT_TRUE(std::equal(adapter.student().begin(), adapter.student().end(),
                           golden.model.network.parameters().begin()));
  }
}

/// Weights of the student after some steps.
Numbers after(const Golden& golden, const Recipe& recipe, std::uint64_t seed, int steps = 3) {
  auto adapter = adapter_of<double>(golden, recipe, seed);
  for (int step = 0; step < steps; ++step) adapter.step(golden.x);
  return {adapter.student().begin(), adapter.student().end()};
}

TEST(Methods, PetalWithoutAPriorIsCotta) {
  const Golden golden = golden_perceptron();
  Recipe cotta = published(Method::kCotta, 2, 1, 1), petal = cotta;
  petal.method = Method::kPetalSres;
  EXPECT_EQ(after(golden, cotta, 5), after(golden, petal, 5));
  petal.prior_weight = 1e-5;
  EXPECT_NE(after(golden, cotta, 5), after(golden, petal, 5));
  EXPECT_NE(after(golden, cotta, 5), after(golden, cotta, 6)) << "restoration ignores its seed";
}

TEST(Methods, StochasticRestorationTakesItsShareHome) {
  const Golden golden = golden_perceptron();
  Recipe recipe = published(Method::kCotta, 2, 1, 1);
  const double weights = static_cast<double>(golden.model.network.parameters().size());
  for (const double p : {.001, .01, .2}) {
    recipe.restore_probability = p;
    auto adapter = adapter_of<double>(golden, recipe);
    for (int step = 0; step < 20; ++step) adapter.step(golden.x);
    const double expected = 20 * weights * p;
    EXPECT_NEAR(static_cast<double>(adapter.counts().restored), expected, 5 * std::sqrt(expected));
  }
  recipe.restore_probability = 1;
  const auto home = golden.model.network.parameters();
  EXPECT_EQ(after(golden, recipe, 1), Numbers(home.begin(), home.end()));
}

TEST(Methods, AColdStartIsIdle) {
  const Golden golden = golden_perceptron();
  auto adapter = adapter_of<double>(golden, published(Method::kCotta, 0, 1, 1));
  for (int step = 0; step < 3; ++step)
    expect_near<double>(adapter.step(golden.x), golden.expected["logits_batch_statistics"], 1e-7);
  EXPECT_EQ(adapter.counts().idle, 3U);
  EXPECT_TRUE(std::equal(adapter.student().begin(), adapter.student().end(),
                         golden.model.network.parameters().begin()));
}

TEST(Methods, ViewsAreMadeWhereTheAnchorIsUnsure) {
  const Golden golden = golden_perceptron();
  for (const auto& [threshold, augmented] : {std::pair{0.0, 0U}, std::pair{1.0, 2U}}) {
    auto adapter = adapter_of<double>(golden, published(Method::kCotta, 2, 1, threshold));
    adapter.step(golden.x);
    adapter.step(golden.x);
    EXPECT_EQ(adapter.counts().augmented, augmented);
  }
}

TEST(Methods, OnlyTrainableWeightsMove) {
  const Golden golden = golden_perceptron();
  const auto home = golden.model.network.parameters();
  const nn::Plan& plan = golden.model.network.plan();
  for (const Trainable trainable :
       {Trainable::kBatchNormAffine, Trainable::kAll, Trainable::kAllButLast}) {
    Recipe recipe = published(Method::kTent, 0, 0, 0);
    recipe.trainable = trainable;
    const Numbers student = after(golden, recipe, 1, 1);
    for (const nn::LayerPlan& layer : plan.layers) {
      if (!layer.has_parameters()) continue;
      const bool norm = layer.layer.kind == nn::LayerKind::kBatchNorm;
      const bool last = &layer == &plan.layers.back();
      const bool may_move =
          norm || trainable == Trainable::kAll || (trainable == Trainable::kAllButLast && !last);
      const std::size_t count = norm ? layer.in.channels : layer.layer.units * layer.columns;
      const auto part = home.subspan(layer.weights, count);
      EXPECT_EQ(!std::equal(part.begin(), part.end(),
                            student.begin() + static_cast<std::ptrdiff_t>(layer.weights)),
                may_move);
    }
  }
}

TEST(Methods, ABatchOfOneIsPredictedAsSource) {
  const Golden golden = golden_perceptron();
  const auto one = std::span<const double>(golden.x).first(64);
  auto source = adapter_of<double>(golden, {.method = Method::kSource});
  const auto told = source.step(one);
  const Numbers expected(told.begin(), told.end());
  for (const Method method : {Method::kBatchNorm, Method::kPseudoLabel, Method::kTent,
                              Method::kCotta, Method::kPetalSres, Method::kPetalFim}) {
    auto adapter = adapter_of<double>(golden, published(method, 2, 1, 1));
    const auto logits = adapter.step(one);
    EXPECT_EQ(Numbers(logits.begin(), logits.end()), expected);
    EXPECT_EQ(adapter.counts().small, 1U);
    EXPECT_TRUE(std::equal(adapter.student().begin(), adapter.student().end(),
                           golden.model.network.parameters().begin()));
  }
}

TEST(Methods, ResetsStartAnew) {
  const Golden golden = golden_perceptron();
  Recipe recipe = published(Method::kTent, 0, 0, 0);
  recipe.reset_every = 2;
  EXPECT_EQ(after(golden, recipe, 1, 3), after(golden, recipe, 1, 1));
  EXPECT_NE(after(golden, recipe, 1, 2), after(golden, recipe, 1, 1));
}

TEST(Methods, InactiveSettingsChangeNothing) {
  const Golden golden = golden_perceptron();
  Recipe odd{.method = Method::kTent,
             .trainable = Trainable::kBatchNormAffine,
             .teacher_rate = .5,
             .augmentations = 7,
             .restore_probability = .5,
             .fim_quantile = .5,
             .prior_weight = 1};
  const Recipe plain = published(Method::kTent, 0, 0, 0);
  EXPECT_EQ(after(golden, odd, 1), after(golden, plain, 1));
  EXPECT_EQ(without_inactive(odd), plain);
}

// ---- formulas

std::optional<FormulaRule> rule(RulePart part, const std::string& text) {
  const auto parsed = search::parse_expression(text, rule_inputs(part));
  EXPECT_TRUE(parsed) << text;
  return FormulaRule(part, parsed->tokens);
}

Numbers after_rule(const Golden& golden, Recipe recipe, RulePart part, const std::string& text,
                   AdaptationCounts* counts = nullptr) {
  Adapter<double> adapter(golden.model, recipe, 16, 3, golden_views<double>(), rule(part, text));
  for (int step = 0; step < 3; ++step) adapter.step(golden.x);
  if (counts) *counts = adapter.counts();
  return {adapter.student().begin(), adapter.student().end()};
}

TEST(Rules, PublishedRestorationsAreFormulas) {
  const Golden golden = golden_perceptron();
  const Recipe petal = published(Method::kPetalFim, 2, 1, 1);
  AdaptationCounts counts;
  after_rule(golden, petal, RulePart::kRestoration, "0.01 - uniform", &counts);
  const double expected = 3 * .01 * static_cast<double>(golden.model.network.parameters().size());
  EXPECT_NEAR(static_cast<double>(counts.restored), expected, 5 * std::sqrt(expected));
  Recipe none = petal;
  none.fim_quantile = 0;
  EXPECT_EQ(after_rule(golden, petal, RulePart::kRestoration, "-1"), after(golden, none, 3));
  const auto home = golden.model.network.parameters();
  EXPECT_EQ(after_rule(golden, petal, RulePart::kRestoration, "1"),
            Numbers(home.begin(), home.end()));
}

TEST(Rules, RankIsTheQuantileWhereNoTwoWeightsAreAlike) {
  const Golden golden = golden_convolutional();
  Recipe petal = published(Method::kPetalFim, 2, 1, 1);
  petal.fim_quantile = .5;  // beyond the weights of dead units, whose gradients are all 0
  Adapter<double> published_rule(golden.model, petal, 12, 3, golden_views<double>());
  Adapter<double> formula(golden.model, petal, 12, 3, golden_views<double>(),
                          rule(RulePart::kRestoration, "0.5 - fisher_rank"));
  published_rule.step(golden.x);
  formula.step(golden.x);
  EXPECT_GT(formula.counts().restored, 1000U);
  EXPECT_NEAR(static_cast<double>(formula.counts().restored),
              static_cast<double>(published_rule.counts().restored), 1);
}

TEST(Rules, MomentumIsAFormula) {
  const Golden golden = golden_perceptron();
  const Recipe petal = published(Method::kPetalFim, 2, 1, 1);
  EXPECT_EQ(after_rule(golden, petal, RulePart::kMomentum, "0.999"), after(golden, petal, 3));
  EXPECT_NE(after_rule(golden, petal, RulePart::kMomentum, "confidence"), after(golden, petal, 3));
  Adapter<double> adapter(golden.model, petal, 16, 3, golden_views<double>(),
                          rule(RulePart::kMomentum, "log(0 - 1)"));
  adapter.step(golden.x);
  EXPECT_FALSE(adapter.finite());
}

TEST(Quantile, IsLinearBetweenItsNeighbours) {
  Numbers values{4, 1, 3, 2};
  EXPECT_DOUBLE_EQ(quantile_of(values, 0), 1);
  EXPECT_DOUBLE_EQ(quantile_of(values, 1), 4);
  EXPECT_DOUBLE_EQ(quantile_of(values, .5), 2.5);
  EXPECT_DOUBLE_EQ(quantile_of(values, .1), 1.3);
  Numbers one{7};
  EXPECT_DOUBLE_EQ(quantile_of(one, .3), 7);
}

TEST(Views, AreFunctionsOfTheirArguments) {
  for (const SampleShape& shape :
       {SampleShape{Family::kImages, 28, 28}, SampleShape{Family::kDigits, 8, 8},
        SampleShape{Family::kImages, 14, 14, 3}, SampleShape{Family::kDigits, 8, 8, 3},
        SampleShape{Family::kTable, 1, 5}}) {
    std::vector<float> x(3 * shape.size(), .5F), a(x.size()), b(x.size()), c(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 7) / 7;
    const Augmentation augmentation{shape, 1, 9};
    augment<float>(augmentation, 4, 2, x, a);
    augment<float>(augmentation, 4, 2, x, b);
    augment<float>(augmentation, 4, 3, x, c);
    EXPECT_EQ(a, b);
    EXPECT_NE(a, c);
    augment<float>({shape, 0, 9}, 4, 2, x, a);
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(a[i], x[i], .03);
  }
}

TEST(Views, TurnHuesAndKeepGreyPixelsGrey) {
  const SampleShape shape{Family::kDigits, 2, 2, 3};
  // Two grey pixels, a red one, a blue one; without noise of its own a view would keep the greys.
  const std::vector<double> x{.5, .5, .5, .2, .2, .2, .8, .2, .2, .2, .2, .8};
  std::vector<double> view(x.size());
  int turned = 0;
  for (std::uint32_t v = 0; v < 40; ++v) {
    augment<double>({shape, .2, 4}, 0, v, x, view);
    for (const std::size_t grey : {0, 3})
      for (const std::size_t c : {1, 2}) EXPECT_NEAR(view[grey + c], view[grey], .08);
    EXPECT_GT(view[6], view[7] + .3) << "still red";
    turned += std::abs(view[7] - view[8]) > .03;
  }
  EXPECT_GT(turned, 5);
}

}  // namespace
}  // namespace equivolve::test_time_adaptation
