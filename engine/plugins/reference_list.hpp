// The list of hand-made rivals that an evaluator names.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/plugins/evaluator.hpp"

namespace equivolve::engine {

/// JSON: [{"name": text, "summary": text, "genome": text form, absent for those known by name
/// only}, ...]. Names are one line, not empty, without doubles. The error is one line.
tl::expected<std::vector<ReferenceCandidate>, std::string> read_references(const std::string& json);

}  // namespace equivolve::engine
