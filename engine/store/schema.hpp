// The tables of a results file, and whether a file has them as they should be.
//
// Schema number n is what migrations/1.sql to n.sql make, one after the other: a new file runs all
// of them, an older one those that it lacks (migrate.hpp). A file in migrations/ is never changed
// once released.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/store/sql.hpp"

namespace equivolve::engine::store {

inline constexpr std::int64_t kApplicationId = 0x4551564C;  // "EQVL"
inline constexpr std::int64_t kSchemaNumber = 3;            // PRAGMA user_version
inline constexpr std::size_t kMaxFigures = 16;              // columns f0..f15 of trials

/// The texts of migrations/1.sql and so on, kSchemaNumber of them.
std::span<const sql::Sql> schema_steps();

/// One line for each table, index or view of schema `number` that is missing or defined otherwise,
/// and for each trigger (we have none). Indexes and views that somebody added are no problem.
sql::Result<std::vector<std::string>> schema_problems(const sql::Database& database,
                                                      std::int64_t number);

}  // namespace equivolve::engine::store
