// The `expression` representation: a formula over named inputs, as tokens in postfix order. Flat
// layout in equivolve_genome.h; this header gives it words: view, build, validity, text form.
//
// Text form: x0 * sin(x1) + 0.5
//   from loosest to tightest: + and -, * and /, the sign -x, ^ (to the right first), then numbers,
//   names, name(a, b) and parentheses. Parentheses stand only where the tree needs them, so the
//   text tells a + (b + c) from a + b + c: floating point does, too. A '-' right before a number
//   makes a negative constant (-2; not in -2 ^ x, which is -(2 ^ x)); the operation on a positive
//   one is -(2). Names of inputs that are not letters, digits, '_' and '.' stand in double quotes,
//   a quote in them doubled: "mean radius". '#' starts a comment. Numbers are shortest round trip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "search/genome/equivolve_genome.h"
#include "search/genome/expression_ops.hpp"
#include "search/genome/genome.hpp"

namespace equivolve::search {

/// No expression has more tokens, or more levels of operations above its deepest leaf.
inline constexpr std::size_t kMostExpressionTokens = 4096;
inline constexpr std::uint32_t kMostExpressionDepth = 255;

using ExpressionView = std::span<const eqv_expression_token>;

inline ExpressionOp op_of(const eqv_expression_token& token) {
  return static_cast<ExpressionOp>(token.op);
}
/// Of a token of a valid expression.
inline std::uint8_t arity_of(const eqv_expression_token& token) {
  return kExpressionArity[token.op];
}
eqv_expression_token input_token(std::uint16_t input);
eqv_expression_token constant_token(double value);
eqv_expression_token operation_token(ExpressionOp op);

/// The tokens in place; nothing is copied or looked at. Empty when the bytes are no tokens (size,
/// alignment to 8).
tl::expected<ExpressionView, Error> view_expression(GenomeView flat);
Genome to_genome(ExpressionView expression);

/// Whether every token is one of the table's and names one of `inputs` inputs or a finite number,
/// unused fields are zero, and the tokens leave exactly one value. The error names the token.
tl::expected<void, Error> check_expression(GenomeView flat, std::size_t inputs);

// ---- of valid expressions. A subtree is known by its last token, which is its root.

/// Levels of operations above the deepest leaf: 0 for a lone input or constant.
std::uint32_t expression_depth(ExpressionView expression);
/// The first token of the subtree whose root is at `root`.
std::size_t subtree_start(ExpressionView expression, std::size_t root);
/// How many operations stand above the token at `position`: 0 for the root.
std::uint32_t level_of(ExpressionView expression, std::size_t position);

/// Text form; see above.
std::string to_text(ExpressionView expression, std::span<const std::string> inputs);

struct TextPlace {
  std::size_t line = 1;    ///< 1-based
  std::size_t column = 1;  ///< 1-based, in bytes
};
struct ParsedExpression {
  std::vector<eqv_expression_token> tokens;
  std::vector<TextPlace> places;  ///< of each token, for what a space may say of it
};
/// A valid expression, or what is wrong, where, and the nearest name.
tl::expected<ParsedExpression, Error> parse_expression(std::string_view text,
                                                       std::span<const std::string> inputs);

}  // namespace equivolve::search
