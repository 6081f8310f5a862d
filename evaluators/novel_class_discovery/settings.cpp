#include "evaluators/novel_class_discovery/settings.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "evaluators/common/tables/table_keys.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::novel_class_discovery {
namespace {

using nlohmann::json;
using sdk::Refused;

template <class Value>
Value accepted(tl::expected<Value, tables::Fault> value) {
  if (!value) throw Refused("/data" + value.error().pointer, value.error().text);
  return std::move(*value);
}

/// Seeds beyond 2^53 come as decimal text.
std::uint64_t seed_of(const json& value) {
  return value.is_string() ? std::stoull(value.get<std::string>()) : value.get<std::uint64_t>();
}

std::string label_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void read_novel(const json& data, DataSettings& out) {
  if (!data.contains("novel")) return;
  const json& novel = data["novel"];
  if (novel.is_number_integer()) {
    out.draw_novel = novel.get<std::size_t>();
    if (*out.draw_novel < 2) throw Refused("/data/novel", "must be at least 2 classes");
    return;
  }
  for (std::size_t i = 0; i < novel.size(); ++i) {
    const std::string label = label_of(novel[i]);
    if (std::find(out.novel.begin(), out.novel.end(), label) != out.novel.end())
      throw Refused("/data/novel/" + std::to_string(i), "names class '" + label + "' twice");
    out.novel.push_back(label);
  }
  if (out.novel.size() == 1)
    throw Refused("/data/novel",
                  "names one class; at least 2 are needed, or none where their "
                  "cells in the file are empty");
}

DataSettings read_data(const json& config) {
  if (!config.contains("data") || !config["data"].is_object())
    throw Refused("", "'data' is missing: give {file, target}");
  const json& data = config["data"];
  DataSettings out;
  out.file = data.value("file", "");
  if (out.file.empty()) throw Refused("/data/file", "names no file");
  if (!data.contains("target"))
    throw Refused("/data", "'target' is missing: name the column of class labels");
  out.target = accepted(tables::read_column_name(data["target"], "/target"));
  if (data.contains("split"))
    out.split = accepted(tables::read_column_name(data["split"], "/split"));
  read_novel(data, out);
  out.hide_known = data.value("hide_known", out.hide_known);
  out.test_share = data.value("test_share", out.test_share);
  if (data.contains("split_seed")) out.split_seed = seed_of(data["split_seed"]);
  out.standardize = data.value("standardize", out.standardize);
  out.columns = accepted(tables::read_table_keys(data));
  return out;
}

void read_count(const json& k, const DataSettings& data, Options& out) {
  if (k.contains("classes")) out.classes = k["classes"].get<std::size_t>();
  const bool told = out.classes || !data.novel.empty() || data.draw_novel;
  const std::string mode = k.value("mode", told ? "known" : "estimate");
  out.estimate = mode == "estimate";
  if (out.estimate && out.classes)
    throw Refused("/options/k/classes", "stands beside mode: estimate; give one of the two");
  if (!out.estimate && !told)
    throw Refused("/options/k", "mode: known needs 'classes', or the novel classes in data.novel");
  if (!out.classes && !out.estimate) out.classes = data.draw_novel.value_or(data.novel.size());
  out.count.most = k.value("max", out.count.most);
  out.count.repeats = k.value("repeats", out.count.repeats);
  out.count.starts = k.value("starts", out.count.starts);
  out.count.most_rows = k.value("sample", out.count.most_rows);
  const std::string index = k.value("index", std::string(kIndexNames[0]));
  const auto found = std::find(kIndexNames.begin(), kIndexNames.end(), index);
  if (found == kIndexNames.end()) throw Refused("/options/k/index", "'" + index + "' is no index");
  out.count.index = static_cast<CountIndex>(found - kIndexNames.begin());
}

Options read_options(const json& config, const DataSettings& data) {
  const json none = json::object();
  const auto member = [&](const json& object, const char* key) -> const json& {
    return object.contains(key) ? object[key] : none;
  };
  const json& options = member(config, "options");
  Options out;
  out.mixed = options.value("unlabelled", "novel_only") == "mixed";
  if (data.hide_known > 0 && !out.mixed)
    throw Refused("/data/hide_known",
                  "hides labels of known classes, which is for options.unlabelled: mixed");
  read_count(member(options, "k"), data, out);
  const json& folds = member(options, "folds");
  out.hidden_fraction = folds.value("hidden_fraction", out.hidden_fraction);
  out.hidden_only = folds.value("score_rows", "union") == "hidden_only";
  const json& training = member(options, "train");
  out.epochs = training.value("epochs", out.epochs);
  out.batch = training.value("batch", out.batch);
  out.restarts = options.value("restarts", out.restarts);
  out.most_rows = options.value("max_rows", out.most_rows);
  return out;
}

}  // namespace

Settings read_settings(std::string_view config_json) {
  const json config = json::parse(config_json, nullptr, false);
  if (!config.is_object()) throw Refused("", "the configuration is not a JSON object");
  try {
    Settings settings;
    settings.data = read_data(config);
    settings.options = read_options(config, settings.data);
    return settings;
  } catch (const json::exception& e) {
    throw Refused("", std::string("a value is of the wrong type: ") + e.what());
  }
}

}  // namespace equivolve::novel_class_discovery
