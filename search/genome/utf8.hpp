// Characters of a text as people write them.
#pragma once

#include <cstddef>
#include <string_view>

namespace equivolve::search {

/// How many bytes the UTF-8 character at the start of a text takes; 0: it is none (RFC 3629,
/// section 4). `text` is not empty.
std::size_t character_size(std::string_view text);

}  // namespace equivolve::search
