// Which keys of `search` matter to which algorithm, and the defaults that depend on it.
#pragma once

#include <string_view>
#include <vector>

#include "engine/config/configuration.hpp"
#include "engine/config/document.hpp"

namespace equivolve::engine {

/// Keys that only some algorithms look at, in the order in which they are documented.
const std::vector<std::string_view>& keys_of_algorithms();

/// Whether the configured algorithm looks at a key. Of keys that are not among those above: true.
/// So of all while it is "auto", which may yet be any.
bool has_effect(const SearchConfig& search, std::string_view key);

/// What islands are is what parents are drawn by there.
const std::string& breeding_algorithm(const SearchConfig& search);

/// Fills in what was not written and depends on what was; again once "auto" is settled.
void fill_search_defaults(SearchConfig& search, const Document& document);

}  // namespace equivolve::engine
