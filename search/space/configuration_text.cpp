// The text form of configurations, both ways. See configuration_space.hpp for an example.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "search/genome/nearest_name.hpp"
#include "search/genome/utf8.hpp"
#include "search/space/configuration_space.hpp"

namespace equivolve::search {
namespace {

bool is_blank_in_line(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

/// A text may hold anything; a message about it is one short line of UTF-8.
std::string shown_value(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string out = "'";
  while (!text.empty() && out.size() <= kLongest) {
    const std::size_t size = character_size(text);
    const bool is_control = static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7f;
    if (size == 0 || is_control)
      out += '?';
    else
      out += text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out + (text.empty() ? "'" : "...'");
}

std::vector<std::string> parameter_names(const ConfigurationSpace& space) {
  std::vector<std::string> names;
  for (const Parameter& p : space.parameters) names.push_back(p.name);
  return names;
}

struct ReadValue {
  std::string text;
  bool quoted = false;
  std::size_t column = 0;
};

/// Reads one line; columns count bytes from 1.
class ConfigurationLine {
 public:
  ConfigurationLine(std::string_view line, std::size_t number) : line_(line), number_(number) {
    skip();
  }
  bool is_empty() const { return at_ == line_.size() || line_[at_] == '#'; }
  std::size_t number() const { return number_; }
  std::size_t column() const { return at_ + 1; }

  std::string_view take_name() {
    const std::size_t from = at_;
    while (at_ < line_.size() && !is_blank_in_line(line_[at_]) && line_[at_] != ':') ++at_;
    return line_.substr(from, at_ - from);
  }

  bool take_colon() {
    skip();
    if (at_ == line_.size() || line_[at_] != ':') return false;
    ++at_;
    skip();
    return true;
  }

  tl::expected<ReadValue, Error> take_value() {
    if (at_ < line_.size() && line_[at_] == '"') return take_quoted();
    ReadValue value{"", false, column()};
    std::size_t end = at_;
    while (end < line_.size() &&
           !(line_[end] == '#' && end > at_ && is_blank_in_line(line_[end - 1])))
      ++end;
    while (end > at_ && is_blank_in_line(line_[end - 1])) --end;
    value.text = line_.substr(at_, end - at_);
    at_ = end;
    return value;
  }

  tl::unexpected<Error> fail(std::string message, std::size_t column) const {
    return tl::unexpected<Error>(Error{std::move(message), number_, column});
  }

 private:
  void skip() {
    while (at_ < line_.size() && is_blank_in_line(line_[at_])) ++at_;
  }

  tl::expected<ReadValue, Error> take_quoted() {
    ReadValue value{"", true, column()};
    ++at_;
    while (at_ < line_.size() && line_[at_] != '"') {
      if (line_[at_] != '\\')
        value.text += line_[at_++];
      else if (!take_escape(value.text))
        return fail("an escape that is none; expected \\\", \\\\, \\n, \\t or \\x and two digits",
                    column());
    }
    if (at_ == line_.size())
      return fail("a quote that is not closed; expected '\"' before the line ends", value.column);
    ++at_;
    skip();
    if (!is_empty()) return fail("text after the value; expected the end of the line", column());
    return value;
  }

  bool take_escape(std::string& out) {
    const std::string_view rest = line_.substr(at_ + 1);
    if (rest.empty()) return false;
    std::size_t taken = 2;
    if (rest[0] == '"' || rest[0] == '\\') {
      out += rest[0];
    } else if (rest[0] == 'n') {
      out += '\n';
    } else if (rest[0] == 't') {
      out += '\t';
    } else {
      unsigned byte = 0;
      if (rest[0] != 'x' || rest.size() < 3) return false;
      const auto read = std::from_chars(rest.data() + 1, rest.data() + 3, byte, 16);
      if (read.ptr != rest.data() + 3) return false;
      out += static_cast<char>(byte);
      taken = 4;
    }
    at_ += taken;
    return true;
  }

  std::string_view line_;
  std::size_t number_;
  std::size_t at_ = 0;
};

std::optional<double> float_of_text(const std::string& text) {
  double value = 0;
  const char* last = text.data() + text.size();
  const auto read = std::from_chars(text.data(), last, value);
  if (read.ec != std::errc() || read.ptr != last || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> integer_of_text(const std::string& text) {
  std::int64_t value = 0;
  const char* last = text.data() + text.size();
  const auto read = std::from_chars(text.data(), last, value);
  constexpr std::int64_t kMost = std::int64_t{1} << 53;
  if (read.ec != std::errc() || read.ptr != last || value > kMost || value < -kMost)
    return std::nullopt;
  return static_cast<double>(value);
}

std::optional<double> choice_of_text(const Parameter& p, const std::string& text) {
  const auto found = std::find(p.choices.begin(), p.choices.end(), text);
  if (found == p.choices.end()) return std::nullopt;
  return static_cast<double>(found - p.choices.begin());
}

/// A number beside a step is the step where only rounding separates them.
double on_step(const Parameter& p, double number) {
  if (p.step == 0 || p.kind != ParameterKind::kFloat) return number + 0.0;
  const double nearest = nearest_value(p, number);
  return std::abs(nearest - number) <= 1e-9 * p.step ? nearest : number;
}

std::optional<double> value_of_text(const Parameter& p, const ReadValue& read) {
  std::optional<double> value;
  switch (p.kind) {
    case ParameterKind::kFloat:
      if (!read.quoted) value = float_of_text(read.text);
      if (value) value = on_step(p, *value);
      break;
    case ParameterKind::kInteger:
      if (!read.quoted) value = integer_of_text(read.text);
      break;
    case ParameterKind::kChoice:
      value = choice_of_text(p, read.text);
      break;
    case ParameterKind::kBoolean:
      if (!read.quoted && (read.text == "true" || read.text == "false"))
        value = read.text == "true" ? 1 : 0;
      break;
  }
  return value && has_value(p, *value) ? value : std::nullopt;
}

std::string value_refusal(const Parameter& p, const ReadValue& read) {
  const std::string found = read.text.empty() && !read.quoted
                                ? "no value for '" + p.name + "'"
                                : p.name + " is " + shown_value(read.text);
  return found + "; expected " + expected_values(p) +
         (p.kind == ParameterKind::kChoice ? suggestion(read.text, p.choices) : "");
}

/// Collects lines, then puts them together.
class ConfigurationReading {
 public:
  explicit ConfigurationReading(const ConfigurationSpace& space)
      : space_(space), given_(space.parameters.size()) {}

  tl::expected<void, Error> read_line(ConfigurationLine line) {
    lines_ = line.number();
    if (line.is_empty()) return {};
    const std::size_t column = line.column();
    const std::string name(line.take_name());
    const auto at = position_of(space_, name);
    if (!at)
      return line.fail("unknown parameter " + shown_value(name) + "; expected " + offer() +
                           suggestion(name, parameter_names(space_)),
                       column);
    if (!line.take_colon())
      return line.fail("no ':' after '" + name + "'; expected '" + name + ": value'",
                       line.column());
    Given& given = given_[*at];
    if (given.line != 0)
      return line.fail("'" + name + "' stands twice; expected one line for it (the first is line " +
                           std::to_string(given.line) + ")",
                       column);
    const auto read = line.take_value();
    if (!read) return tl::unexpected<Error>(read.error());
    const auto value = value_of_text(space_.parameters[*at], *read);
    if (!value) return line.fail(value_refusal(space_.parameters[*at], *read), read->column);
    given = {line.number(), column, *value};
    return {};
  }

  tl::expected<Genome, Error> finish() const {
    Genome genome{Representation::kConfiguration, {}};
    genome.flat.resize(given_.size() * sizeof(eqv_parameter_value));
    auto* values = reinterpret_cast<eqv_parameter_value*>(genome.flat.data());
    for (std::size_t i = 0; i < given_.size(); ++i) {
      const auto value = value_for(i, {values, given_.size()});
      if (!value) return tl::unexpected<Error>(value.error());
      values[i] = *value;
    }
    if (const Combination* met = met_combination(space_, {values, given_.size()}))
      return tl::unexpected<Error>(forbidden(*met));
    return genome;
  }

 private:
  struct Given {
    std::size_t line = 0;  ///< 0: not given
    std::size_t column = 0;
    double number = 0;
  };

  std::string offer() const {
    if (space_.parameters.empty()) return "none";
    constexpr std::size_t kMostListed = 12;
    std::string out = "one of ";
    for (std::size_t i = 0; i < std::min(kMostListed, space_.parameters.size()); ++i)
      out += (i == 0 ? "" : ", ") + space_.parameters[i].name;
    if (space_.parameters.size() > kMostListed)
      out += " and " + std::to_string(space_.parameters.size() - kMostListed) + " more";
    return out;
  }

  tl::expected<eqv_parameter_value, Error> value_for(std::size_t i, ParameterValues values) const {
    const Parameter& p = space_.parameters[i];
    const Given& given = given_[i];
    eqv_parameter_value value{static_cast<std::uint32_t>(p.kind), 0, 0};
    if (!is_active(p, values)) {
      if (given.line == 0) return value;
      return tl::unexpected<Error>(Error{"'" + p.name +
                                             "' is inactive here; expected it only when " +
                                             clauses_text(p.when, space_),
                                         given.line, given.column});
    }
    value.active = 1;
    if (given.line != 0) {
      value.number = given.number;
    } else if (p.default_value || is_fixed(p)) {
      value.number = p.default_value.value_or(p.low);
    } else {
      return tl::unexpected<Error>(Error{
          "no line for '" + p.name + "'; expected '" + p.name + ": ' and " + expected_values(p),
          std::max<std::size_t>(lines_, 1), 1});
    }
    return value;
  }

  Error forbidden(const Combination& met) const {
    Error error{"the combination is forbidden: " + clauses_text(met, space_),
                std::max<std::size_t>(lines_, 1), 1};
    // The last line that has a part in it.
    const Given* last = nullptr;
    for (const Clause& clause : met) {
      const Given& given = given_[clause.parameter];
      if (given.line != 0 && (!last || given.line > last->line)) last = &given;
    }
    if (last) {
      error.line = last->line;
      error.column = last->column;
    }
    return error;
  }

  const ConfigurationSpace& space_;
  std::vector<Given> given_;
  std::size_t lines_ = 0;
};

}  // namespace

std::string genome_text(GenomeView flat, const ConfigurationSpace& space) {
  if (!check_genome(flat, space)) return "";
  const ParameterValues values = view_configuration(flat, space);
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].active == 0) continue;
    const Parameter& p = space.parameters[i];
    out += p.name + ": " + value_text(p, values[i].number) + "\n";
  }
  return out;
}

tl::expected<Genome, Error> parse_genome(std::string_view text, const ConfigurationSpace& space) {
  ConfigurationReading reading(space);
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    auto read = reading.read_line(ConfigurationLine(text.substr(0, end), ++number));
    if (!read) return tl::unexpected<Error>(read.error());
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reading.finish();
}

}  // namespace equivolve::search
