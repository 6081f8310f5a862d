// Charts of a run as files, without a window.
#pragma once

#include <filesystem>
#include <string>

namespace equivolve::gui {

/// Writes ID.png, ID.svg, ID.pdf and ID.csv for each of chart_ids() to the folder, which is made.
/// "" when all is well, else one line that says what is wrong.
std::string export_charts(const std::filesystem::path& store, const std::string& run,
                          const std::filesystem::path& folder);

}  // namespace equivolve::gui
