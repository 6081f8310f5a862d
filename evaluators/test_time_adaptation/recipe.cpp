#include "evaluators/test_time_adaptation/recipe.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace equivolve::test_time_adaptation {

Recipe without_inactive(const Recipe& recipe) {
  Recipe out;
  out.method = recipe.method;
  if (recipe.method == Method::kSource) return out;
  out.statistics_mix = recipe.statistics_mix;
  if (!trains(recipe.method)) return out;
  out.learning_rate = recipe.learning_rate;
  out.optimizer = recipe.optimizer;
  out.trainable = recipe.trainable;
  out.reset_every = recipe.reset_every;
  if (!has_teacher(recipe.method)) return out;
  out.teacher_rate = recipe.teacher_rate;
  out.augmentations = recipe.augmentations;
  if (out.augmentations > 0) {
    out.augmentation_strength = recipe.augmentation_strength;
    out.confidence_threshold = recipe.confidence_threshold;
  }
  if (recipe.method == Method::kPetalFim)
    out.fim_quantile = recipe.fim_quantile;
  else
    out.restore_probability = recipe.restore_probability;
  if (has_prior(recipe.method)) out.prior_weight = recipe.prior_weight;
  return out;
}

Recipe canonical(const Recipe& recipe, std::uint64_t batches) {
  Recipe out = without_inactive(recipe);
  if (out.reset_every >= batches) out.reset_every = 0;
  if (!has_teacher(out.method)) return out;
  if (out.augmentations == 0)  // every batch is idle
    return without_inactive({.method = Method::kCotta, .statistics_mix = out.statistics_mix});
  if (out.method == Method::kPetalFim && out.fim_quantile <= 0) out.method = Method::kPetalSres;
  if (out.method == Method::kPetalSres && out.prior_weight <= 0) out.method = Method::kCotta;
  return out;
}

Recipe published(Method method, std::uint32_t views, double strength, double threshold) {
  Recipe recipe;
  recipe.method = method;
  recipe.trainable = has_teacher(method) ? Trainable::kAll : Trainable::kBatchNormAffine;
  recipe.augmentations = views;
  recipe.augmentation_strength = strength;
  recipe.confidence_threshold = threshold;
  recipe.restore_probability = 0.01;
  recipe.fim_quantile = 0.03;
  recipe.prior_weight = 1e-9;
  return without_inactive(recipe);
}

std::string to_yaml(const Recipe& given) {
  const Recipe recipe = without_inactive(given);
  const auto name = [](const auto& names, auto value) {
    return names[static_cast<std::size_t>(value)];
  };
  std::string out = fmt::format("method: {}\n", name(kMethodNames, recipe.method));
  if (recipe.method == Method::kSource) return out;
  out += fmt::format("statistics_mix: {}\n", recipe.statistics_mix);
  if (!trains(recipe.method)) return out;
  out += fmt::format("learning_rate: {}\noptimizer: {}\ntrainable: {}\nreset_every: {}\n",
                     recipe.learning_rate, name(kOptimizerNames, recipe.optimizer),
                     name(kTrainableNames, recipe.trainable), recipe.reset_every);
  if (!has_teacher(recipe.method)) return out;
  out += fmt::format("teacher_rate: {}\naugmentations: {}\n", recipe.teacher_rate,
                     recipe.augmentations);
  if (recipe.augmentations > 0)
    out += fmt::format("augmentation_strength: {}\nconfidence_threshold: {}\n",
                       recipe.augmentation_strength, recipe.confidence_threshold);
  if (recipe.method == Method::kPetalFim)
    out += fmt::format("fim_quantile: {}\n", recipe.fim_quantile);
  else
    out += fmt::format("restore_probability: {}\n", recipe.restore_probability);
  if (has_prior(recipe.method)) out += fmt::format("prior_weight: {}\n", recipe.prior_weight);
  return out;
}

std::optional<Method> method_named(std::string_view name) {
  const auto found = std::find(kMethodNames.begin(), kMethodNames.end(), name);
  if (found == kMethodNames.end()) return std::nullopt;
  return static_cast<Method>(found - kMethodNames.begin());
}

}  // namespace equivolve::test_time_adaptation
