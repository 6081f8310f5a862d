#include "evaluators/novel_class_discovery/settings.hpp"

#include <algorithm>

#include "evaluators/common/settings/json_reader.hpp"
#include "evaluators/common/settings/table_section.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::novel_class_discovery {
namespace {

using nlohmann::json;
using sdk::Refused;
using settings::JsonReader;

constexpr std::uint64_t kHighestCount = 1000;

std::string label_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void read_novel(JsonReader& in, DataSettings& out) {
  const json* novel = in.raw("novel");
  if (!novel) return;
  if (!novel->is_array()) {
    out.draw_novel = in.whole("novel", 2, 2, kHighestCount);
    return;
  }
  for (std::size_t i = 0; i < novel->size(); ++i) {
    const std::string label = label_of((*novel)[i]);
    if (std::find(out.novel.begin(), out.novel.end(), label) != out.novel.end())
      throw Refused("/data/novel/" + std::to_string(i), "names class '" + label + "' twice");
    out.novel.push_back(label);
  }
}

DataSettings read_data(JsonReader in) {
  DataSettings out;
  out.file = in.text("file").value_or("");
  if (out.file.empty()) throw Refused("/data/file", "names no file");
  const auto target = settings::read_column(in, "target");
  if (!target) throw Refused("/data", "'target' is missing: name the column of class labels");
  out.target = *target;
  out.split = settings::read_column(in, "split");
  read_novel(in, out);
  out.hide_known = in.number("hide_known", out.hide_known, 0, 0.9);
  out.test_share = in.number("test_share", out.test_share, 0, 0.9);
  out.split_seed = in.whole("split_seed", out.split_seed, 0, settings::kAnySeed);
  out.standardize = in.flag("standardize", out.standardize);
  out.columns = settings::read_columns(in);
  in.finish();
  return out;
}

void read_count(JsonReader in, const DataSettings& data, Options& out) {
  if (in.raw("classes")) out.classes = in.whole("classes", 2, 2, kHighestCount);
  const bool told = out.classes || !data.novel.empty() || data.draw_novel;
  out.estimate = in.choice("mode", {"known", "estimate"}).value_or(told ? 0 : 1) == 1;
  if (out.estimate && out.classes)
    throw Refused("/options/k/classes", "stands beside mode: estimate; give one of the two");
  if (!out.estimate && !told)
    throw Refused("/options/k", "mode: known needs 'classes', or the novel classes in data.novel");
  if (!out.classes && !out.estimate) out.classes = data.draw_novel.value_or(data.novel.size());
  out.count.most = in.whole("max", out.count.most, 2, kHighestCount);
  out.count.repeats = in.whole("repeats", out.count.repeats, 1, 100);
  out.count.starts = in.whole("starts", out.count.starts, 1, 100);
  out.count.most_rows = in.whole("sample", out.count.most_rows, 10, 20'000);
  out.count.index = in.choice("index", {kIndexNames.begin(), kIndexNames.end()}, out.count.index);
  in.finish();
}

void read_cell(JsonReader in, CellOptions& out) {
  out.learning_rate = in.number("lr", out.learning_rate, 1e-6, 1);
  out.dropout = in.number("dropout", out.dropout, 0, 0.9);
  out.label_weight = in.number("label_weight", out.label_weight, 0, 1);
  if (in.raw("latent")) out.code = in.whole("latent", 2, 2, 1024);
  if (in.raw("width")) out.width = in.whole("width", 2, 2, 1024);
  in.finish();
}

Options read_options(JsonReader in, const DataSettings& data) {
  Options out;
  out.mixed = in.choice("unlabelled", {"novel_only", "mixed"}).value_or(0) == 1;
  if (data.hide_known > 0 && !out.mixed)
    throw Refused("/data/hide_known",
                  "hides labels of known classes, which is for options.unlabelled: mixed");
  read_count(in.object("k"), data, out);
  JsonReader folds = in.object("folds");
  out.hidden_fraction = folds.number("hidden_fraction", out.hidden_fraction, 0.01, 0.9);
  out.hidden_only = folds.choice("score_rows", {"union", "hidden_only"}).value_or(0) == 1;
  out.measure = folds.choice("measure", {"overlap", "accuracy"}, out.measure);
  folds.finish();
  JsonReader train = in.object("train");
  out.epochs = train.whole("epochs", out.epochs, 1, 100'000);
  out.batch = train.whole("batch", out.batch, 2, 65'536);
  train.finish();
  read_cell(in.object("cell"), out.cell);
  out.restarts = in.whole("restarts", out.restarts, 1, 1000);
  out.most_rows = in.whole("max_rows", out.most_rows, 100, 20'000);
  in.finish();
  return out;
}

}  // namespace

Settings read_settings(std::string_view config_json) {
  const json config = settings::parse_object(config_json);
  JsonReader in(config, "");
  if (!in.raw("data")) throw Refused("", "'data' is missing: give {file, target}");
  Settings out;
  out.data = read_data(in.object("data"));
  out.options = read_options(in.object("options"), out.data);
  return out;
}

}  // namespace equivolve::novel_class_discovery
