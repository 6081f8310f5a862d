#include "engine/plugins/plugin_names.hpp"

#include <algorithm>

namespace equivolve::engine {
namespace {

constexpr std::size_t kLongestPluginName = 64;

// Not the functions of <cctype>: these depend on the locale.
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_letter(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_character(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
}
bool is_id_character(char c) {
  return is_lower(c) || is_digit(c) || c == '_';
}

bool matches(std::string_view name, bool (*first)(char), bool (*later)(char)) {
  return !name.empty() && name.size() <= kLongestPluginName && first(name[0]) &&
         std::all_of(name.begin() + 1, name.end(), later);
}

}  // namespace

bool is_plugin_name(std::string_view name) {
  return matches(name, is_letter, is_name_character);
}

bool is_evaluator_id(std::string_view name) {
  return matches(name, is_lower, is_id_character);
}

bool is_artefact_name(std::string_view name) {
  return matches(
      name, [](char c) { return is_letter(c) || is_digit(c); }, is_name_character);
}

std::string one_line(std::string_view text, std::size_t limit) {
  std::string line(text.substr(0, limit));
  // A character cut in half would make the whole text invalid UTF-8.
  if (text.size() > limit) {
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xc0) == 0x80)
      line.pop_back();
    if (!line.empty() && static_cast<unsigned char>(line.back()) >= 0xc0) line.pop_back();
  }
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::string last_line_of(std::string_view log) {
  log = log.substr(0, log.find_last_not_of("\r\n \t") + 1);
  return one_line(log.substr(log.find_last_of("\r\n") + 1), 300);
}

}  // namespace equivolve::engine
