// What the target column holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evaluators/algorithm_discovery/settings.hpp"
#include "evaluators/common/tables/column.hpp"

namespace equivolve::algorithm_discovery {

struct TargetMeaning {
  TaskKind kind = TaskKind::kRegression;
  bool numeric = true;                   ///< every cell is a number
  std::vector<std::string> class_names;  ///< ascending: as numbers when numeric, else bytewise
  std::vector<std::uint32_t> classes;    ///< of each row; classification
  std::vector<double> targets;           ///< of each row; regression
};

/// More cannot be told apart.
inline constexpr std::size_t kMostClasses = 1000;

/// `column` has no missing cells; its numbers and, where there are at most kMostClasses of them,
/// its texts. `wanted` empty: classification when a cell is text, or when there are at most 20
/// different values, all whole. Throws sdk::Refused: one class or value only, more than
/// kMostClasses.
TargetMeaning read_target(const tables::Column& column, std::optional<TaskKind> wanted);

}  // namespace equivolve::algorithm_discovery
