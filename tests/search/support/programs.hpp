// Spaces and programs for tests.
#pragma once

#include <string>

#include "search/space/program_space.hpp"

namespace equivolve::search::test {

/// Every operation, every kind of memory, lengths that vary.
ProgramSpace wide_space();

/// The quickstart's: ten operations, fixed lengths 5 / 2 / 6.
ProgramSpace narrow_space();

/// Parses or fails the test.
Program program(const std::string& text, const MemoryShape& shape);

}  // namespace equivolve::search::test
