// The keys of a table in a configuration, the same for every evaluator that reads one:
// docs/tables.md.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "evaluators/common/tables/fault.hpp"
#include "evaluators/common/tables/table_settings.hpp"

namespace equivolve::tables {

std::span<const std::string> table_keys();

/// Reads them out of a mapping; its other keys are not looked at. [any-thread]
tl::expected<TableSettings, Fault> read_table_keys(const nlohmann::json& data);

/// Their JSON Schema: members of a "properties" object, without its braces. `asks_for_targets`:
/// with missing_target, which means nothing where rows without a target are what it is about.
std::string table_schema(bool asks_for_targets = true);

/// What they may not say beside each other: an "allOf" for the object that has them.
std::string_view table_rules();

/// A column's name, or its number (1 the first, -1 the last) as text.
tl::expected<std::string, Fault> read_column_name(const nlohmann::json& value,
                                                  const std::string& pointer);

}  // namespace equivolve::tables
