// The short form of a script: `evaluator: {command: ..., metrics: ...}` in the place of
// `evaluator: script` with these keys under `options`.
#pragma once

#include "engine/config/document.hpp"
#include "engine/config/problem.hpp"

namespace equivolve::engine {

/// Puts the long form in the place of the short one; what was written keeps its place in messages.
/// A command that is a line is parted into its arguments. Documents without the short form stay as
/// they are.
ConfigProblems expand_script_form(Document& document);

}  // namespace equivolve::engine
