// What a script has printed, line by line: intermediate values and, in the end, its figures.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugins/scripts/script_settings.hpp"

namespace equivolve::engine {

/// ECMAScript, matched in time that grows with the line, not with its ways to match; so without
/// references back to a group.
inline constexpr auto kPatternSyntax =
    std::regex_constants::ECMAScript | std::regex_constants::__polynomial;

struct PatternMatch {
  bool is_there = false;
  std::optional<double> value;  ///< nothing where what it matched is no number
};

/// Patterns are compiled once for all trials. [any-thread]
class OutputPatterns {
 public:
  explicit OutputPatterns(const ScriptSettings& settings);
  bool empty() const { return patterns_.empty(); }
  /// Of each figure the last match in the line; empty for a line that is too long.
  std::vector<PatternMatch> matches_in(std::string_view line) const;

 private:
  std::vector<std::regex> patterns_;  // in the order of the figures, or none
};

/// What one line says.
struct LineFigures {
  std::optional<std::uint64_t> step;
  std::vector<double> figures;  ///< NaN where it has none
  bool has_all = false;
};

/// A JSON object with at least one of the figures: numbers, or null, nan, inf, infinity in any case
/// and with any sign, with or without quotes. Nothing of other lines, and where a figure is none of
/// these.
std::optional<LineFigures> figures_in_json(std::string_view line,
                                           const std::vector<NamedFigure>& figures);

class ScriptOutput {
 public:
  ScriptOutput(const std::vector<NamedFigure>& figures, const OutputPatterns& patterns);

  /// The figures of the line, where it has some; with a step they are intermediate values.
  std::optional<LineFigures> add(std::string_view line);
  /// Those of the last line that has all of them, or what the patterns matched last; nothing where
  /// something is missing, or was followed by what could not be read.
  std::optional<std::vector<double>> figures() const;
  const std::string& last_line() const { return last_line_; }  ///< what was printed last
  /// "accuracy, loss": what no line, or not the same, has had.
  std::string missing() const;

 private:
  bool speaks_of_figures(std::string_view line) const;
  void add_matches(std::string_view line);

  const std::vector<NamedFigure>& figures_;
  const OutputPatterns& patterns_;
  std::vector<double> found_;
  std::vector<bool> is_found_;
  std::string last_line_;
};

}  // namespace equivolve::engine
