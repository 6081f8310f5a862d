// The summary a run left in the store.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/store/reader.hpp"

namespace equivolve::engine {

/// The stored summary (docs/results-file.md); an empty object before the run's end.
nlohmann::ordered_json summary_of(const RunInfo& run);

}  // namespace equivolve::engine
