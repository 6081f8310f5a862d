// Bytes as text (RFC 4648, section 4: the standard alphabet, with padding).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace equivolve::engine {

void append_base64(std::span<const std::byte> bytes, std::string& out);
/// Nothing for what is not the one right spelling of some bytes.
std::optional<std::vector<std::byte>> from_base64(std::string_view text);

}  // namespace equivolve::engine
