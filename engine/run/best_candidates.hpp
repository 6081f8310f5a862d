// The best candidates of a run in a store, running, finished or killed.
#pragma once

#include <cstddef>
#include <vector>

#include <tl/expected.hpp>

#include "engine/store/reader.hpp"

namespace equivolve::engine {

/// At most `most` births with a value, best first: those that miss the constraints by less come
/// first, then the better in the first objective, then the elder. One candidate for each behaviour,
/// the first that showed it; a behaviour that was evaluated again counts with what was told last.
/// Where there are several levels a higher one comes first. Reads every outcome of the run once, in
/// short transactions; memory grows with the number of behaviours.
tl::expected<std::vector<std::uint64_t>, StoreError> best_candidates(const StoreReader& reader,
                                                                     const RunInfo& run,
                                                                     std::size_t most);

}  // namespace equivolve::engine
