// The reference of all keys, made from the tables.
#pragma once

#include <string>

namespace equivolve::engine {

/// Markdown: a heading, a sentence and a table (key, what it takes, default, meaning) for each
/// section. docs/configuration.md holds this text; a test compares.
std::string key_reference();

}  // namespace equivolve::engine
