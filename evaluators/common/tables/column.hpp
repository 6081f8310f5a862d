// A column of a table as typed values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace equivolve::tables {

/// Numbers, or categories as codes into `levels`; a column that may be either (a target) has both
/// as long as both are possible.
struct Column {
  static constexpr std::uint32_t kMissingCode = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t kUnseenCode = kMissingCode - 1;  ///< no level of the run's file

  std::string name;
  std::vector<double> numbers;       ///< of each row; NaN: missing
  std::vector<std::uint32_t> codes;  ///< of each row
  std::vector<std::string> levels;   ///< bytewise ascending
  std::size_t missing = 0;           ///< missing cells among all rows of the file
  std::size_t unseen = 0;            ///< cells with kUnseenCode

  bool is_numeric() const { return !numbers.empty(); }
  bool is_categorical() const { return !codes.empty(); }
};

}  // namespace equivolve::tables
