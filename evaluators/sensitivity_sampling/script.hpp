// use_rows.py: how weighted rows are used outside.
#pragma once

#include <string>

#include "evaluators/sensitivity_sampling/matrices.hpp"

namespace equivolve::sensitivity_sampling {

/// The script, with the table's target and the power as its defaults.
std::string use_script(const TableMatrix& table, double p);

}  // namespace equivolve::sensitivity_sampling
