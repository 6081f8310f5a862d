// A thin face over SQLite's C interface: owning handles, errors as values, and SQL that is constant
// by construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace equivolve::engine::sql {

/// SQL text. Only a compile-time constant converts to it: no statement is ever built from run-time
/// strings.
class Sql {
 public:
  consteval Sql(const char* text) : text_(text) {}  // NOLINT(google-explicit-constructor)
  const char* text() const { return text_; }

 private:
  const char* text_;
};

/// What SQLite answered. `code` is its extended result code.
struct Failure {
  int code = 0;
  int system_error = 0;  ///< errno of the failing system call, 0 when unknown
  std::string text;

  int primary() const { return code & 0xFF; }
  bool is_busy() const;  ///< somebody else has a lock
};

template <class T>
using Result = tl::expected<T, Failure>;

enum class Type : std::uint8_t { kInteger, kReal, kText, kBlob, kNull };

/// A prepared statement. Bound text and blobs must outlive the next step. One thread at a time.
class Statement {
 public:
  Statement() = default;

  void bind_null(int position);  ///< positions from 1, as in SQL
  void bind(int position, std::int64_t value);
  void bind(int position, double value);
  void bind(int position, std::string_view text);
  void bind(int position, std::span<const std::byte> blob);

  Result<bool> step();  ///< true: a row is there
  Result<void> run();   ///< steps once to the end, then resets: for statements without rows
  void reset();
  std::uint64_t changes() const;  ///< rows that its last run inserted, changed or deleted

  int columns() const;
  Type type(int column) const;  ///< columns from 0
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  std::string_view text_view(int column) const;       ///< valid until the next step or reset
  std::span<const std::byte> blob(int column) const;  ///< valid until the next step or reset

 private:
  friend class Database;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalizer> handle_;
};

enum class Access : std::uint8_t {
  kReadWrite,
  kReadOnly,
  kImmutable,  ///< the file cannot change: no locks, no -wal, no -shm
  kCreate,     ///< makes the file
};

/// A connection. Used by one thread at a time; may be handed from one to another.
class Database {
 public:
  static Result<Database> open(const std::filesystem::path& file, Access access,
                               const std::string& vfs = {});
  static Result<Database> open_memory();

  Result<Statement> prepare(Sql sql) const;
  Result<void> execute(Sql script) const;
  /// The first column of the first row of a query without parameters; 0 when there is no row.
  Result<std::int64_t> integer(Sql query) const;

  /// The calls that have no SQL form.
  void set_busy_handler(int (*handler)(void*, int), void* context) const;
  void set_busy_timeout(int milliseconds) const;
  void no_checkpoint_on_close() const;
  /// Whether PRAGMA writable_schema has an effect; not at first.
  void allow_schema_changes(bool allowed) const;
  /// Carries the -wal into the file as far as readers allow; `all` waits for them (busy handler)
  /// and empties it. That somebody is in the way is no failure.
  Result<void> checkpoint(bool all) const;
  /// Makes this database a copy of what `source` sees now.
  Result<void> copy_from(const Database& source) const;
  bool read_only() const;
  int changes() const;
  std::int64_t last_insert_id() const;
  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Closer {
    void operator()(sqlite3* database) const;
  };
  Failure failure() const;
  std::unique_ptr<sqlite3, Closer> handle_;
};

}  // namespace equivolve::engine::sql
