// What failed trials left behind: what became of them, and the last of what their processes
// printed.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/store/reader.hpp"

namespace equivolve::cli {

/// {"trial": "search", "subject": 17, "reason": "crash", "message": "...", "log": ["...", ...]}, of
/// the last `most` failed trials and the last `most` with a log, each with at most `lines` lines of
/// it; an array, in the order in which they ended.
tl::expected<nlohmann::ordered_json, engine::StoreError> failures_json(
    const engine::StoreReader& reader, engine::RunId run, std::size_t most, std::size_t lines);

/// The same for people; "" for none.
std::string failures_text(const nlohmann::ordered_json& failures);

}  // namespace equivolve::cli
