// A group of runs as people and programs see it.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "engine/cli/support.hpp"

namespace equivolve::cli {

/// "search.algorithm=random, seed=3".
std::string settings_text(const engine::PlannedRun& planned);

/// One line about a run of a group: its place, number, settings and winner's objective. `summary`:
/// of a finished run.
std::string group_line(const engine::PlannedRun& planned, std::size_t position, std::size_t runs,
                       const nlohmann::ordered_json& summary);

/// Prints a line for each run, or one JSON object, and the next command.
int print_group(const CommonOptions& common, const FoundGroup& group);

/// The command that is most likely wanted next for this group: to go on, or to compare.
std::string next_for(const FoundGroup& group);

}  // namespace equivolve::cli
