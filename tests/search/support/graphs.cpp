#include "tests/search/support/graphs.hpp"

namespace equivolve::search::test {
namespace {

std::vector<std::string> numbered_operations(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back("op" + std::to_string(i));
  return names;
}

}  // namespace

GraphSpace nasbench_space(std::uint32_t vertices) {
  return {vertices, 9, {"conv3x3", "conv1x1", "maxpool3x3"}};
}

std::vector<GraphSpace> graph_spaces() {
  return {nasbench_space(),
          nasbench_space(4),
          {2, 1, {}},                        // one graph only
          {3, 1, numbered_operations(1)},    // most draws pass the limit
          {5, 10, numbered_operations(1)},   // operations cannot change
          {12, 20, numbered_operations(5)},  // edges straddle two words
          {64, 9, numbered_operations(2)},   // large and sparse: chains
          {64, 2016, numbered_operations(255)}};
}

Graph graph(const GraphLayout& layout) {
  Graph out;
  out.vertices = static_cast<std::uint32_t>(layout.operations.size());
  for (std::size_t v = 0; v < layout.operations.size(); ++v)
    out.operations[v] = layout.operations[v];
  for (const auto& [from, to] : layout.edges) out.set_edge(from, to);
  return out;
}

Graph renumbered(const Graph& graph, const std::vector<std::uint32_t>& places) {
  Graph out;
  out.vertices = graph.vertices;
  for (std::uint32_t v = 0; v < graph.vertices; ++v) {
    out.operations[places[v]] = graph.operations[v];
    for (std::uint32_t to = v + 1; to < graph.vertices; ++to)
      if (graph.has_edge(v, to)) out.set_edge(places[v], places[to]);
  }
  return out;
}

}  // namespace equivolve::search::test
