#include "engine/store/salvage.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <set>

#include "engine/store/create.hpp"
#include "engine/store/errors.hpp"
#include "engine/store/file_check.hpp"
#include "engine/store/files.hpp"
#include "engine/store/ids.hpp"
#include "engine/store/row.hpp"
#include "engine/store/rows.hpp"
#include "engine/store/runs.hpp"
#include "engine/store/schema.hpp"
#include "engine/store/sql.hpp"
#include "engine/store/statements.hpp"
#include "engine/store/transaction.hpp"

namespace equivolve::engine {
namespace {

namespace fs = std::filesystem;
using store::RowBytes;
using store::Table;

/// Rows with ?1 <= key <= ?2, from either end, and the statement that keeps one.
struct CopiedTable {
  const char* name;
  Table number;
  bool by_run;  // keys are row ids that begin with the run's number
  sql::Sql rising, falling, keep;
};

#define EQV_COPIED(name, number, by_run, values)                                        \
  {                                                                                     \
    name, Table::number, by_run,                                                        \
        "SELECT * FROM " name " WHERE rowid >= ?1 AND rowid <= ?2 ORDER BY rowid",      \
        "SELECT * FROM " name " WHERE rowid >= ?1 AND rowid <= ?2 ORDER BY rowid DESC", \
        "INSERT INTO " name " VALUES(" values ") ON CONFLICT DO NOTHING"                \
  }

// A row that another one refers to goes before it.
const std::array<CopiedTable, 15> kTables = {{
    EQV_COPIED("runs", kRuns, false, "?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13"),
    EQV_COPIED("progress", kProgress, false, "?1,?2,?3,?4,?5,?6,?7,?8,?9"),
    EQV_COPIED("groups", kGroups, false, "?1,?2,?3,?4,?5,?6"),
    EQV_COPIED("planned_runs", kPlannedRuns, false, "?1,?2,?3,?4,?5,?6,?7"),
    EQV_COPIED("origins", kOrigins, false, "?1,?2,?3,?4,?5,?6"),
    EQV_COPIED("test_openings", kTestOpenings, false, "?1,?2,?3,?4,?5,?6"),
    EQV_COPIED("control", kControl, false, "?1,?2,?3,?4,?5,?6"),
    EQV_COPIED("figures", kFigures, true, "?1,?2,?3,?4,?5,?6,?7"),
    EQV_COPIED("classes", kClasses, true, "?1,?2,?3,?4"),
    EQV_COPIED("genomes", kGenomes, true, "?1,?2,?3,?4,?5,?6"),
    EQV_COPIED("outcomes", kOutcomes, true, "?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11"),
    EQV_COPIED("trials", kTrials, true,
               "?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,"
               "?24,?25,?26,?27,?28,?29,?30,?31,?32,?33,?34,?35"),
    EQV_COPIED("intermediate_values", kIntermediateValues, true, "?1,?2,?3,?4,?5,?6"),
    EQV_COPIED("events", kEvents, true, "?1,?2,?3,?4,?5"),
    EQV_COPIED("artefacts", kArtefacts, true, "?1,?2,?3,?4,?5"),
}};
#undef EQV_COPIED

// ---- a copy that SQLite opens ----

void put_number(std::array<char, 100>& header, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i)
    header[at + i] = static_cast<char>(value >> (24 - 8 * i) & 0xFF);
}

/// The first 100 bytes as they must be for a file of ours (sqlite.org/fileformat2.html, 1.3); what
/// follows them on the first page names the tables and cannot be made up.
void mend_header(const fs::path& copy) {
  std::fstream file(copy, std::ios::binary | std::ios::in | std::ios::out);
  std::array<char, 100> header{};
  file.read(header.data(), header.size());
  std::memcpy(header.data(), store::kSqliteMagic.data(), store::kSqliteMagic.size());
  header[16] = 0x10;  // pages of 4,096 bytes
  header[17] = 0;
  header[18] = header[19] = 2;  // WAL
  header[20] = 0;
  header[21] = 64;
  header[22] = header[23] = 32;
  std::error_code error;
  put_number(header, 28, static_cast<std::uint32_t>(fs::file_size(copy, error) / 4096));
  put_number(header, 44, 4);  // schema format
  put_number(header, 56, 1);  // UTF-8
  put_number(header, 92, 0);
  put_number(header, 24, 0);
  put_number(header, 60, static_cast<std::uint32_t>(store::kSchemaNumber));
  put_number(header, 68, static_cast<std::uint32_t>(store::kApplicationId));
  file.clear();
  file.seekp(0);
  file.write(header.data(), header.size());
}

sql::Result<sql::Database> open_copy(const fs::path& copy) {
  auto database = sql::Database::open(copy, sql::Access::kReadWrite);
  if (!database) return database;
  // A table or an index whose pages are cut off must not hide the others; this is what SQLite has
  // for it, and on a copy nothing can be spoilt.
  sqlite3_db_config(database->handle(), SQLITE_DBCONFIG_DEFENSIVE, 0, nullptr);
  if (auto set = database->execute("PRAGMA writable_schema=ON"); !set)
    return tl::unexpected(set.error());
  if (auto read = database->integer("SELECT count(*) FROM sqlite_schema"); !read)
    return tl::unexpected(read.error());
  return database;
}

// ---- rows ----

/// Puts the row that `source` stands on into `target`; false when its checksum is not that of its
/// content.
bool bind_row(const sql::Statement& source, Table table, RowBytes& bytes, sql::Statement& target) {
  bytes.start(table);
  const int last = source.columns() - 1;
  for (int i = 0; i < last; ++i) {
    switch (source.type(i)) {
      case sql::Type::kInteger:
        bytes.integer(source.integer(i));
        target.bind(i + 1, source.integer(i));
        break;
      case sql::Type::kReal:
        bytes.real(source.real(i));
        target.bind(i + 1, source.real(i));
        break;
      case sql::Type::kText:
        bytes.text(source.text_view(i));
        target.bind(i + 1, source.text_view(i));
        break;
      case sql::Type::kBlob:
        bytes.blob(source.blob(i));
        target.bind(i + 1, source.blob(i));
        break;
      case sql::Type::kNull:
        bytes.null();
        target.bind_null(i + 1);
        break;
    }
  }
  target.bind(last + 1, source.integer(last));
  return bytes.match(source.integer(last));
}

class Salvage {
 public:
  Salvage(const sql::Database& from, const sql::Database& to) : from_(from), to_(to) {}

  sql::Result<void> copy_all() {
    auto transaction = store::Transaction::begin(to_);
    if (!transaction) return tl::unexpected(transaction.error());
    for (const CopiedTable& table : kTables) {
      if (!table.by_run) {
        if (auto copied = copy(table, 0, std::numeric_limits<std::int64_t>::max()); !copied)
          return copied;
        continue;
      }
      auto runs = store::read_runs(to_, store::kSchemaNumber, 0, store::kRunLimit);
      if (!runs) return tl::unexpected(runs.error());
      for (const store::StoredRun& run : *runs)
        if (auto copied = copy(table, store::first_id(run.run), store::last_id(run.run)); !copied)
          return copied;
    }
    if (auto tidied = drop_strays(); !tidied) return tidied;
    if (auto trimmed = trim_runs(); !trimmed) return trimmed;
    return transaction->commit("store.salvage");
  }

  Salvaged take() { return std::move(report_); }

 private:
  /// From the low end as far as it can be read, and if that is not all, from the high end.
  sql::Result<void> copy(const CopiedTable& table, std::int64_t low, std::int64_t high) {
    auto whole = copy_from(table, table.rising, low, high);
    if (!whole) return tl::unexpected(whole.error());
    if (!*whole)
      if (auto rest = copy_from(table, table.falling, low, high); !rest)
        return tl::unexpected(rest.error());
    return {};
  }

  /// False when the source could not be read to the end. Failures of the target are errors.
  sql::Result<bool> copy_from(const CopiedTable& table, sql::Sql query, std::int64_t low,
                              std::int64_t high) {
    auto keep = to_.prepare(table.keep);
    if (!keep) return tl::unexpected(keep.error());
    auto source = from_.prepare(query);
    if (!source) return stopped(table, low, source.error());
    source->bind(1, low);
    source->bind(2, high);
    for (;;) {
      auto row = source->step();
      if (!row) return stopped(table, low, row.error());
      if (!*row) return true;
      if (!bind_row(*source, table.number, bytes_, *keep)) {
        broken_.insert({table.name, source->integer(0)});
        continue;
      }
      if (auto kept = keep->run(); !kept) {
        if (kept.error().primary() != SQLITE_CONSTRAINT) return tl::unexpected(kept.error());
        keep->reset();
        refused(table, source->integer(0), kept.error());
        continue;
      }
      report_.rows += static_cast<std::uint64_t>(to_.changes());
      report_.broken_rows = broken_.size();
    }
  }

  bool stopped(const CopiedTable& table, std::int64_t low, const sql::Failure& failure) {
    const std::string where =
        table.by_run ? fmt::format("{} of run {}", table.name, store::run_of(low)) : table.name;
    const std::string line = fmt::format("{}: not all can be read: {}", where, failure.text);
    if (std::find(report_.problems.begin(), report_.problems.end(), line) == report_.problems.end())
      report_.problems.push_back(line);
    return false;
  }

  /// A row whose checksum is right, but that no file of this schema may have.
  void refused(const CopiedTable& table, std::int64_t id, const sql::Failure& failure) {
    if (!broken_.insert({table.name, id}).second) return;
    report_.broken_rows = broken_.size();
    std::string line = fmt::format("{}: rows are left out: {}", table.name, failure.text);
    if (std::ranges::find(report_.problems, line) == report_.problems.end())
      report_.problems.push_back(std::move(line));
  }

  /// Rows that refer to what was lost.
  sql::Result<void> drop_strays() {
    return to_.execute(
        "DELETE FROM progress WHERE run NOT IN (SELECT run FROM runs);"
        "DELETE FROM control WHERE run NOT IN (SELECT run FROM runs);"
        "DELETE FROM intermediate_values WHERE trial NOT IN (SELECT id FROM trials);"
        "DELETE FROM origins WHERE run NOT IN (SELECT run FROM runs) OR (group_number IS NOT NULL "
        "AND group_number NOT IN (SELECT number FROM groups));");
  }

  sql::Result<void> trim_runs() {
    auto runs = store::read_runs(to_, store::kSchemaNumber, 0, store::kRunLimit);
    if (!runs) return tl::unexpected(runs.error());
    for (const store::StoredRun& run : *runs) {
      auto told = whole_tickets(run.run);
      if (!told) return tl::unexpected(told.error());
      report_.runs.push_back(
          {run.run, run.head.name, run.intact ? run.progress.state.told : 0, *told});
      if (auto trimmed = trim(run, *told); !trimmed) return trimmed;
    }
    return {};
  }

  /// Tickets from 0 on that have everything that replay, export and verify want of them.
  sql::Result<std::uint64_t> whole_tickets(RunId run) {
    auto evaluated = evaluated_tickets(run);
    if (!evaluated) return tl::unexpected(evaluated.error());
    auto query = to_.prepare(
        "SELECT o.id, o.hit & 1, o.class IS NULL OR c.id IS NOT NULL, g.id IS NOT NULL "
        "FROM outcomes o LEFT JOIN classes c ON c.id = (?3 << 40 | o.class) "
        "LEFT JOIN genomes g ON g.id = o.id - o.birth_lag "
        "WHERE o.id >= ?1 AND o.id <= ?2 ORDER BY o.id");
    if (!query) return tl::unexpected(query.error());
    query->bind(1, store::first_id(run));
    query->bind(2, store::last_id(run));
    query->bind(3, run);
    for (std::uint64_t ticket = 0;; ++ticket) {
      auto row = query->step();
      if (!row) return tl::unexpected(row.error());
      const bool whole = *row && store::number_of(query->integer(0)) == ticket &&
                         query->integer(2) != 0 && query->integer(3) != 0 &&
                         (query->integer(1) != 0 || evaluated->contains(ticket));
      if (!whole) return ticket;
    }
  }

  sql::Result<std::set<std::uint64_t>> evaluated_tickets(RunId run) {
    auto query = to_.prepare("SELECT subject FROM trials WHERE id >= ?1 AND id <= ?2 AND kind = 0");
    if (!query) return tl::unexpected(query.error());
    query->bind(1, store::first_id(run));
    query->bind(2, store::last_id(run));
    std::set<std::uint64_t> tickets;
    for (;;) {
      auto row = query->step();
      if (!row) return tl::unexpected(row.error());
      if (!*row) return tickets;
      tickets.insert(static_cast<std::uint64_t>(query->integer(0)));
    }
  }

  /// Leaves the run with `told` tickets, to be resumed unless nothing was lost.
  sql::Result<void> trim(const store::StoredRun& stored, std::uint64_t told) {
    const bool lost = !stored.intact || told < stored.progress.state.told;
    for (const sql::Sql deletion :
         {sql::Sql("DELETE FROM outcomes WHERE id >= ?1 AND id <= ?2 AND id >= ?3"),
          sql::Sql("DELETE FROM genomes WHERE id >= ?1 AND id <= ?2 AND id NOT IN "
                   "(SELECT id - birth_lag FROM outcomes WHERE id >= ?3 AND id <= ?2)")}) {
      auto statement = to_.prepare(deletion);
      if (!statement) return tl::unexpected(statement.error());
      statement->bind(1, store::row_id(stored.run, told));
      statement->bind(2, store::last_id(stored.run));
      statement->bind(3, store::first_id(stored.run));
      if (auto deleted = statement->run(); !deleted) return deleted;
    }
    return lost ? mark_stopped(stored, told) : sql::Result<void>{};
  }

  sql::Result<void> mark_stopped(const store::StoredRun& stored, std::uint64_t told) {
    store::ProgressRow progress = stored.progress;
    progress.run = stored.run;
    progress.state.status = RunStatus::kStopped;
    progress.state.stopped_by = "salvage";
    progress.state.told = told;
    progress.state.summary_json.clear();
    auto statement =
        to_.prepare("INSERT OR REPLACE INTO progress VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)");
    if (!statement) return tl::unexpected(statement.error());
    store::RowBinder row(*statement, bytes_, Table::kProgress);
    put(row, progress);
    return row.insert();
  }

  const sql::Database& from_;
  const sql::Database& to_;
  RowBytes bytes_;
  std::set<std::pair<std::string, std::int64_t>> broken_;
  Salvaged report_;
};

tl::unexpected<StoreError> refuse(const fs::path& file, const std::string& what) {
  return tl::unexpected(StoreError{file.string() + ": " + what});
}

/// Opens a copy of the file, mended where its header is not ours, without its -wal if that is what
/// is in the way.
tl::expected<sql::Database, StoreError> open_mended(const fs::path& file, const fs::path& copy) {
  std::error_code error;
  fs::copy_file(file, copy, error);
  if (error) return refuse(file, "cannot be copied beside the new file: " + error.message());
  fs::path wal = file, wal_copy = copy;
  wal += "-wal";
  wal_copy += "-wal";
  const bool has_wal = fs::exists(wal, error);
  if (has_wal) fs::copy_file(wal, wal_copy, error);
  auto database = open_copy(copy);
  if (!database && has_wal) {
    fs::remove(wal_copy, error);
    database = open_copy(copy);
  }
  if (!database) {
    mend_header(copy);
    database = open_copy(copy);
  }
  if (!database)
    return refuse(file, "nothing can be saved: not even its list of tables can be read (" +
                            database.error().text + ")");
  auto version = database->integer("PRAGMA user_version");
  if (version && *version != store::kSchemaNumber)
    return refuse(file, fmt::format("is of schema {}; only schema {} can be salvaged", *version,
                                    store::kSchemaNumber));
  return std::move(*database);
}

tl::expected<Salvaged, StoreError> fill(const sql::Database& from, const fs::path& complete) {
  auto to = sql::Database::open(complete, sql::Access::kReadWrite);
  if (!to) return tl::unexpected(store::describe(complete, "open", to.error()));
  Salvage salvage(from, *to);
  if (auto copied = salvage.copy_all(); !copied)
    return tl::unexpected(store::describe(complete, "write", copied.error()));
  if (auto flushed = to->checkpoint(true); !flushed)
    return tl::unexpected(store::describe(complete, "write", flushed.error()));
  return salvage.take();
}

}  // namespace

tl::expected<Salvaged, StoreError> salvage_store(const fs::path& file, const fs::path& out) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return refuse(file, "no such file");
  if (fs::exists(out, error)) return refuse(out, "is there already; give another name");
  if (!fs::is_directory(fs::absolute(out).parent_path(), error))
    return refuse(out, "its folder does not exist; make it first");
  const store::TemporaryFile copy(out), complete(out);
  auto from = open_mended(file, copy.path());
  if (!from) return tl::unexpected(from.error());
  if (auto made = store::create_store(complete.path(), {}); !made)
    return tl::unexpected(made.error());
  auto report = fill(*from, complete.path());
  if (!report) return report;
  if (const int cause = store::link_new(complete.path(), out); cause != 0)
    return refuse(out, std::string("cannot be made: ") + std::strerror(cause));
  store::sync_folder_of(out);
  return report;
}

}  // namespace equivolve::engine
