#include "search/space/expression_space.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstring>

namespace equivolve::search {
namespace {

std::bitset<kExpressionOpCount> expression_tokens_of(const ExpressionSpace& space) {
  std::bitset<kExpressionOpCount> allowed;
  allowed.set(static_cast<std::size_t>(ExpressionOp::kInput));
  allowed.set(static_cast<std::size_t>(ExpressionOp::kConstant), space.constants);
  for (ExpressionOp op : space.operations) allowed.set(static_cast<std::size_t>(op));
  return allowed;
}

/// The first token that the space does not have; the number of tokens when it has all.
std::size_t first_foreign(ExpressionView expression, const ExpressionSpace& space) {
  const auto allowed = expression_tokens_of(space);
  const auto foreign = std::find_if(expression.begin(), expression.end(),
                                    [&](const eqv_expression_token& t) { return !allowed[t.op]; });
  return static_cast<std::size_t>(foreign - expression.begin());
}

std::string foreign_token_fault(const eqv_expression_token& token) {
  if (op_of(token) == ExpressionOp::kConstant) return "the space has no constants";
  return "operation '" + std::string(expression_op_info(op_of(token)).name) +
         "' is not one of the space's";
}

/// "" where the expression is not too large.
std::string expression_size_fault(ExpressionView expression, const ExpressionSpace& space) {
  if (expression.size() > space.max_size)
    return "the formula has " + std::to_string(expression.size()) + " tokens; max_size is " +
           std::to_string(space.max_size);
  if (const std::uint32_t depth = expression_depth(expression); depth > space.max_depth)
    return "the formula is " + std::to_string(depth) + " levels deep; max_depth is " +
           std::to_string(space.max_depth);
  return "";
}

/// Whether the tokens [b, end) come before [a, b) in the order of canonical operands.
bool is_lesser_operand(const eqv_expression_token* a, const eqv_expression_token* b,
                       const eqv_expression_token* end) {
  const auto first = static_cast<std::size_t>(b - a), second = static_cast<std::size_t>(end - b);
  const int order = std::memcmp(b, a, std::min(first, second) * sizeof *a);
  return order != 0 ? order < 0 : second < first;
}

/// Operands are canonical when their operation is reached; a commutative one then takes the lesser
/// first.
void sort_operands(std::span<eqv_expression_token> tokens) {
  std::array<std::uint16_t, kMostExpressionTokens> starts;  // of the values held
  std::size_t held = 0;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    const ExpressionOpInfo& info = expression_op_info(op_of(tokens[at]));
    if (info.arity == 0) {
      starts[held++] = static_cast<std::uint16_t>(at);
      continue;
    }
    held -= info.arity;
    eqv_expression_token* const first = tokens.data() + starts[held];
    if (!info.commutative) {
      ++held;
      continue;
    }
    eqv_expression_token* const second = tokens.data() + starts[held + 1];
    eqv_expression_token* const end = tokens.data() + at;
    if (is_lesser_operand(first, second, end)) std::rotate(first, second, end);
    ++held;
  }
}

}  // namespace

tl::expected<void, Error> check_genome(GenomeView flat, const ExpressionSpace& space) {
  if (auto formed = check_expression(flat, space.inputs.size()); !formed) return formed;
  const ExpressionView expression = *view_expression(flat);
  if (const std::size_t at = first_foreign(expression, space); at < expression.size())
    return tl::unexpected<Error>(
        Error{"token " + std::to_string(at + 1) + ": " + foreign_token_fault(expression[at])});
  if (std::string fault = expression_size_fault(expression, space); !fault.empty())
    return tl::unexpected<Error>(Error{std::move(fault)});
  return {};
}

std::string genome_text(GenomeView flat, const ExpressionSpace& space) {
  if (!check_expression(flat, space.inputs.size())) return "";
  return to_text(*view_expression(flat), space.inputs);
}

tl::expected<Genome, Error> parse_genome(std::string_view text, const ExpressionSpace& space) {
  const auto parsed = parse_expression(text, space.inputs);
  if (!parsed) return tl::unexpected<Error>(parsed.error());
  const ExpressionView expression = parsed->tokens;
  if (const std::size_t at = first_foreign(expression, space); at < expression.size())
    return tl::unexpected<Error>(Error{foreign_token_fault(expression[at]), parsed->places[at].line,
                                       parsed->places[at].column});
  if (std::string fault = expression_size_fault(expression, space); !fault.empty())
    return tl::unexpected<Error>(Error{std::move(fault), 1, 1});
  return to_genome(expression);
}

std::vector<std::byte> structural_bytes(GenomeView flat, const ExpressionSpace& space) {
  if (!check_expression(flat, space.inputs.size())) return {flat.begin(), flat.end()};
  std::vector<std::byte> bytes;
  structural_bytes(*view_expression(flat), bytes);
  return bytes;
}

void structural_bytes(ExpressionView expression, std::vector<std::byte>& bytes) {
  const auto* first = reinterpret_cast<const std::byte*>(expression.data());
  bytes.assign(first, first + expression.size_bytes());
  sort_operands({reinterpret_cast<eqv_expression_token*>(bytes.data()), expression.size()});
}

}  // namespace equivolve::search
