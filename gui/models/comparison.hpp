// Several runs in one chart.
#pragma once

#include <vector>

#include "gui/models/chart_data.hpp"
#include "gui/models/run_row.hpp"

namespace equivolve::gui {

/// The curves of the best so far, a line a run. Runs with another objective than the first are left
/// out, in both: what is not measured alike cannot be compared.
ChartData curves_chart(const std::vector<const RunRow*>& runs);

/// What each of those that have finished found, with intervals.
ChartData comparison_chart(const std::vector<const RunRow*>& runs);

}  // namespace equivolve::gui
