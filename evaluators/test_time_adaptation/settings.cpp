#include "evaluators/test_time_adaptation/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "evaluators/common/tables/table_keys.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::test_time_adaptation {
namespace {

using nlohmann::json;
using sdk::Refused;

template <class Value>
Value accepted(tl::expected<Value, tables::Fault> value) {
  if (!value) throw Refused("/data" + value.error().pointer, value.error().text);
  return std::move(*value);
}

/// Seeds beyond 2^53 come as decimal text.
std::uint64_t seed_of(const json& object, const char* key) {
  if (!object.contains(key)) return 0;
  const json& value = object[key];
  return value.is_string() ? std::stoull(value.get<std::string>()) : value.get<std::uint64_t>();
}

const json& part(const json& object, const char* key) {
  static const json kNothing = json::object();
  const auto found = object.find(key);
  return found == object.end() || !found->is_object() ? kNothing : *found;
}

template <class Value>
void take(const json& object, const char* key, std::optional<Value>& out) {
  if (object.contains(key)) out = object[key].get<Value>();
}

template <class Enum>
void choose(const json& object, const char* key, std::initializer_list<const char*> names,
            Enum& out) {
  if (!object.contains(key)) return;
  const auto name = object[key].get<std::string>();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw Refused(std::string("/") + key, "'" + name + "' is not known");
  out = static_cast<Enum>(found - names.begin());
}

void read_table(const json& data, DataSettings& out) {
  if (!data.contains("target"))
    throw Refused("/data", "'target' is missing: name the column of class labels");
  out.target = accepted(tables::read_column_name(data["target"], "/target"));
  out.columns = accepted(tables::read_table_keys(data));
  const json& pixels = part(data, "pixels");
  if (pixels.empty()) return;
  out.pixel_rows = pixels.at("rows").get<std::uint32_t>();
  out.pixel_columns = pixels.at("columns").get<std::uint32_t>();
  out.white = pixels.value("white", out.white);
}

void read_images(const json& data, DataSettings& out) {
  out.images = data.value("images", "");
  out.labels = data.value("labels", "");
  out.stream_images = data.value("stream_images", "");
  out.stream_labels = data.value("stream_labels", "");
  if (out.labels.empty()) throw Refused("/data", "'labels' is missing: the IDX file of labels");
  if (out.stream_images.empty() != out.stream_labels.empty())
    throw Refused("/data", "'stream_images' and 'stream_labels' go together");
}

DataSettings read_data(const json& config) {
  const json& data = part(config, "data");
  DataSettings out;
  out.file = data.value("file", "");
  if (out.is_table() == data.contains("images"))
    throw Refused("/data",
                  "give either 'file' and 'target' (a CSV file) or 'images' and 'labels' "
                  "(IDX files)");
  if (out.is_table())
    read_table(data, out);
  else
    read_images(data, out);
  out.stream_share = data.value("stream_share", out.stream_share);
  out.split_seed = seed_of(data, "split_seed");
  out.training_samples = data.value("training_samples", out.training_samples);
  return out;
}

ModelSettings read_model(const json& model) {
  ModelSettings out;
  choose(model, "kind", {"auto", "perceptron", "convolutional"}, out.kind);
  out.widths = model.value("widths", out.widths);
  out.channels = model.value("channels", out.channels);
  take(model, "epochs", out.epochs);
  take(model, "averaged_epochs", out.averaged_epochs);
  out.seed = seed_of(model, "seed");
  out.file = model.value("file", "");
  choose(model, "posterior", {"fisher", "isotropic", "file"}, out.posterior);
  out.posterior_file = model.value("posterior_file", "");
  out.posterior_variance = model.value("posterior_variance", out.posterior_variance);
  if (out.file.empty() && !out.posterior_file.empty())
    throw Refused(
        "/options/model/posterior_file",
        "is of a network from 'file'; one that is trained here has a posterior of its own");
  if ((out.posterior == PosteriorKind::kFile) == out.posterior_file.empty())
    throw Refused("/options/model", "'posterior: file' and 'posterior_file' go together");
  return out;
}

StreamOptions read_stream(const json& stream) {
  StreamOptions out;
  choose(stream, "protocol", {"lifelong", "gradual", "mixed", "episodic"}, out.protocol);
  out.severity = stream.value("severity", out.severity);
  out.rounds = stream.value("rounds", out.rounds);
  out.samples = stream.value("samples", out.samples);
  out.corruptions = stream.value("corruptions", out.corruptions);
  out.unseen = stream.value("unseen_corruptions", out.unseen);
  out.report_on_all = stream.value("report_on", "unseen") == "all";
  out.delta = stream.value("dirichlet_delta", out.delta);
  out.batches = stream.value("batches", out.batches);
  if (stream.contains("label_orders")) {
    out.label_orders.clear();
    for (const json& name : stream["label_orders"])
      out.label_orders.push_back(name == "shuffled" ? LabelOrder::kShuffled
                                                    : LabelOrder::kDirichlet);
  }
  if (std::set(out.batches.begin(), out.batches.end()).size() != out.batches.size())
    throw Refused("/options/stream/batches", "names a size twice");
  if (std::set(out.label_orders.begin(), out.label_orders.end()).size() != out.label_orders.size())
    throw Refused("/options/stream/label_orders", "names an order twice");
  if (out.batches.empty() || out.label_orders.empty())
    throw Refused("/options/stream", "needs at least one of 'batches' and one of 'label_orders'");
  return out;
}

Options read_options(const json& options) {
  Options out;
  out.model = read_model(part(options, "model"));
  out.stream = read_stream(part(options, "stream"));
  const json& views = part(options, "views");
  take(views, "augmentations", out.views.augmentations);
  take(views, "strength", out.views.strength);
  take(views, "confidence_threshold", out.views.confidence_threshold);
  out.screening_samples = options.value("screening_samples", out.screening_samples);
  if (out.screening_samples >= out.stream.samples)
    throw Refused("/options/screening_samples",
                  fmt::format("is {}, and a trial has {} samples a corruption; expected fewer",
                              out.screening_samples, out.stream.samples));
  out.cost = options.value("cost", out.cost);
  choose(options, "rule", {"restoration", "momentum"}, out.rule);
  return out;
}

}  // namespace

Settings read_settings(std::string_view config_json) {
  const json config = json::parse(config_json);
  Settings settings;
  if (config.contains("representation")) {
    const auto name = config["representation"].get<std::string>();
    const auto known = search::representation_named(name);
    if (known != search::Representation::kConfiguration &&
        known != search::Representation::kExpression)
      throw Refused("/representation",
                    "this evaluator knows the representations 'configuration' and 'expression' "
                    "only");
    settings.representation = *known;
  }
  settings.data = read_data(config);
  settings.options = read_options(part(config, "options"));
  return settings;
}

ApplySettings read_apply_settings(std::string_view options_json) {
  const json options = json::parse(options_json.empty() ? "{}" : options_json);
  ApplySettings settings;
  take(options, "data", settings.data);
  settings.batch = options.value("batch", settings.batch);
  return settings;
}

}  // namespace equivolve::test_time_adaptation
