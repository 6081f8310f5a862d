// Schema 2: groups, origins of runs, openings of test splits. Only the last can be made from what a
// file of schema 1 holds.
#include "engine/store/migrations/migrations.hpp"
#include "engine/store/test_openings.hpp"

namespace equivolve::engine::store {

sql::Result<void> migrate_to_2(const sql::Database& database) {
  if (auto made = database.execute(schema_steps()[1]); !made) return made;
  if (auto filled = openings_from_trials(database); !filled) return filled;
  return database.execute("PRAGMA user_version=2");
}

}  // namespace equivolve::engine::store
