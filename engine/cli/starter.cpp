#include "engine/cli/starter.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/config/keys.hpp"
#include "engine/config/spaces/space_section.hpp"
#include "engine/config/units.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;
using nlohmann::literals::operator""_json_pointer;

/// Text that YAML reads back as the same text.
std::string yaml_text(const std::string& text) {
  const bool plain = !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0 &&
                     text.find_first_not_of(
                         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-") ==
                         std::string::npos;
  static constexpr const char* kOther[] = {"true", "false", "null", "yes", "no", "on",
                                           "off",  "nan",   "inf",  "y",   "n"};
  std::string lower = text;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const bool word = std::find(std::begin(kOther), std::end(kOther), lower) == std::end(kOther);
  const bool relative = text.starts_with("../") || text.starts_with("./");
  if ((plain && word) || (engine::parse_duration(text) && text != "0") ||
      (relative && yaml_text(text.substr(text.find('/') + 1)) == text.substr(text.find('/') + 1)))
    return text;
  return Json(text).dump();
}

std::string yaml_list(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + yaml_text(text);
  return "[" + out + "]";
}

std::string yaml_value(const Json& value) {
  return value.is_string() ? yaml_text(value.get<std::string>()) : value.dump();
}

/// One line of a section. Commented lines can be uncommented one by one.
struct Line {
  std::string key, value, remark;
  bool active = false;
};

std::string line_text(const Line& line, const std::string& indent) {
  std::string out = indent + (line.active ? "" : "# ") + line.key + ":" +
                    (line.value.empty() ? "" : " " + line.value);
  if (!line.remark.empty()) {
    if (out.size() < 34) out.resize(34, ' ');
    out += "  # ";
    for (const char c : line.remark) out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return out + "\n";
}

/// A section whose lines are all comments is a comment itself: an empty one would be refused.
std::string section_text(const std::string& name, const std::string& help,
                         const std::vector<Line>& lines) {
  if (lines.empty()) return "";
  const bool active =
      std::any_of(lines.begin(), lines.end(), [](const Line& line) { return line.active; });
  std::string out = fmt::format("\n{}{}:", active ? "" : "# ", name);
  if (!help.empty()) out += "  # " + help;
  out += "\n";
  for (const Line& line : lines) out += line_text(line, "  ");
  return out;
}

std::string remark_of(const Json& property) {
  std::string remark = property.value("description", "");
  if (property.contains("enum")) remark += " One of " + property["enum"].dump() + ".";
  return remark;
}

/// What a required value nobody knows may be.
std::string some_value(const Json& property) {
  if (property.contains("default")) return yaml_value(property["default"]);
  if (property.contains("enum") && !property["enum"].empty())
    return yaml_value(property["enum"].front());
  if (property.contains("minimum")) return property["minimum"].dump();
  return "";
}

std::vector<Line> schema_lines(const Json& schema,
                               const std::map<std::string, Starter::Known>& known) {
  std::vector<Line> lines;
  if (!schema.contains("properties")) return lines;
  const Json required = schema.value("required", Json::array());
  for (const auto& [name, property] : schema["properties"].items()) {
    Line line{name, property.contains("default") ? yaml_value(property["default"]) : "",
              remark_of(property), false};
    if (const auto found = known.find(name); found != known.end()) {
      const Starter::Known& value = found->second;
      line.value = value.list.empty() ? yaml_text(value.value) : yaml_list(value.list);
      line.remark = found->second.remark.empty() ? line.remark : found->second.remark;
      line.active = true;
    } else if (std::find(required.begin(), required.end(), Json(name)) != required.end()) {
      line.value = some_value(property);
      line.active = true;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

/// Of several forms the one that has all known keys, else the first that needs no file.
Json form_of(const Json& schema, const std::map<std::string, Starter::Known>& known) {
  if (!schema.contains("oneOf")) return schema;
  for (const Json& form : schema["oneOf"]) {
    const Json& properties = form.value("properties", Json::object());
    const bool has_all = std::all_of(known.begin(), known.end(), [&](const auto& entry) {
      return properties.contains(entry.first);
    });
    bool needs_file = false;
    for (const auto& [name, property] : properties.items())
      needs_file = needs_file || property.value("format", "") == "path";
    if (has_all && (!known.empty() || !needs_file)) return form;
  }
  return schema["oneOf"].front();
}

std::string default_of(const engine::Key& key) {
  const std::string json = key.write(engine::Configuration{});
  if (json.empty() || json == "\"\"") return "";
  return yaml_value(Json::parse(json));
}

/// The engine's own keys of a section, as comments, but for `active` ones.
std::vector<Line> key_lines(const engine::Section& section,
                            const std::map<std::string, std::string>& active) {
  std::vector<Line> lines;
  for (const engine::Key& key : section.keys) {
    if (key.kind == engine::KeyKind::kNotYet) continue;
    Line line{key.name, key.default_words.empty() ? default_of(key) : "", key.help, false};
    const std::string words = key.default_words.empty() ? "none" : key.default_words;
    if (line.value.empty()) line.remark += " Default: " + words + ".";
    line.remark += " Takes " + key.expected + ".";
    if (const auto found = active.find(key.name); found != active.end()) {
      line.value = found->second;
      line.active = true;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string engine_section(const std::string& name,
                           const std::map<std::string, std::string>& active = {}) {
  const engine::Section* section = engine::find_section(name);
  return section ? section_text(name, section->help, key_lines(*section, active)) : "";
}

std::string space_text(const std::string& representation) {
  const auto chosen = search::representation_named(representation);
  if (!chosen)
    return "\n# space:  # What candidates look like; default: the evaluator's own "
           "(docs/spaces.md).\n";
  const std::string help = "What candidates look like (docs/spaces.md#" + representation +
                           "). What stands in comments is the evaluator's own by default.";
  return section_text("space", help,
                      schema_lines(Json::parse(engine::space_section(*chosen).schema()),
                                   {{"representation", {representation, "As asked for."}}}));
}

}  // namespace

bool takes_data_key(const std::string& config_schema, const std::string& key) {
  const Json schema = Json::parse(config_schema, nullptr, false);
  if (!schema.is_object()) return false;
  const Json data = schema.value("/properties/data"_json_pointer, Json::object());
  return form_of(data, {{"file", {}}}).value("properties", Json::object()).contains(key);
}

std::string starter_text(const Starter& starter) {
  const Json schema = Json::parse(starter.config_schema, nullptr, false);
  const Json properties =
      schema.is_object() ? schema.value("properties", Json::object()) : Json::object();
  std::string out =
      "# Made by: " + starter.made_by +
      "\n# It runs as it is. What stands in comments are the other settings, with their "
      "defaults:\n# take the '#' away to change one (and that of its section's name).\n\n";
  for (const Line& line : key_lines(engine::sections().front(), {{"seed", "0"}}))
    out += line_text(line, "");
  out += engine_section("evaluator", {{"id", yaml_text(starter.evaluator)}});
  if (properties.contains("data"))
    out += section_text("data", properties["data"].value("description", ""),
                        schema_lines(form_of(properties["data"], starter.data), starter.data));
  if (properties.contains("options"))
    out += section_text(
        "options", "The evaluator's own.",
        schema_lines(form_of(properties["options"], starter.options), starter.options));
  out += engine_section("budget", {{"candidates", std::to_string(starter.candidates)}});
  for (const char* name : {"search", "hashing", "final"}) out += engine_section(name);
  out += starter.plugin_folders.empty()
             ? engine_section("plugins")
             : engine_section("plugins", {{"folders", yaml_list(starter.plugin_folders)}});
  for (const char* name : {"workers", "store"}) out += engine_section(name);
  return out + space_text(starter.representation);
}

}  // namespace equivolve::cli
