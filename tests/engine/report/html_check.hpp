// Whether a page is well formed and keeps to itself.
#pragma once

#include <string>

namespace equivolve::tests {

/// "" for a page whose elements nest, whose attributes are quoted, whose text has no stray '<' or
/// '&', and which names no script, no event handler and nothing from elsewhere; else what is wrong.
std::string html_fault(const std::string& page);

/// The text that a reader sees: elements taken out, entities as characters, blanks as one.
std::string visible_text(const std::string& page);

}  // namespace equivolve::tests
