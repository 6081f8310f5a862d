// What a path is, before SQLite sees it: only a file that claims to be a results file of ours goes
// further.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include "engine/store/sql.hpp"
#include "engine/store/writer.hpp"

namespace equivolve::engine::store {

/// How every SQLite file begins, its final NUL included (sqlite.org/fileformat2.html, 1.3).
inline constexpr std::string_view kSqliteMagic("SQLite format 3", 16);

/// Whether the file is there. When it is, it is a regular file with our header, of a schema that we
/// know, and not cut off.
tl::expected<bool, StoreError> check_file(const std::filesystem::path& file);

/// The schema number of the opened database, read through its -wal as well, and checked: its tables
/// are those of that number.
tl::expected<std::int64_t, StoreError> check_database(const std::filesystem::path& file,
                                                      const sql::Database& database);

/// What to say to somebody who wants to write to a file of schema `number`; empty when it is ours.
std::optional<StoreError> older_schema(const std::filesystem::path& file, std::int64_t number);

}  // namespace equivolve::engine::store
