// A table, cut into what may be learnt from and what may only be reported on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluators/common/tables/data_file.hpp"
#include "evaluators/common/tables/encoding.hpp"
#include "evaluators/common/tables/standardizer.hpp"
#include "evaluators/novel_class_discovery/points.hpp"
#include "evaluators/novel_class_discovery/settings.hpp"

namespace equivolve::novel_class_discovery {

/// A feature of 0 and 1: whether a column holds this word, or nothing.
struct Level {
  std::string column;
  std::optional<std::string> word;
};

/// From columns of a file to points.
struct Features {
  tables::Encoding encoding;
  tables::Fills fills;
  std::vector<std::size_t> kept;  ///< of the encoded features, those that are not constant on train
  std::vector<std::string> names;            ///< of the kept ones
  std::vector<std::optional<Level>> levels;  ///< of the kept ones; empty for numbers
  std::vector<tables::Scale> scales;  ///< of the kept ones; mean 0, deviation 1 where they stay raw
  tables::TextFormat format;
  bool header = true;

  double in_own_units(std::size_t feature, float value) const {
    return scales[feature].undo(value);
  }
  /// "ph > 6.1", "site is not river", "site is missing": at most, or above, a threshold.
  std::string condition(std::size_t feature, bool above, float threshold) const;
  /// Throws sdk::Refused at `pointer` where a number is too large to be compared with others:
  /// `file` is the columns' own.
  Points points_of(const std::vector<tables::Column>& columns, std::span<const std::uint32_t> rows,
                   const std::string& file, const char* pointer) const;
};

/// Labels of the rows that are to be discovered. Only test figures are worked out from it; nothing
/// that learns or chooses gets to see one.
struct HiddenTruth {
  /// Of Problem::test: a known class, or classes + j for the j-th novel one, or kUntold.
  static constexpr std::uint32_t kUntold = 0xffff'ffff;
  Labels of_test;
  std::vector<std::string> novel_names;
};

struct Problem {
  LearningRows train;
  std::vector<std::uint32_t> row_numbers;  ///< of the unlabelled training rows, in the file, from 1
  Points test;  ///< rows of the test part without a label, or with a hidden one
  std::vector<std::uint32_t> test_numbers;  ///< theirs in the file, from 1
  std::vector<std::string> class_names;     ///< of the known ones, ascending
  Features features;
  bool has_test = false;      ///< whether the truth of any test row is known
  std::string report;         ///< what reading did to the data; may be empty
  std::string labels_report;  ///< how many rows each known class has, and how many have no label
  tables::DataDigest digest{};
};

struct OpenedProblem {
  Problem problem;
  HiddenTruth truth;
};

/// Throws sdk::Refused when the data cannot be used.
OpenedProblem open_problem(const DataSettings& data);

}  // namespace equivolve::novel_class_discovery
