#include "engine/plugins/protocol/base64.hpp"

#include <array>
#include <cstdint>

namespace equivolve::engine {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNone = 64;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  for (std::uint8_t& value : values) value = kNone;
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  return values;
}
constexpr std::array<std::uint8_t, 256> kValues = make_values();

}  // namespace

void append_base64(std::span<const std::byte> bytes, std::string& out) {
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 3; ++k)
      three = three << 8 | (k < count ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k)
      out += k <= count ? kAlphabet[three >> (18 - 6 * k) & 63] : '=';
  }
}

std::optional<std::vector<std::byte>> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::size_t letters = 4;
    if (i + 4 == text.size())
      while (letters > 2 && text[i + letters - 1] == '=') --letters;
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const std::uint8_t value =
          k < letters ? kValues[static_cast<unsigned char>(text[i + k])] : std::uint8_t{0};
      if (value == kNone) return std::nullopt;
      three = three << 6 | value;
    }
    // Bits that no byte takes up are zero, so that bytes have one spelling.
    const std::uint32_t left_over = letters == 2 ? 0xffff : letters == 3 ? 0xff : 0;
    if ((three & left_over) != 0) return std::nullopt;
    for (std::size_t k = 0; k + 1 < letters; ++k)
      bytes.push_back(static_cast<std::byte>(three >> (16 - 8 * k) & 0xff));
  }
  return bytes;
}

}  // namespace equivolve::engine
