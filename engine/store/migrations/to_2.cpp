// Schema 2: groups, origins of runs, openings of test splits, intermediate values that name their
// trial. The last two are made from what a file of schema 1 holds.
#include <bit>
#include <optional>

#include "engine/store/ids.hpp"
#include "engine/store/migrations/migrations.hpp"
#include "engine/store/migrations/values_of_1.hpp"
#include "engine/store/statements.hpp"
#include "engine/store/test_openings.hpp"

namespace equivolve::engine::store {
namespace {

/// Which trial a value is of; two with equal words say the same.
struct PlacedValue {
  std::int64_t trial;
  IntermediateValue value;
  bool same_as(const PlacedValue& other) const {
    return trial == other.trial && value.step == other.value.step &&
           value.figure == other.value.figure &&
           std::bit_cast<std::uint64_t>(value.value) ==
               std::bit_cast<std::uint64_t>(other.value.value);
  }
};

/// Schema 1 wrote values and trials apart: after a kill in between, a value has no trial, or is
/// there twice. Such rows, and those that do not match their checksum, are left out.
sql::Result<void> values_from_old(const sql::Database& database) {
  auto old = database.prepare(
      "SELECT v.id, v.kind, v.subject, v.repeat, v.step, v.figure, v.value, v.checksum, t.id "
      "FROM temp.old_values v JOIN trials t ON t.id >> 40 = v.id >> 40 AND t.kind = v.kind "
      "AND t.subject = v.subject AND t.repeat = v.repeat AND t.split = 0 "
      "ORDER BY t.id, v.step, v.figure, v.id");
  if (!old) return tl::unexpected(old.error());
  auto insertion = database.prepare(kInsertIntermediate);
  if (!insertion) return tl::unexpected(insertion.error());
  RowBytes bytes;
  RunId run = 0;
  std::uint64_t next = 0;
  std::optional<PlacedValue> last;
  for (;;) {
    auto row = old->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    ValueOf1 value;
    RowReader reader(*old, bytes, Table::kIntermediateValues);
    if (!get(reader, value)) continue;
    const PlacedValue placed{old->integer(8), value.value};
    if (last && last->same_as(placed)) continue;
    last = placed;
    if (run != run_of(placed.trial)) next = 0;
    run = run_of(placed.trial);
    RowBinder binder(*insertion, bytes, Table::kIntermediateValues);
    put(binder, run, next++, IntermediateRow{number_of(placed.trial), placed.value});
    if (auto inserted = binder.insert(); !inserted) return inserted;
  }
}

}  // namespace

sql::Result<void> migrate_to_2(const sql::Database& database) {
  if (auto kept = database.execute("CREATE TEMP TABLE old_values AS SELECT * FROM "
                                   "main.intermediate_values");
      !kept)
    return kept;
  if (auto made = database.execute(schema_steps()[1]); !made) return made;
  if (auto filled = values_from_old(database); !filled) return filled;
  if (auto filled = openings_from_trials(database); !filled) return filled;
  return database.execute("DROP TABLE temp.old_values; PRAGMA user_version=2");
}

}  // namespace equivolve::engine::store
