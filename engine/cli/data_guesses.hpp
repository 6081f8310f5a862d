// What a table seems to need said about it: guesses that `init` writes down, each with its reason.
#pragma once

#include <string>
#include <vector>

#include "engine/cli/data_sample.hpp"

namespace equivolve::cli {

struct DataGuesses {
  struct LeftOut {
    std::size_t column;
    std::string why;
  };
  std::size_t target = 0;
  std::string target_why;
  bool classes = false;             ///< the target's values are classes, not numbers
  std::size_t missing_targets = 0;  ///< rows without a target
  std::size_t missing = 0;          ///< cells of features that are kept
  std::vector<LeftOut> left_out;    ///< columns nothing can be learnt from
  /// What only a person can mend; empty: nothing.
  std::string problem;
};

DataGuesses guess(const DataSample& sample);

/// A column named target, label, class, y, outcome or diagnosis (in any case), else the last that
/// could be one.
std::size_t guess_target(const DataSample& sample);

/// Whether the column looks like classes: text, or at most 20 different whole numbers, most of them
/// in more than one row.
bool looks_like_classes(const DataSample& sample, std::size_t column);

}  // namespace equivolve::cli
