// Which known name a misspelt one was probably meant to be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace equivolve::search {

/// Edits that turn `a` into `b`: insertions, deletions, replacements and swaps of neighbours, one
/// each; case is ignored. Source: Damerau 1964, Levenshtein 1966 (the restricted form: no part is
/// edited twice).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known name fewest edits away (the first of several), when these are at most a third of the
/// longer name, rounded to the nearest; one edit is always forgiven. Names of one letter are never
/// suggested for others. [any-thread]
std::optional<std::string> nearest_name(std::string_view name,
                                        const std::vector<std::string>& known);

/// "; did you mean 'x'?" or "".
std::string suggestion(std::string_view name, const std::vector<std::string>& known);

}  // namespace equivolve::search
