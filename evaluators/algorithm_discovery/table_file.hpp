#pragma once

#include <string>

#include "evaluators/common/tables/csv.hpp"
#include "evaluators/common/tables/data_file.hpp"

namespace equivolve::algorithm_discovery {

/// Reads a CSV file; throws sdk::Refused with `pointer` when it cannot. `digest` may be null.
tables::Table read_table_file(const std::string& path, const std::string& pointer,
                              tables::DataDigest* digest);

}  // namespace equivolve::algorithm_discovery
