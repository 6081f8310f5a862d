#include "search/space/parameter.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace equivolve::search {
namespace {

/// The ends between which logarithms are taken: half a step beyond an integer's own, so that the
/// outer values have whole cells.
double log_low(const Parameter& p) {
  return std::log(p.kind == ParameterKind::kInteger ? p.low - 0.5 : p.low);
}
double log_high(const Parameter& p) {
  return std::log(p.kind == ParameterKind::kInteger ? p.high + 0.5 : p.high);
}

/// The nearest number of 15 digits: 0.1 + 2 * 0.1 is to be the 0.3 that a person writes.
double tidy(double number) {
  std::array<char, 32> text;
  const auto written = std::to_chars(text.data(), text.data() + text.size(), number,
                                     std::chars_format::scientific, 14);
  double value = number;
  std::from_chars(text.data(), written.ptr, value);
  return value;
}

bool is_plain_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '+' || c == '/';
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
  } else if (c == '\n') {
    out += "\\n";
  } else if (c == '\t') {
    out += "\\t";
  } else if (byte < 0x20 || byte == 0x7f) {
    out += "\\x";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15u];
  } else {
    out += c;
  }
}

}  // namespace

std::string_view kind_name(ParameterKind kind) {
  constexpr std::array<std::string_view, 4> kNames{"float", "int", "choice", "bool"};
  const auto at = static_cast<std::size_t>(kind);
  return at < kNames.size() ? kNames[at] : "";
}

bool Clause::holds(double value) const {
  if (is_range) return low <= value && value <= high;
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool is_parameter_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  const char first = name.front();
  if (first == '-' || first == '.' || (first >= '0' && first <= '9')) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_plain_character(c) && c != '+' && c != '/'; });
}

bool is_numeric(const Parameter& p) {
  return p.kind == ParameterKind::kFloat || p.kind == ParameterKind::kInteger;
}

bool is_continuous(const Parameter& p) {
  return p.kind == ParameterKind::kFloat && p.step == 0 && p.low < p.high;
}

bool is_fixed(const Parameter& p) {
  return value_count(p) == 1;
}

double value_count(const Parameter& p) {
  if (is_continuous(p)) return std::numeric_limits<double>::infinity();
  if (p.low == p.high) return 1;
  const double steps = (p.high - p.low) / p.step;
  // A step of 0.1 goes ten times into 0..1, whatever rounding says.
  return std::floor(p.kind == ParameterKind::kFloat ? steps * (1 + 1e-12) : steps) + 1;
}

double value_at(const Parameter& p, double index) {
  if (index == 0) return p.low;
  const double number = p.low + index * p.step;
  return std::min(p.kind == ParameterKind::kFloat ? tidy(number) + 0.0 : number, p.high);
}

double nearest_value(const Parameter& p, double number) {
  number = std::isnan(number) ? number : std::clamp(number, p.low, p.high) + 0.0;
  if (is_continuous(p) || std::isnan(number)) return number;
  if (p.low == p.high) return p.low;
  const double index = std::round((number - p.low) / p.step);
  return value_at(p, std::min(index, value_count(p) - 1));
}

bool has_value(const Parameter& p, double number) {
  return nearest_value(p, number) == number && !(number == 0 && std::signbit(number));
}

double to_unit(const Parameter& p, double value) {
  if (is_fixed(p)) return 0.5;
  if (p.log) {
    const double low = log_low(p);
    return std::clamp((std::log(value) - low) / (log_high(p) - low), 0.0, 1.0);
  }
  if (is_continuous(p)) return std::clamp((value - p.low) / (p.high - p.low), 0.0, 1.0);
  return (std::round((value - p.low) / p.step) + 0.5) / value_count(p);
}

double from_unit(const Parameter& p, double unit) {
  if (is_fixed(p)) return p.low;
  unit = std::clamp(unit, 0.0, 1.0);
  if (p.log) {
    const double low = log_low(p);
    return nearest_value(p, std::exp(low + unit * (log_high(p) - low)));
  }
  if (is_continuous(p)) return nearest_value(p, p.low + unit * (p.high - p.low));
  const double count = value_count(p);
  return value_at(p, std::min(std::floor(unit * count), count - 1));
}

std::string number_text(double number) {
  std::array<char, 32> text;
  const auto written = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), written.ptr};
}

std::string quoted_text(std::string_view text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain_character))
    return std::string(text);
  std::string out = "\"";
  for (char c : text) append_escaped(out, c);
  return out + '"';
}

std::string value_text(const Parameter& p, double value) {
  switch (p.kind) {
    case ParameterKind::kFloat:
      return number_text(value);
    case ParameterKind::kInteger:
      return std::to_string(static_cast<std::int64_t>(value));
    case ParameterKind::kChoice:
      return quoted_text(p.choices[static_cast<std::size_t>(value)]);
    case ParameterKind::kBoolean:
      return value == 0 ? "false" : "true";
  }
  return "";
}

std::string expected_values(const Parameter& p) {
  constexpr std::size_t kMostListed = 12;
  if (is_fixed(p)) return value_text(p, p.low);
  const std::string ends = value_text(p, p.low) + " to " + value_text(p, p.high);
  switch (p.kind) {
    case ParameterKind::kFloat:
      return "a number from " + ends +
             (p.step > 0 ? " in steps of " + number_text(p.step) : std::string());
    case ParameterKind::kInteger:
      return "an integer from " + ends +
             (p.step > 1 ? " in steps of " + value_text(p, p.step) : std::string());
    case ParameterKind::kBoolean:
      return "true or false";
    case ParameterKind::kChoice:
      break;
  }
  std::string list = "one of ";
  for (std::size_t i = 0; i < std::min(p.choices.size(), kMostListed); ++i)
    list += (i == 0 ? "" : ", ") + quoted_text(p.choices[i]);
  if (p.choices.size() > kMostListed)
    list += " and " + std::to_string(p.choices.size() - kMostListed) + " more";
  return list;
}

}  // namespace equivolve::search
