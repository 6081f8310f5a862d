// What a script has printed, line by line: intermediate values and, in the end, its figures.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugins/scripts/script_settings.hpp"

namespace equivolve::engine {

/// Patterns are compiled once for all trials. [any-thread]
class OutputPatterns {
 public:
  explicit OutputPatterns(const ScriptSettings& settings);
  bool empty() const { return patterns_.empty(); }
  /// Of each figure what it matched last in the line, if anything; empty where nothing was.
  std::vector<std::optional<double>> figures_in(std::string_view line) const;

 private:
  std::vector<std::regex> patterns_;  // in the order of the figures, or none
};

/// What one line says.
struct LineFigures {
  std::optional<std::uint64_t> step;
  std::vector<double> figures;  ///< NaN where it has none
  bool has_all = false;
};

/// A JSON object with at least one of the figures: numbers, or "nan", "inf", "-inf", or, as Python
/// writes them, NaN, Infinity and -Infinity. Nothing of other lines.
std::optional<LineFigures> figures_in_json(std::string_view line,
                                           const std::vector<NamedFigure>& figures);

class ScriptOutput {
 public:
  ScriptOutput(const std::vector<NamedFigure>& figures, const OutputPatterns& patterns);

  /// The step and figures of an intermediate value, where the line is one.
  std::optional<LineFigures> add(std::string_view line);
  /// Those of the last line that has all of them, or what the patterns matched last; nothing where
  /// something is missing.
  std::optional<std::vector<double>> figures() const;
  const std::string& last_line() const { return last_line_; }  ///< what was printed last
  /// "accuracy, loss": what no line, or not the same, has had.
  std::string missing() const;

 private:
  void add_matches(std::string_view line);

  const std::vector<NamedFigure>& figures_;
  const OutputPatterns& patterns_;
  std::vector<double> found_;
  std::vector<bool> is_found_;
  std::string last_line_;
};

}  // namespace equivolve::engine
