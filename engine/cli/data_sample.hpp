// The beginning of a table, for guesses about it. What a table means is the evaluator's to say.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace equivolve::cli {

struct DataSample {
  std::vector<std::string> columns;            ///< c1, c2, ... where there is no header
  std::vector<std::vector<std::string>> rows;  ///< whole ones, of at most the first 4 MiB
  bool header = true;
  char separator = ',';
  char decimal = '.';  ///< ',' where all numbers with commas in a column read so
};

/// Comma, semicolon, tab or bar; plain or gzip'ed; cells may be quoted. The first row is a header
/// unless one of its cells is a number. The error is a sentence.
tl::expected<DataSample, std::string> sample_table(const std::filesystem::path& file);

/// A finite decimal number, as in docs/tables.md.
std::optional<double> number_in(std::string_view cell, char decimal);

/// Whether the cell is empty or one of the words for it (docs/tables.md).
bool is_missing(const std::string& cell);

}  // namespace equivolve::cli
