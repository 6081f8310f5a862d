#include "engine/config/resolved.hpp"

#include <nlohmann/json.hpp>

#include "engine/config/keys.hpp"
#include "engine/config/reader.hpp"

namespace equivolve::engine {
namespace {

using Json = nlohmann::ordered_json;

Json keys_of(const Section& section, const Configuration& configuration) {
  Json out = Json::object();
  for (const Key& key : section.keys)
    if (const std::string value = key.write(configuration); !value.empty())
      out[key.name] = Json::parse(value);
  return out;
}

Json free_part(const Section& section, const Configuration& configuration) {
  if (section.name == "space") return Json::parse(configuration.space_json);
  const Json config = Json::parse(configuration.evaluator.config_json);
  return config.contains(section.name) ? config[section.name] : Json::object();
}

}  // namespace

std::string to_json_text(const Configuration& configuration) {
  Json out = keys_of(sections().front(), configuration);
  for (const Section& section : sections()) {
    if (section.name.empty() || section.name == "vary") continue;
    out[section.name] =
        section.free_form ? free_part(section, configuration) : keys_of(section, configuration);
  }
  return out.dump(2);
}

tl::expected<Configuration, ConfigProblems> from_json_text(const std::string& json) {
  auto document = Document::from_json(json);
  if (!document) return tl::unexpected(ConfigProblems{document.error()});
  auto read = read_document(std::move(*document), "/", "run", ReadOptions{});
  if (!read) return tl::unexpected(read.error());
  return std::move(read->configuration);
}

}  // namespace equivolve::engine
