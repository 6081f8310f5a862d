// Writes one JSON object on one line, member by member. Text is always valid UTF-8 afterwards: a
// byte that is not becomes U+FFFD.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace equivolve::engine {

class JsonWriter {
 public:
  JsonWriter() : out_("{") {}

  JsonWriter& text(std::string_view key, std::string_view value);
  JsonWriter& flag(std::string_view key, bool value);
  JsonWriter& small(std::string_view key, std::uint32_t value);
  /// Of 64 bits: a text of decimal digits, as JSON's numbers are doubles to many readers.
  JsonWriter& whole(std::string_view key, std::uint64_t value);
  /// The shortest text that reads back to the same value; "nan", "inf", "-inf" in quotes.
  JsonWriter& number(std::string_view key, double value);
  JsonWriter& numbers(std::string_view key, std::span<const double> values);
  JsonWriter& base64(std::string_view key, std::span<const std::byte> bytes);
  /// JSON text, taken as it is.
  JsonWriter& json(std::string_view key, std::string_view value);

  std::string object() && {
    out_ += '}';
    return std::move(out_);
  }

 private:
  void begin(std::string_view key);
  std::string out_;
};

/// With the quotes around it.
void append_json_text(std::string_view text, std::string& out);
void append_json_number(double value, std::string& out);

}  // namespace equivolve::engine
