// One file a migration: to_N.cpp takes a file of schema N - 1 to schema N, in the transaction that
// migrate.cpp has opened.
#pragma once

#include <array>

#include "engine/store/schema.hpp"

namespace equivolve::engine::store {

using Migration = sql::Result<void> (*)(const sql::Database& database);

sql::Result<void> migrate_to_2(const sql::Database& database);
sql::Result<void> migrate_to_3(const sql::Database& database);

/// kMigrations[i] leads to schema i + 2.
inline constexpr std::array<Migration, kSchemaNumber - 1> kMigrations = {migrate_to_2,
                                                                         migrate_to_3};

}  // namespace equivolve::engine::store
