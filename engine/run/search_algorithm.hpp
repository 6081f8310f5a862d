// From the keys of `search` to a search algorithm.
#pragma once

#include <vector>

#include "engine/config/configuration.hpp"
#include "engine/plugins/evaluator.hpp"
#include "search/algorithms/searcher.hpp"

namespace equivolve::engine {

/// `figures` are the evaluator's. Of map_elites every descriptor among them has a range in `search`
/// (settle_descriptors).
search::Algorithm make_algorithm(const SearchConfig& search,
                                 const std::vector<NamedFigure>& figures);

}  // namespace equivolve::engine
