// The clean samples of a run: read, made into numbers, split.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evaluators/common/tables/data_file.hpp"
#include "evaluators/common/tables/encoding.hpp"
#include "evaluators/common/tables/standardizer.hpp"
#include "evaluators/test_time_adaptation/samples.hpp"
#include "evaluators/test_time_adaptation/settings.hpp"

namespace equivolve::test_time_adaptation {

struct CleanData {
  Samples training, validation, test;  ///< of one shape
  std::vector<std::string> class_names;
  std::string report;           ///< what reading did to the data; may be empty
  tables::DataDigest digest{};  ///< of all files

  // Of tables: from columns to samples.
  bool header = true;
  tables::Encoding encoding;
  tables::Fills fills;
  std::vector<tables::Scale> scales;  ///< empty where features are pixels
};

/// Throws sdk::Refused when the data cannot be used.
CleanData open_data(const DataSettings& settings);

/// A person's own stream, in its order, without labels. Throws sdk::Refused("/data", ...): other
/// columns or sizes, numbers that are none.
Samples read_own_stream(const std::string& path, const CleanData& data,
                        const DataSettings& settings);

}  // namespace equivolve::test_time_adaptation
