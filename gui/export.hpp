// Charts of a run as files, without a window.
#pragma once

#include <filesystem>
#include <string>

#include <tl/expected.hpp>

namespace equivolve::gui {

struct ExportError {
  std::string message;   ///< one line for people
  bool refused = false;  ///< a file that is there would have been written over; nothing was
};

/// Writes ID.png, ID.svg, ID.pdf and ID.csv for each of chart_ids() to the folder, which is made.
/// Files of these names that are there already are written over with `force`, or where the chart's
/// CSV shows that they come from an earlier export.
tl::expected<void, ExportError> export_charts(const std::filesystem::path& store,
                                              const std::string& run,
                                              const std::filesystem::path& folder, bool force);

}  // namespace equivolve::gui
