// Gathers a run's summary from its parts.
#pragma once

#include "engine/run/preparation.hpp"
#include "engine/run/summary.hpp"

namespace equivolve::engine {

/// After the pipeline ended; `final_result` may be incomplete or empty.
RunSummary summarise(const Preparation& prepared, const Pipeline& pipeline,
                     const FinalResult& final_result, RunId run, double seconds);

}  // namespace equivolve::engine
