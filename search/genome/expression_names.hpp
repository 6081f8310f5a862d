// What a word that names no operation of expressions was probably meant to be.
#pragma once

#include <string>
#include <string_view>

namespace equivolve::search {

/// "; did you mean 'negate'?" or "". Knows what other tools call the operations (neg, subtract,
/// pow,
/// ...), and forgives misspelling. [any-thread]
std::string expression_op_suggestion(std::string_view name);

}  // namespace equivolve::search
