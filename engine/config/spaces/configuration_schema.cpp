#include "engine/config/spaces/configuration_schema.hpp"

namespace equivolve::engine {
namespace {

constexpr const char* kScalar = R"("type": ["number", "string", "boolean"], "maxLength": 200)";

// What is asked of a parameter: one value, one of several, or a range.
std::string condition_schema() {
  const std::string scalar(kScalar);
  return R"js({"anyOf": [
    {"title": "a value", )js" +
         scalar + R"js(},
    {"title": "a list of values", "type": "array", "maxItems": 1000, "items": {)js" +
         scalar + R"js(}},
    {"title": "a range (low, high)", "type": "object", "additionalProperties": false,
     "properties": {
       "low": {"type": "number", "description": "left out: the parameter's own"},
       "high": {"type": "number", "description": "left out: the parameter's own"}}}]})js";
}

std::string parameter_schema() {
  const std::string scalar(kScalar);
  return R"js({"type": "object", "additionalProperties": false, "properties": {
    "type": {"enum": ["float", "int", "choice", "bool"]},
    "low": {"type": "number", "description": "of float and int: the least value"},
    "high": {"type": "number", "description": "of float and int: the largest value"},
    "log": {"type": "boolean", "description": "of float and int: drawn and moved on a log scale"},
    "step": {"type": "number", "exclusiveMinimum": 0,
             "description": "of float and int: values are low, low + step, ..."},
    "values": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {)js" +
         scalar + R"js(}, "description": "of choice: its values; numbers are taken as texts"},
    "value": {)js" +
         scalar + R"js(, "description": "fixes the parameter"},
    "default": {)js" +
         scalar + R"js(, "description": "where a candidate's text leaves it out"},
    "when": {"type": "object", "additionalProperties": )js" +
         condition_schema() + R"js(, "description": "active only where all of these hold"}
  }})js";
}

std::string make_configuration_schema() {
  return R"js({
  "type": "object", "additionalProperties": false,
  "properties": {
    "representation": {"enum": ["configuration"]},
    "parameters": {"type": "object", "additionalProperties": )js" +
         parameter_schema() + R"js(, "description": "a map for each parameter, by its name"},
    "forbidden": {"type": "array", "maxItems": 10000,
                  "items": {"type": "object", "additionalProperties": )js" +
         condition_schema() + R"js(}, "description": "combinations that no candidate has"}
  }})js";
}

}  // namespace

const std::string& configuration_schema() {
  static const std::string schema = make_configuration_schema();
  return schema;
}

}  // namespace equivolve::engine
