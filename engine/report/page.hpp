// `report`: one self-contained page about a run or a group of runs.
#pragma once

#include <filesystem>
#include <string>

#include <tl/expected.hpp>

#include "engine/store/reader.hpp"

namespace equivolve::engine {

/// HTML that shows what the store says and nothing else. Reads the run's outcomes once, in bounded
/// memory. A run that has not ended is shown as far as it has come.
tl::expected<std::string, StoreError> run_report(const StoreReader& reader, const RunInfo& run,
                                                 const std::filesystem::path& store);

/// The same for a group: its settings against each other and beside the references, curves as
/// medians with quartiles, the best run of each setting, and sums of what hashing did.
tl::expected<std::string, StoreError> group_report(const StoreReader& reader,
                                                   const GroupInfo& group,
                                                   const std::filesystem::path& store);

}  // namespace equivolve::engine
