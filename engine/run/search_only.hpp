// The search of a run without its results file and final stage: for embedding, and for measuring
// what the engine costs.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "engine/run/pipeline.hpp"
#include "engine/run/preparation.hpp"

namespace equivolve::engine {

/// What the prepared configuration asks of the pipeline.
PipelineSettings pipeline_settings(const Preparation& prepared);

/// Threads that ask the evaluator at once.
unsigned executor_width(const Configuration& config);

struct SearchOnly {
  PipelineTotals totals;
  hashing::Accounting accounting;
  StopCause stopped_by = StopCause::kNone;
  std::string result_digest, trajectory_digest;
  double seconds = 0;  ///< from the first request to the last outcome told, by the wall's clock
};

/// Searches until the budget is spent (trials in flight are waited for). A seed gives the digests
/// that `run` gives. The error says why the executor could not be made, or why going on was
/// impossible.
tl::expected<SearchOnly, std::string> search_only(const Preparation& prepared);

}  // namespace equivolve::engine
