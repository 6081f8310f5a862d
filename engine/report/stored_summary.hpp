// The summary a run left in the store.
#pragma once

#include <optional>

#include <nlohmann/json_fwd.hpp>

#include "engine/run/interval.hpp"
#include "engine/store/reader.hpp"

namespace equivolve::engine {

/// The stored summary (docs/results-file.md); an empty object before the run's end.
nlohmann::ordered_json summary_of(const RunInfo& run);

/// An interval of it; nothing where it has none of that name. `has_spread` false: only its mean and
/// count are known.
std::optional<Interval> stored_interval(const nlohmann::ordered_json& contender, const char* key);

/// Behind the confirmed figure of a contender whose repeats did not all end well: failures_text().
std::string stored_failures(const nlohmann::ordered_json& contender);

/// levels_text() of the summary; "" of older ones.
std::string stored_levels(const nlohmann::ordered_json& summary);

/// Of the winner: missed_text().
std::string stored_missed(const nlohmann::ordered_json& best);

/// The summary's verdict_text(); "" without references.
std::string stored_verdict(const nlohmann::ordered_json& summary);

}  // namespace equivolve::engine
