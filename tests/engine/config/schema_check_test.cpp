#include "engine/config/schema_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/config/config_support.hpp"

namespace equivolve::engine::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kSchema = R"({
  "type": "object",
  "properties": {
    "data": {"type": "object", "additionalProperties": false, "required": ["file"],
      "properties": {"file": {"type": "string", "format": "path", "description": "a CSV file"},
                     "images": {"type": "string", "format": "path"},
                     "target": {"type": ["string", "integer"]}}},
    "options": {"type": "object", "additionalProperties": false,
      "properties": {"task": {"enum": ["classification", "regression"], "default": "regression"},
                     "epochs": {"type": "integer", "minimum": 1, "maximum": 9, "default": 2},
                     "rate": {"type": "number", "exclusiveMinimum": 0, "default": 0.5},
                     "pause": {"type": "string", "format": "duration"},
                     "layers": {"type": "array", "maxItems": 2, "items": {"type": "integer", "minimum": 1}}}}}})";

std::string schema_problems(const std::string& text) {
  auto result = read(text);
  if (!result) return "unread: " + text_of(result.error());
  return text_of(apply_evaluator_schema(*result, kSchema, "/runs"));
}

std::string first(const std::string& text) {
  const std::string all = schema_problems(text);
  return all.substr(0, all.find('\n'));
}

const std::string kHead = "evaluator: toy\ndata: x.csv\n";

TEST(SchemaCheck, PassesWhatFits) {
  EXPECT_EQ(
      schema_problems(
          kHead + "options: {task: regression, epochs: 9, rate: 1, layers: [1, 2], pause: 3s}\n"),
      "");
  EXPECT_EQ(schema_problems("evaluator: toy\ndata: {file: a, target: 3}\n"), "");
}

TEST(SchemaCheck, NamesPlaceAndExpectation) {
  EXPECT_EQ(first(kHead + "options: {task: clasification}\n"),
            "run.yaml:3:17: options.task is \"clasification\"; expected classification or "
            "regression; did you mean "
            "'classification'?");
  EXPECT_EQ(first(kHead + "options: {epochs: 0}\n"),
            "run.yaml:3:19: options.epochs is 0; expected an integer from 1 to 9");
  EXPECT_EQ(first(kHead + "options: {epochs: 2.5}\n"),
            "run.yaml:3:19: options.epochs is 2.5; expected an integer from 1 to 9");
  EXPECT_EQ(first(kHead + "options: {rate: 0}\n"),
            "run.yaml:3:17: options.rate is 0; expected a number above 0");
  EXPECT_EQ(first(kHead + "options: {rate: \"1\"}\n"),
            "run.yaml:3:17: options.rate is \"1\"; expected a number above 0");
  EXPECT_EQ(first(kHead + "options: {layers: [1, 0]}\n"),
            "run.yaml:3:23: options.layers[1] is 0; expected an integer of at least 1");
  EXPECT_EQ(first(kHead + "options: {layers: [1, 1, 1]}\n"),
            "run.yaml:3:19: options.layers is a list; expected a list with at most 2 items");
  EXPECT_EQ(first(kHead + "options: {epoch: 1}\n"),
            "run.yaml:3:11: unknown key 'epoch' in options; expected one of epochs, layers, pause, "
            "rate, task; did you mean "
            "'epochs'?");
  EXPECT_EQ(first("evaluator: toy\ndata: {target: y}\n"),
            "run.yaml:2:1: data has no key 'file'; expected a path (a CSV file)");
  EXPECT_EQ(first("evaluator: toy\n"),
            "run.yaml:1:1: data has no key 'file'; expected a path (a CSV file)");
  EXPECT_THAT(first(kHead + "options: {pause: 3}\n"),
              HasSubstr("run.yaml:3:18: options.pause is 3; expected a duration"));
  EXPECT_THAT(first(kHead + "options: {pause: soon}\n"), HasSubstr("expected a duration"));
}

TEST(SchemaCheck, AnIntegerIsWrittenInDigitsAlone) {
  EXPECT_EQ(first(kHead + "options: {epochs: 1e0}\n"),
            "run.yaml:3:19: options.epochs is 1.0; expected an integer from 1 to 9, in digits "
            "alone");
  for (const char* spelling : {"3.0", "30e-1", "0.3e1", "3."})
    EXPECT_THAT(first(kHead + "options: {epochs: " + spelling + "}\n"),
                HasSubstr("options.epochs is 3.0; expected an integer from 1 to 9, in digits"));
  EXPECT_THAT(first(kHead + "options: {layers: [1, 1e3]}\n"),
              HasSubstr("run.yaml:3:23: options.layers[1] is 1000.0; expected an integer"));
  EXPECT_THAT(first("evaluator: toy\ndata: {file: a, target: 3.0}\n"),
              HasSubstr("data.target is 3.0; expected a text or an integer, in digits alone"));
  EXPECT_EQ(schema_problems(kHead + "options: {rate: 1e0}\n"), "");
}

// What is not understood inside a `not` would turn its meaning round.
TEST(SchemaCheck, ANotThatIsNotUnderstoodRefusesNothing) {
  const auto said = [&](const std::string& rule) {
    auto result = read("evaluator: toy\noptions: {a: 1, b: 2}\n");
    return text_of(apply_evaluator_schema(
        *result, R"({"properties": {"options": {"not": )" + rule + "}}}", "/runs"));
  };
  for (const char* rule :
       {R"({"pattern": "^_"})", R"({"$ref": "#/definitions/x"})", R"({"required": []})", "true",
        R"({"required": ["a", "b"], "properties": {"a": {"pattern": "^_"}}})",
        R"({"required": ["a"], "minProperties": 3})", R"({"properties": {"a": {"const": 1}}})"})
    EXPECT_EQ(said(rule), "") << rule;
  EXPECT_THAT(said(R"({"required": ["b"]})"),
              HasSubstr("options.b is not taken here; expected this left out"));
}

TEST(SchemaCheck, KeysThatContradictEachOtherAreBothNamed) {
  const std::string schema = R"({"properties": {"options": {"allOf": [
    {"not": {"required": ["keep", "drop"], "description": "one of the two"}},
    {"not": {"required": ["mark", "comma"], "properties": {"mark": {"const": ","}, "comma": {"const": true}}}}]}}})";
  const auto said = [&](const std::string& options) {
    auto result = read("evaluator: toy\noptions: " + options + "\n");
    return text_of(apply_evaluator_schema(*result, schema, "/runs"));
  };
  EXPECT_THAT(said("{keep: [a], drop: [b]}"),
              HasSubstr("run.yaml:2:22: options.drop contradicts options.keep; expected one of "
                        "the two\n"));
  EXPECT_THAT(said("{comma: true, mark: ','}"),
              HasSubstr("run.yaml:2:11: options.comma true contradicts options.mark \",\"; "
                        "expected one of them\n"));
  const std::string both = said("{keep: [a], drop: [b], comma: true, mark: ','}");
  EXPECT_THAT(both, HasSubstr("options.drop"));
  EXPECT_THAT(both, HasSubstr("options.comma"));
  for (const char* fine : {"{keep: [a]}", "{drop: [b]}", "{comma: false, mark: ','}", "{}"})
    EXPECT_EQ(said(fine), "") << fine;
}

TEST(SchemaCheck, ReportsAllProblems) {
  auto result = read(kHead + "options: {task: x, epochs: 0, rte: 1}\n");
  ASSERT_TRUE(result);
  EXPECT_EQ(apply_evaluator_schema(*result, kSchema, "/runs").size(), 3u);
}

TEST(SchemaDefaults, AreFilledInPathsMadeAbsoluteNumbersTyped) {
  auto result = read(
      "evaluator: toy\ndata: {file: x.csv, images: pictures}\noptions: {rate: 2, epochs: 3}\n");
  ASSERT_TRUE(result);
  EXPECT_THAT(apply_evaluator_schema(*result, kSchema, "/runs"), IsEmpty());
  EXPECT_EQ(result->configuration.evaluator.config_json,
            R"({"data":{"file":"/runs/x.csv","images":"/runs/pictures"},)"
            R"("options":{"epochs":3,"rate":2.0,"task":"regression"}})");
}

TEST(SchemaDefaults, LeavingOneOutIsTheSameAsWritingIt) {
  auto silent = read(kHead),
       explicit_ = read(kHead + "options: {task: regression, epochs: 2, rate: 0.5}\n");
  apply_evaluator_schema(*silent, kSchema, "/runs");
  apply_evaluator_schema(*explicit_, kSchema, "/runs");
  EXPECT_EQ(silent->configuration.evaluator.config_json,
            explicit_->configuration.evaluator.config_json);
}

// ---- several forms
// ---------------------------------------------------------------------------------------

const std::string kForms = R"({"properties": {
  "data": {"oneOf": [
    {"title": "a table", "type": "object", "required": ["file", "target"], "additionalProperties": false,
     "properties": {"file": {"type": "string", "format": "path"}, "target": {"type": "string"},
                    "share": {"type": "number", "default": 0.2}}},
    {"title": "made up", "type": "object", "required": ["synthetic"], "additionalProperties": false,
     "properties": {"synthetic": {"enum": ["linear", "deep"]}, "tasks": {"type": "integer", "default": 10}}}]},
  "options": {"type": "object", "properties": {
    "size": {"anyOf": [{"type": "integer", "minimum": 1}, {"enum": ["auto"]}]}, "version": {"const": 3}}}}})";

std::string form_problem(const std::string& rest) {
  auto result = read("evaluator: toy\n" + rest);
  if (!result) return text_of(result.error());
  const std::string all = text_of(apply_evaluator_schema(*result, kForms, "/runs"));
  return all.substr(0, all.find('\n'));
}

TEST(SchemaForms, OneMustFit) {
  EXPECT_EQ(form_problem("data: {file: x, target: y}\n"), "");
  EXPECT_EQ(form_problem("data: {synthetic: deep}\noptions: {size: auto, version: 3}\n"), "");
}

TEST(SchemaForms, TheOneThatWasMeantIsSpokenOf) {
  EXPECT_EQ(form_problem("data: {file: x}\n"),
            "run.yaml:2:1: data has no key 'target'; expected a text");
  EXPECT_EQ(form_problem("data: {fil: x, target: y}\n"),
            "run.yaml:2:8: unknown key 'fil' in data; expected one of file, share, target; did you "
            "mean 'file'?");
  EXPECT_EQ(form_problem("data: {synthetic: linaer}\n"),
            "run.yaml:2:19: data.synthetic is \"linaer\"; expected linear or deep; did you mean "
            "'linear'?");
}

TEST(SchemaForms, WhereNoneWasMeantAllAreNamed) {
  EXPECT_EQ(form_problem("data: {}\n"),
            "run.yaml:2:1: data is empty; expected a table (file, target) or made up (synthetic)");
  EXPECT_EQ(form_problem(""),
            "run.yaml:1:1: there is no key 'data'; expected a table (file, target) or made up "
            "(synthetic)");
  EXPECT_EQ(form_problem("data: {synthetic: deep}\noptions: {size: [1]}\n"),
            "run.yaml:3:17: options.size is a list; expected an integer of at least 1 or auto");
}

TEST(SchemaForms, KeysOfTwoFormsAreBothNamed) {
  EXPECT_EQ(
      form_problem("data: {file: x, target: y, tasks: 3}\n"),
      "run.yaml:2:28: data.tasks cannot stand beside data.file; expected a table (file, target) or "
      "made up (synthetic)");
}

TEST(SchemaForms, ConstantsAndLengthsAreHeld) {
  EXPECT_EQ(form_problem("data: {synthetic: deep}\noptions: {version: 2}\n"),
            "run.yaml:3:20: options.version is 2; expected 3");
  EXPECT_THAT(check_against_schema(R"("größer")", R"({"type": "string", "maxLength": 6})", "", "x"),
              IsEmpty())
      << "characters, not bytes";
  EXPECT_EQ(
      check_against_schema(R"("größer")", R"({"type": "string", "maxLength": 5})", "", "x").size(),
      1u);
}

TEST(SchemaForms, DefaultsAreThoseOfTheFormThatFits) {
  auto result = read("evaluator: toy\ndata: {file: x, target: y}\n");
  EXPECT_THAT(apply_evaluator_schema(*result, kForms, "/runs"), IsEmpty());
  EXPECT_THAT(result->configuration.evaluator.config_json,
              HasSubstr(R"("data":{"file":"/runs/x","share":0.2,"target":"y"})"));
}

TEST(SchemaCheck, StrangeSchemasDoNoHarm) {
  for (const std::string schema :
       {"", "{", "[]", "5", "{}", R"({"properties": 3})",
        R"({"properties": {"options": {"type": 7, "properties": [1]}}})",
        R"({"properties": {"options": {"oneOf": 3, "anyOf": [1, []], "const": []}}})",
        R"({"properties": {"options": {"enum": 3, "items": false, "required": [1, "x"]}}})",
        R"({"properties": {"options": {"properties": {"a": {"format": 1, "type": "string"}}}}})"}) {
    auto result = read(kHead + "options: {a: x}\n");
    const std::string before = result->configuration.evaluator.config_json;
    if (apply_evaluator_schema(*result, schema, "/runs").empty()) {
      EXPECT_EQ(result->configuration.evaluator.config_json, before) << schema;
    }
  }
}

}  // namespace
}  // namespace equivolve::engine::test
