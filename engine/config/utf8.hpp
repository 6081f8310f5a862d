// Whether bytes are text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace equivolve::engine {

struct Utf8Check {
  bool valid = true;  ///< well-formed UTF-8 (no surrogates, no over-long forms) without NUL
  bool is_nul = false;
  std::uint32_t line = 0, column = 0;  ///< of the first offence, 1-based, column in bytes
};

Utf8Check check_utf8(std::string_view text);  ///< [any-thread]

/// The text with every byte that is none of UTF-8 (or NUL) as U+FFFD. [any-thread]
std::string replace_bad_bytes(std::string_view text);

}  // namespace equivolve::engine
