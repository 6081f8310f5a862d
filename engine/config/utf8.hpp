// Whether bytes are text.
#pragma once

#include <cstdint>
#include <string_view>

namespace equivolve::engine {

struct Utf8Check {
  bool valid = true;  ///< well-formed UTF-8 (no surrogates, no over-long forms) without NUL
  bool is_nul = false;
  std::uint32_t line = 0, column = 0;  ///< of the first offence, 1-based, column in bytes
};

Utf8Check check_utf8(std::string_view text);  ///< [any-thread]

}  // namespace equivolve::engine
