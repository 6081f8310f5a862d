#include "engine/config/file_schema.hpp"

#include <nlohmann/json.hpp>

#include "engine/config/descriptors_key.hpp"
#include "engine/config/initial_key.hpp"
#include "engine/config/keys.hpp"
#include "engine/config/operators_key.hpp"
#include "engine/config/schema_check.hpp"
#include "engine/config/spaces/space_section.hpp"
#include "search/variation/operator_weights.hpp"

namespace equivolve::engine {
namespace {

using Json = nlohmann::ordered_json;

// parse_duration and parse_size (units.hpp) as expressions, but for their largest values.
constexpr const char* kDurationPattern =
    "^(0|((0|[1-9][0-9]*)(\\.[0-9]*)?|\\.[0-9]+) *(ns|us|ms|s|m|h|d))$";
constexpr const char* kPositiveDurationPattern =
    "^(?=[0.]*[1-9])((0|[1-9][0-9]*)(\\.[0-9]*)?|\\.[0-9]+) *(ns|us|ms|s|m|h|d)$";
constexpr const char* kSizePattern =
    "^(0|((0|[1-9][0-9]*)(\\.[0-9]*)?|\\.[0-9]+) *(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB))$";
constexpr const char* kFigureNamePattern = "^[A-Za-z][A-Za-z0-9_.-]{0,63}$";

Json text_with(const std::string& pattern) {
  Json out = {{"type", "string"}};
  if (!pattern.empty()) out["pattern"] = pattern;
  return out;
}

Json any_of(Json one, Json other) {
  return {{"anyOf", Json::array({std::move(one), std::move(other)})}};
}

Json form_of_descriptor() {
  return {{"type", "object"},
          {"additionalProperties", false},
          {"properties",
           {{"low", {{"type", "number"}}},
            {"high", {{"type", "number"}}},
            {"bins", {{"type", "integer"}, {"minimum", 1}, {"maximum", kMostCells}}}}}};
}

Json form_of_weights() {
  const Json weight = any_of({{"const", 0}}, {{"type", "number"},
                                              {"minimum", search::OperatorWeights::kLeast},
                                              {"maximum", search::OperatorWeights::kMost}});
  Json properties = Json::object();
  for (const std::string& name : weighted_names()) properties[name] = weight;
  return {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
}

Json form_of_initial() {
  const Json scalar = {{"type", {"string", "number", "boolean"}}, {"minLength", 1}};
  const Json values = {{"type", "object"},
                       {"minProperties", 1},
                       {"propertyNames", {{"pattern", "^[A-Za-z_][A-Za-z0-9_.-]{0,63}$"}}},
                       {"additionalProperties", {{"type", {"string", "number", "boolean"}}}}};
  const Json run = {{"type", {"string", "integer"}}, {"minLength", 1}};
  const Json from = {
      {"type", "object"},
      {"additionalProperties", false},
      {"required", {"run"}},
      {"properties",
       {{"run", run},
        {"top", {{"type", "integer"}, {"minimum", 1}, {"maximum", kMostEarlierCandidates}}},
        {"store", {{"type", "string"}, {"minLength", 1}}}}}};
  return {{"type", "object"},
          {"additionalProperties", false},
          {"properties",
           {{"candidates", {{"type", "array"}, {"items", any_of(scalar, values)}}},
            {"references", {{"type", "boolean"}}},
            {"from", any_of(run, from)}}}};
}

/// A line, or its words; a script's may stand together in lists of their own.
Json form_of_command(bool has_groups) {
  const Json word = {{"type", "string"}};
  const Json group = {{"type", "array"}, {"items", word}};
  const Json words = {{"type", "array"},
                      {"minItems", 1},
                      {"prefixItems", {{{"type", "string"}, {"minLength", 1}}}},
                      {"items", has_groups ? any_of(word, group) : word}};
  return any_of(words, {{"type", "string"}, {"minLength", 1}});
}

Json form_of(const Key& key) {
  switch (key.kind) {
    case KeyKind::kInteger:
      return {{"type", "integer"}, {"minimum", key.least}, {"maximum", key.most}};
    case KeyKind::kNumber:
      return {{"type", "number"}, {"minimum", key.low}, {"maximum", key.high}};
    case KeyKind::kBoolean:
      return {{"type", "boolean"}};
    case KeyKind::kChoice:
      return {{"enum", key.choices}};
    case KeyKind::kDuration:
      // A plain 0 needs no unit.
      return key.zero_allowed ? any_of(text_with(kDurationPattern), {{"const", 0}})
                              : text_with(kPositiveDurationPattern);
    case KeyKind::kSize:
      return any_of(text_with(kSizePattern), {{"const", 0}});
    case KeyKind::kCommand:
    case KeyKind::kTexts:
      return form_of_command(key.kind == KeyKind::kCommand);
    case KeyKind::kVariables:
      return {{"type", "object"},
              {"propertyNames", {{"pattern", "^[A-Za-z_][A-Za-z0-9_]*$"}}},
              {"additionalProperties", {{"type", {"string", "number", "boolean"}}}}};
    case KeyKind::kMetrics:
      return {{"type", "object"},
              {"minProperties", 1},
              {"propertyNames", {{"pattern", kFigureNamePattern}}},
              {"additionalProperties", {{"enum", {"minimize", "maximize", "record"}}}}};
    case KeyKind::kPath:
      return {{"type", "string"}, {"minLength", 1}};
    case KeyKind::kPaths:
      return {{"type", "array"}, {"items", {{"type", "string"}, {"minLength", 1}}}};
    case KeyKind::kFigures:
      return {{"type", "object"},
              {"propertyNames", {{"pattern", kFigureNamePattern}}},
              {"additionalProperties", {{"type", "number"}}}};
    case KeyKind::kDescriptors:
      return {{"type", "object"},
              {"propertyNames", {{"pattern", kFigureNamePattern}}},
              {"additionalProperties", form_of_descriptor()}};
    case KeyKind::kWeights:
      return form_of_weights();
    case KeyKind::kInitial:
      return form_of_initial();
    case KeyKind::kText:
    case KeyKind::kNotYet:
      break;
  }
  return text_with(key.pattern);
}

Json schema_of(const Key& key) {
  Json out = {{"description", key.help + " Takes " + key.expected + "."}};
  out.update(form_of(key));
  const std::string value = key.default_words.empty() ? key.write(Configuration{}) : "";
  if (!value.empty()) out["default"] = Json::parse(value);
  if (!key.default_words.empty())
    out["description"] =
        out["description"].get<std::string>() + " Default: " + key.default_words + ".";
  return out;
}

const Key& key_named(const Section& section, const std::string& name) {
  for (const Key& key : section.keys)
    if (key.name == name) return key;
  return section.keys.front();
}

Json properties_of(const Section& section) {
  Json out = Json::object();
  for (const Key& key : section.keys)
    if (key.kind != KeyKind::kNotYet) out[key.name] = schema_of(key);
  return out;
}

Json schema_of(const Section& section) {
  Json out = {{"description", section.help}};
  if (section.keys.empty()) {
    out["type"] = "object";
    // Which keys may vary, and that their values suit them, vary.cpp knows.
    if (section.name == "vary") out["additionalProperties"] = {{"type", "array"}, {"minItems", 1}};
    return out;
  }
  Json map = {
      {"type", "object"}, {"additionalProperties", false}, {"properties", properties_of(section)}};
  if (section.name == "evaluator")
    map["anyOf"] = {{{"required", {"id"}}}, {{"required", {"command"}}}};
  if (section.short_form.empty())
    out.update(map);
  else
    out.update(any_of(schema_of(key_named(section, section.short_form)), std::move(map)));
  return out;
}

Json form_of(const SpaceSection& section) {
  return Json::parse(section.editor_schema());
}

// A section that names its representation has that one's keys.
Json space_part() {
  Json names = Json::array(), forms = Json::array();
  for (const SpaceSection& section : space_sections()) {
    const std::string name(search::representation_name(section.representation));
    names.push_back(name);
    const Json named = {{"properties", {{"representation", {{"const", name}}}}},
                        {"required", {"representation"}}};
    forms.push_back({{"if", named}, {"then", form_of(section)}});
  }
  return {{"type", "object"},
          {"properties", {{"representation", {{"enum", std::move(names)}}}}},
          {"allOf", std::move(forms)}};
}

// One that does not has those of `representation`.
Json space_without_a_name(const std::string& representation) {
  const auto known = search::representation_named(representation);
  const Json silent = {{"not", {{"required", {"representation"}}}}};
  const Json form = form_of(space_section(known.value_or(search::Representation::kProgram)));
  return {{"properties", {{"space", {{"if", silent}, {"then", form}}}}}};
}

// Formats of ours in words that every validator knows ("duration" means another one to them).
void translate_formats(Json& schema) {
  if (schema.is_object() && schema.contains("format") && schema["format"].is_string()) {
    const std::string format = schema["format"];
    if (format == "duration") schema["pattern"] = kDurationPattern;
    if (format == "size") schema["pattern"] = kSizePattern;
    if (format == "path" && !schema.contains("minLength")) schema["minLength"] = 1;
    if (format == "duration" || format == "size" || format == "path") schema.erase("format");
  }
  for (auto& item : schema)
    if (item.is_structured()) translate_formats(item);
}

Json part_of(const Json& config_schema, const char* name) {
  const bool has = config_schema.is_object() && config_schema.contains("properties") &&
                   config_schema["properties"].is_object() &&
                   config_schema["properties"].contains(name);
  return has ? config_schema["properties"][name] : Json(true);
}

// A lone text stands for {file: TEXT}: only where that would do.
Json data_part(const SchemaOfEvaluator& evaluator, Json map) {
  const bool file_is_enough =
      check_against_schema(R"({"file": "x"})", evaluator.config_schema, "/properties/data", "data")
          .empty();
  if (map.is_boolean()) return map;
  translate_formats(map);
  return file_is_enough ? any_of({{"type", "string"}, {"minLength", 1}}, std::move(map)) : map;
}

Json requirements_of(const SchemaOfEvaluator& evaluator) {
  const Json config = Json::parse(evaluator.config_schema, nullptr, false);
  Json options = part_of(config, "options");
  if (options.is_object()) translate_formats(options);
  Json out = {{"properties",
               {{"data", data_part(evaluator, part_of(config, "data"))}, {"options", options}}}};
  if (config.is_object() && config.contains("required") && config["required"].is_array())
    out["required"] = config["required"];
  return out;
}

Json names_evaluator(const std::string& id) {
  const Json named = {{"const", id}};
  return any_of(named, {{"type", "object"}, {"properties", {{"id", named}}}, {"required", {"id"}}});
}

// Ids that are known are offered; others may be a plugin's.
void offer_ids(Json& evaluator, const std::vector<SchemaOfEvaluator>& known) {
  Json ids = Json::array();
  for (const SchemaOfEvaluator& one : known) ids.push_back(one.id);
  Json& forms = evaluator["anyOf"];
  for (Json* id : {&forms[0], &forms[1]["properties"]["id"]}) (*id)["examples"] = ids;
}

}  // namespace

std::string file_schema(const std::vector<SchemaOfEvaluator>& evaluators, bool only_one) {
  Json out = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "Equivolve configuration"},
              {"description",
               "One run of Equivolve: an evaluator, its data, and what differs from the defaults."},
              {"type", "object"},
              {"required", {"evaluator"}},
              {"additionalProperties", false},
              {"properties", properties_of(sections().front())}};
  for (const Section& section : sections())
    if (!section.name.empty()) out["properties"][section.name] = schema_of(section);
  out["properties"]["space"].update(space_part());
  // Any evaluator's: a map, or a text in its place.
  out["properties"]["data"]["type"] = {"object", "string"};
  offer_ids(out["properties"]["evaluator"], evaluators);
  out["allOf"] = Json::array();
  for (const SchemaOfEvaluator& evaluator : evaluators) {
    const Json condition = {{"properties", {{"evaluator", names_evaluator(evaluator.id)}}}};
    if (only_one) out["allOf"].push_back(condition);
    out["allOf"].push_back({{"if", condition}, {"then", requirements_of(evaluator)}});
    out["allOf"].push_back(
        {{"if", condition}, {"then", space_without_a_name(evaluator.representation)}});
  }
  // Of an evaluator that is not known here, as the reader has it.
  Json known = Json::array();
  for (const SchemaOfEvaluator& evaluator : evaluators)
    known.push_back({{"properties", {{"evaluator", names_evaluator(evaluator.id)}}}});
  const Json unknown = known.empty() ? Json(true) : Json{{"not", {{"anyOf", std::move(known)}}}};
  out["allOf"].push_back({{"if", unknown}, {"then", space_without_a_name("program")}});
  return out.dump(2);
}

}  // namespace equivolve::engine
