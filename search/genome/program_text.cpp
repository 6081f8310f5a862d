// The text form of programs, both ways. See program.hpp for an example.
#include <charconv>
#include <cmath>
#include <optional>

#include "search/genome/program.hpp"

namespace equivolve::search {
namespace {

// ---- writing
// ---------------------------------------------------------------------------------------------------------

template <class Number>
void append_number(std::string& out, Number value) {
  char buffer[40];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  out.append(buffer, end);
}

void append_memory(std::string& out, Kind kind, std::uint8_t address) {
  out += kind == Kind::kScalar ? 's' : kind == Kind::kVector ? 'v' : 'm';
  append_number(out, static_cast<unsigned>(address));
}

void append_operands(std::string& out, const OpInfo& info, const eqv_instruction& i) {
  if (is_infix(info)) {
    append_memory(out, info.in1, i.in1);
    out += ' ';
    out += info.text;
    out += ' ';
    append_memory(out, info.in2, i.in2);
    return;
  }
  out += info.text;
  out += '(';
  if (info.random) {
    append_number(out, i.value);
    out += ", ";
    append_number(out, aux_float(i.aux));
  } else {
    append_memory(out, info.in1, i.in1);
    if (info.in2 != Kind::kNone) {
      out += ", ";
      append_memory(out, info.in2, i.in2);
    }
  }
  out += ')';
}

void append_instruction(std::string& out, const eqv_instruction& i) {
  const OpInfo& info = op_info(static_cast<Op>(i.op));
  if (info.op == Op::kNoOp) {
    out += info.text;
    return;
  }
  append_memory(out, info.out, i.out);
  if (info.immediate == Immediate::kVectorElement) {
    out += '[';
    append_number(out, i.aux);
    out += ']';
  } else if (info.immediate == Immediate::kMatrixElement) {
    out += '[';
    append_number(out, aux_row(i.aux));
    out += ", ";
    append_number(out, aux_column(i.aux));
    out += ']';
  }
  out += " = ";
  if (info.text == "=")
    append_number(out, i.value);
  else
    append_operands(out, info, i);
}

// ---- reading
// ---------------------------------------------------------------------------------------------------------

struct Memory {
  Kind kind = Kind::kNone;
  std::uint8_t address = 0;
};

/// Reads one line; every take_* skips blanks first and leaves the place untouched when it fails.
class LineReader {
 public:
  LineReader(std::string_view line, std::size_t number) : line_(line), number_(number) {}

  bool take(char c) {
    skip();
    if (at_ >= line_.size() || line_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::optional<std::string_view> take_word() {
    skip();
    std::size_t end = at_;
    while (end < line_.size() &&
           (std::isalnum(static_cast<unsigned char>(line_[end])) || line_[end] == '_'))
      ++end;
    if (end == at_ || std::isdigit(static_cast<unsigned char>(line_[at_]))) return std::nullopt;
    std::string_view word = line_.substr(at_, end - at_);
    at_ = end;
    return word;
  }
  std::optional<Memory> take_memory() {
    std::size_t before = at_;
    auto word = take_word();
    if (word && word->size() >= 2) {
      Kind kind = (*word)[0] == 's'   ? Kind::kScalar
                  : (*word)[0] == 'v' ? Kind::kVector
                  : (*word)[0] == 'm' ? Kind::kMatrix
                                      : Kind::kNone;
      unsigned address = 0;
      const char* last = word->data() + word->size();
      auto [end, code] = std::from_chars(word->data() + 1, last, address);
      if (kind != Kind::kNone && code == std::errc() && end == last && address < 256)
        return Memory{kind, static_cast<std::uint8_t>(address)};
    }
    at_ = before;
    return std::nullopt;
  }
  template <class Number>
  std::optional<Number> take_number() {
    skip();
    Number value{};
    auto [end, code] = std::from_chars(line_.data() + at_, line_.data() + line_.size(), value);
    if (code != std::errc()) return std::nullopt;
    at_ = static_cast<std::size_t>(end - line_.data());
    return value;
  }
  std::optional<char> take_sign() {
    skip();
    if (at_ < line_.size() && std::string_view("+-*/").find(line_[at_]) != std::string_view::npos)
      return line_[at_++];
    return std::nullopt;
  }
  bool done() {
    skip();
    return at_ == line_.size();
  }
  tl::unexpected<Error> fail(std::string message) const {
    return tl::unexpected<Error>(Error{std::move(message), number_, at_ + 1});
  }

 private:
  void skip() {
    while (at_ < line_.size() && (line_[at_] == ' ' || line_[at_] == '\t' || line_[at_] == '\r'))
      ++at_;
    if (at_ < line_.size() && line_[at_] == '#') at_ = line_.size();
  }
  std::string_view line_;
  std::size_t number_;
  std::size_t at_ = 0;
};

const OpInfo* find_op(std::string_view text, Kind in1, Kind in2, Kind out, Immediate immediate) {
  for (const OpInfo& info : op_table())
    if (info.text == text && info.in1 == in1 && info.in2 == in2 && info.out == out &&
        (immediate == Immediate::kNone || info.immediate == immediate))
      return &info;
  return nullptr;
}

using Parsed = tl::expected<eqv_instruction, Error>;

eqv_instruction make(const OpInfo& info, Memory out) {
  eqv_instruction i{};
  i.op = static_cast<std::uint8_t>(info.op);
  i.out = out.address;
  return i;
}

/// out[...] = number, or out = number.
Parsed parse_constant(LineReader& in, Memory out, Immediate immediate, std::uint32_t aux) {
  const OpInfo* info = find_op("=", Kind::kNone, Kind::kNone, out.kind, immediate);
  auto value = in.take_number<double>();
  if (!info || !value)
    return in.fail("expected a memory, a function or, for a scalar or an element, a number");
  eqv_instruction i = make(*info, out);
  i.value = *value;
  i.aux = aux;
  return i;
}

Parsed parse_element(LineReader& in, Memory out) {
  auto first = in.take_number<std::uint32_t>();
  if (!first) return in.fail("expected an element's index");
  std::uint32_t aux = *first;
  Immediate immediate = Immediate::kVectorElement;
  if (in.take(',')) {
    auto second = in.take_number<std::uint32_t>();
    if (!second || *first > 0xffff || *second > 0xffff) return in.fail("expected a column's index");
    aux = *first << 16 | *second;
    immediate = Immediate::kMatrixElement;
  }
  if (!in.take(']')) return in.fail("expected ']'");
  if (!in.take('=')) return in.fail("expected '='");
  return parse_constant(in, out, immediate, aux);
}

Parsed parse_infix(LineReader& in, Memory out, Memory left) {
  auto sign = in.take_sign();
  if (!sign) return in.fail("expected '+', '-', '*' or '/'");
  auto right = in.take_memory();
  if (!right) return in.fail("expected a memory");
  const OpInfo* info =
      find_op(std::string_view(&*sign, 1), left.kind, right->kind, out.kind, Immediate::kNone);
  if (!info)
    return in.fail("no operation '" + std::string(1, *sign) + "' with memories of these kinds");
  eqv_instruction i = make(*info, out);
  i.in1 = left.address;
  i.in2 = right->address;
  return i;
}

Parsed parse_draw(LineReader& in, Memory out, std::string_view name) {
  const OpInfo* info = find_op(name, Kind::kNone, Kind::kNone, out.kind, Immediate::kNone);
  auto first = in.take_number<double>();
  if (!info || !first || !in.take(',')) return in.fail("expected two numbers");
  auto second = in.take_number<float>();
  if (!second || !in.take(')')) return in.fail("expected a second number and ')'");
  eqv_instruction i = make(*info, out);
  i.value = *first;
  i.aux = float_aux(*second);
  return i;
}

Parsed parse_call(LineReader& in, Memory out, std::string_view name) {
  if (!in.take('(')) return in.fail("expected '('");
  if (name == "uniform" || name == "gaussian") return parse_draw(in, out, name);
  auto first = in.take_memory();
  if (!first) return in.fail("expected a memory");
  Memory second;
  if (in.take(',')) {
    auto taken = in.take_memory();
    if (!taken) return in.fail("expected a memory");
    second = *taken;
  }
  if (!in.take(')')) return in.fail("expected ')'");
  const OpInfo* info = find_op(name, first->kind, second.kind, out.kind, Immediate::kNone);
  if (!info)
    return in.fail("no operation '" + std::string(name) + "' with memories of these kinds");
  eqv_instruction i = make(*info, out);
  i.in1 = first->address;
  i.in2 = second.address;
  return i;
}

Parsed parse_instruction(LineReader& in) {
  auto out = in.take_memory();
  if (!out) {
    auto word = in.take_word();
    if (word && *word == "no_op") return eqv_instruction{};
    return in.fail("expected a memory (s0, v0, m0...), no_op, or setup:, predict:, learn:");
  }
  if (in.take('[')) return parse_element(in, *out);
  if (!in.take('=')) return in.fail("expected '='");
  if (auto left = in.take_memory()) return parse_infix(in, *out, *left);
  if (auto name = in.take_word(); name && *name != "inf" && *name != "nan")
    return parse_call(in, *out, *name);
  return parse_constant(in, *out, Immediate::kConstant, 0);
}

std::optional<Function> header_of(std::string_view line) {
  LineReader in(line, 0);
  auto word = in.take_word();
  if (!word || !in.take(':') || !in.done()) return std::nullopt;
  for (std::size_t f = 0; f < kFunctionCount; ++f)
    if (*word == function_name(static_cast<Function>(f))) return static_cast<Function>(f);
  return std::nullopt;
}

}  // namespace

std::string to_text(const ProgramView& program) {
  std::string out;
  for (std::size_t f = 0; f < kFunctionCount; ++f) {
    out += function_name(static_cast<Function>(f));
    out += ":\n";
    for (const eqv_instruction& i : program.functions[f]) {
      out += "  ";
      append_instruction(out, i);
      out += '\n';
    }
  }
  return out;
}

tl::expected<Program, Error> parse_program(std::string_view text, const MemoryShape& shape) {
  Program program;
  std::vector<eqv_instruction>* function = nullptr;
  std::size_t number = 0;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    LineReader in(line, ++number);
    if (in.done()) continue;
    if (auto f = header_of(line)) {
      function = &program[*f];
      if (!function->empty())
        return in.fail("'" + std::string(function_name(*f)) + ":' stands twice");
      continue;
    }
    if (!function) return in.fail("expected setup:, predict: or learn:");
    if (function->size() >= 0xffff) return in.fail("function too long");
    auto instruction = parse_instruction(in);
    if (!instruction) return tl::unexpected<Error>(instruction.error());
    if (!in.done()) return in.fail("unexpected text after the instruction");
    Program alone;
    alone.functions[0].push_back(*instruction);
    if (auto valid = check_program(to_genome(alone).flat, shape); !valid)
      return in.fail(valid.error().message.substr(valid.error().message.rfind(": ") + 2));
    function->push_back(*instruction);
  }
  return program;
}

}  // namespace equivolve::search
