// From genomes to recipes and rules.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "evaluators/test_time_adaptation/formula_rule.hpp"
#include "evaluators/test_time_adaptation/recipe.hpp"
#include "search/space/configuration_space.hpp"

namespace equivolve::test_time_adaptation {

/// The default spaces as JSON (docs/spaces.md).
std::string default_configurations();
std::string default_formulas(RulePart part);

/// A valid configuration of a space with the default's parameters.
Recipe recipe_of(search::GenomeView genome, const search::ConfigurationSpace& space);

}  // namespace equivolve::test_time_adaptation
