// From names in a header to what becomes of each column.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "evaluators/common/tables/column_builder.hpp"
#include "evaluators/common/tables/fault.hpp"
#include "evaluators/common/tables/table_settings.hpp"

namespace equivolve::tables {

/// What the first record of a file says.
struct Names {
  std::vector<std::string> names;  ///< "c3" for the third column where there is none
  std::vector<bool> unnamed;       ///< the header has an empty name there
  bool header = true;
};

/// A column that is no feature but means something to whoever reads the table: a target, say.
struct SpecialColumn {
  std::string pointer;  ///< of its name in the settings: "/target"
  std::string name;     ///< as a person wrote it: may be a number
  ColumnUse use = ColumnUse::kEither;
  OnMissing missing = OnMissing::kRefuse;  ///< kImpute: kept, as missing
  std::size_t max_levels = 1000;           ///< different texts
};

struct ChosenColumn {
  std::size_t place = 0;  ///< in the file, from 0
  ColumnUse use = ColumnUse::kAuto;
};

struct ChosenColumns {
  std::vector<ChosenColumn> features;  ///< in the file's order
  std::vector<std::size_t> specials;   ///< places in the file, in the order of the specials
};

/// Refused: names that are not there (with the nearest that is), a column in two roles, no feature
/// left, a nameless column that is not chosen by its number. `file`: for messages. [any-thread]
tl::expected<ChosenColumns, Fault> choose_columns(const std::string& file, const Names& names,
                                                  const TableSettings& settings,
                                                  const std::vector<SpecialColumn>& specials);

/// "'t.csv' has no column 'agee' (did you mean 'age'?)", and what else may help.
std::string no_such_column(const std::string& file, const Names& names, std::string_view wanted);

}  // namespace equivolve::tables
