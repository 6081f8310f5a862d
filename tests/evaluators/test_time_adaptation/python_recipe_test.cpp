// recipe.py against the evaluator: the same steps, the same rows and images read.
#include "tests/evaluators/test_time_adaptation/module_support.hpp"

#include <algorithm>
#include <sstream>

#include "evaluators/test_time_adaptation/formula_rule.hpp"
#include "evaluators/test_time_adaptation/python_recipe.hpp"
#include "tests/evaluators/support/python.hpp"
#include "tests/evaluators/test_time_adaptation/golden.hpp"

namespace equivolve::test {
namespace {

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
