// Sentences for what went wrong with a results file: what, which file, and what to do.
#pragma once

#include <filesystem>
#include <string>

#include "engine/store/sql.hpp"
#include "engine/store/writer.hpp"

namespace equivolve::engine::store {

/// `doing` completes "cannot ...": "write", "open", "read".
StoreError describe(const std::filesystem::path& file, std::string_view doing,
                    const sql::Failure& failure);

/// A file whose content is not what was written.
StoreError damaged(const std::filesystem::path& file, const std::string& what);

/// "run 3 (host a, pid 7)" for each run of the store that a live process holds; "" when none.
std::string live_holders(const std::filesystem::path& file);

/// Who may have locked a file that this process waits for: "another program", with those of
/// live_holders that are not this process.
std::string likely_locker(const std::filesystem::path& file);

/// ISO 8601 with milliseconds, UTC.
std::string utc_now();

}  // namespace equivolve::engine::store
