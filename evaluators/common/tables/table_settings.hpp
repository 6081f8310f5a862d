// What a person may say about a table: how its text is read, which columns count, what becomes of
// words and of holes. docs/tables.md explains each.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "evaluators/common/tables/cells.hpp"

namespace equivolve::tables {

struct TextFormat {
  std::optional<bool> header;  ///< empty: the first record is one unless a cell of it is a number
  std::optional<char> separator;  ///< , ; tab | or ' ' for blanks; empty: guess_separator
  char decimal = '.';             ///< or ','
  std::vector<std::string> missing_values{default_missing_values().begin(),
                                          default_missing_values().end()};
};

enum class Categorical { kAuto, kNone, kNamed };
enum class OnMissing { kRefuse, kDrop, kImpute };
enum class CategoryFill { kOwnLevel, kMostFrequent };

/// Names of columns may also be numbers: 1 is the first column, -1 the last; a name comes first.
struct TableSettings {
  TextFormat format;
  std::optional<std::vector<std::string>> features;  ///< these and no others; at most one of
  std::optional<std::vector<std::string>> drop;      ///< these two is given
  Categorical categorical = Categorical::kAuto;
  std::vector<std::string> categories;  ///< of kNamed
  std::size_t max_levels = 100;         ///< of a categorical column, at least 2
  OnMissing missing = OnMissing::kRefuse;
  CategoryFill category_fill = CategoryFill::kOwnLevel;
  bool drop_missing_target = false;  ///< also where `missing` is not kDrop
};

}  // namespace equivolve::tables
