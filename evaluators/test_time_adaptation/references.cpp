#include "evaluators/test_time_adaptation/references.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace equivolve::test_time_adaptation {

Views views_of(const ViewOptions& options, bool convolutional) {
  Views out;
  if (convolutional) out = {2, 0.4, 1};
  out.count = options.augmentations.value_or(out.count);
  out.strength = options.strength.value_or(out.strength);
  out.threshold = options.confidence_threshold.value_or(out.threshold);
  return out;
}

std::optional<Recipe> reference_recipe(std::string_view name, const Views& views) {
  const auto method = method_named(name);
  if (!method) return std::nullopt;
  return published(*method, views.count, views.strength, views.threshold);
}

std::string list_references(const Views& views) {
  const std::string taught = fmt::format("teacher momentum 0.999, {} views", views.count);
  const std::string summaries[] = {
      "no adaptation: the source model with its own statistics",
      "the source model with the statistics of each batch",
      "pseudo-labels: Adam 1e-3 on scales and shifts of batch norm",
      "TENT: entropy, Adam 1e-3 on scales and shifts of batch norm",
      "CoTTA: " + taught + ", restores at random with probability 0.01",
      "PETAL, stochastic restoration: " + taught + ", prior 1e-9",
      "PETAL, Fisher restoration: " + taught + ", prior 1e-9, quantile 0.03"};
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t m = 0; m < kMethodNames.size(); ++m)
    list.push_back({{"name", kMethodNames[m]}, {"summary", summaries[m]}});
  return list.dump();
}

}  // namespace equivolve::test_time_adaptation
