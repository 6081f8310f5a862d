// "Did you mean ...?"
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace equivolve::tables {

/// The name at the smallest edit distance (insert, remove, replace, swap of neighbours; letters of
/// either case alike), or empty when none is within half of the name's length. First on ties.
std::string_view nearest_name(std::string_view name, std::span<const std::string> names);

/// " (did you mean 'x'?)", or empty.
std::string suggestion(std::string_view name, std::span<const std::string> names);

}  // namespace equivolve::tables
