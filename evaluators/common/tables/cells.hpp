// What one cell's text means: a number, a missing value, or neither.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace equivolve::tables {

/// A finite decimal number ("-1.5e3", "+2"), nothing else around it; too small ones become 0.
/// Neither hexadecimal nor infinite ones, no digit groups. `decimal`: '.' or ','. [any-thread]
std::optional<double> to_number(std::string_view cell, char decimal = '.');

/// Empty, "?", NA, N/A, NaN, null, none.
std::span<const std::string> default_missing_values();

/// Tells missing cells from others. A token counts in any case of its letters; one that is a number
/// also stands for all cells of that value ("-999" for "-999.0"). The empty cell is always missing.
class MissingValues {
 public:
  explicit MissingValues(std::span<const std::string> tokens, char decimal = '.');
  bool operator()(std::string_view cell) const {
    return cell.empty() || (has_token(cell) && is_token(cell));
  }

 private:
  bool has_token(std::string_view cell) const {
    return !numbers_.empty() || cell.size() <= longest_;
  }
  bool is_token(std::string_view cell) const;

  std::vector<std::string> tokens_;  // in lower case
  std::vector<double> numbers_;
  std::size_t longest_ = 0;
  char decimal_;
};

/// The cell for a message: its first 60 bytes, whole characters only, control characters as '?'.
std::string shown(std::string_view cell);

/// Where the text stops to be UTF-8 (RFC 3629), or npos. [any-thread]
std::size_t first_non_utf8(std::string_view text);

}  // namespace equivolve::tables
