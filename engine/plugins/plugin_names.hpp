// The name rules of the plugin line. They keep names harmless as file names, SQL values and
// terminal text.
#pragma once

#include <string>
#include <string_view>

namespace equivolve::engine {

bool is_plugin_name(
    std::string_view name);  ///< [A-Za-z][A-Za-z0-9_.-]{0,63}: ids asked for, named figures
bool is_evaluator_id(
    std::string_view name);  ///< [a-z][a-z0-9_]{0,63}: what a module may call itself
bool is_artefact_name(std::string_view name);  ///< [A-Za-z0-9][A-Za-z0-9_.-]{0,63}

/// `text` on one line, at most `limit` bytes: control characters become spaces. For messages that
/// others wrote.
std::string one_line(std::string_view text, std::size_t limit = 1024);

/// The last line of a log that says something, at most 300 bytes of it; "" where none does.
std::string last_line_of(std::string_view log);

}  // namespace equivolve::engine
