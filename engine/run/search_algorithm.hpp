// From the keys of `search` to a search algorithm and what goes with it.
#pragma once

#include <memory>
#include <vector>

#include "engine/config/configuration.hpp"
#include "engine/plugins/evaluator.hpp"
#include "search/algorithms/searcher.hpp"

namespace equivolve::engine {

/// `figures` are the evaluator's. Of map_elites every descriptor among them has a range in `search`
/// (settle_descriptors). `space` is the run's; one of configurations for tpe, cma_es and grid
/// (settle_algorithm), and of numbers alone for cma_es (check_algorithm).
search::Algorithm make_algorithm(const SearchConfig& search,
                                 const std::vector<NamedFigure>& figures,
                                 const std::shared_ptr<const search::Space>& space);

/// How far candidates are tried, over the evaluator's levels (check_schedule).
search::Schedule make_schedule(const SearchConfig& search, const std::vector<LevelInfo>& levels);

/// What stops trials early.
search::Pruner make_pruner(const SearchConfig& search);

}  // namespace equivolve::engine
