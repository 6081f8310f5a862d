#include "engine/store/wishes.hpp"

#include "engine/store/errors.hpp"
#include "engine/store/row.hpp"
#include "engine/store/statements.hpp"

namespace equivolve::engine::store {

sql::Result<std::vector<Wish>> read_wishes(const sql::Database& database, RunId run,
                                           std::int64_t after) {
  auto statement = database.prepare(kReadWishes);
  if (!statement) return tl::unexpected(statement.error());
  statement->bind(1, after);
  statement->bind(2, run);
  std::vector<Wish> wishes;
  for (;;) {
    auto row = statement->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return wishes;
    wishes.push_back(
        Wish{statement->integer(0), statement->integer(1), statement->text(2), statement->text(3)});
  }
}

sql::Result<std::int64_t> last_wish(const sql::Database& database) {
  return database.integer("SELECT coalesce(max(id), 0) FROM control");
}

sql::Result<void> insert_wish(const sql::Database& database, RunId run, const std::string& wish) {
  auto last = last_wish(database);
  if (!last) return tl::unexpected(last.error());
  auto statement = database.prepare(
      "INSERT INTO control(id, run, time, wish, taken, checksum) VALUES(?1,?2,?3,?4,?5,?6)");
  if (!statement) return tl::unexpected(statement.error());
  const std::string time = utc_now();
  RowBytes bytes;
  RowBinder row(*statement, bytes, Table::kControl);
  row.integer(*last + 1);
  row.integer(run);
  row.text(time);
  row.text(wish);
  row.integer(0);
  return row.insert();
}

sql::Result<void> mark_taken(sql::Statement& mark_wish, const Wish& wish) {
  RowBytes bytes;
  bytes.start(Table::kControl);
  bytes.integer(wish.id);
  bytes.integer(wish.run);
  bytes.text(wish.time);
  bytes.text(wish.wish);
  bytes.integer(1);
  mark_wish.bind(1, wish.id);
  mark_wish.bind(2, bytes.checksum());
  return mark_wish.run();
}

}  // namespace equivolve::engine::store
