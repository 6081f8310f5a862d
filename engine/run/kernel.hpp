// Which kind of machine the build runs on. Recorded with every run.
#pragma once

#include <string>

namespace equivolve::engine {

/// "x86-64-v3", or "native" for builds made for one machine.
std::string kernel_kind();

/// Empty when this machine can run the build; else one line that says what it lacks.
std::string missing_instructions();

}  // namespace equivolve::engine
