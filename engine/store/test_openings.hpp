// Table test_openings: how often each data set's test split was looked at.
#pragma once

#include "engine/store/records.hpp"
#include "engine/store/sql.hpp"

namespace equivolve::engine::store {

/// Openings of the test split of these data. Where the data are unknown (an opening from before
/// schema 2, or `opening.data` zero), those of the same evaluation context.
sql::Result<std::uint64_t> count_openings(const sql::Database& database,
                                          const TestOpeningRow& opening);

/// Fills the table from the trials that are there, as schema 1 kept no record of its own. The
/// data's digest is unknown, and the time is the run's last. Needs an open transaction.
sql::Result<void> openings_from_trials(const sql::Database& database);

}  // namespace equivolve::engine::store
