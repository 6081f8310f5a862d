// Schema 3: two columns of trials may be NULL. Rows stay where they are and as they are, their
// checksums included: only the definition changes, in the way that SQLite describes for a NOT NULL
// that is taken away (sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema
// Changes"), so that a file of ten million trials is migrated at once.
#include <string>

#include <sqlite3.h>

#include "engine/store/migrations/migrations.hpp"

namespace equivolve::engine::store {
namespace {

sql::Result<std::string> definition_of_trials() {
  auto memory = sql::Database::open_memory();
  if (!memory) return tl::unexpected(memory.error());
  for (const sql::Sql& step : schema_steps().first(3)) {
    if (auto made = memory->execute(step); !made) return tl::unexpected(made.error());
  }
  auto statement =
      memory->prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'trials'");
  if (!statement) return tl::unexpected(statement.error());
  if (auto row = statement->step(); !row) return tl::unexpected(row.error());
  return statement->text(0);
}

sql::Result<void> define_trials(const sql::Database& database) {
  const auto definition = definition_of_trials();
  if (!definition) return tl::unexpected(definition.error());
  auto statement = database.prepare(
      "UPDATE main.sqlite_schema SET sql = ?1 WHERE type = 'table' AND name = 'trials'");
  if (!statement) return tl::unexpected(statement.error());
  statement->bind(1, std::string_view(*definition));
  if (auto run = statement->run(); !run) return run;
  if (statement->changes() != 1)
    return tl::unexpected(sql::Failure{SQLITE_CORRUPT, 0, "there is no table of trials"});
  return {};
}

}  // namespace

sql::Result<void> migrate_to_3(const sql::Database& database) {
  database.allow_schema_changes(true);
  auto done = database.execute("PRAGMA writable_schema=ON");
  if (done) done = define_trials(database);
  // Reads the schema anew here; making and dropping a view tells the other connections to.
  if (done) done = database.execute("PRAGMA writable_schema=RESET");
  database.allow_schema_changes(false);
  if (!done) return done;
  return database.execute(
      "CREATE VIEW schema_3 AS SELECT 1; DROP VIEW schema_3; PRAGMA user_version=3");
}

}  // namespace equivolve::engine::store
