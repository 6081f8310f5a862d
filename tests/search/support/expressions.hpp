// Spaces and expressions for tests.
#pragma once

#include <string>
#include <vector>

#include "search/space/expression_space.hpp"

namespace equivolve::search::test {

/// Every operation, three inputs, one of them with a name that needs quotes.
ExpressionSpace every_operation_space();
/// x0 and x1; add, sub, mul, div and sin.
ExpressionSpace arithmetic_space();
/// x0, x1, x2; and, or, not, nand, xor; no constants, small and shallow.
ExpressionSpace boolean_space();

/// Parses or fails the test.
std::vector<eqv_expression_token> expression(const std::string& text, const ExpressionSpace& space);

}  // namespace equivolve::search::test
