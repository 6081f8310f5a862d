// What one key of a configuration says against another.
#pragma once

#include "engine/config/configuration.hpp"
#include "engine/config/document.hpp"

namespace equivolve::engine {

/// Refused: no run could do both.
ConfigProblems contradictions(const Document& document, const Configuration& configuration);

/// Allowed, but hardly meant: the run would end early, or a key that was written has no effect.
ConfigProblems oddities(const Document& document, const Configuration& configuration);

/// Those of them that depend on the algorithm: none while it is "auto".
ConfigProblems algorithm_oddities(const Document& document, const Configuration& configuration);

}  // namespace equivolve::engine
