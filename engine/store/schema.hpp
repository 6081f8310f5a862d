// The tables of a results file, and whether a file has them as they should be.
#pragma once

#include <string>
#include <vector>

#include "engine/store/sql.hpp"

namespace equivolve::engine::store {

inline constexpr std::int64_t kApplicationId = 0x4551564C;  // "EQVL"
inline constexpr std::int64_t kSchemaNumber = 1;            // PRAGMA user_version
inline constexpr std::size_t kMaxFigures = 16;              // columns f0..f15 of trials

/// The text of schema.sql.
sql::Sql schema_sql();

/// One line for each table, index or view that is missing or defined otherwise, and for each
/// trigger (we have none). Indexes and views that somebody added are no problem.
sql::Result<std::vector<std::string>> schema_problems(const sql::Database& database);

}  // namespace equivolve::engine::store
