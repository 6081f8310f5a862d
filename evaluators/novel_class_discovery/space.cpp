#include "evaluators/novel_class_discovery/space.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "evaluators/common/configurations/bound_space.hpp"
#include "evaluators/novel_class_discovery/code_network.hpp"
#include "evaluators/sdk/evaluator.hpp"

namespace equivolve::novel_class_discovery {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestCode = 1024, kMostComponents = 150;

struct CodeRange {
  std::size_t low = 2, high, standard;
};
CodeRange code_range(std::size_t dimension) {
  return {2, std::clamp<std::size_t>(dimension, 8, kLongestCode),
          std::clamp<std::size_t>(dimension / 2, 8, kLongestCode)};
}

json number(double low, double high, double standard, const json& when, bool log = false) {
  return {{"type", "float"}, {"low", low},          {"high", high},
          {"log", log},      {"default", standard}, {"when", when}};
}
json whole(std::size_t low, std::size_t high, std::size_t standard, const json& when,
           bool log = false) {
  return {{"type", "int"}, {"low", low},          {"high", high},
          {"log", log},    {"default", standard}, {"when", when}};
}
json flag(bool standard, const json& when) {
  return {{"type", "bool"}, {"default", standard}, {"when", when}};
}
template <class Names>
json choice(const Names& names, const std::string& standard, const json& when) {
  json out = {{"type", "choice"}, {"values", names}, {"default", standard}};
  if (!when.empty()) out["when"] = when;
  return out;
}

/// Position of a choice by its name among `names`.
template <class Names>
std::size_t place(const Names& names, std::string_view name) {
  return static_cast<std::size_t>(std::find(std::begin(names), std::end(names), name) -
                                  std::begin(names));
}

constexpr std::array<std::string_view, 2> kInits{"plus_plus", "random"};
constexpr std::array<std::string_view, 3> kAffinities{"mst", "knn", "rbf"};
constexpr std::array<std::string_view, 3> kActivations{"relu", "tanh", "sigmoid"};

}  // namespace

std::string default_space(const SpaceFacts& facts) {
  const json by_distance = {{"method", {"kmeans", "ncd_kmeans"}}},
             by_graph = {{"method", "spectral"}}, jointly = {{"method", "ncd_spectral"}},
             pbn = {{"method", "pbn"}}, latent = {{"method", {"pbn", "latent_baseline"}}},
             coded = {{"method", {"pbn", "latent_baseline", "tabular_ncd"}}},
             tabular = {{"method", "tabular_ncd"}};
  const auto of = [](const char* affinity) { return json{{"affinity", affinity}}; };
  const CodeRange code = code_range(facts.dimension);
  const std::size_t components =
      std::max<std::size_t>(3, std::min(kMostComponents, facts.rows - 2));
  const double d = static_cast<double>(facts.dimension);
  json parameters = {
      {"method", choice(kMethodNames, "pbn", json())},
      {"init", choice(kInits, "plus_plus", by_distance)},
      {"affinity", choice(kAffinities, "knn", by_graph)},
      {"neighbours", whole(5, 50, 10, of("knn"))},
      {"min_dist", number(0.01, 0.99, 0.6, of("mst"))},
      {"gamma", number(0.01 / d, 10 / d, 1 / d, of("rbf"), true)},
      {"joint_min_dist", number(0.01, 0.99, 0.6, jointly)},
      {"components",
       whole(2, components, std::min(components, facts.known_classes + facts.novel_classes),
             jointly, true)},
      {"seeded", flag(false, jointly)},
      {"lr", number(1e-4, 1e-2, 1e-3, coded, true)},
      {"dropout", number(0, 0.6, 0.1, coded)},
      {"latent", whole(code.low, code.high, code.standard, coded, true)},
      {"layers", whole(1, 3, 2, coded)},
      {"activation", choice(kActivations, "relu", coded)},
      {"batch_norm", flag(true, coded)},
      {"label_weight", number(0, 1, 0.5, pbn)},
      {"clustering", choice(kSlotNames, "kmeans", latent)},
      {"normalized_codes", flag(false, latent)},
      {"class_weight", number(0, 1, 0.5, tabular)},
      {"pair_weight", number(0, 1, 0.7, tabular)},
      {"mixing_neighbours", whole(1, 100, 15, tabular)},
      {"top_percent", number(1, 40, 10, tabular)}};
  return json{{"representation", "configuration"}, {"parameters", parameters}}.dump();
}

std::string default_cell_space() {
  return json{{"representation", "graph"},
              {"vertices", 5},
              {"max_edges", 8},
              {"operations", kCellOperations}}
      .dump();
}

Space read_space(std::string_view text) {
  const json bound = json::parse(text);
  if (bound.value("representation", "") == "graph") {
    search::GraphSpace cells;
    cells.vertices = bound.at("vertices").get<std::uint32_t>();
    cells.max_edges = bound.at("max_edges").get<std::uint32_t>();
    cells.operations = bound.at("operations").get<std::vector<std::string>>();
    return cells;
  }
  auto space = configurations::read_bound_space(text);
  if (!space) throw sdk::Refused("", space.error());
  return std::move(*space);
}

Method method_of(search::GenomeView genome, const search::ConfigurationSpace& space,
                 const SpaceFacts& facts) {
  const search::ConfigurationView view(genome, space);
  const auto value = [&](const char* name, double standard) {
    return view.number_of(name).value_or(standard);
  };
  const auto count = [&](const char* name, std::size_t standard) {
    return static_cast<std::size_t>(value(name, static_cast<double>(standard)));
  };
  const auto chosen = [&](const char* name, const auto& names, std::string_view standard) {
    return place(names, view.choice_of(name).value_or(standard));
  };
  Method m;
  m.kind = static_cast<MethodKind>(chosen("method", kMethodNames, "pbn"));
  const bool random = chosen("init", kInits, "plus_plus") == 1;
  m.start = random                             ? GroupStart::kRandomRows
            : m.kind == MethodKind::kNcdKMeans ? GroupStart::kKnownAware
                                               : GroupStart::kPlusPlus;
  m.spectral.affinity = static_cast<Affinity>(chosen("affinity", kAffinities, "knn"));
  m.spectral.neighbours = count("neighbours", m.spectral.neighbours);
  m.spectral.min_dist = value("min_dist", m.spectral.min_dist);
  m.spectral.gamma = value("gamma", 1 / static_cast<double>(facts.dimension));
  m.joint_min_dist = value("joint_min_dist", m.joint_min_dist);
  m.joint_components = count("components", facts.known_classes + facts.novel_classes);
  m.seeded = value("seeded", 0) != 0;
  m.learning_rate = value("lr", m.learning_rate);
  m.code.inputs = facts.dimension;
  m.code.dropout = value("dropout", m.code.dropout);
  m.code.code = count("latent", code_range(facts.dimension).standard);
  m.code.layers = count("layers", m.code.layers);
  m.code.activation = static_cast<Activation>(chosen("activation", kActivations, "relu"));
  m.code.batch_norm = value("batch_norm", 1) != 0;
  m.label_weight = value("label_weight", m.label_weight);
  m.slot = static_cast<Slot>(chosen("clustering", kSlotNames, "kmeans"));
  m.normalized_codes = value("normalized_codes", 0) != 0;
  m.class_weight = value("class_weight", m.class_weight);
  m.pair_weight = value("pair_weight", m.pair_weight);
  m.neighbours = count("mixing_neighbours", m.neighbours);
  m.top_percent = value("top_percent", m.top_percent);
  return m;
}

Method method_of(search::GenomeView genome, const search::GraphSpace& space,
                 const SpaceFacts& facts, const CellOptions& options) {
  CodeCell cell{*search::graph_of(genome),
                options.width.value_or(std::max<std::size_t>(2, facts.dimension * 3 / 4))};
  for (std::uint32_t v = 1; v < cell.graph.output(); ++v)
    cell.graph.operations[v] = static_cast<std::uint8_t>(
        place(kCellOperations, space.operations[cell.graph.operations[v]]));
  Method m;
  m.kind = MethodKind::kPbn;
  m.learning_rate = options.learning_rate;
  m.label_weight = options.label_weight;
  m.code.inputs = facts.dimension;
  m.code.dropout = options.dropout;
  m.code.code = options.code.value_or(code_range(facts.dimension).standard);
  m.code.cell = cell;
  return m;
}

namespace {

json reference(std::string_view name, const char* summary, const std::string& text) {
  return {{"name", name}, {"summary", summary}, {"genome", text}};
}

json list_cells(const search::GraphSpace& space) {
  json list = json::array();
  const auto add = [&](const char* name, const char* summary, const std::string& text) {
    if (search::parse_genome(text, space)) list.push_back(reference(name, summary, text));
  };
  add("pbn", "a chain of two hidden layers, as PBN's own encoder",
      "0: input\n1: relu_norm <- 0\n2: relu_norm <- 1\n3: output <- 2\n");
  add("linear", "no hidden layer", "0: input\n1: output <- 0\n");
  return list;
}

}  // namespace

std::string list_references(const Space& any) {
  if (const auto* cells = std::get_if<search::GraphSpace>(&any)) return list_cells(*cells).dump();
  const auto& space = std::get<search::ConfigurationSpace>(any);
  json list = json::array();
  for (std::string_view name : kMethodNames) {
    const std::string text = "method: " + std::string(name) + "\n";
    if (!search::parse_genome(text, space)) continue;
    list.push_back(reference(name, "this method alone, with its default hyperparameters", text));
  }
  return list.dump();
}

}  // namespace equivolve::novel_class_discovery
