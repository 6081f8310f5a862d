#include "engine/store/maintenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "engine/store/errors.hpp"
#include "engine/store/file_check.hpp"
#include "engine/store/ids.hpp"
#include "engine/store/row.hpp"
#include "engine/store/rows.hpp"
#include "engine/store/run_lock.hpp"
#include "engine/store/runs.hpp"
#include "engine/store/schema.hpp"
#include "engine/store/sql.hpp"
#include "engine/store/statements.hpp"
#include "engine/store/transaction.hpp"

namespace equivolve::engine {
namespace {

using store::Transaction;

// ids from ?1 to ?2, the last ?3 of them. A row goes before what it refers to, and the last first,
// so that what is left of a killed delete hangs together.
constexpr auto kDeletions = std::to_array<sql::Sql>({
    "DELETE FROM artefacts WHERE id IN (SELECT id FROM artefacts WHERE id >= ?1 AND id <= ?2 "
    "ORDER BY id DESC LIMIT ?3)",
    "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE id >= ?1 AND id <= ?2 "
    "ORDER BY id DESC LIMIT ?3)",
    "DELETE FROM intermediate_values WHERE id IN (SELECT id FROM intermediate_values WHERE id >= "
    "?1 AND id <= ?2 "
    "ORDER BY id DESC LIMIT ?3)",
    "DELETE FROM trials WHERE id IN (SELECT id FROM trials WHERE id >= ?1 AND id <= ?2 "
    "ORDER BY id DESC LIMIT ?3)",
    "DELETE FROM outcomes WHERE id IN (SELECT id FROM outcomes WHERE id >= ?1 AND id <= ?2 "
    "ORDER BY id DESC LIMIT ?3)",
    "DELETE FROM genomes WHERE id IN (SELECT id FROM genomes WHERE id >= ?1 AND id <= ?2 "
    "ORDER BY id DESC LIMIT ?3)",
    "DELETE FROM classes WHERE id IN (SELECT id FROM classes WHERE id >= ?1 AND id <= ?2 "
    "ORDER BY id DESC LIMIT ?3)",
});

tl::expected<sql::Database, StoreError> open_for_writing(const std::filesystem::path& file) {
  auto exists = store::check_file(file);
  if (!exists) return tl::unexpected(exists.error());
  if (!*exists) return tl::unexpected(StoreError{file.string() + ": no such file"});
  auto database = sql::Database::open(file, sql::Access::kReadWrite);
  if (!database) return tl::unexpected(store::describe(file, "open", database.error()));
  if (database->read_only())
    return tl::unexpected(StoreError{
        fmt::format("{}: cannot write: the file or its folder is read-only; change that first",
                    file.string())});
  database->set_busy_timeout(10'000);
  if (auto set = database->execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                                   "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF");
      !set)
    return tl::unexpected(store::describe(file, "open", set.error()));
  auto schema = store::check_database(file, *database);
  if (!schema) return tl::unexpected(schema.error());
  if (auto older = store::older_schema(file, *schema)) return tl::unexpected(*older);
  return std::move(*database);
}

/// From here on nobody takes the run for one that could go on.
sql::Result<void> mark(const sql::Database& database, store::ProgressRow progress) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return tl::unexpected(transaction.error());
  progress.state = store::being_deleted(std::move(progress.state));
  ++progress.commits;
  auto update = database.prepare(store::kUpdateProgress);
  if (!update) return tl::unexpected(update.error());
  store::RowBytes bytes;
  store::RowBinder row(*update, bytes, store::Table::kProgress);
  put(row, progress);
  if (auto written = row.insert(); !written) return written;
  return transaction->commit("store.delete_mark");
}

/// All rows of one table; how many there were.
sql::Result<std::uint64_t> delete_rows(const sql::Database& database, sql::Sql deletion, RunId run,
                                       std::uint32_t at_a_time) {
  std::uint64_t rows = 0;
  for (;;) {
    auto transaction = Transaction::begin(database);
    if (!transaction) return tl::unexpected(transaction.error());
    auto statement = database.prepare(deletion);
    if (!statement) return tl::unexpected(statement.error());
    statement->bind(1, store::first_id(run));
    statement->bind(2, store::last_id(run));
    statement->bind(3, std::int64_t{at_a_time});
    if (auto deleted = statement->run(); !deleted) return tl::unexpected(deleted.error());
    const auto changed = static_cast<std::uint32_t>(database.changes());
    if (auto committed = transaction->commit("store.delete_rows"); !committed)
      return tl::unexpected(committed.error());
    rows += changed;
    if (changed < at_a_time) return rows;
  }
}

/// The rows that make it a run, in one transaction. That it opened a test split stays known.
sql::Result<std::uint64_t> delete_head(const sql::Database& database, RunId run) {
  static constexpr auto kHead = std::to_array<sql::Sql>({
      "DELETE FROM figures WHERE id >= ?1 << 40 AND id < (?1 + 1) << 40",
      "DELETE FROM control WHERE run = ?1",
      "DELETE FROM progress WHERE run = ?1",
      "DELETE FROM origins WHERE run = ?1",
      "DELETE FROM runs WHERE run = ?1",
  });
  auto transaction = Transaction::begin(database);
  if (!transaction) return tl::unexpected(transaction.error());
  std::uint64_t rows = 0;
  for (const sql::Sql deletion : kHead) {
    auto statement = database.prepare(deletion);
    if (!statement) return tl::unexpected(statement.error());
    statement->bind(1, run);
    if (auto deleted = statement->run(); !deleted) return tl::unexpected(deleted.error());
    rows += static_cast<std::uint64_t>(database.changes());
  }
  if (auto committed = transaction->commit("store.delete_head"); !committed)
    return tl::unexpected(committed.error());
  return rows;
}

sql::Result<std::uint64_t> delete_all(const sql::Database& database, const store::StoredRun& stored,
                                      std::uint32_t at_a_time) {
  if (auto marked = mark(database, stored.progress); !marked) return tl::unexpected(marked.error());
  std::uint64_t rows = 0;
  for (const sql::Sql deletion : kDeletions) {
    auto deleted = delete_rows(database, deletion, stored.run, at_a_time);
    if (!deleted) return deleted;
    rows += *deleted;
  }
  auto head = delete_head(database, stored.run);
  if (!head) return head;
  (void)database.checkpoint(false);  // a reader in the way is no failure
  return rows + *head;
}

sql::Result<void> delete_plan(const sql::Database& database, GroupId group) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return tl::unexpected(transaction.error());
  auto left = database.prepare("SELECT count(*) FROM origins WHERE group_number = ?1");
  if (!left) return tl::unexpected(left.error());
  left->bind(1, group);
  auto row = left->step();
  if (!row) return tl::unexpected(row.error());
  if (left->integer(0) > 0) return {};
  left->reset();
  for (const sql::Sql deletion : {sql::Sql("DELETE FROM planned_runs WHERE id >= ?1 << 40 AND "
                                           "id < (?1 + 1) << 40"),
                                  sql::Sql("DELETE FROM groups WHERE number = ?1")}) {
    auto statement = database.prepare(deletion);
    if (!statement) return tl::unexpected(statement.error());
    statement->bind(1, group);
    if (auto deleted = statement->run(); !deleted) return tl::unexpected(deleted.error());
  }
  return transaction->commit("store.delete_group");
}

sql::Result<std::uint64_t> free_bytes(const sql::Database& database) {
  auto pages = database.integer("PRAGMA freelist_count");
  if (!pages) return tl::unexpected(pages.error());
  auto size = database.integer("PRAGMA page_size");
  if (!size) return tl::unexpected(size.error());
  return static_cast<std::uint64_t>(*pages * *size);
}

}  // namespace

tl::expected<Deleted, StoreError> delete_run(const std::filesystem::path& file, RunId run,
                                             std::uint32_t rows_at_a_time) {
  auto database = open_for_writing(file);
  if (!database) return tl::unexpected(database.error());
  const auto cannot = [&](const sql::Failure& failure) {
    return tl::unexpected(store::describe(file, "delete", failure));
  };
  auto lock = store::RunLock::take(file, run);
  if (!lock) return tl::unexpected(lock.error());
  auto stored = store::read_runs(*database, store::kSchemaNumber, run, run);
  if (!stored) return cannot(stored.error());
  if (stored->empty()) {
    lock->release(true);
    return tl::unexpected(StoreError{
        fmt::format("{}: no run {}: {}", file.string(), run, store::what_exists(*database))});
  }
  auto rows = delete_all(*database, stored->front(), std::max(rows_at_a_time, 1u));
  if (!rows) return cannot(rows.error());
  lock->release(true);
  auto bytes = free_bytes(*database);
  if (!bytes) return cannot(bytes.error());
  return Deleted{*rows, *bytes};
}

tl::expected<void, StoreError> delete_group(const std::filesystem::path& file, GroupId group) {
  auto database = open_for_writing(file);
  if (!database) return tl::unexpected(database.error());
  if (auto deleted = delete_plan(*database, group); !deleted)
    return tl::unexpected(store::describe(file, "delete", deleted.error()));
  return {};
}

tl::expected<Compacted, StoreError> compact_store(const std::filesystem::path& file) {
  auto database = open_for_writing(file);
  if (!database) return tl::unexpected(database.error());
  if (const std::string holders = store::live_holders(file); !holders.empty())
    return tl::unexpected(
        StoreError{fmt::format("{}: in use by {}; stop that first", file.string(), holders)});
  // So that the file's size is that of its content.
  (void)database->checkpoint(true);
  Compacted sizes;
  std::error_code error;
  sizes.before = std::filesystem::file_size(file, error);
  if (auto done = database->execute("VACUUM"); !done)
    return tl::unexpected(store::describe(file, "compact", done.error()));
  (void)database->checkpoint(true);
  sizes.after = std::filesystem::file_size(file, error);
  return sizes;
}

}  // namespace equivolve::engine
