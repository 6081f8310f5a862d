#include "tests/fuzz/config_input.hpp"

#include "engine/config/reader.hpp"
#include "engine/config/resolved.hpp"
#include "engine/config/schema_check.hpp"
#include "engine/config/space.hpp"
#include "engine/config/utf8.hpp"

namespace equivolve::fuzz {
namespace {

using namespace engine;

// Every keyword that schema_check.hpp names.
constexpr const char* kSchema = R"({
  "type": "object", "required": ["data"],
  "properties": {
    "data": {"oneOf": [
      {"title": "a table", "type": "object", "required": ["file", "target"], "additionalProperties": false,
       "properties": {"file": {"type": "string", "format": "path"}, "target": {"type": "string", "minLength": 1, "maxLength": 9},
                      "test_share": {"type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.2}}},
      {"title": "synthetic", "type": "object", "required": ["synthetic"], "additionalProperties": false,
       "properties": {"synthetic": {"enum": ["linear", "two_layer_teacher"]}, "tasks": {"type": "integer", "minimum": 1, "default": 10}}}]},
    "options": {"type": "object", "additionalProperties": false,
      "allOf": [{"not": {"required": ["flag", "fixed"], "properties": {"flag": {"const": false}}, "description": "one"}}], "properties": {
      "task": {"enum": ["classification", "regression"]}, "pause": {"type": "string", "format": "duration"},
      "memory": {"type": "string", "format": "size"}, "fixed": {"const": 3}, "flag": {"type": "boolean", "default": true},
      "layers": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": ["integer", "null"]}},
      "either": {"anyOf": [{"type": "integer"}, {"type": "object", "additionalProperties": {"type": "number"}}]}}}}})";

ReadOptions fixed_places() {
  ReadOptions options;
  options.store = "results.db";
  options.current_folder = "/here";
  return options;
}

std::string fault_of(const ConfigProblems& problems) {
  for (const ConfigProblem& problem : problems) {
    if (problem.message.empty()) return "a refusal without a word";
    if (!check_utf8(problem.text()).valid) return "a message that is no text: " + problem.message;
    if (problem.caret > problem.source_line.size())
      return "a caret beside its line: " + problem.message;
  }
  return "";
}

std::string fault_of_accepted(const Configuration& configuration) {
  const std::string understood = to_json_text(configuration);
  const auto again = from_json_text(understood);
  if (!again) return "what was understood is refused: " + text_of(again.error());
  if (to_json_text(*again) != understood)
    return "what was understood changes when it is read again";
  return "";
}

}  // namespace

std::string broken_promise(const std::string& text) {
  auto document = Document::parse(text, "fuzz.yaml");
  if (!document) return fault_of({document.error()});
  ReadConfiguration read = walk_document(std::move(*document), "/runs", "run", fixed_places());
  ConfigProblems all = read.problems;
  add_new(all, apply_evaluator_schema(read, kSchema, "/runs"));
  add_new(all, check_space_alone(read));
  in_file_order(all);
  if (std::string fault = fault_of(all); !fault.empty()) return fault;
  if (std::string fault = fault_of(read.warnings); !fault.empty()) return fault;
  to_json_text(all);
  return all.empty() ? fault_of_accepted(read.configuration) : "";
}

}  // namespace equivolve::fuzz
