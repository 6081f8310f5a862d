#include "search/space/graph_space.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "search/genome/graph_hash.hpp"

namespace equivolve::search {
namespace {

/// What the space forbids of a graph of its number of vertices; nothing when it is one of it.
std::optional<std::string> graph_fault(const Graph& graph, const GraphSpace& space) {
  for (std::uint32_t v = 1; v < graph.output(); ++v)
    if (graph.operations[v] >= space.operations.size())
      return "vertex " + std::to_string(v) + ": unknown operation";
  const VertexSet live = live_vertices(graph);
  if (live == 0) return "no path from the input to the output";
  if (const std::uint32_t edges = live_edge_count(graph, live); edges > space.max_edges)
    return std::to_string(edges) +
           " edges lie on paths from the input to the output; expected at most " +
           std::to_string(space.max_edges);
  return std::nullopt;
}

}  // namespace

bool is_valid(const Graph& graph, const GraphSpace& space) {
  const VertexSet live = live_vertices(graph);
  return live != 0 && live_edge_count(graph, live) <= space.max_edges;
}

tl::expected<void, Error> check_genome(GenomeView flat, const GraphSpace& space) {
  const auto graph = graph_of(flat);
  if (!graph) return tl::unexpected<Error>(graph.error());
  if (graph->vertices != space.vertices)
    return tl::unexpected<Error>(Error{"graph of " + std::to_string(graph->vertices) +
                                       " vertices; expected " + std::to_string(space.vertices)});
  if (auto fault = graph_fault(*graph, space)) return tl::unexpected<Error>(Error{*fault});
  return {};
}

std::string genome_text(GenomeView flat, const GraphSpace& space) {
  const auto graph = graph_of(flat);
  return graph ? to_text(*graph, space.operations) : "";
}

tl::expected<Genome, Error> parse_genome(std::string_view text, const GraphSpace& space) {
  const auto graph = parse_graph(text, space.operations, space.vertices);
  if (!graph) return tl::unexpected<Error>(graph.error());
  // What is wrong with the whole is said of its first line.
  if (auto fault = graph_fault(*graph, space)) return tl::unexpected<Error>(Error{*fault, 1, 1});
  return to_genome(*graph);
}

std::vector<std::byte> structural_bytes(GenomeView flat, const GraphSpace& /*space*/) {
  const auto graph = graph_of(flat);
  if (!graph) return {flat.begin(), flat.end()};
  const auto hash = structural_hash(pruned(*graph));
  std::vector<std::byte> bytes(sizeof hash);
  std::memcpy(bytes.data(), hash.data(), sizeof hash);
  return bytes;
}

}  // namespace equivolve::search
