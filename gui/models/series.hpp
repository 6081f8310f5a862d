// The charts of a run, from what is known of its candidates.
//
// The store keeps no time of a candidate, only how long its trial took: the axis of time is the sum
// of the trials' seconds up to a candidate, and throughput is candidates a second of trials.
#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "gui/models/candidate_data.hpp"
#include "gui/models/chart_data.hpp"
#include "gui/models/filter.hpp"
#include "gui/models/run_row.hpp"

namespace equivolve::gui {

struct ChartWishes {
  bool over_seconds = false;  ///< x is the trials' seconds so far instead of candidates
  bool log_x = false, log_y = false;
};

/// The ids of run_charts, in order: best, density, shares, throughput, trial_times, references.
const std::vector<std::string>& chart_ids();

/// All charts of a run, over the candidates that match, or over those of a sample, which their
/// titles say. At most kBins bins along x; a bin's x is
/// its middle. Nothing when `cancelled` became true on the way. [any-thread]
inline constexpr std::size_t kBins = 200;
std::optional<std::vector<ChartData>> run_charts(const RunRow& run, const CandidateData& data,
                                                 const Filter& filter, ChartWishes wishes,
                                                 const std::atomic<bool>& cancelled);

}  // namespace equivolve::gui
