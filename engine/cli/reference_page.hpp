// The reference of all commands in docs/commands.md, made from the command table.
#pragma once

#include <string>

#include "engine/cli/command_spec.hpp"

namespace equivolve::cli {

/// The line that the reference begins with.
inline constexpr const char* kReferenceHeading = "## Reference";

/// Markdown: the heading, then a section for each command that help shows. docs/commands.md ends
/// with this text; a test compares.
std::string reference_page(const CommandTable& table);

}  // namespace equivolve::cli
