#include "engine/plugins/scripts/script_output.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <nlohmann/json.hpp>

namespace equivolve::engine {
namespace {

using nlohmann::json;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
/// A regular expression on a long line takes a long time, and a deep stack.
constexpr std::size_t kLongestMatched = 4096;

char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::optional<double> number_in(std::string_view text) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (text.starts_with('+')) text.remove_prefix(1);
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), lower_case);
  if (lower == "nan" || lower == "-nan") return kNan;
  if (lower == "inf" || lower == "infinity") return kInfinity;
  if (lower == "-inf" || lower == "-infinity") return -kInfinity;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range && end == text.data() + text.size())
    return std::strtod(std::string(text).c_str(), nullptr);  // an infinity, or as good as 0
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> number_of(const json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_null()) return kNan;  // as JavaScript and R write it
  if (value.is_string()) return number_in(value.get_ref<const std::string&>());
  return std::nullopt;
}

/// Numbers and words such as NaN, -Infinity (Python), nan, -inf (C), which JSON does not have, in
/// quotes; what stands in quotes already stays.
std::string with_quoted_words(std::string_view line) {
  const auto is_part = [](char c) {
    return (c >= '0' && c <= '9') || (lower_case(c) >= 'a' && lower_case(c) <= 'z') || c == '+' ||
           c == '-' || c == '.';
  };
  std::string out;
  for (std::size_t i = 0; i < line.size();) {
    std::size_t end = i + 1;
    if (line[i] == '"') {
      while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, line.size());
    } else if (is_part(line[i])) {
      while (end < line.size() && is_part(line[end])) ++end;
    }
    const std::string_view part = line.substr(i, end - i);
    const bool is_number = is_part(line[i]) && number_in(part);
    out += is_number ? '"' + std::string(part) + '"' : std::string(part);
    i = end;
  }
  return out;
}

json parsed(std::string_view line) {
  json value = json::parse(line, nullptr, false);
  // Also numbers that are too large for it.
  if (value.is_discarded()) value = json::parse(with_quoted_words(line), nullptr, false);
  return value;
}

}  // namespace

OutputPatterns::OutputPatterns(const ScriptSettings& settings) {
  if (settings.patterns.empty()) return;
  for (const NamedFigure& figure : settings.figures)
    patterns_.emplace_back(settings.patterns.at(figure.name), kPatternSyntax);
}

std::vector<PatternMatch> OutputPatterns::matches_in(std::string_view line) const {
  if (line.size() > kLongestMatched) return {};
  std::vector<PatternMatch> figures(patterns_.size());
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    std::match_results<std::string_view::const_iterator> match;
    auto from = line.begin();
    auto flags = std::regex_constants::match_default;
    while (std::regex_search(from, line.end(), match, patterns_[i], flags)) {
      figures[i] = {true, number_in(std::string_view(match[1].first, match[1].second))};
      flags = std::regex_constants::match_prev_avail;
      if (match[0].second == from) break;
      from = match[0].second;
    }
  }
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
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const auto found = value.find(figures[i].name);
    if (found == value.end()) continue;
    const auto number = number_of(*found);
    if (!number) return std::nullopt;
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
  if (told && told->has_all) {
    found_ = told->figures;
    is_found_.assign(figures_.size(), true);
  } else if (!told && speaks_of_figures(line)) {
    is_found_.assign(figures_.size(), false);
  }
  return told;
}

/// What cannot be read may be the last figures, and no better ones from before may stand for them.
bool ScriptOutput::speaks_of_figures(std::string_view line) const {
  if (!line.substr(std::min(line.find_first_not_of(" \t"), line.size())).starts_with('{'))
    return false;
  return std::ranges::any_of(figures_, [line](const NamedFigure& figure) {
    return line.find('"' + figure.name + '"') != line.npos;
  });
}

void ScriptOutput::add_matches(std::string_view line) {
  const std::vector<PatternMatch> matches = patterns_.matches_in(line);
  for (std::size_t i = 0; i < matches.size(); ++i) {
    if (!matches[i].is_there) continue;
    found_[i] = matches[i].value.value_or(kNan);
    is_found_[i] = matches[i].value.has_value();
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
