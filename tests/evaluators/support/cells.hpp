// Cells for tests: graph machines whose operations have nothing in common but their form, so that
// outputs agree only where the computations do.
#pragma once

#include <cstdint>
#include <vector>

#include "evaluators/common/interpreters/graph_machine.hpp"

namespace equivolve::interpreters::test {

inline constexpr std::size_t kCellWidth = 4;

/// Operation k maps x to tanh(W x + b), W and b drawn for it. Longer inputs, as concatenations are,
/// go through W again, weaker from part to part.
CellRules random_cell_rules(std::size_t operations, Join join, Join output_join);

/// Fixed inputs, drawn from a normal distribution.
std::vector<std::vector<double>> cell_inputs(std::size_t count);

}  // namespace equivolve::interpreters::test
