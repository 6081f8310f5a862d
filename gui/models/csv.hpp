// Tables among artefacts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace equivolve::gui {

/// The first `most` rows of separated values (RFC 4180: cells in double quotes may hold anything,
/// "" is one quote). Whatever the bytes, it ends.
std::vector<std::vector<std::string>> parse_csv(std::string_view text, char separator,
                                                std::size_t most);

}  // namespace equivolve::gui
