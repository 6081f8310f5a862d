#include "evaluators/test_time_adaptation/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "evaluators/common/settings/json_reader.hpp"
#include "evaluators/common/settings/table_section.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::test_time_adaptation {
namespace {

using nlohmann::json;
using sdk::Refused;
using settings::JsonReader;
using settings::kAnySeed;

/// Sizes of a network's layers, or of batches, in the order given.
std::vector<std::uint32_t> sizes(JsonReader& in, const std::string& key,
                                 std::vector<std::uint32_t> fallback, std::uint64_t high) {
  const json* list = in.raw(key);
  if (!list) return fallback;
  if (!list->is_array() || list->empty())
    throw Refused(in.at(key), "must be a list of whole numbers");
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const json& one = (*list)[i];
    if (!one.is_number_unsigned() || one < 1 || one > high)
      throw Refused(fmt::format("{}/{}", in.at(key), i),
                    fmt::format("must be a whole number from 1 to {}", high));
    out.push_back(one.get<std::uint32_t>());
  }
  return out;
}

std::uint32_t count(JsonReader& in, const std::string& key, std::uint32_t fallback,
                    std::uint32_t low, std::uint32_t high) {
  return static_cast<std::uint32_t>(in.whole(key, fallback, low, high));
}

void read_table(JsonReader& in, DataSettings& out) {
  const auto target = settings::read_column(in, "target");
  if (!target) throw Refused("/data", "'target' is missing: name the column of class labels");
  out.target = *target;
  out.columns = settings::read_columns(in);
  if (!in.has("pixels")) return;
  JsonReader pixels = in.object("pixels");
  out.pixel_rows = count(pixels, "rows", 0, 2, 256);
  out.pixel_columns = count(pixels, "columns", 0, 2, 256);
  out.white = pixels.number("white", out.white, 1e-6, 1e9);
  pixels.finish();
  if (out.pixel_rows == 0 || out.pixel_columns == 0)
    throw Refused("/data/pixels", "needs 'rows' and 'columns'");
}

void read_images(JsonReader& in, DataSettings& out) {
  out.images = in.text("images").value_or("");
  out.labels = in.text("labels").value_or("");
  out.stream_images = in.text("stream_images").value_or("");
  out.stream_labels = in.text("stream_labels").value_or("");
  if (out.labels.empty()) throw Refused("/data", "'labels' is missing: the IDX file of labels");
  if (out.stream_images.empty() != out.stream_labels.empty())
    throw Refused("/data", "'stream_images' and 'stream_labels' go together");
}

DataSettings read_data(JsonReader in) {
  DataSettings out;
  out.file = in.text("file").value_or("");
  if (out.is_table() == in.has("images"))
    throw Refused("/data",
                  "give either 'file' and 'target' (a CSV file) or 'images' and 'labels' "
                  "(IDX files)");
  if (out.is_table())
    read_table(in, out);
  else
    read_images(in, out);
  out.stream_share = in.number("stream_share", out.stream_share, 0.1, 0.9);
  out.split_seed = in.whole("split_seed", 0, 0, kAnySeed);
  out.training_samples = count(in, "training_samples", out.training_samples, 0, 10'000'000);
  in.finish();
  return out;
}

ModelSettings read_model(JsonReader in) {
  ModelSettings out;
  out.kind = in.choice("kind", {"auto", "perceptron", "convolutional"}, out.kind);
  out.widths = sizes(in, "widths", out.widths, 4096);
  out.channels = sizes(in, "channels", out.channels, 1024);
  if (in.has("epochs")) out.epochs = count(in, "epochs", 1, 1, 10000);
  if (in.has("averaged_epochs")) out.averaged_epochs = count(in, "averaged_epochs", 1, 1, 1000);
  out.seed = in.whole("seed", 0, 0, kAnySeed);
  out.file = in.text("file").value_or("");
  out.posterior = in.choice("posterior", {"fisher", "isotropic", "file"}, out.posterior);
  out.posterior_file = in.text("posterior_file").value_or("");
  out.posterior_variance = in.number("posterior_variance", out.posterior_variance, 1e-12, 1e6);
  in.finish();
  if (out.file.empty() && !out.posterior_file.empty())
    throw Refused(
        "/options/model/posterior_file",
        "is of a network from 'file'; one that is trained here has a posterior of its own");
  if ((out.posterior == PosteriorKind::kFile) == out.posterior_file.empty())
    throw Refused("/options/model", "'posterior: file' and 'posterior_file' go together");
  return out;
}

StreamOptions read_stream(JsonReader in) {
  StreamOptions out;
  out.protocol = in.choice("protocol", {"lifelong", "gradual", "mixed", "episodic"}, out.protocol);
  out.severity = static_cast<int>(in.whole("severity", 5, 1, 5));
  out.rounds = count(in, "rounds", out.rounds, 1, 1000);
  out.samples = count(in, "samples", out.samples, 2, 1'000'000);
  out.corruptions = in.texts("corruptions").value_or(out.corruptions);
  out.unseen = in.texts("unseen_corruptions").value_or(out.unseen);
  out.report_on_all = in.choice("report_on", {"unseen", "all"}).value_or(0) == 1;
  out.delta = in.number("dirichlet_delta", out.delta, 1e-4, 1e4);
  out.batches = sizes(in, "batches", out.batches, 4096);
  if (const auto orders = in.names("label_orders", {"shuffled", "dirichlet"})) {
    out.label_orders.clear();
    for (const std::string& name : *orders)
      out.label_orders.push_back(name == "shuffled" ? LabelOrder::kShuffled
                                                    : LabelOrder::kDirichlet);
  }
  in.finish();
  if (std::set(out.batches.begin(), out.batches.end()).size() != out.batches.size())
    throw Refused("/options/stream/batches", "names a size twice");
  if (out.label_orders.empty()) throw Refused("/options/stream/label_orders", "names no order");
  return out;
}

ViewOptions read_views(JsonReader in) {
  ViewOptions out;
  if (in.has("augmentations")) out.augmentations = count(in, "augmentations", 0, 0, 64);
  if (in.has("strength")) out.strength = in.number("strength", 1, 0, 1);
  if (in.has("confidence_threshold"))
    out.confidence_threshold = in.number("confidence_threshold", 1, 0, 1);
  in.finish();
  return out;
}

Options read_options(JsonReader in) {
  Options out;
  out.model = read_model(in.object("model"));
  out.stream = read_stream(in.object("stream"));
  out.views = read_views(in.object("views"));
  out.screening_samples = count(in, "screening_samples", out.screening_samples, 0, 1'000'000);
  if (out.screening_samples >= out.stream.samples)
    throw Refused("/options/screening_samples",
                  fmt::format("is {}, and a trial has {} samples a corruption; expected fewer",
                              out.screening_samples, out.stream.samples));
  out.cost = in.flag("cost", out.cost);
  out.rule = in.choice("rule", {"restoration", "momentum"}, out.rule);
  in.finish();
  return out;
}

}  // namespace

Settings read_settings(std::string_view config_json) {
  const json config = settings::parse_object(config_json);
  JsonReader in(config, "");
  Settings settings;
  if (const auto name = in.text("representation")) {
    const auto known = search::representation_named(*name);
    if (known != search::Representation::kConfiguration &&
        known != search::Representation::kExpression)
      throw Refused("/representation",
                    "this evaluator knows the representations 'configuration' and 'expression' "
                    "only");
    settings.representation = *known;
  }
  settings.data = read_data(in.object("data"));
  settings.options = read_options(in.object("options"));
  return settings;
}

ApplySettings read_apply_settings(std::string_view options_json) {
  const json options = settings::parse_object(options_json.empty() ? "{}" : options_json);
  JsonReader in(options, "");
  ApplySettings settings;
  settings.data = in.text("data");
  settings.batch = count(in, "batch", settings.batch, 1, 4096);
  in.finish();
  return settings;
}

}  // namespace equivolve::test_time_adaptation
