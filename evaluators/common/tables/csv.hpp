// A table of text cells with a header row, and its columns as numbers. Faults are sentences that
// name row and column, as they are read by people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace equivolve::tables {

/// Cells as they stand in the file, quotes and surrounding blanks removed. A value; copies are
/// deep.
class Table {
 public:
  std::size_t rows() const { return lines_.size(); }
  std::size_t columns() const { return header_.size(); }
  const std::vector<std::string>& header() const { return header_; }
  std::string_view cell(std::size_t row, std::size_t column) const;  ///< both 0-based
  std::size_t line(std::size_t row) const {
    return lines_[row];
  }  ///< 1-based, where the row begins
  std::optional<std::size_t> column_named(std::string_view name) const;

  /// "row 3 (line 4), column 'age'": rows are counted from 1 below the header.
  std::string place(std::size_t row, std::size_t column) const;

 private:
  friend class CsvReader;
  std::vector<std::string> header_;
  std::vector<std::size_t> lines_;
  std::string arena_;              // all cells behind each other
  std::vector<std::size_t> ends_;  // of each cell in arena_, row by row
};

/// Reads comma-, semicolon- or tab-separated text: whichever of the three is most frequent in the
/// header. Cells may be quoted
/// ("" is a quote), lines end with LF or CRLF, a byte order mark and blank lines are skipped.
/// Refused: no header, an empty or repeated column name, a row with another number of cells, an
/// open quote. [any-thread]
tl::expected<Table, std::string> parse_csv(std::string_view text);

/// Empty, "?", and NA, N/A, NaN, null, none in any case.
bool is_missing(std::string_view cell);

/// A finite decimal number ("-1.5e3", "+2"), nothing else around it.
std::optional<double> to_number(std::string_view cell);

/// A whole column as numbers. Refused: a missing value, a cell that is not a finite number.
tl::expected<std::vector<double>, std::string> numeric_column(const Table& table,
                                                              std::size_t column);

}  // namespace equivolve::tables
