// From columns of a file to features: numbers as they are, a column of 0 and 1 for each level of a
// category (one-hot), holes filled. A function of the columns alone; what is learnt (the fills) is
// learnt from the rows given and no others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "evaluators/common/tables/column.hpp"
#include "evaluators/common/tables/table_settings.hpp"

namespace equivolve::tables {

/// How one column becomes features.
struct FeatureColumn {
  std::string name;
  bool categorical = false;
  std::vector<std::string> levels;  ///< a feature each, bytewise ascending
  bool missing_level = false;       ///< and one for missing cells, the last

  std::size_t width() const {
    return categorical ? levels.size() + (missing_level ? 1 : 0) : std::size_t{1};
  }
};

struct Encoding {
  std::vector<FeatureColumn> columns;  ///< features stand in this order, level by level
  OnMissing missing = OnMissing::kRefuse;
  CategoryFill category_fill = CategoryFill::kOwnLevel;

  std::size_t width() const;
  /// "age", "city=Oslo", "city=(missing)".
  std::vector<std::string> feature_names() const;
};

/// A category gets a level for missing cells when it has such cells, they are to be imputed, and
/// not by its most frequent level.
Encoding encoding_of(std::span<const Column> columns, const TableSettings& settings);

/// One value a feature: what it is in rows whose cell is missing. Learnt from `rows` alone, cells
/// that are missing there left out: the median of numbers (of an even count half the sum of the
/// middle two; 0 of none); for categories the level of their own, else the most frequent level
/// (the first on ties), else nothing but 0. Without imputation all 0.
using Fills = std::vector<double>;
Fills fit_fills(const Encoding& encoding, std::span<const Column> columns,
                std::span<const std::uint32_t> rows);

/// The feature number `level` of a column (0 for numbers) in each of `rows`. `fill` is its own. A
/// level that is not among the column's gives 0 in all of them.
void encode(const FeatureColumn& feature, const Column& column, std::size_t level, double fill,
            std::span<const std::uint32_t> rows, std::span<double> out);

}  // namespace equivolve::tables
