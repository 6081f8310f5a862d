// What salvage makes of rows that no file of this schema may have. The commands' tests
// (tests/end_to_end/store_commands_test.cpp) have the damage that disks do.
#include "engine/store/salvage.hpp"

#include <sqlite3.h>

#include <string>
#include <vector>

#include "engine/store/row.hpp"
#include "tests/engine/store/store_fixture.hpp"

namespace equivolve::tests {
namespace {

using namespace equivolve::engine;

class SalvageRows : public StoreTest {
 protected:
  /// Lets a table have rows that it must not have.
  void lift_rules_of(const std::string& table) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
    const std::string lifted =
        "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = "
        "replace(replace(sql, 'NOT NULL', ''), 'STRICT', '') WHERE type = 'table' AND name = '" +
        table + "'";
    EXPECT_EQ(sqlite3_exec(database, lifted.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }
};

TEST_F(SalvageRows, ThatMayNotBeAreLeftOutWithALine) {
  write_finished_run(file, 20);
  lift_rules_of("events");
  lift_rules_of("classes");
  constexpr std::int64_t kNumber = 1LL << 40 | 900;
  for (const std::int64_t id : {kNumber, kNumber + 1}) {  // no detail
    store::RowBytes bytes;
    bytes.start(store::Table::kEvents);
    bytes.integer(id);
    bytes.text("now");
    bytes.text("made up");
    bytes.null();
    query(file, "INSERT INTO events VALUES(" + std::to_string(id) + ", 'now', 'made up', NULL, " +
                    std::to_string(bytes.checksum()) + ")");
  }
  store::RowBytes bytes;  // a founder that is no number
  bytes.start(store::Table::kClasses);
  bytes.integer(kNumber);
  bytes.text("first");
  bytes.text("digest");
  query(file, "INSERT INTO classes VALUES(" + std::to_string(kNumber) + ", 'first', 'digest', " +
                  std::to_string(bytes.checksum()) + ")");
  const auto rows = [](const std::filesystem::path& of) {
    return query(of, "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM classes)");
  };
  const std::filesystem::path good = folder.path() / "good.db", saved = folder.path() / "saved.db";
  write_finished_run(good, 20);

  const auto salvaged = salvage_store(file, saved);
  ASSERT_TRUE(salvaged) << salvaged.error().message;
  EXPECT_EQ(salvaged->broken_rows, 3u);
  EXPECT_EQ(salvaged->problems,
            (std::vector<std::string>{
                "classes: rows are left out: cannot store TEXT value in INTEGER column "
                "classes.founder",
                "events: rows are left out: NOT NULL constraint failed: events.detail"}));
  EXPECT_EQ(rows(saved), rows(good));
  file = saved;
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

}  // namespace
}  // namespace equivolve::tests
