#include "engine/plugins/protocol/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "engine/plugins/protocol/base64.hpp"

namespace equivolve::engine {
namespace {

/// Bytes of the UTF-8 character that text begins with; 0 where it begins with none (RFC 3629).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80, high = first == 0xed ? 0x9f : 0xbf;
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80, high = first == 0xf4 ? 0x8f : 0xbf;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

void append_escaped(char c, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto code = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
  } else if (code < 0x20) {
    out += "\\u00";
    out += kDigits[code >> 4];
    out += kDigits[code & 15];
  } else {
    out += c;
  }
}

}  // namespace

void append_json_text(std::string_view text, std::string& out) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character_length(text.substr(i, 4));
    if (length == 1)
      append_escaped(text[i], out);
    else if (length == 0)
      out += "\xef\xbf\xbd";
    else
      out += text.substr(i, length);
    i += length == 0 ? 1 : length;
  }
  out += '"';
}

void append_json_number(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "\"nan\"";
  } else if (std::isinf(value)) {
    out += value > 0 ? "\"inf\"" : "\"-inf\"";
  } else if (value == 0) {
    out += std::signbit(value) ? "-0.0" : "0";  // "-0" is a whole number to many readers
  } else {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
  }
}

void JsonWriter::begin(std::string_view key) {
  if (out_.size() > 1) out_ += ',';
  out_ += '"';
  out_ += key;
  out_ += "\":";
}

JsonWriter& JsonWriter::text(std::string_view key, std::string_view value) {
  begin(key);
  append_json_text(value, out_);
  return *this;
}

JsonWriter& JsonWriter::flag(std::string_view key, bool value) {
  begin(key);
  out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::small(std::string_view key, std::uint32_t value) {
  begin(key);
  out_ += std::to_string(value);
  return *this;
}

JsonWriter& JsonWriter::whole(std::string_view key, std::uint64_t value) {
  begin(key);
  out_ += '"';
  out_ += std::to_string(value);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::number(std::string_view key, double value) {
  begin(key);
  append_json_number(value, out_);
  return *this;
}

JsonWriter& JsonWriter::numbers(std::string_view key, std::span<const double> values) {
  begin(key);
  out_ += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out_ += ',';
    append_json_number(values[i], out_);
  }
  out_ += ']';
  return *this;
}

JsonWriter& JsonWriter::base64(std::string_view key, std::span<const std::byte> bytes) {
  begin(key);
  out_ += '"';
  append_base64(bytes, out_);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::json(std::string_view key, std::string_view value) {
  begin(key);
  out_ += value;
  return *this;
}

}  // namespace equivolve::engine
