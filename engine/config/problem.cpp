#include "engine/config/problem.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/config/utf8.hpp"

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

// What a terminal shows in one cell each: tabs as one blank, no control characters, nothing that is
// no text.
std::string printable(std::string_view text) {
  std::string out = replace_bad_bytes(text);
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
  const std::size_t shown = std::min(problems.size(), kMostProblems);
  for (std::size_t i = 0; i < shown; ++i) out += problems[i].text() + "\n";
  if (shown == kMostProblems)
    out += fmt::format("{} problems or more; only the first are shown\n", kMostProblems);
  return out;
}

void in_file_order(ConfigProblems& problems) {
  std::stable_sort(problems.begin(), problems.end(),
                   [](const ConfigProblem& a, const ConfigProblem& b) {
                     return std::make_tuple(a.line == 0, a.line, a.column) <
                            std::make_tuple(b.line == 0, b.line, b.column);
                   });
}

void add_new(ConfigProblems& problems, ConfigProblems more) {
  const std::size_t before = problems.size();
  for (ConfigProblem& problem : more) {
    // The file's first character stands for the file as a whole.
    const bool is_value =
        problem.line > 1 || problem.column > 1 || problem.place.starts_with("--set");
    const auto known = [&](const ConfigProblem& other) {
      return is_value && other.place == problem.place && other.line == problem.line &&
             other.column == problem.column;
    };
    if (std::none_of(problems.begin(), problems.begin() + static_cast<std::ptrdiff_t>(before),
                     known))
      problems.push_back(std::move(problem));
  }
}

std::string to_json_text(const ConfigProblems& problems) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ConfigProblem& problem : problems) {
    if (list.size() == kMostProblems) break;
    nlohmann::ordered_json one = {{"file", problem.place}, {"line", nullptr}, {"column", nullptr}};
    if (problem.line != 0) {
      one["line"] = problem.line;
      one["column"] = problem.column;
    }
    one["message"] = problem.message;
    list.push_back(std::move(one));
  }
  return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
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
  problem.column = static_cast<std::uint32_t>(characters(printable(whole.substr(0, at))) + 1);
  // What is left out is marked.
  problem.source_line = (from > 0 ? "\u2026" : "") + printable(whole.substr(from, to - from)) +
                        (to < whole.size() ? "\u2026" : "");
  problem.caret = static_cast<std::uint32_t>(characters(printable(whole.substr(from, at - from))) +
                                             (from > 0 ? 1 : 0));
  return problem;
}

}  // namespace equivolve::engine
