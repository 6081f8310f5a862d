// The text form of expressions, both ways. See expression.hpp for the grammar.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "search/genome/expression.hpp"
#include "search/genome/expression_names.hpp"
#include "search/genome/nearest_name.hpp"

namespace equivolve::search {
namespace {

/// Parentheses, calls and signs within each other; the parser calls itself for each.
constexpr std::size_t kDeepestNesting = 1000;

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit_byte(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_part(char c) {
  return is_name_start(c) || is_digit_byte(c) || c == '.';
}
bool is_plain_name(std::string_view name) {
  return !name.empty() && is_name_start(name.front()) &&
         std::all_of(name.begin(), name.end(), is_name_part);
}

// ---- writing

class ExpressionWriter {
 public:
  ExpressionWriter(ExpressionView expression, std::span<const std::string> inputs)
      : expression_(expression), inputs_(inputs), starts_(expression.size()) {
    std::vector<std::size_t> held;
    for (std::size_t i = 0; i < expression.size(); ++i) {
      std::size_t start = i;
      for (std::uint8_t k = 0; k < arity_of(expression[i]); ++k, held.pop_back())
        start = held.back();
      starts_[i] = start;
      held.push_back(start);
    }
  }

  std::string written() {
    write(expression_.size() - 1);
    return std::move(out_);
  }

 private:
  void write(std::size_t root) {
    const eqv_expression_token& token = expression_[root];
    const ExpressionOpInfo& info = expression_op_info(op_of(token));
    if (info.op == ExpressionOp::kInput)
      write_name(inputs_[token.input]);
    else if (info.op == ExpressionOp::kConstant)
      write_number(token.value);
    else if (info.sign == 0)
      write_call(root, info);
    else if (info.arity == 1)
      write_sign(root);
    else
      write_infix(root, info);
  }

  void write_call(std::size_t root, const ExpressionOpInfo& info) {
    std::array<std::size_t, kMostOperands> operands{};
    std::size_t at = root;
    for (std::size_t k = info.arity; k-- > 0; at = starts_[at - 1]) operands[k] = at - 1;
    out_ += info.name;
    for (std::size_t k = 0; k < info.arity; ++k) {
      out_ += k == 0 ? "(" : ", ";
      write(operands[k]);
    }
    out_ += ')';
  }

  void write_sign(std::size_t root) {
    out_ += '-';
    // A number right after the sign would be a negative number, and --x reads badly.
    const eqv_expression_token& operand = expression_[root - 1];
    write_within(root - 1, op_of(operand) == ExpressionOp::kConstant ||
                               op_of(operand) == ExpressionOp::kNegate ||
                               binding_of(root - 1) < Binding::kSign);
  }

  void write_infix(std::size_t root, const ExpressionOpInfo& info) {
    const std::size_t right = root - 1, left = starts_[right] - 1;
    const Binding left_binding = binding_of(left), right_binding = binding_of(right);
    const bool power = info.binding == Binding::kPower;
    // A power's base is an atom; its exponent may be a power or have a sign. The others go left to
    // right.
    write_within(left, power ? left_binding != Binding::kAtom : left_binding < info.binding);
    out_ += ' ';
    out_ += info.sign;
    out_ += ' ';
    write_within(right, power ? right_binding < Binding::kSign : right_binding <= info.binding);
  }

  /// Of the text of a subtree: a negative number has a sign.
  Binding binding_of(std::size_t root) const {
    const eqv_expression_token& token = expression_[root];
    if (op_of(token) == ExpressionOp::kConstant && std::signbit(token.value)) return Binding::kSign;
    return expression_op_info(op_of(token)).binding;
  }

  void write_within(std::size_t root, bool parentheses) {
    if (parentheses) out_ += '(';
    write(root);
    if (parentheses) out_ += ')';
  }

  void write_number(double value) {
    char buffer[40];
    out_.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  }

  void write_name(const std::string& name) {
    if (is_plain_name(name)) {
      out_ += name;
      return;
    }
    out_ += '"';
    for (char c : name) out_ += c == '"' ? std::string_view("\"\"") : std::string_view(&c, 1);
    out_ += '"';
  }

  ExpressionView expression_;
  std::span<const std::string> inputs_;
  std::vector<std::size_t> starts_;
  std::string out_;
};

// ---- reading

/// Recursive descent; tokens come out in postfix order as operands are done before operations.
/// Every parse_* returns whether it went well; if not, error_ says what did not.
class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, std::span<const std::string> inputs)
      : text_(text), inputs_(inputs) {}

  tl::expected<ParsedExpression, Error> parsed() {
    if (!parse_sum()) return tl::unexpected<Error>(std::move(error_));
    skip();
    if (at_ < text_.size()) {
      fail("expected '+', '-', '*', '/', '^' or the end of the formula");
      return tl::unexpected<Error>(std::move(error_));
    }
    return std::move(out_);
  }

 private:
  bool parse_sum() {
    if (!parse_product()) return false;
    for (;;) {
      const TextPlace place = next_place();
      const ExpressionOp op = peek() == '+' ? ExpressionOp::kAdd : ExpressionOp::kSub;
      if (!take('+') && !take('-')) return true;
      if (!parse_product() || !put(operation_token(op), place)) return false;
    }
  }

  bool parse_product() {
    if (!parse_signed()) return false;
    for (;;) {
      const TextPlace place = next_place();
      const ExpressionOp op = peek() == '*' ? ExpressionOp::kMul : ExpressionOp::kDiv;
      if (!take('*') && !take('/')) return true;
      if (!parse_signed() || !put(operation_token(op), place)) return false;
    }
  }

  bool parse_signed() {
    const TextPlace place = next_place();
    if (!take('-')) return parse_power();
    if (is_number_start()) {
      const std::size_t before = at_;
      const auto value = take_number();
      if (!value) return false;
      if (peek() != '^') return put(constant_token(-*value), place);
      at_ = before;
    }
    return nested(&ExpressionParser::parse_signed) &&
           put(operation_token(ExpressionOp::kNegate), place);
  }

  bool parse_power() {
    if (!parse_atom()) return false;
    const TextPlace place = next_place();
    if (!take('^')) return true;
    return nested(&ExpressionParser::parse_signed) &&
           put(operation_token(ExpressionOp::kPower), place);
  }

  bool parse_atom() {
    const TextPlace place = next_place();
    if (take('(')) return nested(&ExpressionParser::parse_sum) && expect(')');
    if (is_number_start()) {
      const auto value = take_number();
      return value && put(constant_token(*value), place);
    }
    if (peek() == '"') {
      const auto name = take_quoted();
      return name && put_input(*name, place);
    }
    const std::string name = take_name();
    if (name.empty()) return fail("expected a number, an input, a function or '('");
    return peek() == '(' ? parse_call(name, place) : put_input(name, place);
  }

  bool parse_call(const std::string& name, TextPlace place) {
    const auto op = expression_op_named(name);
    if (!op)
      return fail_at(place,
                     "no operation is called '" + name + "'" + expression_op_suggestion(name));
    const std::size_t arity = expression_op_info(*op).arity;
    take('(');
    for (std::size_t k = 0; k < arity; ++k) {
      if (k > 0 && !take(','))
        return fail(operands_wanted(name, arity) + ", but there " +
                    (k == 1 ? "is 1" : "are " + std::to_string(k)));
      if (!nested(&ExpressionParser::parse_sum)) return false;
    }
    if (peek() == ',') return fail(operands_wanted(name, arity) + ", but there are more");
    return expect(')') && put(operation_token(*op), place);
  }

  static std::string operands_wanted(const std::string& name, std::size_t arity) {
    return "'" + name + "' takes " + std::to_string(arity) +
           (arity == 1 ? " operand" : " operands");
  }

  bool put_input(const std::string& name, TextPlace place) {
    const auto found = std::find(inputs_.begin(), inputs_.end(), name);
    if (found == inputs_.end())
      return fail_at(place, "no input is called '" + name + "'" +
                                suggestion(name, {inputs_.begin(), inputs_.end()}));
    return put(input_token(static_cast<std::uint16_t>(found - inputs_.begin())), place);
  }

  bool put(const eqv_expression_token& token, TextPlace place) {
    if (out_.tokens.size() == kMostExpressionTokens)
      return fail_at(
          place, "the formula has more than " + std::to_string(kMostExpressionTokens) + " tokens");
    out_.tokens.push_back(token);
    out_.places.push_back(place);
    return true;
  }

  bool nested(bool (ExpressionParser::*parse)()) {
    if (nesting_ == kDeepestNesting) return fail("nested too deeply");
    ++nesting_;
    const bool well = (this->*parse)();
    --nesting_;
    return well;
  }

  // ---- characters

  void skip() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#')
        at_ = std::min(text_.find('\n', at_), text_.size());
      else if (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n')
        ++at_;
      else
        return;
    }
  }
  char peek() {
    skip();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  bool expect(char c) { return take(c) || fail(std::string("expected '") + c + "'"); }
  bool is_number_start() {
    const char c = peek();
    return is_digit_byte(c) ||
           (c == '.' && at_ + 1 < text_.size() && is_digit_byte(text_[at_ + 1]));
  }
  std::optional<double> take_number() {
    double value = 0;
    const char* const first = text_.data() + at_;
    const auto [end, code] = std::from_chars(first, text_.data() + text_.size(), value);
    if (code != std::errc() || !std::isfinite(value)) {
      fail("expected a number that a double can hold");
      return std::nullopt;
    }
    const auto after = static_cast<std::size_t>(end - text_.data());
    if (after < text_.size() && is_name_part(text_[after])) {
      fail("a name does not begin with a digit; other names stand in double quotes");
      return std::nullopt;
    }
    at_ = after;
    return value;
  }
  std::string take_name() {
    skip();
    const std::size_t first = at_;
    if (first < text_.size() && is_name_start(text_[first]))
      while (at_ < text_.size() && is_name_part(text_[at_])) ++at_;
    return std::string(text_.substr(first, at_ - first));
  }
  std::optional<std::string> take_quoted() {
    std::string name;
    for (std::size_t end = at_ + 1; end < text_.size(); ++end) {
      if (text_[end] != '"') {
        name += text_[end];
      } else if (end + 1 < text_.size() && text_[end + 1] == '"') {
        name += text_[++end];
      } else {
        at_ = end + 1;
        return name;
      }
    }
    fail("the name that begins here has no closing '\"'");
    return std::nullopt;
  }

  // ---- places

  TextPlace next_place() {
    skip();
    for (; counted_ < at_; ++counted_) {
      if (text_[counted_] == '\n')
        place_ = {place_.line + 1, 1};
      else
        ++place_.column;
    }
    return place_;
  }
  bool fail(std::string message) { return fail_at(next_place(), std::move(message)); }
  bool fail_at(TextPlace place, std::string message) {
    error_ = {std::move(message), place.line, place.column};
    return false;
  }

  std::string_view text_;
  std::span<const std::string> inputs_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;  // characters before place_
  TextPlace place_;
  std::size_t nesting_ = 0;
  ParsedExpression out_;
  Error error_;
};

}  // namespace

std::string to_text(ExpressionView expression, std::span<const std::string> inputs) {
  return ExpressionWriter(expression, inputs).written();
}

tl::expected<ParsedExpression, Error> parse_expression(std::string_view text,
                                                       std::span<const std::string> inputs) {
  return ExpressionParser(text, inputs).parsed();
}

}  // namespace equivolve::search
