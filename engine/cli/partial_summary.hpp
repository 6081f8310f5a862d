// What a run that has no summary has come to so far, counted from its committed rows.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/store/reader.hpp"

namespace equivolve::cli {

/// The keys of a summary; null where only the run's end can tell, and where the rows cannot be read
/// (`reader` null, a damaged file).
nlohmann::ordered_json partial_summary(const engine::StoreReader* reader,
                                       const engine::RunInfo& info);

}  // namespace equivolve::cli
