#include "engine/config/problem.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace equivolve::engine {
namespace {

constexpr std::size_t kShownBefore = 80, kShownAfter = 40;

bool starts_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string_view line_of(std::string_view text, std::uint32_t line) {
  for (std::uint32_t skip = 1; skip < line; ++skip) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  std::string_view found = text.substr(0, text.find('\n'));
  if (!found.empty() && found.back() == '\r') found.remove_suffix(1);
  return found;
}

// What a terminal shows in one cell each: tabs as one blank, no control characters.
std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return out;
}

}  // namespace

std::string ConfigProblem::text() const {
  if (line == 0) return fmt::format("{}: {}", place, message);
  return fmt::format("{}:{}:{}: {}\n  {}\n  {}^", place, line, column, message, source_line,
                     std::string(caret, ' '));
}

std::string text_of(const ConfigProblems& problems) {
  std::string out;
  for (const ConfigProblem& problem : problems) out += problem.text() + "\n";
  return out;
}

ConfigProblem problem_at(const std::string& place, const std::string& text, std::uint32_t line,
                         std::uint32_t column, std::string message) {
  ConfigProblem problem;
  problem.place = place;
  problem.message = std::move(message);
  if (line == 0) return problem;
  const std::string_view whole = line_of(text, line);
  const std::size_t at = std::min<std::size_t>(column == 0 ? 0 : column - 1, whole.size());
  std::size_t from = at > kShownBefore ? at - kShownBefore : 0;
  while (from < at && !starts_character(whole[from])) ++from;
  std::size_t to = std::min(whole.size(), at + kShownAfter);
  while (to < whole.size() && !starts_character(whole[to])) ++to;
  problem.line = line;
  problem.column = static_cast<std::uint32_t>(characters(whole.substr(0, at)) + 1);
  problem.source_line = printable(whole.substr(from, to - from));
  problem.caret = static_cast<std::uint32_t>(characters(whole.substr(from, at - from)));
  return problem;
}

}  // namespace equivolve::engine
