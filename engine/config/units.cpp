#include "engine/config/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array<Unit, 7> kTimes{
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9}}};
constexpr std::array<Unit, 9> kSizes{{{"B", 1},
                                      {"kB", 1e3},
                                      {"MB", 1e6},
                                      {"GB", 1e9},
                                      {"TB", 1e12},
                                      {"KiB", 0x1p10},
                                      {"MiB", 0x1p20},
                                      {"GiB", 0x1p30},
                                      {"TiB", 0x1p40}}};
constexpr double kLongest = 3650 * 86400e9;
constexpr double kLargest = 0x1p63;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool has_leading_zero(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && is_digit(text[1]);
}

template <class T>
bool read_whole(std::string_view text, T& value, std::errc& error) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  error = result.ec;
  return result.ptr == text.data() + text.size();
}

template <std::size_t N>
tl::expected<double, std::string> with_unit(std::string_view text, const std::array<Unit, N>& units,
                                            double limit) {
  if (text == "0") return 0.0;
  const auto end = std::find_if(text.begin(), text.end(),
                                [](char c) { return !is_digit(c) && c != '.' && c != '-'; });
  const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  std::string_view name = text.substr(digits.size());
  while (!name.empty() && name[0] == ' ') name.remove_prefix(1);
  const auto number = parse_number(digits);
  if (!number) return tl::unexpected(number.error());
  if (digits[0] == '-') return tl::unexpected(std::string("is negative"));
  if (name.empty()) return tl::unexpected(std::string("has no unit"));
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    if (*number * unit.factor >= limit) return tl::unexpected(std::string("is too large"));
    return *number * unit.factor;
  }
  return tl::unexpected(fmt::format("has an unknown unit '{}'", one_line(name, 20)));
}

}  // namespace

tl::expected<std::uint64_t, std::string> parse_integer(std::string_view text) {
  if (has_leading_zero(text)) return tl::unexpected(std::string("starts with a zero"));
  std::uint64_t value = 0;
  std::errc error{};
  if (read_whole(text, value, error)) {
    if (error == std::errc::result_out_of_range)
      return tl::unexpected(std::string("is out of range"));
    if (error == std::errc()) return value;
  }
  const auto number = parse_number(text);
  if (!number) return tl::unexpected(std::string());
  if (*number < 0) return tl::unexpected(std::string("is negative"));
  return tl::unexpected(std::string("is not written in plain digits"));
}

tl::expected<double, std::string> parse_number(std::string_view text) {
  if (has_leading_zero(text)) return tl::unexpected(std::string("starts with a zero"));
  double value = 0;
  std::errc error{};
  const bool whole = read_whole(text, value, error);
  if (whole && error == std::errc::result_out_of_range)
    return tl::unexpected(std::string("is out of range"));
  if (!whole || error != std::errc()) return tl::unexpected(std::string());
  if (!std::isfinite(value)) return tl::unexpected(std::string("is not finite"));
  return value;
}

tl::expected<std::chrono::nanoseconds, std::string> parse_duration(std::string_view text) {
  // Whole numbers take the exact way: a double has no room for every count of nanoseconds.
  for (const Unit& unit : kTimes) {
    if (!text.ends_with(unit.name)) continue;
    const auto count = parse_integer(text.substr(0, text.size() - unit.name.size()));
    if (!count || static_cast<double>(*count) * unit.factor >= kLongest) continue;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(*count) *
                                    static_cast<std::int64_t>(unit.factor));
  }
  const auto value = with_unit(text, kTimes, kLongest);
  if (!value) return tl::unexpected(value.error());
  return std::chrono::nanoseconds(std::llround(*value));
}

std::string format_duration(std::chrono::nanoseconds duration) {
  if (duration.count() == 0) return "0s";
  for (auto unit = kTimes.rbegin(); unit != kTimes.rend(); ++unit) {
    const auto factor = static_cast<std::int64_t>(unit->factor);
    if (duration.count() % factor == 0)
      return fmt::format("{}{}", duration.count() / factor, unit->name);
  }
  return fmt::format("{}ns", duration.count());
}

tl::expected<std::uint64_t, std::string> parse_size(std::string_view text) {
  const auto value = with_unit(text, kSizes, kLargest);
  if (!value) return tl::unexpected(value.error());
  return static_cast<std::uint64_t>(std::llround(*value));
}

std::string format_size(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{}{}", bytes, kUnits[unit]);
}

}  // namespace equivolve::engine
