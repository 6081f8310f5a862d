// What is kept with a trial of what its process has printed.
#pragma once

#include <cstdint>
#include <string>

#include <fmt/format.h>

namespace equivolve::engine {

/// The last of it, behind a line that says how much is missing.
inline std::string kept_log(std::string last, std::uint64_t dropped_bytes) {
  if (dropped_bytes == 0) return last;
  return fmt::format("[{} bytes before this are not kept]\n", dropped_bytes) + last;
}

}  // namespace equivolve::engine
