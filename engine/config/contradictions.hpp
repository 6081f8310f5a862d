// What one key of a configuration says against another.
#pragma once

#include "engine/config/configuration.hpp"
#include "engine/config/document.hpp"
#include "engine/config/reader.hpp"

namespace equivolve::engine {

// Of `unread` keys nothing is said: what the configuration has in their place, nobody wrote.

/// Refused: no run could do both.
ConfigProblems contradictions(const Document& document, const Configuration& configuration,
                              const UnreadKeys& unread);

/// Allowed, but hardly meant: the run would end early, or a key that was written has no effect.
ConfigProblems oddities(const Document& document, const Configuration& configuration,
                        const UnreadKeys& unread);

/// Those of them that depend on the algorithm: none while it is "auto".
ConfigProblems algorithm_oddities(const Document& document, const Configuration& configuration,
                                  const UnreadKeys& unread);

}  // namespace equivolve::engine
