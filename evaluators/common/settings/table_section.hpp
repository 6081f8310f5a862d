// The keys of a table (docs/tables.md) within a section of a configuration.
#pragma once

#include <optional>
#include <string>

#include "evaluators/common/settings/json_reader.hpp"
#include "evaluators/common/tables/table_settings.hpp"

namespace equivolve::settings {

/// What tables::table_keys() say there. Throws sdk::Refused.
tables::TableSettings read_columns(JsonReader& in);

/// A column's name, or its number (1 the first, -1 the last) as text; empty when absent. Throws
/// sdk::Refused.
std::optional<std::string> read_column(JsonReader& in, const std::string& key);

}  // namespace equivolve::settings
