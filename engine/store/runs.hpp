// Rows of runs and their progress: found, read, listed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/records.hpp"
#include "engine/store/rows.hpp"
#include "engine/store/sql.hpp"
#include "engine/store/writer.hpp"

namespace equivolve::engine::store {

/// A run's two rows and its figures as stored. `intact` is false when a checksum does not fit.
struct StoredRun {
  RunId run = 0;
  std::string created;
  RunHead head;
  ProgressRow progress;
  bool intact = true;
};

/// Whether somebody began to delete the run. What is left of it is nobody's but the next delete's.
bool is_being_deleted(const RunState& state);
/// The state that says so.
RunState being_deleted(RunState state);
/// That such a run cannot be used.
StoreError half_deleted(const std::filesystem::path& file, RunId run);

/// Runs with from <= number <= to, rising. `schema` is the database's number: before 2 the data's
/// digest and the origin of a run are unknown.
sql::Result<std::vector<StoredRun>> read_runs(const sql::Database& database, std::int64_t schema,
                                              RunId from, RunId to);
/// The latest run of that name. Neither this nor the next two know runs that are being deleted.
sql::Result<std::optional<RunId>> latest_named(const sql::Database& database,
                                               const std::string& name);
sql::Result<std::optional<RunId>> latest_run(const sql::Database& database);

/// "it has runs 7 (iris), 6 (wine), ..." for messages; at most ten, the latest first.
std::string what_exists(const sql::Database& database);

}  // namespace equivolve::engine::store
