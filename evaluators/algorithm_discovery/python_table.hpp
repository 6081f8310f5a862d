// The parts of model.py that read tables: what evaluators/common/tables does, once more in Python.
#pragma once

#include <string_view>

namespace equivolve::algorithm_discovery {

extern const std::string_view kPythonTable;  ///< files to features, and what missing cells become
extern const std::string_view kPythonMain;   ///< the command line

}  // namespace equivolve::algorithm_discovery
