// What a person may set, as plain values. The defaults stand here; schema.cpp shows them to the
// world.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluators/common/row_sampling/families.hpp"
#include "evaluators/common/tables/table_settings.hpp"
#include "search/genome/genome.hpp"

namespace equivolve::sensitivity_sampling {

/// A person's table: its features, standardised, an intercept, and the target, if there is one.
struct TableData {
  std::string file;
  std::optional<std::string> target;  ///< a name, or a number as text
  tables::TableSettings columns = {};
};

struct DrawnData {
  std::vector<row_sampling::Family> families{
      row_sampling::Family::kGauss, row_sampling::Family::kStudent,
      row_sampling::Family::kChebyshev, row_sampling::Family::kSpike};
  /// None of `families`; empty: there is no test split.
  std::vector<row_sampling::Family> test_families{row_sampling::Family::kMix,
                                                  row_sampling::Family::kLowRankSparse};
  std::uint32_t rows = 10000;
  std::uint32_t columns = 10;
  std::uint64_t seed = 1;  ///< of the matrices
};

inline constexpr double kUsualRowsPerColumn[] = {20, 50, 150};

struct Options {
  std::vector<double> powers{1, 4};  ///< p, 1 to row_sampling::kLargestPower
  /// Budgets m = this times the columns; empty: those of kUsualRowsPerColumn that the rows allow.
  std::vector<double> rows_per_column;
  std::uint32_t seeds = 10;  ///< samples a cell
  bool screening = false;    ///< two cheaper levels before the last
};

struct Settings {
  search::Representation representation = search::Representation::kExpression;
  std::optional<TableData> table;  ///< exactly one of these two
  std::optional<DrawnData> drawn;
  Options options;
};

/// Throws sdk::Refused with a pointer to what is wrong.
Settings read_settings(std::string_view config_json);

struct ApplySettings {
  std::optional<std::string> data;    ///< a CSV file in the place of the run's own
  std::optional<std::string> target;  ///< with `data`
  double p = 2;
  std::optional<std::uint64_t> rows;  ///< the budget m
  std::optional<double> error;        ///< or the distortion that half the samples are to keep
  bool exact = false;                 ///< exactly `rows` rows
  std::uint32_t seeds = 10;           ///< samples that are measured at each size
  bool exact_sensitivities = false;   ///< of all rows, in the place of approximate ones
  std::uint32_t threads = 0;          ///< 0: as many as the machine has
};
ApplySettings read_apply_settings(std::string_view options_json);

/// JSON Schemas (draft 2020-12) of {"data", "options"} and of apply's options.
std::string config_schema();
std::string apply_schema();

}  // namespace equivolve::sensitivity_sampling
