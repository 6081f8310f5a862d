#include "gui/models/filter.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

#include "search/genome/nearest_name.hpp"

namespace equivolve::gui {
namespace {

using Op = Filter::Op;
using Step = Filter::Step;

struct Word {
  std::string_view name;
  bool is_truth;
  Step step;
};

constexpr std::array kWords = {
    Word{"birth", false, {Op::kBirth, 0, 0}},
    Word{"ticket", false, {Op::kTicket, 0, 0}},
    Word{"class", false, {Op::kClass, 0, 0}},
    Word{"level", false, {Op::kLevel, 0, 0}},
    Word{"seconds", false, {Op::kSeconds, 0, 0}},
    Word{"duplicate", true, {Op::kFlag, kDuplicate, 0}},
    Word{"new", true, {Op::kNew, 0, 0}},
    Word{"verified", true, {Op::kFlag, kVerified, 0}},
    Word{"wrong", true, {Op::kFlag, kWrong, 0}},
    Word{"ok", true, {Op::kStatus, 0, 0}},
    Word{"infeasible", true, {Op::kStatus, 1, 0}},
    Word{"non_finite", true, {Op::kStatus, 2, 0}},
    Word{"failed", true, {Op::kStatus, 3, 0}},
    Word{"cancelled", true, {Op::kStatus, 4, 0}},
    Word{"pruned", true, {Op::kStatus, 5, 0}},
    Word{"partial", true, {Op::kStatus, 6, 0}},
};

bool is_word(std::string_view name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

/// A token and where it stands; the kind is its first character's: letter, digit, quote or sign.
struct Token {
  enum class Kind : std::uint8_t { kEnd, kName, kQuoted, kNumber, kSign } kind = Kind::kEnd;
  std::string text;
  double number = 0;
  std::size_t column = 1;
};

class Parser {
 public:
  Parser(std::string_view text, const std::vector<engine::FigureRow>& figures)
      : text_(text), figures_(figures) {}

  tl::expected<std::vector<Step>, FilterError> parse() {
    advance();
    if (!error_ && token_.kind == Token::Kind::kEnd) return std::vector<Step>();
    const std::size_t start = token_.column;
    const bool is_truth = parse_or();
    if (!error_ && token_.kind != Token::Kind::kEnd)
      fail("'" + token_.text + "' is more than the condition needs; join conditions by and, or");
    if (!error_ && !is_truth) fail_number(start);
    if (error_) return tl::unexpected(*error_);
    return std::move(code_);
  }

 private:
  // ---- words and signs

  void advance() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    token_ = Token{};
    token_.column = at_ + 1;
    if (at_ == text_.size()) return;
    const auto c = static_cast<unsigned char>(text_[at_]);
    if (std::isdigit(c) || c == '.')
      read_number();
    else if (std::isalpha(c) || c == '_' || c >= 0x80)
      read_name();
    else if (c == '"')
      read_quoted();
    else
      read_sign();
  }

  void read_number() {
    const char* end = text_.data() + text_.size();
    const auto [rest, code] = std::from_chars(text_.data() + at_, end, token_.number);
    token_.kind = Token::Kind::kNumber;
    if (code != std::errc{}) return fail("this is no number");
    token_.text = text_.substr(at_, static_cast<std::size_t>(rest - (text_.data() + at_)));
    at_ += token_.text.size();
  }

  void read_name() {
    std::size_t end = at_;
    while (end < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[end])) || text_[end] == '_' ||
            static_cast<unsigned char>(text_[end]) >= 0x80))
      ++end;
    token_.kind = Token::Kind::kName;
    token_.text = text_.substr(at_, end - at_);
    at_ = end;
  }

  void read_quoted() {
    const std::size_t end = text_.find('"', at_ + 1);
    token_.kind = Token::Kind::kQuoted;
    if (end == std::string_view::npos) return fail("the quotation mark is never closed");
    token_.text = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
  }

  void read_sign() {
    static constexpr std::array<std::string_view, 17> kSigns = {
        "==", "!=", "<=", ">=", "&&", "||", "<", ">", "=", "!", "+", "-", "*", "/", "(", ")", ","};
    token_.kind = Token::Kind::kSign;
    for (const std::string_view sign : kSigns) {
      if (!text_.substr(at_).starts_with(sign)) continue;
      token_.text = sign;
      at_ += sign.size();
      return;
    }
    fail(std::string("'") + text_[at_] + "' means nothing here");
    at_ = text_.size();
  }

  // AND as SQL has it is meant as well.
  bool take(std::string_view text) {
    const auto alike = [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) == static_cast<unsigned char>(b);
    };
    const bool matches = (token_.kind == Token::Kind::kName || token_.kind == Token::Kind::kSign) &&
                         std::ranges::equal(token_.text, text, alike);
    if (matches) advance();
    return matches;
  }

  // ---- the grammar; each says whether what it read is a truth rather than a number

  bool parse_or() {
    std::size_t start = token_.column;
    bool truth = parse_and();
    while (!error_ && (take("or") || take("||")))
      truth = join(Op::kOr, truth, start, &Parser::parse_and);
    return truth;
  }

  bool parse_and() {
    std::size_t start = token_.column;
    bool truth = parse_not();
    while (!error_ && (take("and") || take("&&")))
      truth = join(Op::kAnd, truth, start, &Parser::parse_not);
    return truth;
  }

  bool join(Op op, bool left_is_truth, std::size_t left, bool (Parser::*next)()) {
    if (!left_is_truth) fail_number(left);
    const std::size_t right = token_.column;
    if (!(this->*next)()) fail_number(right);
    add(op);
    return true;
  }

  bool parse_not() {
    if (!take("not") && !take("!")) return parse_comparison();
    if (!descend()) return true;
    const std::size_t start = token_.column;
    if (!parse_not()) fail_number(start);
    --nesting_;
    add(Op::kNot);
    return true;
  }

  std::optional<Op> comparison() const {
    if (token_.kind != Token::Kind::kSign) return std::nullopt;
    if (token_.text == "==" || token_.text == "=") return Op::kEqual;
    if (token_.text == "!=") return Op::kUnequal;
    if (token_.text == "<") return Op::kLess;
    if (token_.text == "<=") return Op::kLessEqual;
    if (token_.text == ">") return Op::kGreater;
    if (token_.text == ">=") return Op::kGreaterEqual;
    return std::nullopt;
  }

  bool parse_comparison() {
    const std::size_t start = token_.column;
    const bool truth = parse_sum();
    const auto op = comparison();
    if (error_ || !op) return truth;
    if (truth) fail_truth(start);
    advance();
    const std::size_t right = token_.column;
    if (parse_sum()) fail_truth(right);
    add(*op);
    if (!error_ && comparison()) fail("compare twice with and: a < b and b < c");
    return true;
  }

  bool parse_sum() {
    const std::size_t start = token_.column;
    bool truth = parse_product();
    while (!error_ && token_.kind == Token::Kind::kSign &&
           (token_.text == "+" || token_.text == "-"))
      truth = arithmetic(token_.text == "+" ? Op::kAdd : Op::kSubtract, truth, start,
                         &Parser::parse_product);
    return truth;
  }

  bool parse_product() {
    const std::size_t start = token_.column;
    bool truth = parse_sign();
    while (!error_ && token_.kind == Token::Kind::kSign &&
           (token_.text == "*" || token_.text == "/"))
      truth = arithmetic(token_.text == "*" ? Op::kMultiply : Op::kDivide, truth, start,
                         &Parser::parse_sign);
    return truth;
  }

  bool arithmetic(Op op, bool left_is_truth, std::size_t left, bool (Parser::*next)()) {
    if (left_is_truth) fail_truth(left);
    advance();
    const std::size_t right = token_.column;
    if ((this->*next)()) fail_truth(right);
    add(op);
    return false;
  }

  bool parse_sign() {
    if (!take("-")) return parse_primary();
    if (!descend()) return false;
    const std::size_t start = token_.column;
    if (parse_sign()) fail_truth(start);
    --nesting_;
    add(Op::kNegate);
    return false;
  }

  bool parse_primary() {
    if (error_) return true;
    if (take("(")) {
      if (!descend()) return true;
      const bool truth = parse_or();
      --nesting_;
      if (!error_ && !take(")")) fail("a ')' is missing");
      return truth;
    }
    const Token token = token_;
    switch (token.kind) {
      case Token::Kind::kNumber:
        advance();
        push({Op::kNumber, 0, token.number});
        return false;
      case Token::Kind::kName:
      case Token::Kind::kQuoted:
        return named(token);
      default:
        fail(token.kind == Token::Kind::kEnd
                 ? "the condition ends too early"
                 : "a name or a number is missing before '" + token.text + "'");
        return true;
    }
  }

  bool named(const Token& token) {
    for (std::uint32_t f = 0; f < figures_.size(); ++f) {
      if (figures_[f].name != token.text) continue;
      advance();
      push({Op::kFigure, f, 0});
      return false;
    }
    if (token.kind == Token::Kind::kName) {
      for (const Word& word : kWords) {
        if (word.name != token.text) continue;
        advance();
        push(word.step);
        return word.is_truth;
      }
    }
    const std::vector<std::string> names = filter_names(figures_);
    const std::string nearest = search::suggestion(token.text, names);
    fail("there is no '" + token.text + "'" + (nearest.empty() ? list_of(names) : nearest));
    return true;
  }

  static std::string list_of(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "; there are " : ", ") + name;
    return list;
  }

  // ---- code and errors

  void push(Step step) {
    code_.push_back(step);
    if (++depth_ > Filter::kMostDepth) fail("this is nested too deeply");
  }
  void add(Op op) {
    code_.push_back({op, 0, 0});
    if (op != Op::kNot && op != Op::kNegate) --depth_;
  }
  bool descend() {
    if (++nesting_ > Filter::kMostDepth) fail("this is nested too deeply");
    return !error_;
  }

  void fail(std::string message) { fail_at(token_.column, std::move(message)); }
  void fail_at(std::size_t column, std::string message) {
    if (!error_) error_ = FilterError{std::move(message), column};
  }
  void fail_number(std::size_t column) {
    fail_at(column, "this is a number; a condition compares it, as in x > 0.9");
  }
  void fail_truth(std::size_t column) {
    fail_at(column, "this is true or false already: it is neither compared nor counted with");
  }

  std::string_view text_;
  const std::vector<engine::FigureRow>& figures_;
  std::size_t at_ = 0;
  Token token_;
  std::vector<Step> code_;
  std::size_t depth_ = 0, nesting_ = 0;
  std::optional<FilterError> error_;
};

double value_of(const Step& step, const CandidateData& data, std::size_t row) {
  switch (step.op) {
    case Op::kFigure:
      return data.figure(step.index, row);
    case Op::kBirth:
      return static_cast<double>(data.birth(row));
    case Op::kTicket:
      return static_cast<double>(data.ticket(row));
    case Op::kClass:
      return data.cls(row) == engine::kNone64 ? kNothing : static_cast<double>(data.cls(row));
    case Op::kLevel:
      return data.level(row);
    case Op::kSeconds:
      return data.seconds(row);
    case Op::kFlag:
      return data.has(static_cast<Flag>(step.index), row) ? 1 : 0;
    case Op::kNew:
      return data.has(kDuplicate, row) ? 0 : 1;
    case Op::kStatus:
      return data.status(row) == static_cast<engine::Status>(step.index) ? 1 : 0;
    default:
      return step.number;
  }
}

double combined(Op op, double a, double b) {
  switch (op) {
    case Op::kAdd:
      return a + b;
    case Op::kSubtract:
      return a - b;
    case Op::kMultiply:
      return a * b;
    case Op::kDivide:
      return a / b;
    case Op::kEqual:
      return a == b ? 1 : 0;
    case Op::kUnequal:
      return a < b || a > b ? 1 : 0;
    case Op::kLess:
      return a < b ? 1 : 0;
    case Op::kLessEqual:
      return a <= b ? 1 : 0;
    case Op::kGreater:
      return a > b ? 1 : 0;
    case Op::kGreaterEqual:
      return a >= b ? 1 : 0;
    case Op::kAnd:
      return a != 0 && b != 0 ? 1 : 0;
    default:
      return a != 0 || b != 0 ? 1 : 0;
  }
}

}  // namespace

tl::expected<Filter, FilterError> Filter::parse(std::string_view text,
                                                const std::vector<engine::FigureRow>& figures) {
  auto code = Parser(text, figures).parse();
  if (!code) return tl::unexpected(code.error());
  Filter filter;
  filter.code_ = std::move(*code);
  return filter;
}

bool Filter::matches(const CandidateData& data, std::size_t row) const {
  if (code_.empty()) return true;
  std::array<double, kMostDepth + 1> stack;
  std::size_t top = 0;
  for (const Step& step : code_) {
    if (step.op == Op::kNot) {
      stack[top - 1] = stack[top - 1] == 0 ? 1 : 0;
    } else if (step.op == Op::kNegate) {
      stack[top - 1] = -stack[top - 1];
    } else if (step.op < Op::kNot) {
      stack[top++] = value_of(step, data, row);
    } else {
      --top;
      stack[top - 1] = combined(step.op, stack[top - 1], stack[top]);
    }
  }
  return stack[0] != 0;
}

std::vector<std::string> filter_names(const std::vector<engine::FigureRow>& figures) {
  std::vector<std::string> names;
  for (const engine::FigureRow& figure : figures)
    names.push_back(is_word(figure.name) ? figure.name : '"' + figure.name + '"');
  for (const Word& word : kWords) names.emplace_back(word.name);
  return names;
}

}  // namespace equivolve::gui
