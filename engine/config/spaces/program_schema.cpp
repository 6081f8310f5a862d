#include "engine/config/spaces/program_schema.hpp"

namespace equivolve::engine {
namespace {

constexpr const char* kFunction = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "length": {"type": "integer", "minimum": 0, "maximum": 1000, "description": "sets the three lengths below"},
    "min_length": {"type": "integer", "minimum": 0, "maximum": 1000, "description": "instructions"},
    "max_length": {"type": "integer", "minimum": 0, "maximum": 1000},
    "initial_length": {"type": "integer", "minimum": 0, "maximum": 1000, "description": "of random programs"},
    "operations": {"type": "array", "items": {"type": "string"}, "description": "which instructions may be used"}
  }})";

std::string make_schema() {
  std::string functions;
  for (const char* name : {"setup", "predict", "learn"})
    functions += std::string("\"") + name + "\": " + kFunction + ",";
  return R"({
  "type": "object", "additionalProperties": false,
  "properties": {)" +
         functions + R"(
    "representation": {"enum": ["program"]},
    "memories": {
      "type": "object", "additionalProperties": false,
      "properties": {
        "scalars": {"type": "integer", "minimum": 2, "maximum": 255},
        "vectors": {"type": "integer", "minimum": 1, "maximum": 255},
        "matrices": {"type": "integer", "minimum": 0, "maximum": 255},
        "dimension": {"type": "integer", "minimum": 1, "maximum": 65535, "description": "length of a vector: the evaluator's"}
      }},
    "operations": {"type": "array", "items": {"type": "string"}, "description": "of all three functions"},
    "constant_range": {"type": "number", "exclusiveMinimum": 0, "maximum": 1e100,
                       "description": "constants of random programs lie in [-constant_range, constant_range]"}
  }})";
}

}  // namespace

const std::string& program_schema() {
  static const std::string schema = make_schema();
  return schema;
}

}  // namespace equivolve::engine
