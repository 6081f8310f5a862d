#include "engine/store/runs.hpp"

#include <fmt/format.h>

#include "engine/store/scan.hpp"
#include "engine/store/statements.hpp"

namespace equivolve::engine::store {
namespace {

constexpr std::string_view kByDelete = "delete";
#define EQV_NOT_BEING_DELETED \
  "run NOT IN (SELECT run FROM progress WHERE status = 4 AND stopped_by = 'delete')"

inline constexpr char kReadRuns[] =
    "SELECT run, name, seed, evaluator, evaluator_version, representation, config_as_written, "
    "config_resolved, context, engine_version, kernel, created, checksum FROM runs "
    "WHERE run >= ?1 AND run <= ?2 ORDER BY run LIMIT ?3";
inline constexpr char kReadProgress[] =
    "SELECT run, status, stopped_by, told, seconds, heartbeat, commits, summary_json, checksum "
    "FROM progress WHERE run = ?1";

sql::Result<void> read_progress(sql::Statement& statement, StoredRun& run) {
  statement.bind(1, run.run);
  auto row = statement.step();
  if (!row) return tl::unexpected(row.error());
  RowBytes bytes;
  RowReader reader(statement, bytes, Table::kProgress);
  run.intact = *row && get(reader, run.progress) && run.intact;
  statement.reset();
  return {};
}

sql::Result<void> read_figures(const sql::Database& database, StoredRun& run) {
  RowBytes bytes;
  return scan(database, kReadFigures, first_id(run.run), last_id(run.run),
              [&](const sql::Statement& row) -> sql::Result<void> {
                FigureRow figure;
                RowReader reader(row, bytes, Table::kFigures);
                run.intact = get(reader, figure) && run.intact;
                run.head.figures.push_back(std::move(figure));
                return {};
              });
}

// A run from before schema 2 has no such row.
sql::Result<void> read_origin(const sql::Database& database, StoredRun& run) {
  RowBytes bytes;
  return scan(database, kReadOrigins, run.run, run.run,
              [&](const sql::Statement& row) -> sql::Result<void> {
                OriginRow origin;
                RowReader reader(row, bytes, Table::kOrigins);
                run.intact = get(reader, origin) && run.intact;
                run.head.data = origin.data;
                run.head.origin = origin.origin;
                return {};
              });
}

}  // namespace

bool is_being_deleted(const RunState& state) {
  return state.status == RunStatus::kFailed && state.stopped_by == kByDelete;
}

RunState being_deleted(RunState state) {
  state.status = RunStatus::kFailed;
  state.stopped_by = kByDelete;
  state.summary_json.clear();
  return state;
}

StoreError half_deleted(const std::filesystem::path& file, RunId run) {
  return {fmt::format(
      "{}: run {} was being deleted when that was interrupted; `equivolve delete {} --yes` "
      "removes what is left of it",
      file.string(), run, run)};
}

sql::Result<std::vector<StoredRun>> read_runs(const sql::Database& database, std::int64_t schema,
                                              RunId from, RunId to) {
  std::vector<StoredRun> runs;
  RowBytes bytes;
  auto scanned =
      scan(database, kReadRuns, from, to, [&](const sql::Statement& row) -> sql::Result<void> {
        StoredRun run;
        RowReader reader(row, bytes, Table::kRuns);
        run.intact = get(reader, run.run, run.created, run.head);
        runs.push_back(std::move(run));
        return {};
      });
  if (!scanned) return tl::unexpected(scanned.error());
  auto progress = database.prepare(kReadProgress);
  if (!progress) return tl::unexpected(progress.error());
  for (StoredRun& run : runs) {
    if (auto read = read_progress(*progress, run); !read) return tl::unexpected(read.error());
    if (auto read = read_figures(database, run); !read) return tl::unexpected(read.error());
    if (schema < 2) continue;
    if (auto read = read_origin(database, run); !read) return tl::unexpected(read.error());
  }
  return runs;
}

sql::Result<std::optional<RunId>> latest_named(const sql::Database& database,
                                               const std::string& name) {
  auto statement =
      database.prepare("SELECT max(run) FROM runs WHERE name = ?1 AND " EQV_NOT_BEING_DELETED);
  if (!statement) return tl::unexpected(statement.error());
  statement->bind(1, std::string_view(name));
  auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  if (!*row || statement->type(0) == sql::Type::kNull) return std::nullopt;
  return statement->integer(0);
}

sql::Result<std::optional<RunId>> latest_run(const sql::Database& database) {
  auto statement = database.prepare("SELECT max(run) FROM runs WHERE " EQV_NOT_BEING_DELETED);
  if (!statement) return tl::unexpected(statement.error());
  auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  if (!*row || statement->type(0) == sql::Type::kNull) return std::nullopt;
  return statement->integer(0);
}

std::string what_exists(const sql::Database& database) {
  auto statement = database.prepare("SELECT run, name FROM runs WHERE " EQV_NOT_BEING_DELETED
                                    " ORDER BY run DESC LIMIT 11");
  if (!statement) return "its runs cannot be listed";
  std::string text;
  for (int listed = 0;; ++listed) {
    auto row = statement->step();
    if (!row || !*row) break;
    if (listed == 10) return "it has runs " + text + ", ...";
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", statement->integer(0),
                        statement->text(1));
  }
  return text.empty() ? "it has no runs yet" : "it has runs " + text;
}

#undef EQV_NOT_BEING_DELETED

}  // namespace equivolve::engine::store
