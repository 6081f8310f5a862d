#include "evaluators/test_time_adaptation/space.hpp"

#include <nlohmann/json.hpp>

#include "search/space/expression_space.hpp"

namespace equivolve::test_time_adaptation {
namespace {

using nlohmann::json;

json log_range(double low, double high, double usual) {
  return {{"type", "float"}, {"low", low}, {"high", high}, {"log", true}, {"default", usual}};
}

/// With its conditions.
json when(json parameter, json conditions) {
  parameter["when"] = std::move(conditions);
  return parameter;
}

}  // namespace

std::string default_configurations() {
  const json trained{{"method", {"pseudo_label", "tent", "cotta", "petal_sres", "petal_fim"}}};
  const json taught{{"method", {"cotta", "petal_sres", "petal_fim"}}};
  const json prior{{"method", {"petal_sres", "petal_fim"}}};
  const json viewed{{"augmentations", {{"low", 1}}}};
  json p;
  p["method"] = {{"type", "choice"},
                 {"values", std::vector<std::string>(kMethodNames.begin(), kMethodNames.end())},
                 {"default", "petal_fim"}};
  p["learning_rate"] = when(log_range(1e-5, 3e-2, 1e-3), trained);
  p["optimizer"] =
      when({{"type", "choice"}, {"values", {"adam", "sgd"}}, {"default", "adam"}}, trained);
  p["trainable"] = when(
      {{"type", "choice"}, {"values", {"bn_affine", "all", "all_but_last"}}, {"default", "all"}},
      trained);
  p["reset_every"] = when({{"type", "int"}, {"low", 0}, {"high", 1000}, {"default", 0}}, trained);
  p["statistics_mix"] = when(
      {{"type", "float"}, {"low", 0}, {"high", 1}, {"default", 1.0}},
      {{"method", {"batch_norm", "pseudo_label", "tent", "cotta", "petal_sres", "petal_fim"}}});
  p["teacher_rate"] = when(log_range(1e-4, 1e-1, 1e-3), taught);
  p["augmentations"] = when({{"type", "int"}, {"low", 0}, {"high", 32}, {"default", 8}}, taught);
  p["augmentation_strength"] =
      when({{"type", "float"}, {"low", 0}, {"high", 1}, {"default", 1.0}}, viewed);
  p["confidence_threshold"] =
      when({{"type", "float"}, {"low", 0}, {"high", 1}, {"default", 0.92}}, viewed);
  p["restores"] = when({{"type", "bool"}, {"default", true}}, taught);
  p["restore_probability"] =
      when(log_range(1e-4, 1e-1, 1e-2), {{"restores", true}, {"method", {"cotta", "petal_sres"}}});
  p["fim_quantile"] =
      when(log_range(1e-3, 3e-1, 3e-2), {{"restores", true}, {"method", "petal_fim"}});
  p["anchored"] = when({{"type", "bool"}, {"default", true}}, prior);
  p["prior_weight"] = when(log_range(1e-12, 1e-2, 1e-9), {{"anchored", true}});
  return json{{"representation", "configuration"}, {"parameters", p}}.dump();
}

std::string default_formulas(RulePart part) {
  const search::ExpressionSpace usual;
  return json{
      {"representation", "expression"},
      {"inputs", rule_inputs(part)},
      {"operations",
       {"add", "sub", "mul", "div", "min", "max", "sqrt", "square", "exp", "log", "less", "where"}},
      {"constants", {{"range", 1.0}}},
      {"max_size", 25},
      {"max_depth", usual.max_depth},
      {"initial_depth", {{"low", 1}, {"high", 4}}}}
      .dump();
}

Recipe recipe_of(search::GenomeView genome, const search::ConfigurationSpace& space) {
  const search::ConfigurationView view(genome, space);
  Recipe recipe;
  const auto number = [&](const char* name, double& out) {
    out = view.number_of(name).value_or(out);
  };
  const auto count = [&](const char* name, std::uint32_t& out) {
    if (const auto value = view.number_of(name)) out = static_cast<std::uint32_t>(*value);
  };
  const auto choice = [&](const char* name, const auto& names, auto& out) {
    const auto value = view.choice_of(name);
    for (std::size_t i = 0; value && i < names.size(); ++i)
      if (names[i] == *value) out = static_cast<std::decay_t<decltype(out)>>(i);
  };
  choice("method", kMethodNames, recipe.method);
  choice("optimizer", kOptimizerNames, recipe.optimizer);
  choice("trainable", kTrainableNames, recipe.trainable);
  number("learning_rate", recipe.learning_rate);
  number("teacher_rate", recipe.teacher_rate);
  number("augmentation_strength", recipe.augmentation_strength);
  number("confidence_threshold", recipe.confidence_threshold);
  number("restore_probability", recipe.restore_probability);
  number("fim_quantile", recipe.fim_quantile);
  number("prior_weight", recipe.prior_weight);
  number("statistics_mix", recipe.statistics_mix);
  count("augmentations", recipe.augmentations);
  count("reset_every", recipe.reset_every);
  return without_inactive(recipe);
}

}  // namespace equivolve::test_time_adaptation
