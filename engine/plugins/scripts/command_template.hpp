// A command with {placeholders}, and what becomes of it for one candidate.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/plugins/scripts/script_settings.hpp"

namespace equivolve::engine {

/// The names in braces of an argument, in order; "{{" and "}}" are braces. The error says what is
/// wrong with it.
tl::expected<std::vector<std::string>, std::string> placeholders_of(const std::string& argument);

/// What a name stands for; nothing of an inactive parameter.
using ValueOf = std::function<std::optional<std::string>(const std::string& name)>;

/// The arguments, filled in. Groups with a name that stands for nothing are left out. Every
/// argument is one of those that placeholders_of() takes.
std::vector<std::string> filled_command(const std::vector<ArgumentGroup>& command,
                                        const ValueOf& value_of);

}  // namespace equivolve::engine
