#include "search/genome/graph.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace equivolve::search {
namespace {

static_assert(sizeof(eqv_graph_header) == 8);
static_assert(std::endian::native == std::endian::little, "genomes are stored little-endian");

/// The `count` lowest bits. [count <= 63]
constexpr std::uint64_t low_bits(std::uint32_t count) {
  return (std::uint64_t{1} << count) - 1;
}

/// Where row `from` begins: the place of the pair (from, from + 1).
constexpr std::uint32_t row_start(std::uint32_t vertices, std::uint32_t from) {
  return from * (2 * vertices - from - 1) / 2;
}

constexpr std::size_t edge_bytes(std::uint32_t vertices) {
  return (pair_count(vertices) + 7) / 8;
}

tl::unexpected<Error> graph_error(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message)});
}

VertexSet vertex_bit(std::uint32_t vertex) {
  return VertexSet{1} << vertex;
}

}  // namespace

VertexSet Graph::targets(std::uint32_t from) const {
  const std::uint32_t count = vertices - 1 - from;
  if (count == 0) return 0;
  const std::uint32_t start = row_start(vertices, from), word = start / 64, shift = start % 64;
  std::uint64_t row = edges[word] >> shift;
  if (shift + count > 64) row |= edges[word + 1] << (64 - shift);
  return (row & low_bits(count)) << (from + 1);
}

bool Graph::has_edge(std::uint32_t from, std::uint32_t to) const {
  const std::uint32_t at = row_start(vertices, from) + to - from - 1;
  return (edges[at / 64] >> (at % 64) & 1) != 0;
}

void Graph::set_edge(std::uint32_t from, std::uint32_t to, bool present) {
  const std::uint32_t at = row_start(vertices, from) + to - from - 1;
  const std::uint64_t mask = std::uint64_t{1} << (at % 64);
  edges[at / 64] = present ? edges[at / 64] | mask : edges[at / 64] & ~mask;
}

tl::expected<Graph, Error> graph_of(GenomeView flat) {
  eqv_graph_header header{};
  if (flat.size() < sizeof header) return graph_error("too short for a graph");
  std::memcpy(&header, flat.data(), sizeof header);
  if (header.reserved != 0) return graph_error("reserved field is not zero");
  if (header.vertex_count < kMinGraphVertices || header.vertex_count > kMaxGraphVertices)
    return graph_error("a graph has 2 to 64 vertices");
  const std::size_t edge_size = edge_bytes(header.vertex_count);
  if (flat.size() != sizeof header + header.vertex_count + edge_size)
    return graph_error("graph's size does not fit its header");
  Graph graph;
  graph.vertices = header.vertex_count;
  std::memcpy(graph.operations.data(), flat.data() + sizeof header, graph.vertices);
  std::memcpy(graph.edges.data(), flat.data() + sizeof header + graph.vertices, edge_size);
  if (graph.operations[0] != 0 || graph.operations[graph.output()] != 0)
    return graph_error("operation of input or output is not zero");
  const std::uint32_t used = pair_count(graph.vertices) % 8;
  if (used != 0 && std::to_integer<unsigned>(flat.back()) >> used != 0)
    return graph_error("unused bits after the edges are not zero");
  return graph;
}

Genome to_genome(const Graph& graph) {
  const eqv_graph_header header{graph.vertices, 0};
  const std::size_t edge_size = edge_bytes(graph.vertices);
  Genome genome;
  genome.representation = Representation::kGraph;
  genome.flat.resize(sizeof header + graph.vertices + edge_size);
  std::byte* at = genome.flat.data();
  std::memcpy(at, &header, sizeof header);
  std::memcpy(at + sizeof header, graph.operations.data(), graph.vertices);
  std::memcpy(at + sizeof header + graph.vertices, graph.edges.data(), edge_size);
  return genome;
}

VertexSet live_vertices(const Graph& graph) {
  // Edges go from lower to higher vertices, so one pass in each direction finds all.
  std::array<VertexSet, kMaxGraphVertices> targets;
  VertexSet reached = vertex_bit(0);
  for (std::uint32_t v = 0; v < graph.vertices; ++v) {
    targets[v] = graph.targets(v);
    if (reached & vertex_bit(v)) reached |= targets[v];
  }
  VertexSet useful = vertex_bit(graph.output());
  for (std::uint32_t v = graph.output(); v-- > 0;)
    if (targets[v] & useful) useful |= vertex_bit(v);
  return reached & vertex_bit(graph.output()) ? reached & useful : 0;
}

std::uint32_t live_edge_count(const Graph& graph, VertexSet live) {
  int count = 0;
  for (VertexSet rest = live; rest != 0; rest &= rest - 1)
    count +=
        std::popcount(graph.targets(static_cast<std::uint32_t>(std::countr_zero(rest))) & live);
  return static_cast<std::uint32_t>(count);
}

Graph pruned(const Graph& graph) {
  const VertexSet live = live_vertices(graph);
  if (live == 0) return {};
  const auto each = [](VertexSet set, auto f) {
    for (; set != 0; set &= set - 1) f(static_cast<std::uint32_t>(std::countr_zero(set)));
  };
  const auto renumbered = [live](std::uint32_t vertex) {
    return static_cast<std::uint32_t>(std::popcount(live & (vertex_bit(vertex) - 1)));
  };
  Graph out;
  out.vertices = static_cast<std::uint32_t>(std::popcount(live));
  each(live, [&](std::uint32_t v) {
    out.operations[renumbered(v)] = graph.operations[v];
    each(graph.targets(v) & live,
         [&](std::uint32_t to) { out.set_edge(renumbered(v), renumbered(to)); });
  });
  return out;
}

bool is_operation_name(std::string_view name) {
  constexpr std::string_view kOthers = "_.+-";
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), fits) &&
         name != "input" && name != "output";
}

}  // namespace equivolve::search
