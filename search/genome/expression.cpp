#include "search/genome/expression.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace equivolve::search {
namespace {

static_assert(sizeof(eqv_expression_token) == 16);

tl::unexpected<Error> expression_error(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message)});
}

/// What is wrong with one token; null when nothing is.
const char* token_fault(const eqv_expression_token& token, std::size_t inputs) {
  if (token.op >= kExpressionOpCount) return "unknown operation";
  const ExpressionOp op = op_of(token);
  if (token.reserved != 0 || (op != ExpressionOp::kInput && token.input != 0) ||
      (op != ExpressionOp::kConstant && std::bit_cast<std::uint64_t>(token.value) != 0))
    return "unused field is not zero";
  if (op == ExpressionOp::kInput && token.input >= inputs) return "input beyond the last";
  if (op == ExpressionOp::kConstant && !std::isfinite(token.value)) return "number is not finite";
  return nullptr;
}

}  // namespace

eqv_expression_token input_token(std::uint16_t input) {
  return {static_cast<std::uint16_t>(ExpressionOp::kInput), input, 0, 0};
}
eqv_expression_token constant_token(double value) {
  return {static_cast<std::uint16_t>(ExpressionOp::kConstant), 0, 0, value};
}
eqv_expression_token operation_token(ExpressionOp op) {
  return {static_cast<std::uint16_t>(op), 0, 0, 0};
}

tl::expected<ExpressionView, Error> view_expression(GenomeView flat) {
  constexpr std::size_t kToken = sizeof(eqv_expression_token);
  if (flat.empty() || flat.size() % kToken != 0)
    return expression_error("the size is not that of an expression's tokens");
  if (flat.size() / kToken > kMostExpressionTokens)
    return expression_error("an expression has at most " + std::to_string(kMostExpressionTokens) +
                            " tokens");
  if (reinterpret_cast<std::uintptr_t>(flat.data()) % alignof(eqv_expression_token) != 0)
    return expression_error("expression is not aligned to 8 bytes");
  return ExpressionView(reinterpret_cast<const eqv_expression_token*>(flat.data()),
                        flat.size() / kToken);
}

Genome to_genome(ExpressionView expression) {
  const auto* first = reinterpret_cast<const std::byte*>(expression.data());
  return {Representation::kExpression, {first, first + expression.size_bytes()}};
}

tl::expected<void, Error> check_expression(GenomeView flat, std::size_t inputs) {
  const auto view = view_expression(flat);
  if (!view) return tl::unexpected<Error>(view.error());
  std::size_t held = 0;
  for (std::size_t i = 0; i < view->size(); ++i) {
    const auto fault = [&](const char* what) {
      return expression_error("token " + std::to_string(i + 1) + ": " + what);
    };
    const eqv_expression_token& token = (*view)[i];
    if (const char* what = token_fault(token, inputs)) return fault(what);
    const std::size_t taken = arity_of(token);
    if (held < taken) return fault("fewer values before it than it takes");
    held = held - taken + 1;
  }
  if (held != 1)
    return expression_error("the tokens leave " + std::to_string(held) + " values instead of one");
  return {};
}

std::uint32_t expression_depth(ExpressionView expression) {
  std::array<std::uint16_t, kMostExpressionTokens> depths;  // of the values held
  std::size_t held = 0;
  for (const eqv_expression_token& token : expression) {
    const std::uint8_t arity = arity_of(token);
    std::uint16_t depth = 0;
    for (std::uint8_t k = 0; k < arity; ++k)
      depth = std::max<std::uint16_t>(depth, static_cast<std::uint16_t>(depths[--held] + 1));
    depths[held++] = depth;
  }
  return depths[0];
}

std::size_t subtree_start(ExpressionView expression, std::size_t root) {
  std::size_t wanted = 1, at = root + 1;
  while (wanted > 0) {
    --at;
    wanted += arity_of(expression[at]);
    --wanted;
  }
  return at;
}

std::uint32_t level_of(ExpressionView expression, std::size_t position) {
  // From the root backwards: each operation waits for its operands, the last one first.
  std::array<std::uint8_t, kMostExpressionTokens> waiting;
  std::uint32_t level = 0;
  for (std::size_t at = expression.size() - 1; at > position; --at) {
    if (const std::uint8_t arity = arity_of(expression[at]); arity > 0) {
      waiting[level++] = arity;
      continue;
    }
    while (level > 0 && --waiting[level - 1] == 0) --level;
  }
  return level;
}

}  // namespace equivolve::search
