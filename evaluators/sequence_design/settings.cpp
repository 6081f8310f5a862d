#include "evaluators/sequence_design/settings.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "evaluators/common/settings/json_reader.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::sequence_design {
namespace {

using nlohmann::json;
using sdk::Refused;
using settings::JsonReader;
using settings::kAnySeed;

ConstraintSettings read_rules(JsonReader in) {
  ConstraintSettings out;
  out.fixed = in.text("fixed").value_or(out.fixed);
  if (const json* allowed = in.raw("allowed")) {
    if (!allowed->is_object())
      throw Refused(in.at("allowed"), "must map positions to letters, as in {3: ACG}");
    for (const auto& item : allowed->items()) {
      std::size_t position = 0;
      const std::string& key = item.key();
      const auto [end, code] = std::from_chars(key.data(), key.data() + key.size(), position);
      if (code != std::errc() || end != key.data() + key.size() || !item.value().is_string())
        throw Refused(in.at("allowed") + "/" + key, "must map a position to letters");
      out.allowed.emplace_back(position, item.value().get<std::string>());
    }
  }
  out.wild_type = in.text("wild_type").value_or(out.wild_type);
  if (in.raw("most_mutations")) out.most_mutations = in.whole("most_mutations", 0, 0, 4096);
  out.forbidden = in.texts("forbidden_motifs").value_or(std::vector<std::string>{});
  if (const json* gc = in.raw("gc")) {
    const bool good =
        gc->is_array() && gc->size() == 2 && (*gc)[0].is_number() && (*gc)[1].is_number();
    if (!good) throw Refused(in.at("gc"), "must be a range of shares, as in [0.4, 0.6]");
    out.gc_low = (*gc)[0].get<double>();
    out.gc_high = (*gc)[1].get<double>();
    if (!(out.gc_low >= 0 && out.gc_high <= 1 && out.gc_low <= out.gc_high))
      throw Refused(in.at("gc"), "must be a range within 0 and 1, the lower end first");
  }
  out.longest_run = in.whole("longest_run", out.longest_run, 1, 4096);
  out.min_length = in.whole("min_length", out.min_length, 1, 4096);
  out.max_length = in.whole("max_length", out.max_length, 1, 4096);
  in.finish();
  return out;
}

TaskSettings read_task(JsonReader in) {
  TaskSettings out;
  if (const auto landscape = in.choice("landscape", landscape_names()))
    out.landscape = landscape_names()[*landscape];
  out.file = in.text("file").value_or("");
  if (out.landscape.empty() && out.file.empty())
    throw Refused("/data", "names neither a landscape nor a file");
  const bool is_table = out.landscape == "tfbind8" || out.landscape == "gb1";
  if (!out.landscape.empty() && !out.file.empty() && !is_table)
    throw Refused("/data/file", "landscape " + out.landscape + " reads no file");
  out.seed = in.whole("seed", out.seed, 0, kAnySeed);
  out.rows = in.whole("rows", out.rows, 16, 10'000'000);
  out.reduced = in.choice("offline", {"half", "r5000"}).value_or(0) == 1;
  out.sequence_column = in.text("sequence").value_or(out.sequence_column);
  out.target = in.text("target").value_or(out.target);
  out.maximize = in.choice("direction", {"maximize", "minimize"}).value_or(0) == 0;
  out.alphabet = in.text("alphabet").value_or("");
  // Hosts fill in the schema's defaults, so only other values tell what a person meant.
  const TaskSettings plain;
  const std::pair<const char*, bool> own_files_only[] = {
      {"sequence", out.sequence_column != plain.sequence_column},
      {"target", out.target != plain.target},
      {"direction", out.maximize != plain.maximize},
      {"alphabet", out.alphabet != plain.alphabet}};
  for (const auto& [key, is_set] : own_files_only)
    if (is_set && !out.landscape.empty())
      throw Refused(in.at(key),
                    "is for a file of your own; landscape " + out.landscape + " has one already");
  if (out.reduced && out.landscape != "tfbind8")
    throw Refused(in.at("offline"), "is for landscape tfbind8");
  out.constraints = read_rules(in.object("constraints"));
  in.finish();
  return out;
}

void read_designer_section(JsonReader in, DesignerSettings& d) {
  d.method = in.choice("method", method_names(), d.method);
  d.proxy = in.choice("features", proxy_names(), d.proxy);
  d.directions = in.choice("directions", direction_names(), d.directions);
  d.lambda = in.number("lambda", d.lambda, 1e-12, 1e6);
  d.beta = in.number("beta", d.beta, 1e-12, 1e6);
  d.depth = in.whole("depth", d.depth, 1, 16);
  d.landmarks = in.whole("landmarks", d.landmarks, 16, 100'000);
  d.max_memory_mb = in.whole("max_memory_mb", d.max_memory_mb, 16, 1'000'000);
  d.ensemble = in.whole("ensemble", d.ensemble, 2, 32);
  d.width = in.whole("width", d.width, 4, 2048);
  d.epochs = in.whole("epochs", d.epochs, 1, 1000);
  d.steps = in.whole("steps", d.steps, 1, 10'000);
  d.rate = in.number("lr", d.rate, 1e-6, 10);
  d.target = in.number("target", d.target, -100, 1000);
  if (const json* gamma = in.raw("gamma")) {
    if (*gamma == "learned") {
      d.gamma.reset();
    } else if (gamma->is_number() && *gamma >= 0 && *gamma <= 1) {
      d.gamma = gamma->get<double>();
    } else {
      throw Refused(in.at("gamma"), "must be 'learned' or a number from 0 to 1");
    }
  }
  d.learned_rate = in.flag("learned_lr", d.learned_rate);
  d.population = in.whole("population", d.population, 4, 1'000'000);
  d.generations = in.whole("generations", d.generations, 1, 10'000);
  d.mutation = in.number("mutation", d.mutation, 0, 64);
  d.quantile = in.number("quantile", d.quantile, 0, 0.999);
  in.finish();
}

Options read_options(JsonReader in) {
  Options out;
  out.designer.landmarks = 2048;
  out.designer.designs = in.whole("designs", out.designer.designs, 2, 100'000);
  read_designer_section(in.object("designer"), out.designer);
  out.select = in.choice("select", selection_names(), out.select);
  out.min_distance = in.whole("min_distance", out.min_distance, 1, 4096);
  out.fitness =
      in.choice("fitness", {"holdout_extrapolation", "pseudo_oracle", "oracle"}, out.fitness);
  const bool leak = in.flag("benchmark_leak", false);
  if (out.fitness == FitnessKind::kOracle && !leak)
    throw Refused(
        "/options/fitness",
        "oracle fits the search to the benchmark; expected benchmark_leak: true beside it");
  out.resamplings = in.whole("resamplings", out.resamplings, 1, 100);
  out.screening_rows = in.whole("screening_rows", out.screening_rows, 0, 10'000'000);
  out.referees = in.whole("referees", out.referees, 2, 32);
  out.caution = in.number("caution", out.caution, 0, 100);
  out.unlabelled = in.text("unlabelled").value_or(out.unlabelled);
  out.references = in.names("references", method_names()).value_or(out.references);
  if (out.designer.proxy == ProxyKind::kRidgeLearned && out.unlabelled.empty())
    throw Refused("/options/designer/features", kNeedsUnlabelled);
  in.finish();
  return out;
}

json range(double low, double high, bool log, double fallback) {
  return {{"type", "float"},
          {"low", low},
          {"high", high},
          {"log", log},
          {"default", std::clamp(fallback, low, high)}};
}
json counts(std::size_t low, std::size_t high, bool log, std::size_t fallback) {
  return {{"type", "int"},
          {"low", low},
          {"high", high},
          {"log", log},
          {"default", std::clamp(fallback, low, high)}};
}
json choices(std::vector<std::string> values) {
  return {{"type", "choice"}, {"values", std::move(values)}};
}
json when(json parameter, const char* name, json values) {
  parameter["when"] = {{name, std::move(values)}};
  return parameter;
}

}  // namespace

Settings read_settings(std::string_view text) {
  const json config = settings::parse_object(text);
  JsonReader in(config, "");
  Settings out;
  out.task = read_task(in.object("data"));
  out.options = read_options(in.object("options"));
  out.sequences = in.text("representation") == "sequence";
  return out;
}

ApplySettings read_apply_settings(std::string_view text) {
  const json object = settings::parse_object(text);
  JsonReader in(object, "");
  ApplySettings out;
  out.backtest = in.flag("backtest", out.backtest);
  out.designs = in.whole("designs", out.designs, 2, 100'000);
  in.finish();
  return out;
}

std::string designer_space(const OfflineView& view, const Options& options) {
  const DesignerSettings& d = options.designer;
  std::vector<std::string> features{"onehot", "kmer3", "ntk", "mlp"};
  if (affordable(FeatureKind::kPairwise, view.shape()) == FeatureKind::kPairwise)
    features.insert(features.begin() + 1, "pairwise");
  // Words of sequences that are all measured say nothing beyond them.
  if (!options.unlabelled.empty()) features.push_back("learned");
  const std::size_t most = std::clamp<std::size_t>(view.size(), 32, 8192);
  const std::size_t least = std::min<std::size_t>(64, most / 2);
  const json of_gradients = {"bdi", "bib", "gradient_ascent", "ensemble_min"};
  json p;
  p["method"] = choices({"bdi", "bib", "evolution", "gradient_ascent", "ensemble_min"});
  p["features"] = when(choices(features), "method", {"bib", "evolution", "gradient_ascent"});
  // Few rows of long sequences want ridges above 1 (Ehrlich functions), where the default fitness
  // prefers them too; the design's own range ends at 0.1.
  p["beta"] = range(1e-8, 10, true, 1e-3);
  p["lr"] = when(range(1e-3, 0.5, true, d.rate), "method", of_gradients);
  p["steps"] = when(counts(10, 400, true, d.steps), "method", of_gradients);
  p["target"] = when(range(2, 20, false, d.target), "method", {"bdi", "bib"});
  p["gamma_learned"] = when({{"type", "bool"}}, "method", "bib");
  p["gamma"] = when(range(0, 1, false, 0.5), "gamma_learned", false);
  p["landmarks"] = counts(least, most, true, d.landmarks);
  p["depth"] = counts(1, 8, false, d.depth);
  p["mutation"] = when(range(0.2, 4, true, d.mutation), "method", "evolution");
  p["population"] = when(counts(64, 2048, true, d.population), "method", "evolution");
  p["width"] = counts(8, 256, true, std::min<std::size_t>(d.width, 128));
  p["epochs"] = counts(1, 40, true, d.epochs);
  json space;
  space["representation"] = "configuration";
  space["parameters"] = std::move(p);
  space["forbidden"] = {{{"method", "bib"}, {"features", {"ntk", "mlp"}}}};
  return space.dump();
}

std::string sequence_space(const OfflineView& view) {
  const SequenceShape& shape = view.shape();
  std::string alphabet = shape.alphabet;
  std::size_t least = shape.length;
  if (shape.is_padded()) {
    alphabet.pop_back();
    least = view.set.rules().min_length;
  }
  return json{{"representation", "sequence"},
              {"alphabet", alphabet},
              {"min_length", least},
              {"max_length", shape.length},
              {"initial_length", shape.length}}
      .dump();
}

DesignerSettings read_designer(std::string_view text, const DesignerSettings& base) {
  DesignerSettings d = base;
  bool gamma_learned = true;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    const std::string name = line.substr(0, colon), value = line.substr(colon + 2);
    const auto position = [&](const std::vector<std::string>& names) {
      const auto found = std::find(names.begin(), names.end(), value);
      if (found == names.end())
        throw std::invalid_argument(name + ": '" + value + "' is no choice of this evaluator");
      return static_cast<std::size_t>(found - names.begin());
    };
    const auto number = [&] {
      double out = 0;
      const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), out);
      if (code != std::errc() || end != value.data() + value.size())
        throw std::invalid_argument(name + ": '" + value + "' is no number");
      return out;
    };
    const auto count = [&] { return static_cast<std::size_t>(number()); };
    if (name == "method")
      d.method = static_cast<Method>(position(method_names()));
    else if (name == "features")
      d.proxy = static_cast<ProxyKind>(position(proxy_names()));
    else if (name == "beta")
      d.beta = d.lambda = number();
    else if (name == "lr")
      d.rate = number();
    else if (name == "steps")
      d.steps = count();
    else if (name == "target")
      d.target = number();
    else if (name == "gamma_learned")
      gamma_learned = value == "true";
    else if (name == "gamma")
      d.gamma = number();
    else if (name == "landmarks")
      d.landmarks = count();
    else if (name == "depth")
      d.depth = count();
    else if (name == "mutation")
      d.mutation = number();
    else if (name == "population")
      d.population = count();
    else if (name == "generations")
      d.generations = count();
    else if (name == "width")
      d.width = count();
    else if (name == "epochs")
      d.epochs = count();
    else if (name == "ensemble")
      d.ensemble = count();
    else
      throw std::invalid_argument("no parameter is called '" + name + "'");
  }
  if (gamma_learned) d.gamma.reset();
  return d;
}

}  // namespace equivolve::sequence_design
