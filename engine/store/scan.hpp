// Reads the rows of a run a piece at a time, so that no read transaction lasts long however large
// the run.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/store/sql.hpp"

namespace equivolve::engine::store {

inline constexpr std::int64_t kRowsPerPiece = 16384;

/// Calls visit(statement) for each row of `query` (one of kRangeStatements, whose first column is
/// the id) with low <= id <= high; what it sees is valid until it returns. Calls after_piece()
/// between read transactions and at the end; both return sql::Result<void>, and the first failure
/// ends the scan.
template <class Visit, class AfterPiece>
sql::Result<void> scan_pieces(const sql::Database& database, sql::Sql query, std::int64_t low,
                              std::int64_t high, Visit visit, AfterPiece after_piece) {
  auto statement = database.prepare(query);
  if (!statement) return tl::unexpected(statement.error());
  for (bool more = true; more;) {
    statement->bind(1, low);
    statement->bind(2, high);
    statement->bind(3, kRowsPerPiece);
    std::int64_t rows = 0, last = low;
    for (;; ++rows) {
      auto row = statement->step();
      if (!row) return tl::unexpected(row.error());
      if (!*row) break;
      // A damaged tree may hand out ids again and again; they must rise for the scan to end.
      last = std::max(last, statement->integer(0));
      if (auto visited = visit(*statement); !visited) return visited;
    }
    statement->reset();
    more = rows == kRowsPerPiece && last < high;
    if (more) low = last + 1;
    if (auto done = after_piece(); !done) return done;
  }
  return {};
}

template <class Visit>
sql::Result<void> scan(const sql::Database& database, sql::Sql query, std::int64_t low,
                       std::int64_t high, Visit visit) {
  return scan_pieces(database, query, low, high, visit, [] { return sql::Result<void>{}; });
}

}  // namespace equivolve::engine::store
