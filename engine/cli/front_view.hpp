// The front of a run with several objectives, as `show` prints it.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

#include "engine/store/reader.hpp"

namespace equivolve::cli {

/// [{"birth": 7, "figures": {"fitness": 0.4, "complexity": 5}, "text": "x * 2"}, ...], from the
/// best in the first objective to the worst; null for a run with one objective.
tl::expected<nlohmann::ordered_json, engine::StoreError> front_json(
    const engine::StoreReader& reader, const engine::RunInfo& info);

/// A table of it: a heading, and at most 20 rows, evenly spread, each with its genome on one line.
/// "" for null.
std::string front_text(const nlohmann::ordered_json& front);

}  // namespace equivolve::cli
