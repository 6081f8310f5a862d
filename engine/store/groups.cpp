#include "engine/store/groups.hpp"

#include "engine/store/errors.hpp"
#include "engine/store/scan.hpp"
#include "engine/store/statements.hpp"

namespace equivolve::engine::store {
namespace {

sql::Result<void> read_begun(const sql::Database& database, StoredGroup& group) {
  auto statement = database.prepare(
      "SELECT position, run FROM origins WHERE group_number = ?1 ORDER BY position");
  if (!statement) return tl::unexpected(statement.error());
  statement->bind(1, group.row.number);
  for (;;) {
    auto row = statement->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    group.begun.emplace_back(static_cast<std::uint64_t>(statement->integer(0)),
                             statement->integer(1));
  }
}

}  // namespace

sql::Result<std::vector<StoredGroup>> read_groups(const sql::Database& database, GroupId from,
                                                  GroupId to) {
  std::vector<StoredGroup> groups;
  RowBytes bytes;
  auto scanned =
      scan(database, kReadGroups, from, to, [&](const sql::Statement& row) -> sql::Result<void> {
        StoredGroup group;
        RowReader reader(row, bytes, Table::kGroups);
        group.intact = get(reader, group.row);
        groups.push_back(std::move(group));
        return {};
      });
  if (!scanned) return tl::unexpected(scanned.error());
  for (StoredGroup& group : groups) {
    if (auto read = read_begun(database, group); !read) return tl::unexpected(read.error());
  }
  return groups;
}

sql::Result<GroupId> latest_group_named(const sql::Database& database, const std::string& name) {
  auto statement = database.prepare("SELECT coalesce(max(number), 0) FROM groups WHERE name = ?1");
  if (!statement) return tl::unexpected(statement.error());
  statement->bind(1, std::string_view(name));
  auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  return *row ? statement->integer(0) : 0;
}

sql::Result<RunId> run_at(const sql::Database& database, GroupId group, std::uint64_t position) {
  auto statement =
      database.prepare("SELECT run FROM origins WHERE group_number = ?1 AND position = ?2");
  if (!statement) return tl::unexpected(statement.error());
  statement->bind(1, group);
  statement->bind(2, static_cast<std::int64_t>(position));
  auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  return *row ? statement->integer(0) : 0;
}

sql::Result<GroupId> insert_group(const sql::Database& database, const GroupPlan& plan) {
  auto last = database.integer("SELECT coalesce(max(number), 0) FROM groups");
  if (!last) return tl::unexpected(last.error());
  const GroupRow group{*last + 1, plan.name, plan.runs.size(), plan.config_as_written, utc_now()};
  auto insertion = database.prepare(
      "INSERT INTO groups(number, name, runs, config_as_written, created, checksum) "
      "VALUES(?1,?2,?3,?4,?5,?6)");
  if (!insertion) return tl::unexpected(insertion.error());
  RowBytes bytes;
  RowBinder row(*insertion, bytes, Table::kGroups);
  put(row, group);
  if (auto inserted = row.insert(); !inserted) return tl::unexpected(inserted.error());
  auto planned = database.prepare(
      "INSERT INTO planned_runs(id, name, seed, settings, config_resolved, context, checksum) "
      "VALUES(?1,?2,?3,?4,?5,?6,?7)");
  if (!planned) return tl::unexpected(planned.error());
  for (std::size_t position = 0; position < plan.runs.size(); ++position) {
    RowBinder planned_row(*planned, bytes, Table::kPlannedRuns);
    put(planned_row, group.number, position, plan.runs[position]);
    if (auto inserted = planned_row.insert(); !inserted) return tl::unexpected(inserted.error());
  }
  return group.number;
}

sql::Result<void> insert_origin(const sql::Database& database, const OriginRow& origin) {
  auto insertion = database.prepare(
      "INSERT INTO origins(run, data, group_number, position, parent, checksum) "
      "VALUES(?1,?2,?3,?4,?5,?6)");
  if (!insertion) return tl::unexpected(insertion.error());
  RowBytes bytes;
  RowBinder row(*insertion, bytes, Table::kOrigins);
  put(row, origin);
  return row.insert();
}

}  // namespace equivolve::engine::store
