// Which formulas a search over a problem may look at.
#pragma once

#include <string>
#include <string_view>

#include "evaluators/algorithm_discovery/task.hpp"
#include "search/space/expression_space.hpp"

namespace equivolve::algorithm_discovery {

/// The problem's features as inputs, and the operations of most laws. Names that a table has twice
/// (a column "a=b" beside a level b of a column a) get a number.
std::string default_formula_space(const ProblemInfo& info);

/// What the engine resolved. Throws sdk::Refused.
search::ExpressionSpace read_formula_space(std::string_view text, const ProblemInfo& info);

}  // namespace equivolve::algorithm_discovery
