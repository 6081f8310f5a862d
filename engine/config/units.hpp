// Numbers, durations and sizes as a person writes them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace equivolve::engine {

/// Errors say what is wrong with the text, to stand after it: "starts with a zero". "" where its
/// form says enough.

/// Decimal digits, with a sign at most for negative ones: no leading zeros (010 is octal to some),
/// no 1e3, no 0x, no 1_000.
tl::expected<std::uint64_t, std::string> parse_integer(std::string_view text);

/// A finite decimal number, perhaps with fraction and exponent; no leading zeros, no nan, no inf.
tl::expected<double, std::string> parse_number(std::string_view text);

/// A number >= 0 and a unit: ns us ms s m h d; "0" needs none. At most 3650 days. A fraction is
/// rounded to nanoseconds.
tl::expected<std::chrono::nanoseconds, std::string> parse_duration(std::string_view text);
/// The largest unit that has no fraction: "10m", "90s", "0s". parse_duration gives the same back.
std::string format_duration(std::chrono::nanoseconds duration);

/// A number >= 0 and a unit: B, kB MB GB TB (powers of 1000), KiB MiB GiB TiB (of 1024); "0" needs
/// none. Bytes, below 2^63.
tl::expected<std::uint64_t, std::string> parse_size(std::string_view text);

/// The largest binary unit that has no fraction: "2GiB", "1000B". parse_size gives the same back.
std::string format_size(std::uint64_t bytes);

inline constexpr std::string_view kDurationWords =
    "a duration such as 10m or 1.5h (units ns us ms s m h d)";
inline constexpr std::string_view kSizeWords =
    "a size such as 2GiB (units B kB MB GB TB KiB MiB GiB TiB)";

}  // namespace equivolve::engine
