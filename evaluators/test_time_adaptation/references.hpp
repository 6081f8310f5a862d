// The published methods, as rivals of what a search finds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "evaluators/test_time_adaptation/problem.hpp"
#include "evaluators/test_time_adaptation/recipe.hpp"

namespace equivolve::test_time_adaptation {

/// Augmented views of references: as set, else by the kind of model.
struct Views {
  std::uint32_t count = 8;
  double strength = 1, threshold = 0.92;
};
Views views_of(const ViewOptions& options, bool convolutional);

/// The published settings of a method by its name; empty for other names.
std::optional<Recipe> reference_recipe(std::string_view name, const Views& views);

/// JSON list of {"name", "summary"}.
std::string list_references(const Views& views);

}  // namespace equivolve::test_time_adaptation
