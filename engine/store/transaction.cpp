#include "engine/store/transaction.hpp"

#include <string>
#include <utility>

namespace equivolve::engine::store {

sql::Result<Transaction> Transaction::begin(const sql::Database& database) {
  if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) {
    return tl::unexpected(begun.error());
  }
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // SQLite has rolled back already after some failures; then this one fails, and nothing is lost by
  // it.
  if (database_ != nullptr) (void)database_->execute("ROLLBACK");
}

sql::Result<void> Transaction::commit([[maybe_unused]] CommitName name) {
  EQV_FAULT_POINT(std::string(name.text()) + ".before");
  if (auto committed = database_->execute("COMMIT"); !committed) return committed;
  database_ = nullptr;
  EQV_FAULT_POINT(std::string(name.text()) + ".after");
  return {};
}

}  // namespace equivolve::engine::store
