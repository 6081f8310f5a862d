// Groups of runs: the plan, and which of its runs have begun.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/store/records.hpp"
#include "engine/store/rows.hpp"
#include "engine/store/sql.hpp"

namespace equivolve::engine::store {

/// A group, and its runs as (position in the plan, run), in the plan's order. `intact` is false
/// when a checksum does not fit.
struct StoredGroup {
  GroupRow row;
  std::vector<std::pair<std::uint64_t, RunId>> begun;
  bool intact = true;
};

/// Groups with from <= number <= to, rising.
sql::Result<std::vector<StoredGroup>> read_groups(const sql::Database& database, GroupId from,
                                                  GroupId to);

/// The latest group of that name; 0 when there is none.
sql::Result<GroupId> latest_group_named(const sql::Database& database, const std::string& name);

/// The run at that place of the plan; 0 when it has not begun.
sql::Result<RunId> run_at(const sql::Database& database, GroupId group, std::uint64_t position);

// The rest needs an open transaction.
sql::Result<GroupId> insert_group(const sql::Database& database, const GroupPlan& plan);
sql::Result<void> insert_origin(const sql::Database& database, const OriginRow& origin);

}  // namespace equivolve::engine::store
