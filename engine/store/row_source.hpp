// Many rows in one INSERT. A step of SQLite's for each row opens a cursor, looks for the end of the
// table and closes all again; one statement that reads its rows from here does so once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <variant>

#include "engine/store/sql.hpp"

namespace equivolve::engine::sql {

/// The values of one row, from left to right. Texts and blobs are not copied: they must stay until
/// the row after is asked for.
class RowValues {
 public:
  using Value = std::variant<std::monostate, std::int64_t, double, std::string_view,
                             std::span<const std::byte>>;
  static constexpr std::size_t kMost = 35;

  void clear() { size_ = 0; }
  /// At most kMost of them.
  void add(const Value& value) { values_[size_++] = value; }
  std::span<const Value> all() const { return std::span(values_).first(size_); }

 private:
  std::array<Value, kMost> values_;
  std::size_t size_ = 0;
};

/// A table of one connection, `equivolve_batch` with columns c1 to c35, that holds the rows of a
/// caller while a statement reads it: "INSERT INTO t(a, b) SELECT c1, c2 FROM equivolve_batch". In
/// SQLite's words an eponymous virtual table (sqlite.org/vtab.html). One thread at a time.
class RowSource {
 public:
  RowSource() = default;
  /// Adds the table to the connection, which must live as long as the source is used.
  static Result<RowSource> attach(const Database& database);

  /// Fills the row given and returns true; false when there is none left.
  using Next = std::function<bool(RowValues&)>;
  /// Runs `insertion` over the rows that `next` gives. Returns how many were inserted.
  Result<std::uint64_t> insert(Statement& insertion, const Next& next) const;

 private:
  struct State;
  friend struct RowTable;
  State* state_ = nullptr;  // the connection's, which frees it
};

}  // namespace equivolve::engine::sql
