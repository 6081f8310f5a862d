#include "evaluators/sequence_design/settings.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "evaluators/common/tables/names.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::sequence_design {
namespace {

using nlohmann::json;
using sdk::Refused;

/// One mapping: every value is asked for by its key, the rest is refused.
class Section {
 public:
  Section(const json& object, std::string pointer) : object_(object), pointer_(std::move(pointer)) {
    if (!object_.is_object()) throw Refused(pointer_, "must be a mapping of names to values");
  }
  const json* find(const std::string& key) {
    asked_.push_back(key);
    const auto at = object_.find(key);
    return at == object_.end() || at->is_null() ? nullptr : &*at;
  }
  std::string at(const std::string& key) const { return pointer_ + "/" + key; }

  void text(const std::string& key, std::string& out) {
    const json* value = find(key);
    if (!value) return;
    if (!value->is_string()) throw Refused(at(key), "must be text");
    out = value->get<std::string>();
  }
  void number(const std::string& key, double& out, double low, double high) {
    const json* value = find(key);
    if (!value) return;
    if (!value->is_number() || !(value->get<double>() >= low && value->get<double>() <= high))
      throw Refused(at(key), "must be a number from " + shortest(low) + " to " + shortest(high));
    out = value->get<double>();
  }
  template <class Whole>
  void whole(const std::string& key, Whole& out, std::uint64_t low, std::uint64_t high) {
    const json* value = find(key);
    if (!value) return;
    std::uint64_t read = 0;
    bool good = value->is_number_unsigned();
    if (good) read = value->get<std::uint64_t>();
    if (value->is_string()) {  // seeds beyond 2^53
      const auto& digits = value->get_ref<const std::string&>();
      const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), read);
      good = code == std::errc() && end == digits.data() + digits.size();
    }
    if (!good || read < low || read > high)
      throw Refused(at(key), "must be a whole number from " + std::to_string(low) + " to " +
                                 std::to_string(high));
    out = static_cast<Whole>(read);
  }
  void flag(const std::string& key, bool& out) {
    const json* value = find(key);
    if (!value) return;
    if (!value->is_boolean()) throw Refused(at(key), "must be true or false");
    out = value->get<bool>();
  }
  template <class Enum>
  void choice(const std::string& key, Enum& out, const std::vector<std::string>& names) {
    std::string name;
    text(key, name);
    if (name.empty()) return;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      std::string list;
      for (const std::string& one : names) list += (list.empty() ? "" : ", ") + one;
      throw Refused(at(key),
                    "'" + name + "' is not one of: " + list + tables::suggestion(name, names));
    }
    out = static_cast<Enum>(found - names.begin());
  }
  std::vector<std::string> texts(const std::string& key) {
    std::vector<std::string> out;
    const json* value = find(key);
    if (!value) return out;
    if (!value->is_array()) throw Refused(at(key), "must be a list of texts");
    for (const json& one : *value) {
      if (!one.is_string()) throw Refused(at(key), "must be a list of texts");
      out.push_back(one.get<std::string>());
    }
    return out;
  }
  void finish() const {
    for (const auto& item : object_.items())
      if (std::find(asked_.begin(), asked_.end(), item.key()) == asked_.end())
        throw Refused(at(item.key()),
                      "unknown key '" + item.key() + "'" + tables::suggestion(item.key(), asked_));
  }

 private:
  static std::string shortest(double value) {
    std::ostringstream out;
    out << value;
    return out.str();
  }
  const json& object_;
  std::string pointer_;
  std::vector<std::string> asked_;
};

constexpr std::uint64_t kAnySeed = std::numeric_limits<std::uint64_t>::max();

ConstraintSettings read_rules(const json& object, const std::string& pointer) {
  Section in(object, pointer);
  ConstraintSettings out;
  in.text("fixed", out.fixed);
  if (const json* allowed = in.find("allowed")) {
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
  in.text("wild_type", out.wild_type);
  std::size_t mutations = 0;
  if (in.find("most_mutations")) {
    in.whole("most_mutations", mutations, 0, 4096);
    out.most_mutations = mutations;
  }
  out.forbidden = in.texts("forbidden_motifs");
  if (const json* gc = in.find("gc")) {
    const bool good =
        gc->is_array() && gc->size() == 2 && (*gc)[0].is_number() && (*gc)[1].is_number();
    if (!good) throw Refused(in.at("gc"), "must be a range of shares, as in [0.4, 0.6]");
    out.gc_low = (*gc)[0].get<double>();
    out.gc_high = (*gc)[1].get<double>();
    if (!(out.gc_low >= 0 && out.gc_high <= 1 && out.gc_low <= out.gc_high))
      throw Refused(in.at("gc"), "must be a range within 0 and 1, the lower end first");
  }
  in.whole("longest_run", out.longest_run, 1, 4096);
  in.whole("min_length", out.min_length, 1, 4096);
  in.whole("max_length", out.max_length, 1, 4096);
  in.finish();
  return out;
}

TaskSettings read_task(const json& object) {
  Section in(object, "/data");
  TaskSettings out;
  std::string offline = "half";
  if (in.find("landscape")) {
    std::size_t at = 0;
    in.choice("landscape", at, landscape_names());
    out.landscape = landscape_names()[at];
  }
  in.text("file", out.file);
  if (out.landscape.empty() && out.file.empty())
    throw Refused("/data", "names neither a landscape nor a file");
  const bool is_table = out.landscape == "tfbind8" || out.landscape == "gb1";
  if (!out.landscape.empty() && !out.file.empty() && !is_table)
    throw Refused("/data/file", "landscape " + out.landscape + " reads no file");
  in.whole("seed", out.seed, 0, kAnySeed);
  in.whole("rows", out.rows, 16, 10'000'000);
  std::size_t reduced = 0;
  in.choice("offline", reduced, {"half", "r5000"});
  out.reduced = reduced == 1;
  in.text("sequence", out.sequence_column);
  in.text("target", out.target);
  std::size_t minimize = 0;
  in.choice("direction", minimize, {"maximize", "minimize"});
  out.maximize = minimize == 0;
  in.text("alphabet", out.alphabet);
  if (const json* rules = in.find("constraints"))
    out.constraints = read_rules(*rules, "/data/constraints");
  in.finish();
  return out;
}

void read_designer_section(const json& object, DesignerSettings& d) {
  Section in(object, "/options/designer");
  in.choice("method", d.method, method_names());
  in.choice("features", d.proxy, proxy_names());
  in.choice("directions", d.directions, direction_names());
  in.number("lambda", d.lambda, 1e-12, 1e6);
  in.number("beta", d.beta, 1e-12, 1e6);
  in.whole("depth", d.depth, 1, 16);
  in.whole("landmarks", d.landmarks, 16, 100'000);
  in.whole("max_memory_mb", d.max_memory_mb, 16, 1'000'000);
  in.whole("ensemble", d.ensemble, 2, 32);
  in.whole("width", d.width, 4, 2048);
  in.whole("epochs", d.epochs, 1, 1000);
  in.whole("steps", d.steps, 1, 10'000);
  in.number("lr", d.rate, 1e-6, 10);
  in.number("target", d.target, -100, 1000);
  if (const json* gamma = in.find("gamma")) {
    if (*gamma == "learned") {
      d.gamma.reset();
    } else if (gamma->is_number() && *gamma >= 0 && *gamma <= 1) {
      d.gamma = gamma->get<double>();
    } else {
      throw Refused(in.at("gamma"), "must be 'learned' or a number from 0 to 1");
    }
  }
  in.flag("learned_lr", d.learned_rate);
  in.whole("population", d.population, 4, 1'000'000);
  in.whole("generations", d.generations, 1, 10'000);
  in.number("mutation", d.mutation, 0, 64);
  in.number("quantile", d.quantile, 0, 0.999);
  in.finish();
}

Options read_options(const json& object) {
  Section in(object, "/options");
  Options out;
  out.designer.landmarks = 2048;
  in.whole("designs", out.designer.designs, 2, 100'000);
  if (const json* designer = in.find("designer")) read_designer_section(*designer, out.designer);
  in.choice("select", out.select, selection_names());
  in.whole("min_distance", out.min_distance, 1, 4096);
  in.choice("fitness", out.fitness, {"holdout_extrapolation", "pseudo_oracle", "oracle"});
  bool leak = false;
  in.flag("benchmark_leak", leak);
  if (out.fitness == FitnessKind::kOracle && !leak)
    throw Refused(
        "/options/fitness",
        "oracle fits the search to the benchmark; expected benchmark_leak: true beside it");
  in.whole("resamplings", out.resamplings, 1, 100);
  in.whole("screening_rows", out.screening_rows, 0, 10'000'000);
  in.whole("referees", out.referees, 2, 32);
  in.number("caution", out.caution, 0, 100);
  in.text("unlabelled", out.unlabelled);
  if (in.find("references")) {
    out.references = in.texts("references");
    const auto known = method_names();
    for (const std::string& name : out.references)
      if (std::find(known.begin(), known.end(), name) == known.end())
        throw Refused("/options/references",
                      "no method is called '" + name + "'" + tables::suggestion(name, known));
  }
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

bool follows_gradients(Method m) {
  return m == Method::kGradientAscent || m == Method::kEnsembleMean || m == Method::kEnsembleMin ||
         m == Method::kBdi || m == Method::kBib || m == Method::kCmaEs;
}
bool has_networks(const DesignerSettings& s) {
  return s.method == Method::kEnsembleMean || s.method == Method::kEnsembleMin ||
         s.method == Method::kComs || s.proxy == ProxyKind::kMlp;
}

}  // namespace

Settings read_settings(std::string_view text) {
  const json config = json::parse(text, nullptr, false);
  if (!config.is_object()) throw Refused("", "the configuration is not a JSON object");
  Section in(config, "");
  Settings out;
  const json none = json::object();
  const json* data = in.find("data");
  out.task = read_task(data ? *data : none);
  const json* options = in.find("options");
  out.options = read_options(options ? *options : none);
  std::string representation;
  in.text("representation", representation);
  out.sequences = representation == "sequence";
  return out;
}

ApplySettings read_apply_settings(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  Section in(object, "");
  ApplySettings out;
  in.flag("backtest", out.backtest);
  in.whole("designs", out.designs, 2, 100'000);
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
  p["beta"] = range(1e-8, 1e-1, true, 1e-3);
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

std::string used_options(const DesignerSettings& s, std::size_t rows) {
  std::ostringstream out;
  out.precision(17);
  out << method_names()[static_cast<std::size_t>(s.method)];
  if (follows_gradients(s.method)) out << " steps " << s.steps << " lr " << s.rate;
  if (s.method == Method::kBdi || s.method == Method::kBib) out << " target " << s.target;
  if (s.method == Method::kBib) {
    out << " gamma " << (s.gamma ? *s.gamma : -1) << " learned_lr " << s.learned_rate;
    out << " beta " << s.beta << " lambda " << s.lambda;
  }
  if (s.method == Method::kEvolution || s.method == Method::kCbas)
    out << " population " << s.population << " generations " << s.generations << " mutation "
        << s.mutation;
  if (s.method == Method::kBdi || s.proxy == ProxyKind::kNtk)
    out << " landmarks " << std::min(s.landmarks, rows);
  if (has_networks(s)) out << " width " << s.width << " epochs " << s.epochs;
  return out.str();
}

}  // namespace equivolve::sequence_design
