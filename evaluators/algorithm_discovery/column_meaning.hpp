// What the target column holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evaluators/algorithm_discovery/settings.hpp"
#include "evaluators/common/tables/csv.hpp"

namespace equivolve::algorithm_discovery {

struct TargetMeaning {
  TaskKind kind = TaskKind::kRegression;
  bool numeric = true;                   ///< every cell is a number
  std::vector<std::string> class_names;  ///< ascending: as numbers when numeric, else bytewise
  std::vector<std::uint32_t> classes;    ///< of each row; classification
  std::vector<double> targets;           ///< of each row; regression
};

/// `wanted` empty: classification when a cell is text, or when there are at most 20 different
/// values, all whole. Throws sdk::Refused: missing values, text in a regression target, one class
/// only, more than 1000 classes.
TargetMeaning read_target(const tables::Table& table, std::size_t column,
                          std::optional<TaskKind> wanted, const std::string& file);

}  // namespace equivolve::algorithm_discovery
