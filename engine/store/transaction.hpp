// The only place where a write transaction begins and ends, so that each commit has its fault
// points.
#pragma once

#include "engine/store/fault_point.hpp"
#include "engine/store/sql.hpp"

namespace equivolve::engine::store {

/// BEGIN IMMEDIATE; rolled back at destruction unless committed.
class Transaction {
 public:
  /// Waits for other writers as the connection's busy handler says.
  static sql::Result<Transaction> begin(const sql::Database& database);
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;

  /// What the transaction wrote is durable on return. After a failure it is rolled back. `name`
  /// says to fault tests which commit this is.
  sql::Result<void> commit(CommitName name);

 private:
  explicit Transaction(const sql::Database& database) : database_(&database) {}
  const sql::Database* database_;  // null: over
};

}  // namespace equivolve::engine::store
