// The `graph` representation: a labelled directed acyclic graph, as the cells of NASBench-101 (Ying
// et al. 2019, "NAS-Bench-101: Towards Reproducible Neural Architecture Search", arXiv 1902.09635).
// Vertices stand in topological order: vertex 0 is the input, the last one the output, each vertex
// between them has an operation of a named list. Flat layout in equivolve_genome.h; this header
// gives it words: view, build, liveness, text form.
//
// A vertex is live when it lies on a path from the input to the output; what is not live cannot
// matter and is not counted against the space's limits.
//
// Text form, one vertex a line with the vertices it reads from; dead vertices are written as well:
//   0: input
//   1: conv3x3 <- 0
//   2: maxpool
//   3: output <- 0, 1
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "search/genome/equivolve_genome.h"
#include "search/genome/genome.hpp"

namespace equivolve::search {

inline constexpr std::uint32_t kMinGraphVertices = 2;
inline constexpr std::uint32_t kMaxGraphVertices = 64;
inline constexpr std::size_t kMaxGraphOperations = 255;

/// How many edges a graph can have: one for each pair of vertices.
constexpr std::uint32_t pair_count(std::uint32_t vertices) {
  return vertices * (vertices - 1) / 2;
}

/// A set of vertices: bit v for vertex v.
using VertexSet = std::uint64_t;

/// A graph taken apart; to_genome and graph_of are inverse. A value without allocations; what lies
/// beyond its vertices is zero, so that equal graphs compare equal.
struct Graph {
  static constexpr std::size_t kWords = (pair_count(kMaxGraphVertices) + 63) / 64;

  std::uint32_t vertices = 0;                                ///< 2..64, input and output among them
  std::array<std::uint8_t, kMaxGraphVertices> operations{};  ///< 0 for input and output
  /// One bit for each pair from < to, row by row, lowest bit first, as in the genome.
  std::array<std::uint64_t, kWords> edges{};

  std::uint32_t output() const { return vertices - 1; }
  /// The vertices that read from this one. [0 <= from < vertices]
  VertexSet targets(std::uint32_t from) const;
  /// [from < to < vertices]
  bool has_edge(std::uint32_t from, std::uint32_t to) const;
  void set_edge(std::uint32_t from, std::uint32_t to, bool present = true);

  bool operator==(const Graph&) const = default;
};

/// Reads the layout; the error says what of it is wrong (size, counts, bits that must be zero). Any
/// operation's number is taken. [any-thread, as all of these]
tl::expected<Graph, Error> graph_of(GenomeView flat);
Genome to_genome(const Graph& graph);

/// The vertices on a path from input to output; none when there is no path.
VertexSet live_vertices(const Graph& graph);
/// How many edges join live vertices; each of them lies on a path from input to output.
std::uint32_t live_edge_count(const Graph& graph, VertexSet live);
/// The live part alone, its vertices renumbered in their order. No vertices when there is no path.
Graph pruned(const Graph& graph);

/// What an operation may be called: 1 to 63 letters, digits or any of _ . + - and neither "input"
/// nor "output".
bool is_operation_name(std::string_view name);

/// Text form; see above. `operations` names the operations by number.
std::string to_text(const Graph& graph, std::span<const std::string> operations);
/// Reads a graph of `vertices` vertices. A shorter text is one whose last vertices before the
/// output are dead (operation 0, no edges). '#' starts a comment. The error has line and column.
tl::expected<Graph, Error> parse_graph(std::string_view text,
                                       std::span<const std::string> operations,
                                       std::uint32_t vertices);

}  // namespace equivolve::search
