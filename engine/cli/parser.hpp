// The command line, read by CLI11, which is slow to compile and seen in parser.cpp only.
#pragma once

#include "engine/cli/command_spec.hpp"

namespace equivolve::cli {

/// Carries out what the command line asks for; returns the process's exit code. A mistake in it is
/// one line on stderr and exit code 2. [main-thread]
int run_command_line(const CommandTable& table, int argc, const char* const* argv);

}  // namespace equivolve::cli
