// A CSV file, once through, into typed columns. Memory: 8 bytes a number and 4 a category (a
// quarter more while it grows), each level once, and a piece of the file; never the text of all
// cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "evaluators/common/tables/choose_columns.hpp"
#include "evaluators/common/tables/column.hpp"
#include "evaluators/common/tables/data_file.hpp"
#include "evaluators/common/tables/encoding.hpp"
#include "evaluators/common/tables/fault.hpp"
#include "evaluators/common/tables/table_settings.hpp"

namespace equivolve::tables {

struct Table {
  std::vector<Column> features;  ///< in the file's order
  std::vector<Column> specials;  ///< in the order in which they were asked for
  std::size_t rows = 0;          ///< kept
  std::size_t rows_in_file = 0;
  std::vector<std::uint32_t> kept;  ///< numbers, from 1, of the rows kept; empty when all are
  bool header = true;
  DataDigest digest{};  ///< of the file's bytes

  std::uint32_t row_number(std::size_t row) const {
    return kept.empty() ? static_cast<std::uint32_t>(row + 1) : kept[row];
  }
};

/// Reads features and specials as `settings` say. Refused, each with row and column where there is
/// one: what data_file and csv_scanner refuse, rows with another number of cells, names given
/// twice, text that is not UTF-8, cells that do not fit their column, missing values where they are
/// not allowed, columns without any value, files without rows. One more empty cell at the end of
/// every line is passed over. [any-thread]
tl::expected<Table, Fault> read_table(const std::string& path, const TableSettings& settings,
                                      const std::vector<SpecialColumn>& specials);

/// Reads the columns of an encoding out of another file, found by name, others ignored: no
/// specials, and Table::features are encoding.columns. `header`: whether the encoding's own file
/// had one. Rows with missing cells are refused, dropped or kept as encoding.missing says.
tl::expected<Table, Fault> read_rows(const std::string& path, const TextFormat& format, bool header,
                                     const Encoding& encoding);

}  // namespace equivolve::tables
