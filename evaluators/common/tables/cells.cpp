#include "evaluators/common/tables/cells.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

namespace equivolve::tables {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool is_tiny(std::string_view cell) {
  return cell.find("e-") != std::string_view::npos || cell.find("E-") != std::string_view::npos;
}

std::optional<double> parse(std::string_view cell) {
  if (cell.starts_with('+')) {  // which from_chars does not take
    cell.remove_prefix(1);
    if (cell.starts_with('-')) return std::nullopt;
  }
  double value = 0;
  const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (end != cell.data() + cell.size()) return std::nullopt;
  if (code == std::errc::result_out_of_range && is_tiny(cell)) return cell[0] == '-' ? -0.0 : 0.0;
  if (code != std::errc() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// Bytes of the UTF-8 character that begins here; 0: none does.
std::size_t character_at(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !follows(1)) return 0;
  if (first < 0xE0) return 2;
  if (!follows(2) || (first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F))
    return 0;
  if (first < 0xF0) return 3;
  if (!follows(3) || (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F))
    return 0;
  return 4;
}

}  // namespace

std::optional<double> to_number(std::string_view cell, char decimal) {
  if (decimal == '.') return parse(cell);
  if (cell.find('.') != std::string_view::npos) return std::nullopt;
  const std::size_t comma = cell.find(decimal);
  if (comma == std::string_view::npos) return parse(cell);
  std::string pointed(cell);
  pointed[comma] = '.';
  return parse(pointed);
}

std::span<const std::string> default_missing_values() {
  static const std::vector<std::string> tokens = {"?", "NA", "N/A", "NaN", "null", "none"};
  return tokens;
}

MissingValues::MissingValues(std::span<const std::string> tokens, char decimal)
    : decimal_(decimal) {
  for (const std::string& token : tokens) {
    tokens_.push_back(lower(token));
    longest_ = std::max(longest_, token.size());
    if (const auto number = to_number(token, decimal)) numbers_.push_back(*number);
  }
}

bool MissingValues::is_token(std::string_view cell) const {
  if (cell.size() <= longest_ &&
      std::find(tokens_.begin(), tokens_.end(), lower(cell)) != tokens_.end())
    return true;
  if (numbers_.empty()) return false;
  const auto number = to_number(cell, decimal_);
  return number && std::find(numbers_.begin(), numbers_.end(), *number) != numbers_.end();
}

std::string shown(std::string_view cell) {
  constexpr std::size_t kMost = 60;
  std::string out;
  std::size_t at = 0;
  while (at < cell.size()) {
    const std::size_t size = character_at(cell.substr(at));
    if (out.size() + std::max<std::size_t>(size, 1) > kMost) break;
    const auto c = static_cast<unsigned char>(cell[at]);
    if (size == 0 || c < 0x20 || c == 0x7F)
      out += '?';
    else
      out += cell.substr(at, size);
    at += std::max<std::size_t>(size, 1);
  }
  return at < cell.size() ? out + "..." : out;
}

std::size_t first_non_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = character_at(text.substr(at));
    if (size == 0) return at;
    at += size;
  }
  return std::string_view::npos;
}

}  // namespace equivolve::tables
