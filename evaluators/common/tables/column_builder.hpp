// Collects the cells of one column while a file is read.
#pragma once

#include <string_view>
#include <unordered_map>

#include "evaluators/common/tables/cells.hpp"
#include "evaluators/common/tables/column.hpp"

namespace equivolve::tables {

enum class ColumnUse {
  kIgnore,
  kAuto,      ///< numbers or categories: the first cell that is not missing tells, all must agree
  kNumber,    ///< anything else is refused
  kCategory,  ///< any text, numbers too
  kEither     ///< a target: numbers as long as all cells are, categories as long as there are few
};

enum class CellFault {
  kNone,
  kNotANumber,     ///< in a column of numbers
  kNotAWord,       ///< a number in a column that began with words
  kTooManyLevels,  ///< more than `max_levels`
  kNotUtf8
};

/// Holds 8 bytes a number, 4 a category, and each level once.
class ColumnBuilder {
 public:
  ColumnBuilder(std::string name, ColumnUse use, std::size_t max_levels, char decimal);
  /// With the levels of another file: other texts become kUnseenCode.
  ColumnBuilder(std::string name, std::vector<std::string> levels);

  /// A cell that is not missing. On a fault the column is of no further use.
  CellFault add(std::string_view cell);
  void add_missing();

  void count_missing() { ++column_.missing; }
  const std::string& name() const { return column_.name; }
  std::size_t missing() const { return column_.missing; }
  std::size_t max_levels() const { return max_levels_; }
  bool has_values() const { return has_values_; }  ///< a cell that is not missing was added

  /// The column, its levels sorted and its memory fitted.
  Column finish();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  CellFault add_number(std::string_view cell);
  CellFault add_level(std::string_view cell);
  CellFault add_to_both(std::string_view cell);

  Column column_;
  ColumnUse use_;
  std::size_t max_levels_;
  char decimal_;
  bool fixed_levels_ = false;
  bool has_values_ = false;
  bool numbers_possible_, levels_possible_;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> codes_;
};

}  // namespace equivolve::tables
