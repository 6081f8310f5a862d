// Arguments of programs that measure: "--key value" and "--flag".
#pragma once

#include <charconv>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <variant>
#include <vector>

namespace equivolve::benchmarks {

/// A key and the variable that it sets. Lists are separated by commas.
struct Argument {
  std::string_view key;
  std::variant<bool*, std::size_t*, double*, std::string*, std::vector<double>*,
               std::vector<std::string>*>
      variable;
};

inline std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> out(1);
  for (char c : text) {
    if (c == ',')
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

/// False where the whole text is not such a number.
template <class Number>
bool read_number(std::string_view text, Number& out) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, out);
  return error == std::errc() && rest == end;
}

inline bool set(std::size_t& out, std::string_view text) {
  return read_number(text, out);
}
inline bool set(double& out, std::string_view text) {
  return read_number(text, out);
}
inline bool set(std::string& out, std::string_view text) {
  out = text;
  return true;
}
inline bool set(std::vector<std::string>& out, std::string_view text) {
  out = split_at_commas(text);
  return true;
}
inline bool set(std::vector<double>& out, std::string_view text) {
  out.clear();
  for (const std::string& part : split_at_commas(text))
    if (!set(out.emplace_back(), part)) return false;
  return true;
}

/// False at a key that is not among `known`, has no value, or has one that cannot be read.
inline bool parse_arguments(int argc, char** argv, std::span<const Argument> known) {
  for (int i = 1; i < argc; ++i) {
    const Argument* found = nullptr;
    for (const Argument& one : known)
      if (one.key == argv[i]) found = &one;
    if (!found) return false;
    if (bool* const* flag = std::get_if<bool*>(&found->variable)) {
      **flag = true;
      continue;
    }
    if (++i == argc) return false;
    const auto read = [text = std::string_view(argv[i])](auto* variable) {
      if constexpr (std::is_same_v<decltype(variable), bool*>)
        return false;  // a flag, seen above
      else
        return set(*variable, text);
    };
    if (!std::visit(read, found->variable)) return false;
  }
  return true;
}

}  // namespace equivolve::benchmarks
