#include "search/genome/graph_hash.hpp"

#include <algorithm>
#include <bit>
#include <compare>

namespace equivolve::search {
namespace {

/// A vertex's hash, in both lanes. (Without initial values: arrays of it would be cleared at each
/// use.)
struct Colour {
  std::uint64_t a, b;
  auto operator<=>(const Colour&) const = default;
};

/// A bijection of 64 bits in which each bit depends on all: two multiplications between shifts.
constexpr std::uint64_t mixed(std::uint64_t x, int shift, std::uint64_t first,
                              std::uint64_t second) {
  x = (x ^ x >> shift) * first;
  x = (x ^ x >> shift) * second;
  return x ^ x >> shift;
}

/// The state after one more item; order matters. The lanes have constants of their own: those of
/// Steele, Lea and Flood's SplitMix64, and of Appleby's MurmurHash3.
Colour folded(Colour state, Colour item) {
  return {mixed(std::rotl(state.a, 23) + item.a + 0x9e3779b97f4a7c15, 30, 0xbf58476d1ce4e5b9,
                0x94d049bb133111eb),
          mixed(std::rotl(state.b, 29) + item.b + 0xd1b54a32d192ed03, 33, 0xff51afd7ed558ccd,
                0xc4ceb9fe1a85ec53)};
}
Colour folded(Colour state, std::uint64_t item) {
  return folded(state, Colour{item, item});
}

constexpr Colour kStart{0, 0};

using Colours = std::array<Colour, kMaxGraphVertices>;

/// Folds the sorted colours of a set of vertices, their number first.
Colour folded(Colour state, VertexSet set, const Colours& colours) {
  std::array<Colour, kMaxGraphVertices> sorted;
  std::size_t count = 0;
  for (; set != 0; set &= set - 1)
    sorted[count++] = colours[static_cast<std::size_t>(std::countr_zero(set))];
  std::sort(sorted.begin(), sorted.begin() + count);
  state = folded(state, count);
  for (std::size_t i = 0; i < count; ++i) state = folded(state, sorted[i]);
  return state;
}

struct Neighbours {
  VertexSet sources = 0, targets = 0;
};

std::uint64_t label_of(const Graph& graph, std::uint32_t vertex) {
  constexpr std::uint64_t kInput = 256, kOutput = 257;  // beyond all operations
  return vertex == 0 ? kInput : vertex == graph.output() ? kOutput : graph.operations[vertex];
}

/// Of the first graph.vertices vertices.
void refine(const Graph& graph, Colours& colours) {
  std::array<Neighbours, kMaxGraphVertices> neighbours{};
  for (std::uint32_t v = 0; v < graph.vertices; ++v) {
    neighbours[v].targets = graph.targets(v);
    for (VertexSet rest = neighbours[v].targets; rest != 0; rest &= rest - 1)
      neighbours[static_cast<std::size_t>(std::countr_zero(rest))].sources |= VertexSet{1} << v;
  }
  Colours next;
  for (std::uint32_t v = 0; v < graph.vertices; ++v) {
    const Colour in = folded(kStart, std::uint64_t(std::popcount(neighbours[v].sources)));
    colours[v] =
        folded(folded(in, std::uint64_t(std::popcount(neighbours[v].targets))), label_of(graph, v));
  }
  for (std::uint32_t round = 0; round < graph.vertices; ++round) {
    for (std::uint32_t v = 0; v < graph.vertices; ++v)
      next[v] = folded(folded(colours[v], neighbours[v].sources, colours), neighbours[v].targets,
                       colours);
    std::copy_n(next.begin(), graph.vertices, colours.begin());
  }
}

}  // namespace

std::vector<VertexHash> vertex_hashes(const Graph& graph) {
  Colours colours;
  refine(graph, colours);
  std::vector<VertexHash> hashes;
  for (std::uint32_t v = 0; v < graph.vertices; ++v) hashes.push_back({colours[v].a, colours[v].b});
  return hashes;
}

std::array<std::uint64_t, 2> structural_hash(const Graph& graph) {
  if (graph.vertices == 0) return {0, 0};
  Colours colours;
  refine(graph, colours);
  const VertexSet all = graph.vertices == 64 ? ~VertexSet{0} : (VertexSet{1} << graph.vertices) - 1;
  const Colour whole = folded(kStart, all, colours);
  return {whole.a, whole.b};
}

}  // namespace equivolve::search
