#include "engine/store/sql.hpp"

#include <sqlite3.h>

namespace equivolve::engine::sql {
namespace {

Failure failure_of(sqlite3* database) {
  return Failure{sqlite3_extended_errcode(database), sqlite3_system_errno(database),
                 sqlite3_errmsg(database)};
}

// file:PATH?immutable=1 with every byte that means something in a URI escaped.
std::string immutable_uri(const std::string& path) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '%' || c == '?' || c == '#' || byte < 0x20 || byte > 0x7E) {
      uri += '%';
      uri += kHex[byte >> 4];
      uri += kHex[byte & 15];
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

int open_flags(Access access) {
  switch (access) {
    case Access::kReadWrite:
      return SQLITE_OPEN_READWRITE;
    case Access::kReadOnly:
      return SQLITE_OPEN_READONLY;
    case Access::kImmutable:
      return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    case Access::kCreate:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  }
  return SQLITE_OPEN_READONLY;
}

}  // namespace

bool Failure::is_busy() const {
  return primary() == SQLITE_BUSY || primary() == SQLITE_LOCKED;
}

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void Statement::bind_null(int position) {
  sqlite3_bind_null(handle_.get(), position);
}

void Statement::bind(int position, std::int64_t value) {
  sqlite3_bind_int64(handle_.get(), position, value);
}

void Statement::bind(int position, double value) {
  sqlite3_bind_double(handle_.get(), position, value);
}

void Statement::bind(int position, std::string_view text) {
  const char* data = text.data() == nullptr ? "" : text.data();
  sqlite3_bind_text64(handle_.get(), position, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind(int position, std::span<const std::byte> blob) {
  const void* data = blob.data() == nullptr ? static_cast<const void*>("") : blob.data();
  sqlite3_bind_blob64(handle_.get(), position, data, blob.size(), SQLITE_STATIC);
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Failure failure = failure_of(sqlite3_db_handle(handle_.get()));
  sqlite3_reset(handle_.get());
  return tl::unexpected(std::move(failure));
}

Result<void> Statement::run() {
  auto stepped = step();
  if (!stepped) return tl::unexpected(stepped.error());
  sqlite3_reset(handle_.get());
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
}

std::uint64_t Statement::changes() const {
  return static_cast<std::uint64_t>(sqlite3_changes64(sqlite3_db_handle(handle_.get())));
}

int Statement::columns() const {
  return sqlite3_column_count(handle_.get());
}

Type Statement::type(int column) const {
  switch (sqlite3_column_type(handle_.get(), column)) {
    case SQLITE_INTEGER:
      return Type::kInteger;
    case SQLITE_FLOAT:
      return Type::kReal;
    case SQLITE_TEXT:
      return Type::kText;
    case SQLITE_BLOB:
      return Type::kBlob;
    default:
      return Type::kNull;
  }
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(handle_.get(), column);
}

std::string Statement::text(int column) const {
  return std::string(text_view(column));
}

std::string_view Statement::text_view(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::span<const std::byte> Statement::blob(int column) const {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(handle_.get(), column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

void Database::Closer::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Result<Database> Database::open(const std::filesystem::path& file, Access access,
                                const std::string& vfs) {
  const bool immutable = access == Access::kImmutable;
  // A name such as "file:x" must mean that file, not a URI.
  const std::string path = std::filesystem::absolute(file).string();
  const std::string name = immutable ? immutable_uri(path) : path;
  const int flags = open_flags(access) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &raw, flags, vfs.empty() ? nullptr : vfs.c_str());
  Database database;
  database.handle_.reset(raw);
  if (code != SQLITE_OK) {
    return tl::unexpected(raw != nullptr ? failure_of(raw)
                                         : Failure{code, 0, sqlite3_errstr(code)});
  }
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return database;
}

Result<Database> Database::open_memory() {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(":memory:", &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database;
  database.handle_.reset(raw);
  if (code != SQLITE_OK) return tl::unexpected(Failure{code, 0, sqlite3_errstr(code)});
  return database;
}

Result<Statement> Database::prepare(Sql sql) const {
  Statement statement;
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v3(handle_.get(), sql.text(), -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(failure());
  statement.handle_.reset(raw);
  return statement;
}

Result<void> Database::execute(Sql script) const {
  if (sqlite3_exec(handle_.get(), script.text(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return tl::unexpected(failure());
  }
  return {};
}

Result<std::int64_t> Database::integer(Sql query) const {
  auto statement = prepare(query);
  if (!statement) return tl::unexpected(statement.error());
  auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  return *row ? statement->integer(0) : 0;
}

void Database::set_busy_handler(int (*handler)(void*, int), void* context) const {
  sqlite3_busy_handler(handle_.get(), handler, context);
}

void Database::set_busy_timeout(int milliseconds) const {
  sqlite3_busy_timeout(handle_.get(), milliseconds);
}

void Database::no_checkpoint_on_close() const {
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void Database::allow_schema_changes(bool allowed) const {
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_DEFENSIVE, allowed ? 0 : 1, nullptr);
}

Result<void> Database::checkpoint(bool all) const {
  const int mode = all ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, mode, nullptr, nullptr);
  if (code == SQLITE_OK || (code & 0xFF) == SQLITE_BUSY) return {};
  return tl::unexpected(failure());
}

Result<void> Database::copy_from(const Database& source) const {
  sqlite3_backup* backup = sqlite3_backup_init(handle(), "main", source.handle(), "main");
  if (backup == nullptr) return tl::unexpected(failure());
  const int code = sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  if (code == SQLITE_DONE) return {};
  return tl::unexpected(Failure{code, sqlite3_system_errno(handle()), sqlite3_errstr(code)});
}

bool Database::read_only() const {
  return sqlite3_db_readonly(handle_.get(), "main") == 1;
}

int Database::changes() const {
  return sqlite3_changes(handle_.get());
}

std::int64_t Database::last_insert_id() const {
  return sqlite3_last_insert_rowid(handle_.get());
}

Failure Database::failure() const {
  return failure_of(handle_.get());
}

}  // namespace equivolve::engine::sql
