// Table control: what one process asks of a run that another one carries out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/store/records.hpp"
#include "engine/store/sql.hpp"

namespace equivolve::engine::store {

struct Wish {
  std::int64_t id = 0;  ///< rises over the life of the file
  RunId run = 0;
  std::string time, wish;
};

/// Wishes for `run` not yet taken, with ids above `after`, oldest first.
sql::Result<std::vector<Wish>> read_wishes(const sql::Database& database, RunId run,
                                           std::int64_t after);
/// The highest id in use; 0 when there is none.
sql::Result<std::int64_t> last_wish(const sql::Database& database);

// The rest needs an open transaction.
sql::Result<void> insert_wish(const sql::Database& database, RunId run, const std::string& wish);
sql::Result<void> mark_taken(sql::Statement& mark_wish, const Wish& wish);

}  // namespace equivolve::engine::store
