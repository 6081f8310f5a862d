// Counts the committed rows of a run, for those that have no summary yet.
#pragma once

#include "engine/store/reader.hpp"
#include "engine/store/sql.hpp"

namespace equivolve::engine::store {

/// One more than the largest id of the run that `query` gives, counted within the run; 0 for none.
sql::Result<std::uint64_t> next_number(const sql::Database& database, sql::Sql query, RunId run);

/// Tickets told and committed: the last one and those before, found with one seek.
sql::Result<std::uint64_t> count_told(const sql::Database& database, RunId run);

/// `minimize`: which end of the first told figure is the best.
sql::Result<RunCounts> count_run(const sql::Database& database, RunId run, bool minimize);

}  // namespace equivolve::engine::store
