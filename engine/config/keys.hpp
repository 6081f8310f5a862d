// Every key that a configuration may hold, section by section, in the order in which they are
// documented and written.
#pragma once

#include <string_view>
#include <vector>

#include "engine/config/key_table.hpp"

namespace equivolve::engine {

/// The first has no name: its keys stand at the top.
const std::vector<Section>& sections();
const Section* find_section(std::string_view name);  ///< null when there is none

/// Names of a section's keys, without those that are not available yet.
std::vector<std::string> key_names(const Section& section);
/// All names that may stand at the top: single keys and sections.
std::vector<std::string> top_names();

// The tables, one function a section.
Section top_keys();
Section evaluator_keys();
Section search_keys();
Section hashing_keys();
Section budget_keys();
Section final_keys();
Section plugins_keys();
Section workers_keys();
Section store_keys();

}  // namespace equivolve::engine
