// Spaces and graphs for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "search/space/graph_space.hpp"

namespace equivolve::search::test {

/// The space of NASBench-101 with this many vertices.
GraphSpace nasbench_space(std::uint32_t vertices = 7);

/// Small, large, sparse, dense and degenerate ones.
std::vector<GraphSpace> graph_spaces();

struct GraphLayout {
  std::vector<std::uint8_t> operations;  ///< one for each vertex
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
};
Graph graph(const GraphLayout& layout);

/// The graph with its vertices renumbered: vertex v becomes places[v]. Edges must still go upward.
Graph renumbered(const Graph& graph, const std::vector<std::uint32_t>& places);

}  // namespace equivolve::search::test
