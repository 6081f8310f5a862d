#include "engine/config/spaces/configuration_parameter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/plugins/nearest_name.hpp"
#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

using nlohmann::json;
using search::Parameter;
using search::ParameterKind;

constexpr std::array<ParameterKind, 4> kKinds{ParameterKind::kFloat, ParameterKind::kInteger,
                                              ParameterKind::kChoice, ParameterKind::kBoolean};
constexpr double kMostInteger = 0x1p53;
// Finer steps could no longer be told apart after rounding to 15 digits.
constexpr double kMostSteps = 1e9;

std::optional<ParameterKind> kind_named(const std::string& name) {
  for (ParameterKind kind : kKinds)
    if (search::kind_name(kind) == name) return kind;
  return std::nullopt;
}

// Of a parameter with nothing but a value.
ParameterKind kind_of_value(const json& value) {
  if (value.is_boolean()) return ParameterKind::kBoolean;
  if (value.is_string()) return ParameterKind::kChoice;
  return value.is_number_integer() ? ParameterKind::kInteger : ParameterKind::kFloat;
}

std::string choice_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_float() ? search::number_text(value.get<double>()) : value.dump();
}

Parameter blank_parameter(ParameterKind kind) {
  Parameter p;
  p.kind = kind;
  p.step = kind == ParameterKind::kFloat ? 0 : 1;
  return p;
}

// One number, one form.
void settle_fixed(Parameter& p) {
  if (p.low != p.high) return;
  p.log = false;
  p.step = p.kind == ParameterKind::kFloat ? 0 : 1;
  p.default_value.reset();
}

class ParameterReader {
 public:
  ParameterReader(const json& given, const ParameterReading& reading, const ParameterReport& report)
      : given_(given), reading_(reading), offered_(reading.offered), report_(report) {}

  std::optional<Parameter> read() {
    const auto kind = read_kind();
    if (!kind) return std::nullopt;
    p_ = offered_ ? *offered_ : blank_parameter(*kind);
    refuse_strange_keys();
    if (given_.contains("value"))
      fix();
    else if (is_numeric(p_))
      read_range();
    else if (p_.kind == ParameterKind::kChoice)
      read_choices();
    if (!fine_) return std::nullopt;
    settle_default();
    settle_fixed(p_);
    return fine_ && is_complete_ ? std::optional(p_) : std::nullopt;
  }

 private:
  void complain(const std::string& key, std::string message, bool at_key = false) {
    fine_ = false;
    report_(key.empty() ? "" : "/" + key, std::move(message), at_key);
  }
  // "space.parameters.lr.low is 5"
  std::string found(const std::string& key) const {
    return fmt::format("{}.{} is {}", reading_.place, key, shown_value(given_[key]));
  }
  // "a number from 1 to 9, as the evaluator offers"
  std::string expected() const {
    return search::expected_values(*offered_) + ", as the evaluator offers";
  }

  std::optional<ParameterKind> read_kind() {
    std::optional<ParameterKind> named;
    if (given_.contains("type")) named = kind_named(given_["type"].get<std::string>());
    if (offered_ && named && *named != offered_->kind) {
      complain("type", fmt::format("{}; expected {}, as the evaluator offers", found("type"),
                                   search::kind_name(offered_->kind)));
      return std::nullopt;
    }
    if (offered_) return offered_->kind;
    if (named) return named;
    if (given_.contains("value")) return kind_of_value(given_["value"]);
    if (!reading_.is_alone)
      complain(
          "",
          fmt::format("{} has no key 'type'; expected float, int, choice or bool", reading_.place),
          true);
    return std::nullopt;
  }

  void refuse_strange_keys() {
    static constexpr std::array<std::string_view, 4> kOfNumbers{"low", "high", "log", "step"};
    const bool fixed = given_.contains("value");
    const auto refuse = [&](std::string_view key, bool fits) {
      if (!given_.contains(key)) return;
      const std::string name(key);
      if (!fits)
        complain(name,
                 fmt::format("{}.{} stands in a parameter of type {}; expected {}", reading_.place,
                             key, search::kind_name(p_.kind), own_keys()),
                 true);
      else if (fixed)
        complain(
            name,
            fmt::format("{}.{} stands beside value; expected one of them", reading_.place, key),
            true);
    };
    for (std::string_view key : kOfNumbers) refuse(key, is_numeric(p_));
    refuse("values", p_.kind == ParameterKind::kChoice);
    if (fixed) refuse("default", true);
  }

  const char* own_keys() const {
    if (is_numeric(p_)) return "low, high, log and step";
    return p_.kind == ParameterKind::kChoice ? "values" : "value, or neither of its keys";
  }

  void fix() {
    const json& value = given_["value"];
    std::optional<double> number;
    if (offered_) {
      number = parameter_value(value, *offered_);
      if (!number)
        return complain("value", fmt::format("{}; expected {}{}", found("value"), expected(),
                                             choice_suggestion(value, *offered_)));
    } else if (p_.kind == ParameterKind::kChoice) {
      p_.choices = {choice_text(value)};
      number = 0;
    } else {
      number = free_value(value);
      if (!number)
        return complain("value", fmt::format("{}; expected {}", found("value"), kind_words()));
    }
    if (p_.kind == ParameterKind::kChoice) {
      p_.choices = {p_.choices[static_cast<std::size_t>(*number)]};
      number = 0;
    }
    p_.low = p_.high = *number;
  }

  // Of the parameter's kind, whatever its ends.
  std::optional<double> free_value(const json& value) const {
    if (!is_numeric(p_)) return parameter_value(value, p_);
    const bool is_whole = p_.kind == ParameterKind::kInteger;
    if (is_whole ? !value.is_number_integer() : !value.is_number()) return std::nullopt;
    const double number = value.get<double>() + 0.0;
    if (!std::isfinite(number) || (is_whole && std::abs(number) > kMostInteger))
      return std::nullopt;
    return number;
  }

  std::string kind_words() const {
    if (p_.kind == ParameterKind::kBoolean) return "true or false";
    return p_.kind == ParameterKind::kInteger ? "an integer, in digits alone, at most 2^53"
                                              : "a finite number";
  }

  // False where it is missing or wrong.
  bool read_end(const char* key, double& end) {
    if (!given_.contains(key)) {
      if (offered_) return true;
      is_complete_ = false;
      if (!reading_.is_alone)
        complain("",
                 fmt::format("{} has no key '{}'; expected {}", reading_.place, key, kind_words()),
                 true);
      return false;
    }
    const auto number = free_value(given_[key]);
    if (!number) {
      complain(key, fmt::format("{}; expected {}", found(key), kind_words()));
      return false;
    }
    if (offered_ && !(*number >= offered_->low && *number <= offered_->high)) {
      complain(key, fmt::format("{}; expected {}", found(key), expected()));
      return false;
    }
    end = *number;
    return true;
  }

  void read_range() {
    if (given_.contains("log")) p_.log = given_["log"].get<bool>();
    const bool has_low = read_end("low", p_.low), has_high = read_end("high", p_.high);
    const char* culprit = given_.contains("low") ? "low" : "high";
    if (has_low && has_high && p_.low > p_.high)
      return complain(
          culprit, fmt::format("{0}.low is {1}, {0}.high is {2}; expected a range", reading_.place,
                               search::number_text(p_.low), search::number_text(p_.high)));
    const double widest =
        p_.kind == ParameterKind::kInteger ? kMostInteger : std::numeric_limits<double>::max();
    if (has_low && has_high && !(p_.high - p_.low <= widest))
      return complain(
          culprit,
          fmt::format("{0}.low is {1}, {0}.high is {2}; expected a narrower range", reading_.place,
                      search::number_text(p_.low), search::number_text(p_.high)));
    if (has_low && p_.log && p_.low <= 0 && p_.low != p_.high)
      complain(given_.contains("log") ? "log" : "low",
               fmt::format("{0}.log is true, {0}.low is {1}; expected a low above 0",
                           reading_.place, search::number_text(p_.low)));
    if (given_.contains("step")) read_step(has_low && has_high);
    if (p_.log && p_.step != (p_.kind == ParameterKind::kFloat ? 0 : 1))
      complain(given_.contains("step") ? "step" : "log",
               fmt::format("{}.step stands beside log; expected one of them", reading_.place),
               true);
    if (fine_ && offered_) keep_to_offered_steps();
  }

  void read_step(bool has_range) {
    const json& given = given_["step"];
    p_.step = given.get<double>();
    if (p_.kind == ParameterKind::kInteger &&
        (!given.is_number_integer() || p_.step > kMostInteger))
      return complain("step", fmt::format("{}; expected an integer of at least 1", found("step")));
    if (!has_range || p_.low == p_.high) return;
    const double width = p_.high - p_.low;
    if (p_.step > width)
      complain("step", fmt::format("{}; expected at most {}, the width of its range", found("step"),
                                   search::number_text(width)));
    const double largest = std::max(std::abs(p_.low), std::abs(p_.high));
    const double least = std::max(width / kMostSteps, largest * 1e-12);
    if (p_.kind == ParameterKind::kFloat && p_.step < least)
      complain("step", fmt::format("{}; expected at least {}, or the key left out", found("step"),
                                   search::number_text(least)));
  }

  // Every value must be one that the evaluator offers.
  void keep_to_offered_steps() {
    const bool offers_all =
        p_.kind == ParameterKind::kFloat ? offered_->step == 0 : offered_->step == 1;
    if (offers_all || p_.low == p_.high) return;
    const double times = p_.step / offered_->step;
    if (std::abs(times - std::round(times)) > 1e-9 * times || std::round(times) < 1)
      return complain("step", fmt::format("{}; expected a multiple of {}, as the evaluator offers",
                                          found("step"), search::number_text(offered_->step)));
    const double nearest = search::nearest_value(*offered_, p_.low);
    if (std::abs(nearest - p_.low) > 1e-9 * offered_->step)
      return complain("low", fmt::format("{}; expected {}", found("low"), expected()));
    p_.low = nearest;
  }

  void read_choices() {
    if (!given_.contains("values")) {
      if (offered_) return;
      is_complete_ = false;
      if (!reading_.is_alone)
        complain(
            "",
            fmt::format("{} has no key 'values'; expected a list of its values", reading_.place),
            true);
      return;
    }
    std::vector<std::string> named;
    const json& list = given_["values"];
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string text = choice_text(list[i]);
      const std::string pointer = fmt::format("values/{}", i);
      const std::string place = fmt::format("{}.values[{}]", reading_.place, i);
      if (std::find(named.begin(), named.end(), text) != named.end())
        complain(pointer, fmt::format("{} is {}, which stands twice; expected each value once",
                                      place, shown_value(list[i])));
      else if (offered_ && !parameter_value(list[i], *offered_))
        complain(pointer, fmt::format("{} is {}; expected {}{}", place, shown_value(list[i]),
                                      expected(), choice_suggestion(list[i], *offered_)));
      named.push_back(text);
    }
    take_choices(std::move(named));
  }

  // In the evaluator's order: [a, b] and [b, a] are one space.
  void take_choices(std::vector<std::string> named) {
    if (offered_) {
      std::erase_if(p_.choices, [&](const std::string& choice) {
        return std::find(named.begin(), named.end(), choice) == named.end();
      });
    } else {
      p_.choices = std::move(named);
    }
    p_.low = 0;
    p_.high = static_cast<double>(p_.choices.size()) - 1;
  }

  void settle_default() {
    if (given_.contains("default")) {
      if (!is_complete_) return;
      const json& value = given_["default"];
      p_.default_value = parameter_value(value, p_);
      if (!p_.default_value)
        complain("default", fmt::format("{}; expected {}{}", found("default"),
                                        search::expected_values(p_), choice_suggestion(value, p_)));
      return;
    }
    // The evaluator's own, moved into what is left.
    if (!p_.default_value || !offered_) return;
    if (p_.kind == ParameterKind::kChoice)
      p_.default_value = parameter_value(parameter_value_json(*offered_, *p_.default_value), p_);
    else
      p_.default_value = search::nearest_value(p_, *p_.default_value);
  }

  const json& given_;
  const ParameterReading& reading_;
  const Parameter* offered_;
  const ParameterReport& report_;
  Parameter p_;
  bool fine_ = true;
  bool is_complete_ = true;
};

}  // namespace

std::string shown_value(const json& given) {
  return one_line(given.dump(-1, ' ', false, json::error_handler_t::replace), 60);
}

std::optional<Parameter> read_parameter(const json& given, const ParameterReading& reading,
                                        const ParameterReport& report) {
  return ParameterReader(given, reading, report).read();
}

std::optional<double> parameter_value(const json& given, const Parameter& p) {
  std::optional<double> value;
  switch (p.kind) {
    case ParameterKind::kFloat:
      if (given.is_number()) value = given.get<double>() + 0.0;
      break;
    case ParameterKind::kInteger:
      if (given.is_number_integer()) value = given.get<double>();
      break;
    case ParameterKind::kBoolean:
      if (given.is_boolean()) value = given.get<bool>() ? 1 : 0;
      break;
    case ParameterKind::kChoice: {
      const auto at = std::find(p.choices.begin(), p.choices.end(), choice_text(given));
      if (at != p.choices.end()) value = static_cast<double>(at - p.choices.begin());
      break;
    }
  }
  return value && search::has_value(p, *value) ? value : std::nullopt;
}

json parameter_value_json(const Parameter& p, double value) {
  switch (p.kind) {
    case ParameterKind::kInteger:
      return static_cast<std::int64_t>(value);
    case ParameterKind::kChoice:
      return p.choices[static_cast<std::size_t>(value)];
    case ParameterKind::kBoolean:
      return value != 0;
    case ParameterKind::kFloat:
      break;
  }
  return value;
}

std::string choice_suggestion(const json& given, const Parameter& p) {
  return p.kind == ParameterKind::kChoice ? suggestion(choice_text(given), p.choices) : "";
}

json parameter_json(const Parameter& p) {
  json out = {{"type", std::string(search::kind_name(p.kind))}};
  if (is_numeric(p)) {
    out["low"] = parameter_value_json(p, p.low);
    out["high"] = parameter_value_json(p, p.high);
    out["log"] = p.log;
    if (p.kind == ParameterKind::kInteger)
      out["step"] = static_cast<std::int64_t>(p.step);
    else if (p.step > 0)
      out["step"] = p.step;
  } else if (p.kind == ParameterKind::kChoice) {
    out["values"] = p.choices;
  } else if (p.low == p.high) {
    out["value"] = p.low != 0;
  }
  if (p.default_value) out["default"] = parameter_value_json(p, *p.default_value);
  return out;
}

}  // namespace equivolve::engine
