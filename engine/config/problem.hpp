// What is wrong with a configuration, and where, in a form that a person can act on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace equivolve::engine {

/// One problem. `message` is "what was found; what was expected[; did you mean 'x'?]", without the
/// place.
struct ConfigProblem {
  std::string place;         ///< a file's name, "--set a.b=c", or "configuration"
  std::uint32_t line = 0;    ///< 1-based; 0: no line to show
  std::uint32_t column = 0;  ///< 1-based, in characters
  std::string message;
  std::string source_line;  ///< the line itself, cut around the column when long
  std::uint32_t caret = 0;  ///< 0-based character of source_line under which the caret stands

  /// "PLACE:LINE:COLUMN: MESSAGE", then where there is a line: the line, and a caret under the
  /// place.
  std::string text() const;
};

using ConfigProblems = std::vector<ConfigProblem>;

/// A person mends the first ones first; collectors stop here, so that a file with ten thousand
/// problems is refused as fast as one with ten.
inline constexpr std::size_t kMostProblems = 100;

/// The first kMostProblems, one after the other, each ending with a line break; then, were there
/// that many, a line that says so.
std::string text_of(const ConfigProblems& problems);

/// By place in the file; those without a line (a `--set`, the file as a whole) come last. Stable.
void in_file_order(ConfigProblems& problems);

/// Appends what a later check found, but for what is said of a value that is refused already.
void add_new(ConfigProblems& problems, ConfigProblems more);

/// A JSON array of objects (the first kMostProblems) for editors and scripts: file, line, column
/// (null where there is none), message.
std::string to_json_text(const ConfigProblems& problems);

/// The problem at (line, column in bytes) of `text`; line 0 gives one without a line.
ConfigProblem problem_at(const std::string& place, const std::string& text, std::uint32_t line,
                         std::uint32_t column, std::string message);

}  // namespace equivolve::engine
