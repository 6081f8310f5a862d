#include "engine/cli/data_guesses.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace equivolve::cli {
namespace {

constexpr std::size_t kFewClasses = 20;
constexpr std::size_t kFewRows = 10;      // with fewer, that all differ says nothing
constexpr std::size_t kMostLevels = 100;  // what max_levels is unless it is set

constexpr std::array<std::string_view, 7> kUsualTargets = {"target",  "label",     "class", "y",
                                                           "outcome", "diagnosis", "labels"};

std::string in_lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_usual_target(const std::string& name) {
  return std::find(kUsualTargets.begin(), kUsualTargets.end(), in_lower_case(name)) !=
         kUsualTargets.end();
}

/// "1,107", "-12,345,678.5".
bool groups_thousands(std::string_view cell) {
  if (cell.starts_with('-') || cell.starts_with('+')) cell.remove_prefix(1);
  if (const std::size_t point = cell.find('.'); point != std::string_view::npos)
    cell = cell.substr(0, point);
  std::size_t comma = cell.find(',');
  if (comma == std::string_view::npos || comma == 0 || comma > 3) return false;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    const bool at_comma = i >= comma && (i - comma) % 4 == 0;
    if (at_comma ? cell[i] != ',' : std::isdigit(static_cast<unsigned char>(cell[i])) == 0)
      return false;
  }
  return (cell.size() - comma) % 4 == 0;
}

/// What the cells of one column are.
struct Look {
  std::size_t values = 0, missing = 0, words = 0, thousands = 0;
  bool whole = true;
  std::set<double> numbers;
  std::set<std::string> texts;
  std::string a_thousand;

  bool all_numbers() const { return words == 0; }
};

Look look_at(const DataSample& sample, std::size_t column) {
  Look look;
  for (const auto& row : sample.rows) {
    const std::string& cell = row[column];
    if (is_missing(cell)) {
      ++look.missing;
      continue;
    }
    ++look.values;
    if (const auto number = number_in(cell, sample.decimal)) {
      look.whole = look.whole && *number == std::floor(*number);
      look.numbers.insert(*number);
      continue;
    }
    ++look.words;
    look.texts.insert(cell);
    if (!groups_thousands(cell)) continue;
    ++look.thousands;
    look.a_thousand = cell;
  }
  return look;
}

bool is_called_id(const std::string& name) {
  const std::string lower = in_lower_case(name);
  return lower == "id" || lower.ends_with("_id") || lower.ends_with(" id") ||
         lower.ends_with("-id") || lower == "index";
}

/// Why nothing can be learnt from a column; empty: something may be.
std::string useless(const Look& look, const std::string& name) {
  if (look.values == 0) return "no value at all";
  const std::size_t different = look.texts.size() + look.numbers.size();
  const bool all_differ = look.values >= kFewRows && different == look.values;
  if (look.words == look.values && all_differ) return "a different word in each row";
  if (look.words == look.values && different > kMostLevels)
    return fmt::format("{} different words; a category may have {}", different, kMostLevels);
  if (!look.all_numbers() || !look.whole || !all_differ) return "";
  const double low = *look.numbers.begin(), high = *look.numbers.rbegin();
  const bool counts = low >= 0 && low <= 1 && high - low + 1 == static_cast<double>(different);
  return is_called_id(name) || counts ? "a different whole number in each row" : "";
}

std::string thousands_problem(const Look& look, const std::string& column) {
  if (look.thousands == 0 || look.thousands < look.words) return "";
  return fmt::format(
      "column '{}' has numbers with commas between thousands ('{}'), which would be read as words; "
      "write them without",
      column, look.a_thousand);
}

bool classes_in(const Look& look) {
  if (!look.all_numbers()) return true;
  const std::size_t different = look.numbers.size();
  return look.whole && different <= kFewClasses && (different <= 2 || different * 2 <= look.values);
}

void look_at_features(const DataSample& sample, DataGuesses& guesses) {
  std::size_t kept = 0, holes = 0;
  for (std::size_t c = 0; c < sample.columns.size(); ++c) {
    if (c == guesses.target) continue;
    const Look look = look_at(sample, c);
    std::string why = sample.columns[c].empty() ? "no name" : useless(look, sample.columns[c]);
    const std::string problem = thousands_problem(look, sample.columns[c]);
    if (!problem.empty() && guesses.problem.empty()) guesses.problem = problem;
    holes += look.missing;
    if (why.empty()) {
      ++kept;
      guesses.missing += look.missing;
    } else {
      guesses.left_out.push_back({c, std::move(why)});
    }
  }
  if (kept > 0) return;
  guesses.left_out.clear();  // there is nothing better
  guesses.missing = holes;
}

}  // namespace

std::size_t guess_target(const DataSample& sample) {
  for (std::string_view name : kUsualTargets)
    for (std::size_t i = 0; i < sample.columns.size(); ++i)
      if (in_lower_case(sample.columns[i]) == name) return i;
  for (std::size_t i = sample.columns.size(); i-- > 0;)
    if (!sample.columns[i].empty() && useless(look_at(sample, i), sample.columns[i]).empty())
      return i;
  return sample.columns.size() - 1;
}

bool looks_like_classes(const DataSample& sample, std::size_t column) {
  return classes_in(look_at(sample, column));
}

DataGuesses guess(const DataSample& sample) {
  DataGuesses guesses;
  guesses.target = guess_target(sample);
  const std::string& name = sample.columns[guesses.target];
  const bool last = guesses.target + 1 == sample.columns.size();
  const Look look = look_at(sample, guesses.target);
  guesses.target_why = last                    ? "the last column"
                       : is_usual_target(name) ? "its name says so"
                                               : "the last column that could be one";
  guesses.classes = classes_in(look);
  guesses.missing_targets = look.missing;
  guesses.problem = thousands_problem(look, name);
  look_at_features(sample, guesses);
  return guesses;
}

}  // namespace equivolve::cli
