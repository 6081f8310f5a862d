#include "engine/cli/machine_names.hpp"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "engine/cli/run_view.hpp"
#include "engine/cli/support.hpp"
#include "engine/config/keys.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/workers/worker_module.hpp"

namespace equivolve::cli {
namespace {

using Json = nlohmann::ordered_json;

std::unique_ptr<engine::StoreReader> store_of(const TypedLine& line) {
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

std::vector<Offer> offered_runs(const TypedLine& line) {
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

std::vector<Offer> offered_groups(const TypedLine& line) {
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
  for (const engine::FoundPlugin& plugin :
       engine::list_plugins(engine::plugin_folders({}), engine::described_in_worker))
    if (plugin.problem.empty()) offers.push_back({plugin.descriptor.id, plugin.descriptor.summary});
  return offers;
}

/// The configuration that the line's subject is or has.
std::optional<engine::Configuration> configuration_of(const TypedLine& line) {
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
std::unique_ptr<engine::PluginModule> evaluator_of(const TypedLine& line) {
  const auto configuration = configuration_of(line);
  if (!configuration) return nullptr;
  // Not from the folders that the file names: nobody has asked yet for code from there to run.
  auto module =
      engine::load_plugin_to_describe(configuration->evaluator.id, engine::plugin_folders({}));
  return module ? std::move(*module) : nullptr;
}

/// Keys and what is said of them, those of all forms (oneOf, anyOf) together.
using Properties = std::vector<std::pair<std::string, Json>>;

void collect(const Json& schema, Properties& into) {
  if (!schema.is_object()) return;
  const Json properties = schema.value("properties", Json());
  if (properties.is_object())
    for (const auto& [key, property] : properties.items()) {
      const bool known = std::any_of(into.begin(), into.end(),
                                     [&name = key](const auto& one) { return one.first == name; });
      if (!known && property.is_object()) into.emplace_back(key, property);
    }
  for (const char* several : {"oneOf", "anyOf", "allOf"})
    if (const Json forms = schema.value(several, Json()); forms.is_array())
      for (const Json& form : forms) collect(form, into);
}

Properties properties_of(const Json& schema) {
  Properties properties;
  collect(schema, properties);
  return properties;
}

std::string text_of(const Json& property, const char* key) {
  const Json text = property.value(key, Json());
  return text.is_string() ? engine::one_line(text.get<std::string>()) : "";
}

std::vector<std::string> words_of(const Json& property) {
  std::vector<std::string> words;
  if (const Json known = property.value("enum", Json()); known.is_array())
    for (const Json& word : known)
      words.push_back(engine::one_line(word.is_string() ? word.get<std::string>() : word.dump()));
  if (words.empty() && text_of(property, "type") == "boolean") words = {"true", "false"};
  return words;
}

std::vector<Setting> offered_settings(const TypedLine& line) {
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
  for (const auto& [section, schema] :
       properties_of(Json::parse(evaluator->config_schema(), nullptr, false)))
    for (const auto& [key, property] : properties_of(schema))
      settings.push_back(
          {section + "." + key, text_of(property, "description"), words_of(property)});
  return settings;
}

std::vector<OptionSpec> offered_options(const TypedLine& line) {
  std::vector<OptionSpec> options;
  const auto evaluator = evaluator_of(line);
  if (!evaluator) return options;
  for (const auto& [key, property] :
       properties_of(Json::parse(evaluator->apply_schema(), nullptr, false))) {
    OptionSpec option{.name = option_word(key),
                      .value = "VALUE",
                      .help = text_of(property, "description"),
                      // Nobody reads values while a line is typed.
                      .into = static_cast<std::string*>(nullptr)};
    option.words = words_of(property);
    if (text_of(property, "format") == "path") option.completes = Completes::kFile;
    options.push_back(std::move(option));
  }
  return options;
}

}  // namespace

Names machine_names() {
  return {offered_runs, offered_groups, offered_evaluators, offered_settings, offered_options};
}

}  // namespace equivolve::cli
