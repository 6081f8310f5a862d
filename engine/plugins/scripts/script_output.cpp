#include "engine/plugins/scripts/script_output.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

namespace equivolve::engine {
namespace {

using nlohmann::json;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
/// A regular expression on a long line takes a long time, and a deep stack.
constexpr std::size_t kLongestMatched = 4096;

std::optional<double> number_in(std::string_view text) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (text.starts_with('+')) text.remove_prefix(1);
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  if (lower == "nan" || lower == "-nan") return kNan;
  if (lower == "inf" || lower == "infinity") return kInfinity;
  if (lower == "-inf" || lower == "-infinity") return -kInfinity;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> number_of(const json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_null()) return kNan;  // as JavaScript and R write it
  if (value.is_string()) return number_in(value.get_ref<const std::string&>());
  return std::nullopt;
}

/// Python's NaN, Infinity and -Infinity, which JSON does not have, in quotes. What stands in a text
/// already stays.
std::string with_quoted_words(std::string_view line) {
  std::string out;
  bool in_text = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && (i == 0 || line[i - 1] != '\\')) in_text = !in_text;
    bool quoted = false;
    for (std::string_view word : {"NaN", "-Infinity", "Infinity"}) {
      if (in_text || !line.substr(i).starts_with(word)) continue;
      out += '"';
      out += word;
      out += '"';
      i += word.size() - 1;
      quoted = true;
      break;
    }
    if (!quoted) out += line[i];
  }
  return out;
}

json parsed(std::string_view line) {
  json value = json::parse(line, nullptr, false);
  if (value.is_discarded() && (line.find("NaN") != line.npos || line.find("Inf") != line.npos))
    value = json::parse(with_quoted_words(line), nullptr, false);
  return value;
}

}  // namespace

OutputPatterns::OutputPatterns(const ScriptSettings& settings) {
  if (settings.patterns.empty()) return;
  for (const NamedFigure& figure : settings.figures)
    patterns_.emplace_back(settings.patterns.at(figure.name), std::regex::optimize);
}

std::vector<std::optional<double>> OutputPatterns::figures_in(std::string_view line) const {
  if (line.size() > kLongestMatched) return {};
  std::vector<std::optional<double>> figures(patterns_.size());
  bool any = false;
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    std::match_results<std::string_view::const_iterator> match;
    auto from = line.begin();
    while (std::regex_search(from, line.end(), match, patterns_[i])) {
      const auto value = number_in(std::string_view(match[1].first, match[1].second));
      if (value) figures[i] = value;
      any = any || value;
      if (match[0].second == from) break;
      from = match[0].second;
    }
  }
  if (!any) figures.clear();
  return figures;
}

std::optional<LineFigures> figures_in_json(std::string_view line,
                                           const std::vector<NamedFigure>& figures) {
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == line.npos || line[begin] != '{') return std::nullopt;
  const json value = parsed(line);
  if (!value.is_object()) return std::nullopt;
  LineFigures out;
  out.figures.assign(figures.size(), kNan);
  std::size_t count = 0;
  for (std::size_t i = 0; i < figures.size(); ++i)
    if (const auto found = value.find(figures[i].name); found != value.end())
      if (const auto number = number_of(*found)) {
        out.figures[i] = *number;
        ++count;
      }
  if (count == 0) return std::nullopt;
  out.has_all = count == figures.size();
  if (const auto step = value.find("step"); step != value.end() && step->is_number()) {
    const double number = step->get<double>();
    if (number >= 0 && number < 0x1p53) out.step = static_cast<std::uint64_t>(number);
  }
  return out;
}

ScriptOutput::ScriptOutput(const std::vector<NamedFigure>& figures, const OutputPatterns& patterns)
    : figures_(figures),
      patterns_(patterns),
      found_(figures.size(), kNan),
      is_found_(figures.size(), false) {}

std::optional<LineFigures> ScriptOutput::add(std::string_view line) {
  if (line.find_first_not_of(" \t") != line.npos) last_line_ = line.substr(0, 200);
  if (!patterns_.empty()) {
    add_matches(line);
    return std::nullopt;
  }
  auto told = figures_in_json(line, figures_);
  if (!told) return std::nullopt;
  if (told->has_all) {
    found_ = told->figures;
    is_found_.assign(figures_.size(), true);
  }
  if (!told->step) return std::nullopt;
  return told;
}

void ScriptOutput::add_matches(std::string_view line) {
  const std::vector<std::optional<double>> matched = patterns_.figures_in(line);
  for (std::size_t i = 0; i < matched.size(); ++i) {
    if (!matched[i]) continue;
    found_[i] = *matched[i];
    is_found_[i] = true;
  }
}

std::optional<std::vector<double>> ScriptOutput::figures() const {
  if (std::ranges::find(is_found_, false) != is_found_.end()) return std::nullopt;
  return found_;
}

std::string ScriptOutput::missing() const {
  std::string out;
  for (std::size_t i = 0; i < figures_.size(); ++i)
    if (!is_found_[i]) out += (out.empty() ? "" : ", ") + figures_[i].name;
  return out;
}

}  // namespace equivolve::engine
