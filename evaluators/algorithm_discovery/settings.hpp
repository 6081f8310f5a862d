// What a person may set, as plain values. The defaults stand here; schema.cpp shows them to the
// world.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "evaluators/common/tables/table_settings.hpp"
#include "search/genome/genome.hpp"

namespace equivolve::algorithm_discovery {

enum class TaskKind : std::uint8_t { kClassification, kRegression };
enum class Synthetic : std::uint8_t { kLinear, kTwoLayerTeacher };
enum class Aggregate : std::uint8_t { kMean, kMedian };
/// In which units a formula reads its inputs and gives its value.
enum class FormulaUnits : std::uint8_t { kNone /* no formulas */, kOwn, kStandardised };

struct TableData {
  std::string file;
  std::string target;       ///< a name, or a number as text
  double test_share = 0.2;  ///< 0: no test split; else below 0.9
  std::uint64_t split_seed = 0;
  tables::TableSettings columns = {};
};

struct SyntheticData {
  Synthetic kind = Synthetic::kLinear;
  std::uint32_t tasks = 10;     ///< 1..1000
  std::uint32_t dimension = 4;  ///< 1..1000
  std::uint32_t train = 100;    ///< examples a task, 1..1000000
  std::uint32_t validation = 100;
  std::uint64_t seed = 0;
};

struct Options {
  std::optional<TaskKind> task;                       ///< empty: derived from the target
  std::uint32_t resamplings = 4;                      ///< 1..100
  double validation_share = 0.25;                     ///< of the pool, 0.01..0.9
  std::uint32_t screening_tasks = 0;                  ///< of the first of two levels; 0: one level
  std::uint32_t epochs = 1;                           ///< 1..1000
  bool balanced = false;                              ///< class_weights: balanced
  std::uint64_t max_live_instructions = 100'000'000;  ///< executed in one trial
  double error_bound = 100;
  Aggregate aggregate = Aggregate::kMean;

  // Of formulas (representation: expression) alone.
  FormulaUnits units = FormulaUnits::kNone;
  bool fit = true;                    ///< numbers are fitted in every trial
  std::uint32_t fit_iterations = 10;  ///< 1..1000
  bool inherit = true;                ///< children are bred from fitted numbers (tables only)
  bool complexity = true;             ///< whether it is a figure
};

struct Settings {
  search::Representation representation = search::Representation::kProgram;
  std::optional<TableData> table;  ///< exactly one of these two
  std::optional<SyntheticData> synthetic;
  Options options;
};

/// Throws sdk::Refused with a pointer to what is wrong.
Settings read_settings(std::string_view config_json);

/// JSON Schemas (draft 2020-12) of {"data", "options"} and of apply's options.
std::string config_schema();
std::string apply_schema();

enum class RowsWanted : std::uint8_t { kTest, kPool, kAll };

struct ApplySettings {
  std::optional<std::string> data;
  std::optional<RowsWanted> predictions_for;
};
ApplySettings read_apply_settings(std::string_view options_json);

}  // namespace equivolve::algorithm_discovery
