// Counts the committed rows of a run, for those that have no summary yet.
#pragma once

#include "engine/store/reader.hpp"
#include "engine/store/sql.hpp"

namespace equivolve::engine::store {

/// One more than the largest id of the run that `query` gives, counted within the run; 0 for none.
sql::Result<std::uint64_t> next_number(const sql::Database& database, sql::Sql query, RunId run);

/// Tickets told and committed: the last one and those before, found with one seek.
sql::Result<std::uint64_t> count_told(const sql::Database& database, RunId run);

/// Goes on from what was counted `before`. `minimize`: which end of the first told figure is the
/// best.
sql::Result<RunCounts> count_run(const sql::Database& database, RunId run, bool minimize,
                                 RunCounts before);

/// The best first told figure among tickets first..last, as count_run takes it.
sql::Result<std::optional<OutcomeRow>> best_outcome(const sql::Database& database, RunId run,
                                                    bool minimize, std::uint64_t first,
                                                    std::uint64_t last);

}  // namespace equivolve::engine::store
