// Commands as a person types them, and reads them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace equivolve::engine {

/// An argument as it would be typed in a shell: in quotes where it needs them.
std::string shell_word(const std::string& word);

/// All of them, with blanks between.
std::string shell_line(const std::vector<std::string>& arguments);

/// The arguments of a line: parted by blanks; quotes ('...', "...") and a backslash before a
/// character keep it whole. Nothing is expanded. The error says which quote is not closed.
tl::expected<std::vector<std::string>, std::string> words_of(std::string_view line);

}  // namespace equivolve::engine
