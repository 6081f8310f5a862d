// Binding and reading one row together with its checksum, so that no column can be left out of it.
//
// The checksum is the lower half of XXH3-64 (one damaged row in four thousand million is not
// noticed) over: the table's number (1 byte), then each column but the checksum in order: its type
// (1 byte), and little-endian 8 bytes for integers and reals, or an 8-byte length and the bytes for
// text and blobs.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/row_source.hpp"
#include "engine/store/sql.hpp"

namespace equivolve::engine::store {

/// Numbers are part of the checksums; never renumber.
enum class Table : std::uint8_t {
  kRuns = 1,
  kProgress = 2,
  kFigures = 3,
  kOutcomes = 4,
  kGenomes = 5,
  kClasses = 6,
  kTrials = 7,
  kIntermediateValues = 8,
  kEvents = 9,
  kArtefacts = 10,
  kControl = 11,
  kGroups = 12,
  kPlannedRuns = 13,
  kOrigins = 14,
  kTestOpenings = 15
};

/// The canonical bytes of a row. A scratch value: reused from row to row.
class RowBytes {
 public:
  void start(Table table);
  void null();
  void integer(std::int64_t value);
  void real(double value);
  void text(std::string_view value);
  void blob(std::span<const std::byte> value);
  /// What a row is stored with: the lower half of XXH3-64, as a signed number.
  std::int64_t checksum() const;
  /// Whether a stored checksum is that of these bytes. Rows written under schema 1 or 2 have all 64
  /// bits.
  bool match(std::int64_t stored) const;

 private:
  std::uint64_t hash() const;
  void sized(sql::Type type, const void* data, std::size_t size);
  void fixed(sql::Type type, std::uint64_t bits);
  std::byte* extend(std::size_t size) {
    if (bytes_.size() - used_ < size) [[unlikely]]
      grow(size);
    used_ += size;
    return bytes_.data() + (used_ - size);
  }
  void grow(std::size_t size);
  std::vector<std::byte> bytes_;  // its first used_ bytes count
  std::size_t used_ = 0;
};

/// Binds the columns of an INSERT from left to right, the checksum last.
class RowBinder {
 public:
  RowBinder(sql::Statement& statement, RowBytes& bytes, Table table);
  /// The same into a row of many (row_source.hpp).
  RowBinder(sql::RowValues& values, RowBytes& bytes, Table table);
  void null();
  void integer(std::int64_t value);
  void unsigned_integer(std::uint64_t value) { integer(static_cast<std::int64_t>(value)); }
  void real(double value);  ///< NULL when not finite; -0 becomes 0, as SQLite would make it
  void text(std::string_view value);
  void blob(std::span<const std::byte> value);
  /// Binds the checksum.
  void close();
  /// Binds the checksum and runs the statement.
  sql::Result<void> insert();

 private:
  sql::Statement* statement_ = nullptr;  // one of the two
  sql::RowValues* values_ = nullptr;
  RowBytes& bytes_;
  int next_ = 1;
};

/// Reads the columns of a SELECT from left to right in the order in which they were bound.
class RowReader {
 public:
  RowReader(const sql::Statement& statement, RowBytes& bytes, Table table);
  bool is_null() const;  ///< the next column
  void skip_null();
  std::int64_t integer();
  std::uint64_t unsigned_integer() { return static_cast<std::uint64_t>(integer()); }
  template <class Small>
  Small small() {
    return static_cast<Small>(integer());
  }
  double real();  ///< NaN for NULL
  std::string text();
  std::span<const std::byte> blob();  ///< valid until the next step
  /// Whether the next column, the checksum, is that of the columns read.
  bool intact();

 private:
  const sql::Statement& statement_;
  RowBytes& bytes_;
  int next_ = 0;
};

}  // namespace equivolve::engine::store
