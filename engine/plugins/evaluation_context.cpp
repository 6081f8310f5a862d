#include <set>
#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "engine/plugins/plugin_host.hpp"

namespace equivolve::engine {
namespace {

using nlohmann::json;

// Raise when the meaning of anything below changes, so that old digests are not met by chance.
constexpr int kContextVersion = 1;

json parsed(const std::string& text) {
  json value = json::parse(text, nullptr, false);
  // What cannot be read still has to count.
  return value.is_discarded() ? json(text) : value;
}

// Names of the settings in "data" that hold paths: `file`, and what the schema says.
std::set<std::string> path_keys(const json& schema) {
  std::set<std::string> keys{"file"};
  if (schema.is_object()) {
    const auto properties = schema.find("properties");
    if (properties != schema.end() && properties->is_object())
      for (const auto& [key, value] : properties->items())
        if (value.is_object() && value.value("format", json()) == "path") keys.insert(key);
    for (const auto& [key, value] : schema.items())
      if (value.is_structured()) keys.merge(path_keys(value));
  } else if (schema.is_array()) {
    for (const auto& value : schema) keys.merge(path_keys(value));
  }
  return keys;
}

json without_paths(const json& value, const std::set<std::string>& keys) {
  if (!value.is_structured()) return value;
  json out = value.is_object() ? json::object() : json::array();
  for (const auto& [key, item] : value.items()) {
    if (value.is_array())
      out.push_back(without_paths(item, keys));
    else if (!keys.contains(key))
      out[key] = without_paths(item, keys);
  }
  return out;
}

json part(const json& object, const char* key) {
  return object.is_object() && object.contains(key) ? object[key] : json::object();
}

json sink_part(const hashing::SinkSettings& sink) {
  if (sink.exact) return {{"exact", true}};
  if (sink.grid != hashing::GridKind::kScaled)
    return {{"mantissa_bits", sink.mantissa_bits}, {"grid", static_cast<int>(sink.grid)}};
  return {{"mantissa_bits", sink.mantissa_bits}, {"edge_bits", sink.edge_bits}};
}

/// What a genome means: names and kinds that its numbers stand for. Ranges are not among it: a
/// value means the same in a wider one.
json meaning_of(const json& space) {
  json meaning = json::object();
  if (!space.is_object()) return meaning;
  for (const char* key : {"inputs", "alphabet"})
    if (space.contains(key)) meaning[key] = space[key];
  if (space.value("representation", "") == "graph") meaning["operations"] = space["operations"];
  const auto parameters = space.find("parameters");
  if (parameters == space.end() || !parameters->is_object()) return meaning;
  for (const auto& [name, parameter] : parameters->items())
    meaning["parameters"][name] = {part(parameter, "type"), part(parameter, "values")};
  return meaning;
}

json figures_part(const std::vector<NamedFigure>& figures) {
  json out = json::array();
  for (const NamedFigure& figure : figures)
    out.push_back({figure.name, static_cast<int>(figure.role), figure.minimize});
  return out;
}

}  // namespace

hashing::Digest evaluation_context(const EvaluatorDescriptor& descriptor, const EvaluatorInfo& info,
                                   const std::string& config_json, const std::string& space_json,
                                   const std::string& config_schema) {
  const json config = parsed(config_json);
  const json space = parsed(space_json);
  json context = {
      {"context", kContextVersion},
      {"evaluator", descriptor.id},
      {"version", descriptor.version},
      {"figures", figures_part(info.figures)},
      {"data_digest", hashing::to_hex(info.data_digest)},
      {"data", without_paths(part(config, "data"), path_keys(parsed(config_schema)))},
      {"options", part(config, "options")},
      {"representation",
       config.is_object() ? config.value("representation", json("program")) : json()},
      {"memories", part(space, "memories")},
      {"sink", sink_part(info.sink)},
  };
  if (info.program != hashing::Digest()) context["program"] = hashing::to_hex(info.program);
  if (json meaning = meaning_of(space); !meaning.empty()) context["meaning"] = std::move(meaning);
  // nlohmann::json keeps keys sorted and writes a double as its shortest round-trip text: one text
  // a meaning.
  const std::string canonical = context.dump(-1, ' ', false, json::error_handler_t::replace);
  return hashing::digest_bytes(std::as_bytes(std::span(canonical)));
}

}  // namespace equivolve::engine
