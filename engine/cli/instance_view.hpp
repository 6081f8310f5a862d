// What an evaluator says of itself once its data are read, for people and for programs: `validate`
// and `evaluators describe` show it. That is what budget.target, search.schedule and
// search.descriptors go by.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "engine/plugins/evaluator.hpp"
#include "search/space/space.hpp"

namespace equivolve::cli {

/// "figures: loss (objective, minimize), size (constraint, at most 0)\n"; "" where there is none.
std::string figures_text(const engine::EvaluatorInfo& info);

/// "levels, with their cost: fast (0.1), full (1)\n"; "" where there is one level only.
std::string levels_text(const engine::EvaluatorInfo& info);

/// Of a configuration space a line for each parameter, of others "".
std::string parameters_text(const search::Space& space);

// The same as lists of objects.
nlohmann::ordered_json figures_json(const engine::EvaluatorInfo& info);
nlohmann::ordered_json levels_json(const engine::EvaluatorInfo& info);
/// Null where the space has no parameters.
nlohmann::ordered_json parameters_json(const search::Space& space);

}  // namespace equivolve::cli
