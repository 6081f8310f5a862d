// All commands, in the order in which help lists them.
#pragma once

#include <memory>

#include "engine/cli/command_spec.hpp"

namespace equivolve::cli {

/// The actions of the documentation commands refer to the table, so it stays where it is.
std::unique_ptr<const CommandTable> make_command_table();

/// The commands that help shows.
std::vector<const CommandSpec*> shown_commands(const CommandTable& table);

}  // namespace equivolve::cli
