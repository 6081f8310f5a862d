// What a path is, before SQLite sees it: only a file that claims to be a results file of ours goes
// further.
#pragma once

#include <filesystem>

#include <tl/expected.hpp>

#include "engine/store/sql.hpp"
#include "engine/store/writer.hpp"

namespace equivolve::engine::store {

/// Whether the file is there. When it is, it is a regular file with our header, of a schema that we
/// know, and not cut off.
tl::expected<bool, StoreError> check_file(const std::filesystem::path& file);

/// Whether the opened database has our schema, read through its -wal as well.
tl::expected<void, StoreError> check_database(const std::filesystem::path& file,
                                              const sql::Database& database);

}  // namespace equivolve::engine::store
