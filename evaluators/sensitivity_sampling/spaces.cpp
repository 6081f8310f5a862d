#include "evaluators/sensitivity_sampling/spaces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "evaluators/common/settings/json_reader.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::sensitivity_sampling {
namespace {

using nlohmann::json;
using row_sampling::Rule;
using row_sampling::Scheme;
using sdk::Refused;

constexpr const char* kParameters[] = {"rule", "scheme", "exact_size", "uniform_share"};

json rule_names() {
  json names = json::array();
  for (Rule rule : row_sampling::kRules) names.push_back(row_sampling::rule_name(rule));
  return names;
}

json scheme_names() {
  json names = json::array();
  for (Scheme scheme :
       {Scheme::kBernoulli, Scheme::kSystematic, Scheme::kPivotal, Scheme::kWithReplacement})
    names.push_back(row_sampling::scheme_name(scheme));
  return names;
}

std::string_view summary_of(Rule rule) {
  switch (rule) {
    case Rule::kUniform:
      return "every row alike";
    case Rule::kRowNorm:
      return "the row's length to the power p";
    case Rule::kLeverage:
      return "leverage scores";
    case Rule::kRootLeverage:
      return "leverage scores to the power p/2";
    case Rule::kSensitivity:
      return "l_p sensitivities, approximate";
    case Rule::kLewis:
      return "l_p Lewis weights";
    case Rule::kCombined:
      return "leverage plus sensitivity";
  }
  return "";
}

std::string configuration_text(Rule rule, Scheme scheme) {
  std::string text = fmt::format("rule: {}\nscheme: {}\nuniform_share: 0\n",
                                 row_sampling::rule_name(rule), row_sampling::scheme_name(scheme));
  if (scheme == Scheme::kBernoulli) text += "exact_size: false\n";
  return text;
}

}  // namespace

std::string default_space(search::Representation representation) {
  if (representation == search::Representation::kExpression)
    return json{{"representation", "expression"},
                {"inputs", input_names()},
                {"operations", {"add", "sub", "mul", "min", "max", "lse", "clamp"}},
                {"constants", {{"range", 4}}},
                {"max_size", 25},
                {"max_depth", 6},
                {"initial_depth", {{"low", 1}, {"high", 4}}}}
        .dump();
  return json{
      {"representation", "configuration"},
      {"parameters",
       {{"rule", {{"type", "choice"}, {"values", rule_names()}, {"default", "lewis"}}},
        {"scheme", {{"type", "choice"}, {"values", scheme_names()}, {"default", "bernoulli"}}},
        {"exact_size", {{"type", "bool"}, {"default", false}, {"when", {{"scheme", "bernoulli"}}}}},
        {"uniform_share", {{"type", "float"}, {"low", 0}, {"high", 0.5}, {"default", 0}}}}}}
      .dump();
}

void check_space(search::Representation representation, std::string_view space_json) {
  const json space = settings::parse_object(space_json);
  const std::string name(search::representation_name(representation));
  if (space.value("representation", name) != name)
    throw Refused("/representation", "the evaluator was made for " + name);
  if (representation == search::Representation::kExpression) {
    if (space.contains("inputs") && space["inputs"] != json(input_names()))
      throw Refused("/inputs", "must be the evaluator's, in their order");
    return;
  }
  if (!space.contains("parameters")) return;
  for (const auto& item : space["parameters"].items()) {
    if (std::find(std::begin(kParameters), std::end(kParameters), item.key()) ==
        std::end(kParameters))
      throw Refused("/parameters/" + item.key(),
                    "is no parameter of samplers; expected rule, scheme, exact_size, "
                    "uniform_share");
    const json& values = item.value().value("values", json::array());
    for (const json& value : values) {
      const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      const bool known = item.key() == "rule"     ? row_sampling::rule_named(text).has_value()
                         : item.key() == "scheme" ? row_sampling::scheme_named(text).has_value()
                                                  : true;
      if (!known)
        throw Refused("/parameters/" + item.key(), fmt::format("'{}' is no {}", text, item.key()));
    }
    if (item.key() == "uniform_share" && item.value().is_object() &&
        (item.value().value("low", 0.0) < 0 || item.value().value("high", 0.5) > 1))
      throw Refused("/parameters/uniform_share", "must lie between 0 and 1");
  }
}

std::string list_references(search::Representation representation) {
  json list = json::array();
  const bool formulas = representation == search::Representation::kExpression;
  for (Rule rule : row_sampling::kRules)
    list.push_back({{"name", row_sampling::rule_name(rule)},
                    {"summary", summary_of(rule)},
                    {"genome", formulas ? std::string(rule_formula(rule))
                                        : configuration_text(rule, Scheme::kBernoulli)}});
  json pivotal = {{"name", kLewisPivotal}, {"summary", "Lewis weights, pivotal sampling"}};
  if (!formulas) pivotal["genome"] = configuration_text(Rule::kLewis, Scheme::kPivotal);
  list.push_back(std::move(pivotal));
  return list.dump();
}

std::optional<Sampler> reference_sampler(std::string_view name) {
  Sampler sampler;
  if (name == kLewisPivotal) {
    sampler.scheme.scheme = Scheme::kPivotal;
    return sampler;
  }
  const auto rule = row_sampling::rule_named(name);
  if (!rule) return std::nullopt;
  sampler.rule = *rule;
  return sampler;
}

}  // namespace equivolve::sensitivity_sampling
