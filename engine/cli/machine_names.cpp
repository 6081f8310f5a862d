#include "engine/cli/machine_names.hpp"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "engine/cli/run_view.hpp"
#include "engine/cli/support.hpp"
#include "engine/config/keys.hpp"
#include "engine/plugins/plugin_host.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

std::unique_ptr<engine::StoreReader> store_of(const Line& line) {
  CommonOptions common;
  common.store = line.store;
  auto reader = engine::StoreReader::open(store_path(common));
  return reader ? std::move(*reader) : nullptr;
}

void offer_name(std::vector<Offer>& offers, const std::string& name, const std::string& says) {
  const bool known = std::any_of(offers.begin(), offers.end(),
                                 [&](const Offer& offer) { return offer.text == name; });
  if (!known) offers.push_back({name, says});
}

std::vector<Offer> offered_runs(const Line& line) {
  std::vector<Offer> offers;
  const auto reader = store_of(line);
  if (!reader) return offers;
  const auto runs = reader->runs();
  if (!runs || runs->empty()) return offers;
  offers.push_back({"latest", "the last run"});
  for (const engine::RunInfo& info : *runs) {
    const std::string says = status_of(info) + ", " + info.head.evaluator;
    offers.push_back({std::to_string(info.id), info.head.name + ", " + says});
    offer_name(offers, info.head.name, says);
  }
  return offers;
}

std::vector<Offer> offered_groups(const Line& line) {
  std::vector<Offer> offers;
  const auto reader = store_of(line);
  if (!reader) return offers;
  const auto groups = reader->groups();
  if (!groups) return offers;
  for (const engine::GroupInfo& info : *groups) {
    const std::string says = "a group, " + runs_text(info);
    offers.push_back({"g" + std::to_string(info.id), info.name + ", " + says});
    offer_name(offers, info.name, says);
  }
  return offers;
}

std::vector<Offer> offered_evaluators() {
  std::vector<Offer> offers;
  for (const engine::FoundPlugin& plugin : engine::list_plugins(engine::plugin_folders({})))
    if (plugin.problem.empty()) offers.push_back({plugin.descriptor.id, plugin.descriptor.summary});
  return offers;
}

/// The configuration that the line's subject is or has.
std::optional<engine::Configuration> configuration_of(const Line& line) {
  if (line.subject.ends_with(".yaml") || line.subject.ends_with(".yml")) {
    auto read = engine::read_as_far_as_it_goes(line.subject);
    if (!read) return std::nullopt;
    return std::move(read->configuration);
  }
  const auto reader = line.subject.empty() ? nullptr : store_of(line);
  if (!reader) return std::nullopt;
  const auto info = reader->find_run(line.subject);
  if (!info) return std::nullopt;
  auto document = engine::Document::from_json(info->head.config_resolved);
  if (!document) return std::nullopt;
  auto read = engine::read_document(std::move(*document), std::filesystem::current_path(),
                                    info->head.name, {});
  if (!read) return std::nullopt;
  return std::move(read->configuration);
}

/// The subject's evaluator; null when it cannot be told or loaded.
std::unique_ptr<engine::PluginModule> evaluator_of(const Line& line) {
  const auto configuration = configuration_of(line);
  if (!configuration) return nullptr;
  auto module = engine::load_plugin(configuration->evaluator.id,
                                    engine::plugin_folders(configuration->plugin_folders));
  return module ? std::move(*module) : nullptr;
}

Json properties_of(const Json& schema) {
  return schema.is_object() ? schema.value("properties", Json::object()) : Json::object();
}

std::vector<std::string> words_of(const Json& property) {
  std::vector<std::string> words;
  for (const Json& word : property.value("enum", Json::array()))
    words.push_back(word.is_string() ? word.get<std::string>() : word.dump());
  if (words.empty() && property.value("type", Json()) == "boolean") words = {"true", "false"};
  return words;
}

std::vector<Setting> offered_settings(const Line& line) {
  std::vector<Setting> settings;
  for (const engine::Section& section : engine::sections()) {
    const std::string prefix = section.name.empty() ? "" : section.name + ".";
    for (const engine::Key& key : section.keys) {
      if (key.kind == engine::KeyKind::kNotYet) continue;
      const bool yes_or_no = key.kind == engine::KeyKind::kBoolean;
      settings.push_back({prefix + key.name, key.help,
                          yes_or_no ? std::vector<std::string>{"true", "false"} : key.choices});
    }
  }
  const auto evaluator = evaluator_of(line);
  if (!evaluator) return settings;
  const Json schema = Json::parse(evaluator->config_schema(), nullptr, false);
  const Json sections = properties_of(schema);
  for (const char* section : {"data", "options"}) {
    const Json properties = properties_of(sections.value(section, Json::object()));
    for (const auto& [key, property] : properties.items())
      settings.push_back({std::string(section) + "." + key,
                          property.value("description", std::string()), words_of(property)});
  }
  return settings;
}

std::vector<OptionSpec> offered_options(const Line& line) {
  std::vector<OptionSpec> options;
  const auto evaluator = evaluator_of(line);
  if (!evaluator) return options;
  const Json schema = Json::parse(evaluator->apply_schema(), nullptr, false);
  const Json properties = properties_of(schema);
  for (const auto& [key, property] : properties.items()) {
    OptionSpec option{.name = option_word(key),
                      .value = "VALUE",
                      .help = property.value("description", std::string()),
                      // Nobody reads values while a line is typed.
                      .into = static_cast<std::string*>(nullptr)};
    option.words = words_of(property);
    if (property.value("format", std::string()) == "path") option.completes = Completes::kFile;
    options.push_back(std::move(option));
  }
  return options;
}

}  // namespace

Names machine_names() {
  return {offered_runs, offered_groups, offered_evaluators, offered_settings, offered_options};
}

}  // namespace equivolve::cli
