#include "engine/study/graph_study.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/plugins/probe_sink.hpp"
#include "evaluators/common/interpreters/graph_machine.hpp"
#include "hashing/equivalence_cache.hpp"
#include "hashing/stream.hpp"
#include "search/space/graph_space.hpp"

namespace equivolve::study {
namespace {

using interpreters::Join;
using search::Graph;

constexpr std::uint32_t kMostVertices = 5;
constexpr std::uint8_t kLayers = 3;
constexpr std::size_t kWidth = 4;
constexpr std::size_t kInputs = 3;

search::GraphSpace nasbench(std::uint32_t vertices) {
  return {vertices, 9, {"conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3"}};
}

/// Every choice of operations for one choice of edges.
void add_labelled(Graph graph, std::vector<Graph>& graphs) {
  const std::uint32_t between = graph.vertices - 2;
  std::uint64_t choices = 1;
  for (std::uint32_t v = 0; v < between; ++v) choices *= kLayers;
  for (std::uint64_t choice = 0; choice < choices; ++choice) {
    std::uint64_t rest = choice;
    for (std::uint32_t v = 1; v <= between; ++v, rest /= kLayers)
      graph.operations[v] = static_cast<std::uint8_t>(rest % kLayers);
    graphs.push_back(graph);
  }
}

/// The space with up to kMostVertices vertices, graphs with dead parts among them.
std::vector<Graph> all_graphs() {
  std::vector<Graph> graphs;
  for (std::uint32_t vertices = 2; vertices <= kMostVertices; ++vertices)
    for (std::uint64_t edges = 0; edges >> search::pair_count(vertices) == 0; ++edges) {
      Graph graph;
      graph.vertices = vertices;
      graph.edges[0] = edges;
      if (search::is_valid(graph, nasbench(vertices))) add_labelled(graph, graphs);
    }
  return graphs;
}

std::vector<double> normals(std::size_t count, std::uint64_t seed, std::uint64_t index) {
  hashing::Stream stream(seed, hashing::Purpose::kStudy, (std::uint64_t{1} << 40) + index);
  std::vector<double> out(count);
  for (double& value : out) value = stream.gaussian();
  return out;
}

/// tanh(W x + b), W and b drawn; the parts of a concatenation go through W again, each weaker than
/// the one before.
interpreters::VertexFunction layer(std::uint64_t seed, std::uint64_t index) {
  return [weights = normals(kWidth * (kWidth + 1), seed, index)](std::span<const double> in,
                                                                 std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const double* row = weights.data() + i * (kWidth + 1);
      double sum = row[kWidth];
      for (std::size_t j = 0; j < in.size(); ++j)
        sum += row[j % kWidth] * in[j] / static_cast<double>(1 + j / kWidth);
      out[i] = std::tanh(sum);
    }
  };
}

struct Disagreement {
  std::uint64_t merged = 0;  ///< items put to one of another truth
  std::uint64_t apart = 0;   ///< items apart from the first of their truth
};

/// Where every item has a class found and a true one.
template <class Found, class Truth>
Disagreement disagreement(const std::vector<Found>& found, const std::vector<Truth>& truth) {
  std::unordered_map<Found, Truth> truth_of;
  std::unordered_map<Truth, Found> found_of;
  Disagreement out;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (truth_of.emplace(found[i], truth[i]).first->second != truth[i]) ++out.merged;
    if (found_of.emplace(truth[i], found[i]).first->second != found[i]) ++out.apart;
  }
  return out;
}

template <class T>
std::uint64_t distinct(const std::vector<T>& all) {
  return std::unordered_set<T>(all.begin(), all.end()).size();
}

std::string structural_key(const Graph& graph) {
  const auto bytes =
      search::structural_bytes(search::to_genome(graph).flat, nasbench(graph.vertices));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The class of each graph's outputs, through the sink and the cache that runs use.
std::vector<hashing::ClassId> functional_classes(const std::vector<Graph>& graphs, Join join,
                                                 Join output_join, std::uint64_t seed) {
  interpreters::CellRules rules{kWidth, {}, join, output_join};
  for (std::uint64_t k = 0; k < kLayers; ++k) rules.operations.push_back(layer(seed, k));
  interpreters::GraphMachine machine(std::move(rules));
  hashing::OutputSink sink(engine::sink_settings(0, false, {}));
  hashing::EquivalenceCache cache({});
  std::vector<hashing::ClassId> classes;
  for (const Graph& graph : graphs) {
    sink.clear();
    if (machine.load(graph))
      for (std::size_t i = 0; i < kInputs; ++i)
        sink.values(machine.run(normals(kWidth, seed, 1000 + i)));
    classes.push_back(cache.look_up(sink.finish(), 0, classes.size()).cls);
  }
  return classes;
}

}  // namespace

std::uint64_t isomorphism_key(const Graph& graph) {
  std::vector<std::uint32_t> order(graph.vertices);  // the vertex at each place
  std::iota(order.begin(), order.end(), 0u);
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  do {
    std::uint64_t written = graph.vertices;
    for (const std::uint32_t v : order) written = written << 2 | graph.operations[v];
    for (std::size_t a = 0; a < order.size(); ++a)
      for (std::size_t b = 0; b < order.size(); ++b) {
        if (a == b) continue;
        const bool edge = order[a] < order[b] && graph.has_edge(order[a], order[b]);
        written = written << 1 | (edge ? 1 : 0);
      }
    least = std::min(least, written);
  } while (std::next_permutation(order.begin() + 1, order.end() - 1));
  return least;
}

std::string computation_tree(const Graph& graph) {
  std::vector<std::string> written(graph.vertices);
  for (std::uint32_t v = 0; v < graph.vertices; ++v) {
    std::vector<std::string> reads;
    for (std::uint32_t from = 0; from < v; ++from)
      if (graph.has_edge(from, v)) reads.push_back(written[from]);
    std::sort(reads.begin(), reads.end());
    written[v] = v == 0 ? "input" : std::to_string(graph.operations[v]);
    for (const std::string& read : reads) written[v] += "(" + read + ")";
  }
  return written.back();
}

StudyResult graph_study(const StudySettings& settings) {
  const std::vector<Graph> graphs = all_graphs();
  std::vector<std::string> structural, trees;
  std::vector<std::uint64_t> isomorphic;
  for (const Graph& graph : graphs) {
    const Graph live = search::pruned(graph);
    structural.push_back(structural_key(graph));
    isomorphic.push_back(isomorphism_key(live));
    trees.push_back(computation_tree(live));
  }
  const std::vector<std::string> columns = {"classes_of",     "graphs",  "truth",
                                            "truth_classes",  "classes", "merged_but_different",
                                            "equal_but_apart"};
  StudyTable table{
      "classes", "graphs of up to 5 vertices, 3 operations, at most 9 edges", columns, {}};
  const Disagreement structure = disagreement(structural, isomorphic);
  table.rows.push_back({"structural hash", std::uint64_t{graphs.size()}, "isomorphism",
                        distinct(isomorphic), distinct(structural), structure.merged,
                        structure.apart});
  struct Joins {
    const char* name;
    Join join, output_join;
  };
  for (const Joins& j :
       {Joins{"functional hash, sums", Join::kSum, Join::kSum},
        Joins{"functional hash, sums, output concatenates", Join::kSum, Join::kConcatenate},
        Joins{"functional hash, concatenations", Join::kConcatenate, Join::kConcatenate}}) {
    const auto found = functional_classes(graphs, j.join, j.output_join, settings.seed);
    const Disagreement function = disagreement(found, trees);
    table.rows.push_back({j.name, std::uint64_t{graphs.size()}, "equal computations",
                          distinct(trees), distinct(found), function.merged, function.apart});
  }
  return {{}, {table}};
}

}  // namespace equivolve::study
