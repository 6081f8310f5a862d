// One instruction as one Python statement on the lists s, v, m (scalars, vectors, matrices).
#pragma once

#include <cstdint>
#include <string>

#include "search/genome/program.hpp"

namespace equivolve::algorithm_discovery {

/// Reads back as the same double, and as a float rather than an int: "1.0", "1e-05", "math.inf".
std::string python_number(double value);

/// Means what interpreters/operations.hpp says. Instruction and `ordinal` are those of a
/// search::PreparedProgram.
std::string python_statement(const eqv_instruction& instruction, std::uint32_t ordinal);

}  // namespace equivolve::algorithm_discovery
