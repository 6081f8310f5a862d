// The candidates that a search begins with: what `search.initial` comes to.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include <tl/expected.hpp>

#include "engine/config/reader.hpp"
#include "engine/plugins/evaluator.hpp"
#include "search/algorithms/initial_candidates.hpp"
#include "search/space/space.hpp"

namespace equivolve::engine {

/// First those of the list, then the evaluator's references, then the best of an earlier run, each
/// genome once. One of the list that does not lie in the space is refused at its place in the file;
/// references and an earlier run's candidates that do not are left out, which `log` is told, and
/// refused where none is left. From then on all of them stand in the configuration, as its list:
/// what is stored needs neither evaluator nor earlier run. [main-thread]
tl::expected<search::GivenGenomes, ConfigProblems> settle_initial(
    ReadConfiguration& read, const Evaluator& evaluator, const search::Space& space,
    const std::function<void(int severity, std::string_view text)>& log);

}  // namespace equivolve::engine
