// Whether a results file says what was written: `store verify`.
#pragma once

#include <filesystem>
#include <optional>

#include "engine/store/reader.hpp"
#include "engine/store/sql.hpp"

namespace equivolve::engine::store {

/// Everything that StoreReader::verify promises, for a database of schema number `schema`. What
/// SQLite cannot read becomes a problem, not a failure.
VerifyReport verify_store(const std::filesystem::path& file, const sql::Database& database,
                          std::int64_t schema, std::optional<RunId> run);

}  // namespace equivolve::engine::store
