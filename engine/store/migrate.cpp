#include "engine/store/migrate.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "engine/store/busy_wait.hpp"
#include "engine/store/errors.hpp"
#include "engine/store/fault_point.hpp"
#include "engine/store/file_check.hpp"
#include "engine/store/files.hpp"
#include "engine/store/migrations/migrations.hpp"
#include "engine/store/transaction.hpp"

namespace equivolve::engine::store {
namespace {

// SQLite's own copy of what `source` sees, page by page: complete and synced on success.
sql::Result<void> copy_database(const sql::Database& source, const std::filesystem::path& to,
                                const std::string& vfs) {
  auto target = sql::Database::open(to, sql::Access::kCreate, vfs);
  if (!target) return tl::unexpected(target.error());
  if (auto set = target->execute("PRAGMA synchronous=FULL"); !set) return set;
  return target->copy_from(source);
}

std::filesystem::path numbered_name(const std::filesystem::path& file, std::int64_t schema,
                                    int attempt) {
  auto name = file;
  name += attempt == 0 ? fmt::format(".schema-{}.db", schema)
                       : fmt::format(".schema-{}.{}.db", schema, attempt + 1);
  return name;
}

// Never over a copy that is there: it may be of another file that once had this name.
tl::expected<std::filesystem::path, StoreError> place_backup(const std::filesystem::path& temporary,
                                                             const std::filesystem::path& file,
                                                             std::int64_t schema) {
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const auto name = numbered_name(file, schema, attempt);
    const int cause = link_new(temporary, name);
    if (cause == EEXIST) continue;
    if (cause == 0) return name;
    return tl::unexpected(StoreError{
        fmt::format("{}: cannot make the copy: {}", name.string(), std::strerror(cause))});
  }
  return tl::unexpected(StoreError{
      fmt::format("{}: a thousand copies of it are there already; remove some", file.string())});
}

class Migrator {
 public:
  Migrator(const std::filesystem::path& file, const WriterOptions& options)
      : file_(file), options_(options), busy_wait_(file, options.busy_timeout, options.message) {}

  tl::expected<MigrationReport, StoreError> migrate() {
    auto exists = check_file(file_);
    if (!exists) return tl::unexpected(exists.error());
    if (!*exists) return tl::unexpected(StoreError{file_.string() + ": no such file"});
    auto database = sql::Database::open(file_, sql::Access::kReadWrite, options_.vfs);
    if (!database) return cannot("open", database.error());
    database_ = std::move(*database);
    busy_wait_.install(database_);
    if (database_.read_only()) {
      return tl::unexpected(StoreError{
          fmt::format("{}: cannot write: the file or its folder is read-only; change that first",
                      file_.string())});
    }
    if (auto set = database_.execute("PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL"); !set) {
      return cannot("open", set.error());
    }
    return locked();
  }

 private:
  tl::expected<MigrationReport, StoreError> locked() {
    auto transaction = Transaction::begin(database_);
    if (!transaction) return cannot("migrate", transaction.error());
    auto schema = check_database(file_, database_);
    if (!schema) return tl::unexpected(schema.error());
    MigrationReport report{*schema, kSchemaNumber, {}};
    if (report.from == report.to) return report;
    // From here on no run can begin: that needs a transaction of its own.
    if (const std::string holders = live_holders(file_); !holders.empty()) {
      return tl::unexpected(StoreError{
          fmt::format("{}: cannot migrate while {} is going on; stop it, or wait for its end",
                      file_.string(), holders)});
    }
    EQV_FAULT_POINT("store.migrate.locked");
    auto backup = back_up(report.from);
    if (!backup) return tl::unexpected(backup.error());
    report.backup = *backup;
    for (auto step = static_cast<std::size_t>(report.from) - 1; step < kMigrations.size(); ++step) {
      if (auto made = kMigrations[step](database_); !made) return cannot("migrate", made.error());
    }
    if (auto committed = transaction->commit("store.migrate"); !committed) {
      return cannot("migrate", committed.error());
    }
    (void)database_.checkpoint(true);  // that a reader is in the way does no harm
    return report;
  }

  tl::expected<std::filesystem::path, StoreError> back_up(std::int64_t schema) {
    auto source = sql::Database::open(file_, sql::Access::kReadOnly, options_.vfs);
    if (!source) return cannot("copy", source.error());
    const TemporaryFile temporary(file_);
    if (auto copied = copy_database(*source, temporary.path(), options_.vfs); !copied) {
      return cannot("copy", copied.error());
    }
    EQV_FAULT_POINT("store.migrate.copied");
    auto placed = place_backup(temporary.path(), file_, schema);
    if (!placed) return placed;
    sync_folder_of(file_);
    EQV_FAULT_POINT("store.migrate.backed_up");
    return placed;
  }

  tl::unexpected<StoreError> cannot(std::string_view doing, const sql::Failure& failure) const {
    return tl::unexpected(describe(file_, doing, failure));
  }

  const std::filesystem::path& file_;
  const WriterOptions& options_;
  BusyWait busy_wait_;
  sql::Database database_;
};

}  // namespace
}  // namespace equivolve::engine::store

namespace equivolve::engine {

tl::expected<MigrationReport, StoreError> migrate_store(const std::filesystem::path& file,
                                                        const WriterOptions& options) {
  return store::Migrator(file, options).migrate();
}

}  // namespace equivolve::engine
