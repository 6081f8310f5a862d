#include "evaluators/common/configurations/bound_space.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace equivolve::configurations {
namespace {

using nlohmann::json;
using search::Clause;
using search::Parameter;
using search::ParameterKind;

/// A choice may have been written as a number or truth value.
std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

double number_of(const Parameter& p, const json& value) {
  if (value.is_boolean() && p.kind == ParameterKind::kBoolean) return value.get<bool>() ? 1 : 0;
  if (p.kind != ParameterKind::kChoice) return value.get<double>();
  for (std::size_t i = 0; i < p.choices.size(); ++i)
    if (p.choices[i] == text_of(value)) return static_cast<double>(i);
  throw std::invalid_argument("'" + text_of(value) + "' is no choice of '" + p.name + "'");
}

ParameterKind kind_of(const std::string& name) {
  for (ParameterKind kind : {ParameterKind::kFloat, ParameterKind::kInteger, ParameterKind::kChoice,
                             ParameterKind::kBoolean})
    if (search::kind_name(kind) == name) return kind;
  throw std::invalid_argument("'" + name + "' is no type of a parameter");
}

/// Of a fixed one, the type may be left to its value.
std::string type_of(const json& given) {
  if (given.contains("type")) return given.at("type").get<std::string>();
  const json& value = given.at("value");
  if (value.is_boolean()) return "bool";
  if (value.is_string()) return "choice";
  return value.is_number_integer() ? "int" : "float";
}

Parameter parameter_of(const std::string& name, const json& given) {
  Parameter p;
  p.name = name;
  p.kind = kind_of(type_of(given));
  p.step = p.kind == ParameterKind::kFloat ? 0 : 1;
  if (given.contains("values"))
    for (const json& value : given.at("values")) p.choices.push_back(text_of(value));
  if (p.kind == ParameterKind::kChoice) {
    if (given.contains("value")) p.choices = {text_of(given.at("value"))};
    p.low = 0;
    p.high = static_cast<double>(p.choices.size()) - 1;
    if (p.choices.empty()) throw std::invalid_argument("'" + name + "' has no choices");
  } else if (given.contains("value")) {
    p.low = p.high = number_of(p, given.at("value"));
  } else if (search::is_numeric(p)) {
    p.low = given.at("low").get<double>();
    p.high = given.at("high").get<double>();
    p.log = given.value("log", false);
    p.step = given.value("step", p.step);
  }
  if (given.contains("default")) p.default_value = number_of(p, given.at("default"));
  return p;
}

Clause clause_of(std::uint32_t position, const Parameter& p, const json& given) {
  Clause clause;
  clause.parameter = position;
  clause.is_range = given.is_object();
  if (clause.is_range) {
    clause.low = given.value("low", p.low);
    clause.high = given.value("high", p.high);
    return clause;
  }
  for (const json& value : given.is_array() ? given : json::array({given})) {
    // A choice that was taken away holds in no candidate.
    if (p.kind == ParameterKind::kChoice &&
        std::find(p.choices.begin(), p.choices.end(), text_of(value)) == p.choices.end())
      continue;
    clause.values.push_back(number_of(p, value));
  }
  return clause;
}

}  // namespace

tl::expected<search::ConfigurationSpace, std::string> read_bound_space(std::string_view text) {
  try {
    const json space = json::parse(text);
    // json keeps its members by name, which is the order in which they lie in a genome.
    std::vector<Parameter> parameters;
    std::map<std::string, std::uint32_t> positions;
    for (const auto& [name, given] : space.at("parameters").items()) {
      positions[name] = static_cast<std::uint32_t>(parameters.size());
      parameters.push_back(parameter_of(name, given));
    }
    for (const auto& [name, given] : space.at("parameters").items())
      if (given.contains("when"))
        for (const auto& [other, wanted] : given.at("when").items()) {
          const std::uint32_t at = positions.at(other);
          parameters[positions.at(name)].when.push_back(clause_of(at, parameters[at], wanted));
        }
    auto made = search::make_configuration_space(std::move(parameters), {});
    if (!made) return tl::unexpected<std::string>("conditions go round in a circle");
    return std::move(*made);
  } catch (const std::exception& e) {
    return tl::unexpected(std::string("not a space of configurations: ") + e.what());
  }
}

}  // namespace equivolve::configurations
