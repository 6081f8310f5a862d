#include "engine/store/test_openings.hpp"

#include <vector>

#include "engine/store/rows.hpp"
#include "engine/store/runs.hpp"
#include "engine/store/schema.hpp"
#include "engine/store/statements.hpp"

namespace equivolve::engine::store {
namespace {

sql::Result<std::vector<RunId>> runs_with_test_trials(const sql::Database& database) {
  auto statement =
      database.prepare("SELECT DISTINCT id >> 40 FROM trials WHERE split = 1 ORDER BY 1");
  if (!statement) return tl::unexpected(statement.error());
  std::vector<RunId> runs;
  for (;;) {
    auto row = statement->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return runs;
    runs.push_back(statement->integer(0));
  }
}

}  // namespace

sql::Result<std::uint64_t> count_openings(const sql::Database& database,
                                          const TestOpeningRow& opening) {
  auto statement = database.prepare(
      "SELECT count(*) FROM test_openings WHERE data = ?1 OR (data IS NULL AND context = ?2)");
  if (!statement) return tl::unexpected(statement.error());
  const DigestBytes data = digest_bytes(opening.data), context = digest_bytes(opening.context);
  if (opening.data == hashing::Digest{}) {
    statement->bind_null(1);
  } else {
    statement->bind(1, std::span<const std::byte>(data));
  }
  statement->bind(2, std::span<const std::byte>(context));
  auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  return *row ? static_cast<std::uint64_t>(statement->integer(0)) : 0;
}

sql::Result<void> openings_from_trials(const sql::Database& database) {
  auto runs = runs_with_test_trials(database);
  if (!runs) return tl::unexpected(runs.error());
  auto insertion = database.prepare(kInsertOpening);
  if (!insertion) return tl::unexpected(insertion.error());
  RowBytes bytes;
  for (const RunId number : *runs) {
    auto found = read_runs(database, kSchemaNumber, number, number);
    if (!found) return tl::unexpected(found.error());
    if (found->empty()) continue;  // rows of nobody: `store verify` reports them
    const StoredRun& run = found->front();
    const StoredOpening opening{number, 0, run.progress.heartbeat, {{}, run.head.context}};
    RowBinder row(*insertion, bytes, Table::kTestOpenings);
    put(row, opening);
    if (auto inserted = row.insert(); !inserted) return inserted;
  }
  return {};
}

}  // namespace equivolve::engine::store
